#include "services/preprocess/engine/despeckle.h"

#include <array>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/histogram.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/light.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {
namespace {

constexpr double kSpeckledShare = 0.01;
constexpr int kCalmResidual = 4;

}  // namespace

absl::StatusOr<Despeckle> Despeckle::Create(const DespeckleOptions& options) {
  SL_RETURN_IF_ERROR(
      ParameterCheck().Range("contrast", options.contrast, 1, 254).status());
  SL_ASSIGN_OR_RETURN(Median median, Median::Create({.size = 3}));
  return Despeckle(options, std::move(median));
}

int64_t Despeckle::WorkingBytes(int width, int height, int threads) const {
  return median_.WorkingBytes(width, height, threads) +
         int64_t{threads} * (width + 4096);
}

bool Despeckle::IsSpeck(int pixel, int median) const {
  if (options_.only_extremes && pixel != 0 && pixel != 255) return false;
  return std::abs(pixel - median) > options_.contrast;
}

absl::StatusOr<Speckles> Despeckle::Estimate(const GrayView& in,
                                             const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  std::mutex mutex;
  int64_t specks = 0;
  Histogram residuals = {};
  SL_RETURN_IF_ERROR(
      RunBands(in.height(), 256, execution, [&](int begin, int end) {
        const std::unique_ptr<RowSource> rows = GrayRows(in);
        const std::unique_ptr<RowSource> medians = median_.Rows(*rows, kernels);
        std::vector<uint8_t> buffer(static_cast<size_t>(in.width()));
        int64_t band_specks = 0;
        Histogram band = {};
        for (int y = begin; y < end; ++y) {
          const uint8_t* const row = in.row(y);
          const uint8_t* const median = medians->Row(y, buffer.data());
          for (int x = 0; x < in.width(); ++x) {
            if (IsSpeck(row[x], median[x])) {
              ++band_specks;
            } else {
              ++band[static_cast<size_t>(std::abs(row[x] - median[x]))];
            }
          }
        }
        std::lock_guard<std::mutex> lock(mutex);
        specks += band_specks;
        for (size_t i = 0; i < band.size(); ++i) residuals[i] += band[i];
      }));
  const int64_t total = int64_t{in.width()} * in.height();
  Speckles found;
  found.share = static_cast<double>(specks) / static_cast<double>(total);
  if (specks < total) {
    found.residual =
        rules::PercentileGray(residuals.data(), total - specks, 0.8);
  }
  found.is_speckled =
      found.share > kSpeckledShare && found.residual <= kCalmResidual;
  return found;
}

absl::Status Despeckle::Run(const GrayView& in, GrayImage& out,
                            const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunBands(in.height(), 256, execution, [&](int begin, int end) {
    const std::unique_ptr<RowSource> rows = GrayRows(in);
    const std::unique_ptr<RowSource> medians = median_.Rows(*rows, kernels);
    std::vector<uint8_t> buffer(static_cast<size_t>(in.width()));
    for (int y = begin; y < end; ++y) {
      const uint8_t* const row = in.row(y);
      const uint8_t* const median = medians->Row(y, buffer.data());
      for (int x = 0; x < in.width(); ++x) {
        out.row(y)[x] = IsSpeck(row[x], median[x]) ? median[x] : row[x];
      }
    }
  });
}

}  // namespace sightline::preprocess
