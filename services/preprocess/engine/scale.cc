#include "services/preprocess/engine/scale.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/interpolation.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/resize.h"

namespace sightline::preprocess {
namespace {

// Which pixels of a side make one of the result, and how much each counts.
struct Taps {
  int first = 0;
  // Where its weights begin, and how many there are.
  int weights = 0;
  int count = 0;
};
struct Axis {
  std::vector<Taps> taps;
  std::vector<int> weights;
};

// Weights in 1/65536 by the share of each pixel that is covered; rounding
// errors go to the largest.
Axis AreaAxis(int source, int target) {
  Axis axis;
  for (int64_t i = 0; i < target; ++i) {
    // In parts of 1 / target of a source pixel.
    const int64_t begin = i * source;
    const int64_t end = begin + source;
    Taps taps;
    taps.first = static_cast<int>(begin / target);
    taps.weights = static_cast<int>(axis.weights.size());
    int rest = 65536;
    size_t largest = axis.weights.size();
    for (int64_t pixel = taps.first; pixel * target < end; ++pixel) {
      const int64_t covered =
          std::min(end, (pixel + 1) * target) - std::max(begin, pixel * target);
      const int weight =
          static_cast<int>((2 * 65536 * covered + source) / (2 * source));
      axis.weights.push_back(weight);
      rest -= weight;
      if (weight > axis.weights[largest]) largest = axis.weights.size() - 1;
      ++taps.count;
    }
    axis.weights[largest] += rest;
    axis.taps.push_back(taps);
  }
  return axis;
}

void AreaRow(const GrayView& in, const Axis& x_axis, const Axis& y_axis, int y,
             std::vector<uint32_t>& sums, uint8_t* out) {
  std::fill(sums.begin(), sums.end(), 0);
  const Taps& rows = y_axis.taps[static_cast<size_t>(y)];
  for (int j = 0; j < rows.count; ++j) {
    const uint32_t row_weight = static_cast<uint32_t>(
        y_axis.weights[static_cast<size_t>(rows.weights + j)]);
    const uint8_t* const row = in.row(rows.first + j);
    for (size_t x = 0; x < sums.size(); ++x) {
      const Taps& taps = x_axis.taps[x];
      const int* const weights = x_axis.weights.data() + taps.weights;
      uint32_t mean = 128;
      for (int i = 0; i < taps.count; ++i) {
        mean += static_cast<uint32_t>(row[taps.first + i] * weights[i]);
      }
      sums[x] += row_weight * (mean >> 8);
    }
  }
  for (size_t x = 0; x < sums.size(); ++x) out[x] = rules::AreaGray(sums[x]);
}

void BlockRow(const GrayView& in, int block_width, int block_height, int y,
              int width, uint8_t* out) {
  for (int x = 0; x < width; ++x) {
    int sum = 0;
    for (int j = 0; j < block_height; ++j) {
      const uint8_t* const row = in.row(y * block_height + j) + x * block_width;
      for (int i = 0; i < block_width; ++i) sum += row[i];
    }
    out[x] = rules::BlockMean(sum, block_width, block_height);
  }
}

}  // namespace

absl::StatusOr<PixelSize> SizeAtDpi(const PixelSize& size, double dpi,
                                    double target_dpi) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("dpi", dpi, 30, 4800)
                         .Range("target_dpi", target_dpi, 30, 4800)
                         .status());
  const auto side = [&](int pixels) {
    return std::max(std::round(pixels * target_dpi / dpi), 1.0);
  };
  const double width = side(size.width);
  const double height = side(size.height);
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Demand(width <= kMaxSide && height <= kMaxSide &&
                      width * height <= static_cast<double>(kMaxPixels),
                  "target_dpi",
                  absl::StrCat("makes a page of ", width, " x ", height,
                               " pixels; at most ", kMaxSide, " a side and ",
                               kMaxPixels, " in all are possible"))
          .status());
  return PixelSize{static_cast<int>(width), static_cast<int>(height)};
}

absl::StatusOr<Scale> Scale::Create(const ScaleOptions& options) {
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("width", options.width, 1, kMaxSide)
          .Range("height", options.height, 1, kMaxSide)
          .Demand(int64_t{options.width} * options.height <= kMaxPixels,
                  "height",
                  absl::StrCat("makes more than ", kMaxPixels, " pixels"))
          .status());
  return Scale(options);
}

int64_t Scale::WorkingBytes(int width, int height, int threads) const {
  if (options_.method != ScaleMethod::kArea) {
    return InterpolationBytes(width, options_.width, threads);
  }
  // Growing vectors hold up to twice, and while they grow thrice.
  const int64_t taps = int64_t{options_.width} + options_.height;
  const int64_t weights =
      4 * taps + 2 * (int64_t{std::max(width, options_.width)} +
                      std::max(height, options_.height));
  return 3 * (12 * taps + 4 * weights) +
         int64_t{threads} * (int64_t{4} * options_.width + 64) + 4096;
}

absl::Status Scale::Run(const GrayView& in, GrayImage& out,
                        const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const bool is_area = options_.method == ScaleMethod::kArea;
  const int width = options_.width;
  const int height = options_.height;
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Demand(!is_area || width <= in.width(), "width",
                  "is larger than the page's; the area method only reduces")
          .Demand(!is_area || height <= in.height(), "height",
                  "is larger than the page's; the area method only reduces")
          .status());
  SL_RETURN_IF_ERROR(Resize(width, height, out));
  // OpenCV halves by area, also when asked for linear.
  const bool is_half = options_.method == ScaleMethod::kLinear &&
                       in.width() == 2 * width && in.height() == 2 * height;
  if (is_half ||
      (is_area && in.width() % width == 0 && in.height() % height == 0)) {
    return RunBands(height, 64, execution, [&](int begin, int end) {
      for (int y = begin; y < end; ++y) {
        BlockRow(in, in.width() / width, in.height() / height, y, width,
                 out.row(y));
      }
    });
  }
  if (!is_area) {
    return Interpolate(in, options_.method == ScaleMethod::kCubic, execution,
                       out);
  }
  Axis x_axis;
  Axis y_axis;
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    x_axis = AreaAxis(in.width(), width);
    y_axis = AreaAxis(in.height(), height);
  }));
  return RunBands(height, 64, execution, [&](int begin, int end) {
    std::vector<uint32_t> sums(static_cast<size_t>(width));
    for (int y = begin; y < end; ++y) {
      AreaRow(in, x_axis, y_axis, y, sums, out.row(y));
    }
  });
}

}  // namespace sightline::preprocess
