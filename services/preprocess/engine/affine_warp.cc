#include "services/preprocess/engine/affine_warp.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/affine.h"

namespace sightline::preprocess {
namespace {

// Blends where any neighbour may lie outside.
uint8_t BlendAtBorder(const GrayView& in, int x, int y, int right, int down) {
  const int left_x = rules::ClampIndex(x, in.width());
  const int right_x = rules::ClampIndex(x + 1, in.width());
  const uint8_t* const above = in.row(rules::ClampIndex(y, in.height()));
  const uint8_t* const below = in.row(rules::ClampIndex(y + 1, in.height()));
  return rules::AffineBlend(above[left_x], above[right_x], below[left_x],
                            below[right_x], right, down);
}

}  // namespace

AffineMap RotationMap(int width, int height, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  const double x = width / 2.0;
  const double y = height / 2.0;
  return {cosine, -sine,  x - cosine * x + sine * y,
          sine,   cosine, y - sine * x - cosine * y};
}

absl::StatusOr<AffineWarp> AffineWarp::Create(const AffineMap& map, int width,
                                              int height) {
  ParameterCheck check;
  for (size_t i = 0; i < map.size(); ++i) {
    check.Range(absl::StrCat("map[", i, "]"), map[i], -1e6, 1e6);
  }
  const double determinant = map[0] * map[4] - map[1] * map[3];
  SL_RETURN_IF_ERROR(
      check
          .Demand(!(std::abs(determinant) < 1e-9), "map",
                  "is singular: it shows a line, not a page")
          .Range("width", width, 1, kMaxSide)
          .Range("height", height, 1, kMaxSide)
          .Demand(int64_t{width} * height <= kMaxPixels, "height",
                  absl::StrCat("makes more than ", kMaxPixels, " pixels"))
          .status());
  AffineMap centre_based = map;
  centre_based[2] = map[2] + (map[0] + map[1]) * 0.5 - 0.5;
  centre_based[5] = map[5] + (map[3] + map[4]) * 0.5 - 0.5;
  return AffineWarp(centre_based, width, height);
}

int64_t AffineWarp::WorkingBytes() const {
  return int64_t{2} * width_ * static_cast<int64_t>(sizeof(int)) + 256;
}

absl::Status AffineWarp::Run(const GrayView& in, GrayImage& out,
                             const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(width_, height_, out));
  std::vector<int> columns_x;
  std::vector<int> columns_y;
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    columns_x.resize(static_cast<size_t>(width_));
    columns_y.resize(static_cast<size_t>(width_));
    for (int x = 0; x < width_; ++x) {
      columns_x[static_cast<size_t>(x)] = rules::AffineFixed(map_[0] * x);
      columns_y[static_cast<size_t>(x)] = rules::AffineFixed(map_[3] * x);
    }
  }));
  const int64_t stride = in.stride_bytes();
  const uint8_t* const pixels = in.row(0);
  const uint32_t inside_x = static_cast<uint32_t>(in.width() - 1);
  const uint32_t inside_y = static_cast<uint32_t>(in.height() - 1);
  return RunBands(height_, 128, execution, [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      const int row_x = rules::AffineFixed(map_[1] * y + map_[2]);
      const int row_y = rules::AffineFixed(map_[4] * y + map_[5]);
      // Wraps, as the sum with the column does.
      const int base_x = static_cast<int>(static_cast<uint32_t>(row_x) +
                                          rules::kAffineRounding);
      const int base_y = static_cast<int>(static_cast<uint32_t>(row_y) +
                                          rules::kAffineRounding);
      uint8_t* const to = out.row(y);
      const int* const steps_x = columns_x.data();
      const int* const steps_y = columns_y.data();
      const int width = width_;
      for (int x = 0; x < width; ++x) {
        const int place_x = rules::AffinePlace(base_x, steps_x[x]);
        const int place_y = rules::AffinePlace(base_y, steps_y[x]);
        const int from_x = place_x >> 5;
        const int from_y = place_y >> 5;
        if (static_cast<uint32_t>(from_x) < inside_x &&
            static_cast<uint32_t>(from_y) < inside_y) {
          const uint8_t* const above = pixels + from_y * stride + from_x;
          const uint8_t* const below = above + stride;
          to[x] = rules::AffineBlend(above[0], above[1], below[0], below[1],
                                     place_x & 31, place_y & 31);
        } else {
          to[x] = BlendAtBorder(in, from_x, from_y, place_x & 31, place_y & 31);
        }
      }
    }
  });
}

}  // namespace sightline::preprocess
