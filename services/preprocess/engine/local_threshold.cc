#include "services/preprocess/engine/local_threshold.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/local_threshold.h"
#include "services/preprocess/engine/row_source.h"
#include "services/preprocess/engine/window_sums.h"

namespace sightline::preprocess {
namespace {

// What Wolf's method asks of the whole page.
struct PageContrast {
  double largest_variance = 0;
  uint8_t darkest = 255;
};

absl::StatusOr<PageContrast> MeasureContrast(const GrayView& in, int size,
                                             const Execution& execution) {
  const Kernels& kernels = KernelsFor(execution.instructions);
  PageContrast page;
  std::mutex mutex;
  SL_RETURN_IF_ERROR(RunBands(
      in.height(), RowsPerBand(size), execution, [&](int begin, int end) {
        WindowSums windows(in, size, true, kernels);
        PageContrast band;
        for (int y = begin; y < end; ++y) {
          windows.MoveTo(y);
          band.largest_variance =
              kernels.largest_variance(windows.sums(), windows.squares(), size,
                                       in.width(), band.largest_variance);
          band.darkest =
              std::min(band.darkest,
                       *std::min_element(in.row(y), in.row(y) + in.width()));
        }
        std::lock_guard<std::mutex> lock(mutex);
        page.largest_variance =
            std::max(page.largest_variance, band.largest_variance);
        page.darkest = std::min(page.darkest, band.darkest);
      }));
  return page;
}

}  // namespace

absl::StatusOr<LocalThresholdFilter> LocalThresholdFilter::Create(
    const LocalThresholdOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Odd("size", options.size, 3, 255)
                         .Range("k", options.k, 0, 1)
                         .Range("range", options.range, 1, 255)
                         .status());
  return LocalThresholdFilter(options);
}

int64_t LocalThresholdFilter::WorkingBytes(int width, int, int threads) const {
  return threads * (WindowSums::Bytes(width, options_.size, true) + width);
}

absl::Status LocalThresholdFilter::Run(const GrayView& in, GrayImage& out,
                                       const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  LocalThreshold rule;
  rule.size = options_.size;
  rule.k = static_cast<float>(options_.k);
  rule.is_wolf = options_.method == LocalThresholdMethod::kWolf;
  rule.inverse_range = 1.0f / static_cast<float>(options_.range);
  const uint8_t flip = options_.is_inverted ? 255 : 0;
  if (rule.is_wolf) {
    SL_ASSIGN_OR_RETURN(const PageContrast page,
                        MeasureContrast(in, options_.size, execution));
    if (page.largest_variance == 0) {
      std::memset(out.data(), 255 ^ flip,
                  static_cast<size_t>(out.size_bytes()));
      return absl::OkStatus();
    }
    const float inverse_area =
        1.0f / static_cast<float>(options_.size * options_.size);
    rule.inverse_range =
        1.0f / rules::LocalDeviation(page.largest_variance, inverse_area);
    rule.darkest = page.darkest;
  }
  return RunBands(in.height(), RowsPerBand(options_.size), execution,
                  [&](int begin, int end) {
                    WindowSums windows(in, options_.size, true, kernels);
                    for (int y = begin; y < end; ++y) {
                      windows.MoveTo(y);
                      kernels.local_threshold(windows.sums(), windows.squares(),
                                              in.row(y), rule, in.width(),
                                              out.row(y));
                      if (flip == 0) continue;
                      for (int x = 0; x < in.width(); ++x)
                        out.row(y)[x] ^= flip;
                    }
                  });
}

}  // namespace sightline::preprocess
