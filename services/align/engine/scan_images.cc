#include "services/align/engine/scan_images.h"

#include <algorithm>
#include <cmath>

#include "services/align/engine/opencv_image.h"

namespace sightline::align {
namespace {

// Below this a further copy saves nothing.
constexpr int kSmallestSide = 32;

GrayImage Halved(const GrayView& image) {
  GrayImage out(image.width / 2, image.height / 2);
  for (int y = 0; y < out.height(); ++y) {
    const uint8_t* top = image.row(2 * y);
    const uint8_t* bottom = image.row(2 * y + 1);
    uint8_t* row = out.row(y);
    for (int x = 0; x < out.width(); ++x) {
      row[x] = static_cast<uint8_t>((top[2 * x] + top[2 * x + 1] +
                                     bottom[2 * x] + bottom[2 * x + 1] + 2) /
                                    4);
    }
  }
  return out;
}

}  // namespace

ScanImages::Level ScanImages::LevelFor(double pixels_per_sample) {
  Level level{scan_, 1};
  size_t depth = 0;
  while (pixels_per_sample * level.scale >= 2 &&
         std::min(level.view.width, level.view.height) >= 2 * kSmallestSide) {
    if (halves_.size() == depth) halves_.push_back(Halved(level.view));
    level.view = halves_[depth++];
    level.scale /= 2;
  }
  return level;
}

GrayImage ScanImages::Scaled(int long_side) {
  const double longer = std::max(width(), height());
  const double area = static_cast<double>(width()) * height();
  const double factor = std::min(
      {1.0, long_side / longer,
       std::sqrt(static_cast<double>(MaxScaledPixels(long_side)) / area)});
  const int to_width =
      std::max(1, static_cast<int>(std::lround(width() * factor)));
  const int to_height =
      std::max(1, static_cast<int>(std::lround(height() * factor)));
  return Resized(LevelFor(1 / factor).view, to_width, to_height);
}

int64_t ScanImages::LevelBytes(int width, int height) {
  // 1/4 + 1/16 + ... < 1/3.
  return int64_t{width} * height / 3 + 1;
}

}  // namespace sightline::align
