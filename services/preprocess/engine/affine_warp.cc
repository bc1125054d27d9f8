#include "services/preprocess/engine/affine_warp.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/affine.h"

namespace sightline::preprocess {
namespace {

// Wraps, as the sum with the column does.
int RowBase(double value) {
  return static_cast<int>(static_cast<uint32_t>(rules::AffineFixed(value)) +
                          rules::kAffineRounding);
}

struct Range {
  int begin = 0;
  int end = 0;
};

// Which columns lie between the first and the last pixel of a side, so that
// both neighbours do. `steps` rise or fall.
Range PlacesWithin(const std::vector<int>& steps, int base, int size) {
  const bool is_rising = steps.back() >= steps.front();
  const auto is_before = [=](int step) {
    return rules::AffinePlace(base, step) >> 5 < 0;
  };
  const auto is_behind = [=](int step) {
    return rules::AffinePlace(base, step) >> 5 >= size - 1;
  };
  const auto first = steps.begin();
  const auto last = steps.end();
  const auto from = is_rising ? std::partition_point(first, last, is_before)
                              : std::partition_point(first, last, is_behind);
  const auto to =
      is_rising ? std::partition_point(from, last, std::not_fn(is_behind))
                : std::partition_point(from, last, std::not_fn(is_before));
  return {static_cast<int>(from - first), static_cast<int>(to - first)};
}

// Blends pixels begin .. end - 1 of a row, of which any neighbour may lie
// outside.
void BlendAtBorder(const GrayView& in, const WarpSpan& row, int begin, int end,
                   uint8_t* to) {
  for (int i = begin; i < end; ++i) {
    const int place_x = rules::AffinePlace(row.base_x, row.steps_x[i]);
    const int place_y = rules::AffinePlace(row.base_y, row.steps_y[i]);
    const int x = place_x >> 5;
    const int y = place_y >> 5;
    const int left_x = rules::ClampIndex(x, in.width());
    const int right_x = rules::ClampIndex(x + 1, in.width());
    const uint8_t* const above = in.row(rules::ClampIndex(y, in.height()));
    const uint8_t* const below = in.row(rules::ClampIndex(y + 1, in.height()));
    to[i] = rules::AffineBlend(above[left_x], above[right_x], below[left_x],
                               below[right_x], place_x & 31, place_y & 31);
  }
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
  // Beyond that places would saturate or wrap, and not lie in order.
  const double bound = 1 << 20;
  const bool is_in_order =
      std::abs(map_[0]) * width_ + std::abs(map_[1]) * height_ +
              std::abs(map_[2]) <
          bound &&
      std::abs(map_[3]) * width_ + std::abs(map_[4]) * height_ +
              std::abs(map_[5]) <
          bound;
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunBands(height_, 128, execution, [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      const WarpSpan row = {
          .pixels = in.row(0),
          .stride = in.stride_bytes(),
          .width = in.width(),
          .base_x = RowBase(map_[1] * y + map_[2]),
          .base_y = RowBase(map_[4] * y + map_[5]),
          .steps_x = columns_x.data(),
          .steps_y = columns_y.data(),
      };
      Range inside;
      if (is_in_order) {
        const Range inside_x = PlacesWithin(columns_x, row.base_x, in.width());
        const Range inside_y = PlacesWithin(columns_y, row.base_y, in.height());
        inside.begin = std::max(inside_x.begin, inside_y.begin);
        inside.end =
            std::max(inside.begin, std::min(inside_x.end, inside_y.end));
      }
      uint8_t* const to = out.row(y);
      BlendAtBorder(in, row, 0, inside.begin, to);
      WarpSpan span = row;
      span.steps_x += inside.begin;
      span.steps_y += inside.begin;
      kernels.warp(span, inside.end - inside.begin, to + inside.begin);
      BlendAtBorder(in, row, inside.end, width_, to);
    }
  });
}

}  // namespace sightline::preprocess
