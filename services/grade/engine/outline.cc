#include "services/grade/engine/outline.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace sightline::grade {
namespace {

constexpr double kPi = 3.14159265358979323846;
// Of a bracket's height, how far its ends reach inwards.
constexpr double kBracketEnd = 0.3;

struct Offset {
  double x;
  double y;
};

// Point `i` of `n` on the quarter of an outline with x >= 0 and y >= 0.
Offset QuarterPoint(BubbleShape shape, double half_width, double half_height,
                    int i, int n) {
  const double t = (i + 0.5) / n;
  switch (shape) {
    case BubbleShape::kEllipse:
      return {half_width * std::cos(t * kPi / 2),
              half_height * std::sin(t * kPi / 2)};
    case BubbleShape::kRectangle: {
      // Up the right side, then along the top to the middle.
      const double along = t * (half_width + half_height);
      if (along < half_height) return {half_width, along};
      return {half_width - (along - half_height), half_height};
    }
    case BubbleShape::kBrackets: {
      const double end = std::min(kBracketEnd * half_height, half_width);
      const double along = t * (half_height + end);
      if (along < half_height) return {half_width, along};
      return {half_width - (along - half_height), half_height};
    }
  }
  return {0, 0};
}

}  // namespace

void LineMap::Clear() { std::fill(values_.begin(), values_.end(), 0.0f); }

void LineMap::AddMap(const LineMap& other) {
  for (size_t i = 0; i < values_.size(); ++i) values_[i] += other.values_[i];
}

void LineMap::Divide(float by) {
  for (float& value : values_) value /= by;
}

void LineMap::Add(const std::vector<uint8_t>& samples) {
  constexpr int kSide = 2 * kRadius + 1;
  constexpr int kArea = kSide * kSide;
  const int mean_width = width_ - 2 * kRadius;
  // Sums of the 7 x 7 samples around every inner sample, by running sums down
  // the columns and along the rows.
  column_sums_.assign(static_cast<size_t>(width_), 0);
  std::vector<int>& sums = column_sums_;
  for (int y = 0; y < kSide - 1; ++y) {
    const uint8_t* row = samples.data() + static_cast<size_t>(y) * width_;
    for (int x = 0; x < width_; ++x) sums[x] += row[x];
  }
  area_sums_.resize(static_cast<size_t>(mean_width) * (height_ - 2 * kRadius));
  int brightest = 1;
  int* out = area_sums_.data();
  for (int y = kRadius; y < height_ - kRadius; ++y) {
    const uint8_t* entering =
        samples.data() + static_cast<size_t>(y + kRadius) * width_;
    for (int x = 0; x < width_; ++x) sums[x] += entering[x];
    int sum = 0;
    for (int x = 0; x < kSide - 1; ++x) sum += sums[x];
    for (int x = 0; x < mean_width; ++x) {
      sum += sums[x + kSide - 1];
      brightest = std::max(brightest, sum);
      *out++ = sum;
      sum -= sums[x];
    }
    const uint8_t* leaving =
        samples.data() + static_cast<size_t>(y - kRadius) * width_;
    for (int x = 0; x < width_; ++x) sums[x] -= leaving[x];
  }
  const float scale = 1.0f / brightest;
  const int* sum = area_sums_.data();
  for (int y = kRadius; y < height_ - kRadius; ++y) {
    const size_t start = static_cast<size_t>(y) * width_ + kRadius;
    const uint8_t* row = samples.data() + start;
    float* values = values_.data() + start;
    for (int x = 0; x < mean_width; ++x) {
      const float dark = static_cast<float>(sum[x] - row[x] * kArea) * scale;
      values[x] += std::min(kCap, std::max(0.0f, dark));
    }
    sum += mean_width;
  }
}

Outline::Outline(BubbleShape shape, const PatchFrame& frame, double half_width,
                 double half_height) {
  const double middle_x = frame.width / 2.0;
  const double middle_y = frame.height / 2.0;
  int left = frame.width, right = 0, top = frame.height, bottom = 0;
  for (int quarter = 0; quarter < 4; ++quarter) {
    const double sign_x = quarter == 0 || quarter == 3 ? 1 : -1;
    const double sign_y = quarter < 2 ? 1 : -1;
    for (int i = 0; i < kQuarterPoints; ++i) {
      const Offset at =
          QuarterPoint(shape, half_width, half_height, i, kQuarterPoints);
      // Sample i covers i..i+1.
      const int x =
          std::clamp(static_cast<int>(std::floor(middle_x + sign_x * at.x)), 0,
                     frame.width - 1);
      const int y =
          std::clamp(static_cast<int>(std::floor(middle_y + sign_y * at.y)), 0,
                     frame.height - 1);
      points_[quarter][i] = y * frame.width + x;
      left = std::min(left, x);
      right = std::max(right, x);
      top = std::min(top, y);
      bottom = std::max(bottom, y);
    }
  }
  max_shift_x_ = std::min(left, frame.width - 1 - right);
  max_shift_y_ = std::min(top, frame.height - 1 - bottom);
}

float Outline::Score(const LineMap& map, Shift shift) const {
  const float* at = map.data() + shift.y * map.width() + shift.x;
  float total = 0;
  float weakest = 1e9f;
  for (const auto& quarter : points_) {
    float sum = 0;
    for (const int point : quarter) sum += at[point];
    total += sum;
    weakest = std::min(weakest, sum);
  }
  return (total / 4 + weakest) / (2 * kQuarterPoints);
}

float Outline::Coverage(const LineMap& map, Shift shift,
                        float threshold) const {
  const float* at = map.data() + shift.y * map.width() + shift.x;
  int covered = 0;
  for (const auto& quarter : points_) {
    for (const int point : quarter) covered += at[point] > threshold;
  }
  return covered / (4.0f * kQuarterPoints);
}

float Outline::Mean(const LineMap& map, Shift shift) const {
  const float* at = map.data() + shift.y * map.width() + shift.x;
  float sum = 0;
  for (const auto& quarter : points_) {
    for (const int point : quarter) sum += at[point];
  }
  return sum / (4.0f * kQuarterPoints);
}

std::vector<int> SamplesInside(BubbleShape shape, const PatchFrame& frame,
                               double half_width, double half_height) {
  std::vector<int> offsets;
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      const double u = (x + 0.5 - frame.width / 2.0) / half_width;
      const double v = (y + 0.5 - frame.height / 2.0) / half_height;
      const bool inside = shape == BubbleShape::kEllipse
                              ? u * u + v * v <= 1
                              : std::abs(u) <= 1 && std::abs(v) <= 1;
      if (inside) offsets.push_back(y * frame.width + x);
    }
  }
  return offsets;
}

}  // namespace sightline::grade
