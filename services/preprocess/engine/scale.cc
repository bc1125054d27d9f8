#include "services/preprocess/engine/scale.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/resize.h"
#include "services/preprocess/engine/row_source.h"

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

// Towards outside OpenCV's linear scaling does not interpolate along x; along y
// it blends the outermost row with itself, which may round differently.
Axis InterpolationAxis(ScaleMethod method, int source, int target, bool is_x) {
  Axis axis;
  const double scale = static_cast<double>(source) / target;
  const bool is_cubic = method == ScaleMethod::kCubic;
  const int count = is_cubic ? 4 : 2;
  for (int i = 0; i < target; ++i) {
    rules::ResizePlace place = rules::ResizePlaceOf(i, scale);
    if (!is_cubic && is_x) {
      if (place.first < 0) place = {0, 0};
      if (place.first >= source - 1) place = {source - 1, 0};
    }
    axis.taps.push_back({place.first - (is_cubic ? 1 : 0), i * count, count});
    axis.weights.resize(axis.weights.size() + static_cast<size_t>(count));
    int* const weights = axis.weights.data() + i * count;
    if (is_cubic) {
      rules::CubicWeights(place.fraction, weights);
    } else {
      rules::LinearWeights(place.fraction, weights);
    }
  }
  return axis;
}

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

// Linear and cubic: two or four row sums make a row.
class InterpolatedBand {
 public:
  InterpolatedBand(const GrayView& in, const Axis& x, const Axis& y,
                   bool is_cubic)
      : in_(in),
        x_(x),
        y_(y),
        is_cubic_(is_cubic),
        count_(is_cubic ? 4 : 2),
        padded_(static_cast<size_t>(in.width() + 2 * kMargin)),
        sums_(x.taps.size() * 4),
        rows_(4, -1) {}

  void Row(int y, uint8_t* out) {
    const Taps& taps = y_.taps[static_cast<size_t>(y)];
    const int* const weights = y_.weights.data() + taps.weights;
    const int* rows[4] = {};
    for (int i = 0; i < count_; ++i) {
      rows[i] = Sums(rules::ClampIndex(taps.first + i, in_.height()));
    }
    const int n = static_cast<int>(x_.taps.size());
    if (is_cubic_) {
      Cubic(rows[0], rows[1], rows[2], rows[3], weights, n, out);
    } else {
      Linear(rows[0], rows[1], weights[0], weights[1], n, out);
    }
  }

 private:
  // Row sums of row `y`, kept while they are needed.
  const int* Sums(int y) {
    const size_t slot = static_cast<size_t>(y % 4);
    int* const sums = sums_.data() + slot * x_.taps.size();
    if (rows_[slot] == y) return sums;
    rows_[slot] = y;
    // With what lies outside on both sides, so that no tap has to look.
    CopyReplicated(in_.row(y), in_.width(), kMargin, kMargin, padded_.data());
    const uint8_t* const row = padded_.data() + kMargin;
    if (is_cubic_) {
      SumRow<4>(row, sums);
    } else {
      SumRow<2>(row, sums);
    }
    return sums;
  }

  template <int kCount>
  void SumRow(const uint8_t* row, int* __restrict sums) const {
    const Taps* const taps = x_.taps.data();
    const int* const weights = x_.weights.data();
    const size_t n = x_.taps.size();
    for (size_t x = 0; x < n; ++x) {
      const uint8_t* const from = row + taps[x].first;
      int sum = 0;
      for (int i = 0; i < kCount; ++i) {
        sum += from[i] * weights[x * kCount + static_cast<size_t>(i)];
      }
      sums[x] = sum;
    }
  }

  static void Linear(const int* __restrict upper, const int* __restrict lower,
                     int upper_weight, int lower_weight, int n,
                     uint8_t* __restrict out) {
    for (int x = 0; x < n; ++x) {
      out[x] =
          rules::LinearBlend(upper[x], lower[x], upper_weight, lower_weight);
    }
  }

  static void Cubic(const int* __restrict first, const int* __restrict second,
                    const int* __restrict third, const int* __restrict fourth,
                    const int* weights, int n, uint8_t* __restrict out) {
    const int a = weights[0];
    const int b = weights[1];
    const int c = weights[2];
    const int d = weights[3];
    for (int x = 0; x < n; ++x) {
      out[x] = rules::CubicGray(first[x] * a + second[x] * b + third[x] * c +
                                fourth[x] * d);
    }
  }

  // Taps reach two pixels beyond the page at most.
  static constexpr int kMargin = 4;

  const GrayView in_;
  const Axis& x_;
  const Axis& y_;
  const bool is_cubic_;
  const int count_;
  std::vector<uint8_t> padded_;
  std::vector<int> sums_;
  std::vector<int> rows_;
};

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
  // Growing vectors hold up to twice, and while they grow thrice.
  const int64_t taps = int64_t{options_.width} + options_.height;
  const int64_t weights =
      4 * taps + 2 * (int64_t{std::max(width, options_.width)} +
                      std::max(height, options_.height));
  return 3 * (12 * taps + 4 * weights) +
         int64_t{threads} * (int64_t{16} * options_.width + width + 64) + 4096;
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
  Axis x_axis;
  Axis y_axis;
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    x_axis = is_area
                 ? AreaAxis(in.width(), width)
                 : InterpolationAxis(options_.method, in.width(), width, true);
    y_axis = is_area ? AreaAxis(in.height(), height)
                     : InterpolationAxis(options_.method, in.height(), height,
                                         false);
  }));
  return RunBands(height, 64, execution, [&](int begin, int end) {
    if (is_area) {
      std::vector<uint32_t> sums(static_cast<size_t>(width));
      for (int y = begin; y < end; ++y) {
        AreaRow(in, x_axis, y_axis, y, sums, out.row(y));
      }
      return;
    }
    InterpolatedBand band(in, x_axis, y_axis,
                          options_.method == ScaleMethod::kCubic);
    for (int y = begin; y < end; ++y) band.Row(y, out.row(y));
  });
}

}  // namespace sightline::preprocess
