#include "services/preprocess/engine/skew.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/adaptive_mean.h"
#include "services/preprocess/engine/parameter_check.h"

namespace sightline::preprocess {
namespace {

// Columns that are sheared as one: at 15 degrees their ends are off by one row.
constexpr int kColumns = 8;
constexpr double kCoarseStep = 0.5;
constexpr double kFineStep = 0.1;
// How far beyond the range a better tilt is looked for: 10 degrees.
constexpr int kStepsBeyond = 20;
// Ink as a share of the page, and the sharpness, below which there are no
// lines to go by. Blank pages with noise of sigma 20 to 45 reached 1.18; a
// single line of text 11 with little noise, 1.29 under sigma 45.
constexpr double kLeastInk = 0.0005;
constexpr double kLeastSharpness = 1.3;

// Half as wide and high: each pixel the mean of four.
absl::Status Halve(const GrayView& in, GrayImage& out,
                   const Execution& execution) {
  SL_RETURN_IF_ERROR(Resize(in.width() / 2, in.height() / 2, out));
  return RunBands(out.height(), 128, execution, [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      const uint8_t* const above = in.row(2 * y);
      const uint8_t* const below = in.row(2 * y + 1);
      for (int x = 0; x < out.width(); ++x) {
        out.row(y)[x] =
            static_cast<uint8_t>((above[2 * x] + above[2 * x + 1] +
                                  below[2 * x] + below[2 * x + 1] + 2) >>
                                 2);
      }
    }
  });
}

// Ink, counted in columns of kColumns pixels.
class InkColumns {
 public:
  explicit InkColumns(const GrayImage& ink)
      : width_(ink.width()),
        height_(ink.height()),
        columns_((ink.width() + kColumns - 1) / kColumns),
        counts_(static_cast<size_t>(columns_) *
                static_cast<size_t>(ink.height())),
        rows_(static_cast<size_t>(ink.height())) {
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        if (ink.row(y)[x] == 0) continue;
        ++counts_[static_cast<size_t>(x / kColumns) *
                      static_cast<size_t>(height_) +
                  static_cast<size_t>(y)];
        ++total_;
      }
    }
  }

  int64_t total() const { return total_; }

  // How much rows differ from the next ones once lines that run downhill by
  // `degrees` are level.
  double Sharpness(double degrees) {
    const double slope = std::tan(degrees * std::numbers::pi / 180);
    std::fill(rows_.begin(), rows_.end(), 0);
    for (int column = 0; column < columns_; ++column) {
      const double x = (column + 0.5) * kColumns - width_ / 2.0;
      const int down = static_cast<int>(std::lrint(slope * x));
      const uint8_t* const counts = counts_.data() + int64_t{column} * height_;
      const int begin = std::max(0, -down);
      const int end = std::min(height_, height_ - down);
      for (int y = begin; y < end; ++y) {
        rows_[static_cast<size_t>(y)] += counts[y + down];
      }
    }
    double sharpness = 0;
    for (size_t y = 1; y < rows_.size(); ++y) {
      const double step = static_cast<double>(rows_[y]) - rows_[y - 1];
      sharpness += step * step;
    }
    return sharpness;
  }

 private:
  const int width_;
  const int height_;
  const int columns_;
  std::vector<uint8_t> counts_;
  std::vector<int32_t> rows_;
  int64_t total_ = 0;
};

Skew FindSkew(InkColumns& ink, double max_degrees) {
  Skew skew;
  double best = -1;
  double sum = 0;
  int tried = 0;
  const int steps = static_cast<int>(max_degrees / kCoarseStep);
  for (int i = -steps; i <= steps; ++i) {
    const double sharpness = ink.Sharpness(i * kCoarseStep);
    sum += sharpness;
    ++tried;
    if (sharpness > best) {
      best = sharpness;
      skew.degrees = i * kCoarseStep;
    }
  }
  // A page tilted further than the range has a best tilt within it, too.
  bool is_beyond = std::abs(skew.degrees) >= steps * kCoarseStep;
  for (int i = steps + 1; i <= steps + kStepsBeyond; ++i) {
    for (const int step : {-i, i}) {
      is_beyond = is_beyond || ink.Sharpness(step * kCoarseStep) > best;
    }
  }
  const double coarse = skew.degrees;
  for (int i = -4; i <= 4; ++i) {
    const double sharpness = ink.Sharpness(coarse + i * kFineStep);
    if (sharpness > best) {
      best = sharpness;
      skew.degrees = coarse + i * kFineStep;
    }
  }
  if (sum > 0) skew.sharpness = best * tried / sum;
  skew.is_doubtful = is_beyond || skew.sharpness < kLeastSharpness;
  return skew;
}

}  // namespace

int64_t SkewBytes(int width, int height, int threads) {
  const int64_t half = int64_t{width / 2} * (height / 2);
  return 2 * half + half / kColumns + 8 * int64_t{height} +
         int64_t{threads} * 40 * width + 65536;
}

absl::StatusOr<Skew> EstimateSkew(const GrayView& in,
                                  const SkewOptions& options,
                                  const Execution& execution) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("max_degrees", options.max_degrees, 0.5, 15)
                         .status());
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  Skew skew;
  if (in.width() < 64 || in.height() < 64) return skew;
  GrayImage ink;
  {
    GrayImage half;
    SL_RETURN_IF_ERROR(Halve(in, half, execution));
    SL_ASSIGN_OR_RETURN(
        const AdaptiveMean threshold,
        AdaptiveMean::Create({.size = 31, .offset = 12, .is_inverted = true}));
    SL_RETURN_IF_ERROR(threshold.Run(half, ink, execution));
  }
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    InkColumns columns(ink);
    const double pixels = static_cast<double>(ink.size_bytes());
    if (static_cast<double>(columns.total()) >= kLeastInk * pixels) {
      skew = FindSkew(columns, options.max_degrees);
    }
  }));
  if (skew.is_doubtful) skew.degrees = 0;
  return skew;
}

}  // namespace sightline::preprocess
