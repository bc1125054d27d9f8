#include "tests/unit/services/georef/engine/vector/random_mask.h"

#include <algorithm>
#include <cmath>

namespace sightline::georef {
namespace {

constexpr double kTurn = 6.283185307179586;

double Uniform(std::mt19937& random, double low, double high) {
  return low + (high - low) * random() / 4294967296.0;
}

// Sums of a few waves: smooth, with islands and lakes of many sizes.
class Waves {
 public:
  explicit Waves(std::mt19937& random) {
    for (Wave& wave : waves_) {
      const double length = Uniform(random, 3, 25);
      const double direction = Uniform(random, 0, kTurn);
      wave.x = kTurn / length * std::cos(direction);
      wave.y = kTurn / length * std::sin(direction);
      wave.phase = Uniform(random, 0, kTurn);
    }
  }
  double At(int x, int y) const {
    double sum = 0;
    for (const Wave& wave : waves_) {
      sum += std::sin(wave.x * x + wave.y * y + wave.phase);
    }
    return sum;
  }

 private:
  struct Wave {
    double x, y, phase;
  };
  Wave waves_[4];
};

void DrawNoise(std::mt19937& random, int labels, RandomMask& mask) {
  const unsigned share = 5 + random() % 91;
  for (uint8_t& label : mask.labels) {
    label = random() % 100 < share ? 1 + random() % labels : 0;
  }
}

void DrawWaves(std::mt19937& random, int labels, RandomMask& mask) {
  for (int label = 1; label <= labels; ++label) {
    const Waves waves(random);
    const double level = Uniform(random, -0.5, 1.5);
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        if (waves.At(x, y) > level) mask.labels[y * mask.width + x] = label;
      }
    }
  }
}

void DrawRectangles(std::mt19937& random, int labels, RandomMask& mask) {
  const int count = 1 + random() % 12;
  for (int i = 0; i < count; ++i) {
    const int left = random() % mask.width;
    const int top = random() % mask.height;
    const int right = std::min<int>(mask.width, left + 1 + random() % 20);
    const int bottom = std::min<int>(mask.height, top + 1 + random() % 20);
    const uint8_t label = random() % (labels + 1);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) {
        mask.labels[y * mask.width + x] = label;
      }
    }
  }
}

}  // namespace

std::string RandomMask::Text() const {
  std::string text;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      text += ".123456789"[labels[y * width + x]];
    }
    text += '\n';
  }
  return text;
}

RandomMask MakeRandomMask(std::mt19937& random, int maximum_side) {
  RandomMask mask;
  mask.width = 1 + random() % maximum_side;
  mask.height = 1 + random() % maximum_side;
  mask.labels.resize(static_cast<size_t>(mask.width) * mask.height);
  const int labels = 1 + random() % 6;
  switch (random() % 4) {
    case 0:
      DrawNoise(random, labels, mask);
      break;
    case 1:
      DrawWaves(random, labels, mask);
      break;
    case 2:
      DrawWaves(random, labels, mask);
      for (uint8_t& label : mask.labels) {
        if (random() % 16 == 0) label = random() % (labels + 1);
      }
      break;
    default:
      DrawRectangles(random, labels, mask);
  }
  return mask;
}

RandomView::RandomView(std::mt19937& random, const RandomMask& mask,
                       bool is_oblique)
    : scale_(Uniform(random, 0.05, 2)), height_(mask.height) {
  const double heading = Uniform(random, 0, kTurn);
  sine_ = std::sin(heading);
  cosine_ = std::cos(heading);
  // The horizon would be at row -height / 50 at the highest tilt.
  tilt_ = is_oblique ? Uniform(random, 0.5, 1 / 1.02) / mask.height : 0;
}

PlanePoint RandomView::At(PixelCorner corner) const {
  const double depth = 1 - tilt_ * (height_ - corner.y);
  const double x = scale_ * corner.x / depth;
  const double y = scale_ * (height_ - corner.y) / depth;
  return {cosine_ * x - sine_ * y, sine_ * x + cosine_ * y};
}

std::vector<PlanePoint> RandomView::At(
    const std::vector<PixelCorner>& corners) const {
  std::vector<PlanePoint> points;
  points.reserve(corners.size());
  for (const PixelCorner& corner : corners) points.push_back(At(corner));
  return points;
}

}  // namespace sightline::georef
