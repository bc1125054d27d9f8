#include "services/preprocess/engine/polarity.h"

#include <atomic>
#include <cmath>
#include <memory>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/gaussian.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/pixel_rules/measure.h"
#include "services/preprocess/engine/row_source.h"
#include "services/preprocess/engine/window_sums.h"

namespace sightline::preprocess {
namespace {

constexpr int kWindow = 41;

}  // namespace

absl::StatusOr<Polarity> EstimatePolarity(const GrayView& in,
                                          const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_ASSIGN_OR_RETURN(
      const Gaussian gaussian,
      Gaussian::Create({.size_x = 0, .size_y = 0, .sigma_x = 1.0}));
  const Kernels& kernels = KernelsFor(execution.instructions);
  std::atomic<int64_t> squares = 0;
  std::atomic<int64_t> cubes = 0;
  SL_RETURN_IF_ERROR(RunBands(
      in.height(), RowsPerBand(kWindow), execution, [&](int begin, int end) {
        const std::unique_ptr<RowSource> rows = GrayRows(in);
        const std::unique_ptr<RowSource> blurred =
            gaussian.Rows(*rows, kernels);
        WindowSums windows(in, kWindow, false, kernels);
        std::vector<uint8_t> buffer(static_cast<size_t>(in.width()));
        int64_t band_squares = 0;
        int64_t band_cubes = 0;
        for (int y = begin; y < end; ++y) {
          const uint8_t* const row = blurred->Row(y, buffer.data());
          windows.MoveTo(y);
          for (int x = 0; x < in.width(); ++x) {
            const int64_t contrast = rules::LocalContrast(
                row[x], static_cast<int>(windows.sums()[x]), kWindow * kWindow);
            band_squares += contrast * contrast;
            band_cubes += contrast * contrast * contrast;
          }
        }
        squares += band_squares;
        cubes += band_cubes;
      }));
  Polarity polarity;
  if (squares == 0) return polarity;
  const double pixels = static_cast<double>(in.width()) * in.height();
  const double deviation = std::sqrt(static_cast<double>(squares) / pixels);
  polarity.skewness =
      static_cast<double>(cubes) / pixels / (deviation * deviation * deviation);
  polarity.is_doubtful = std::abs(polarity.skewness) < kDoubtfulSkewness;
  polarity.is_light_on_dark = !polarity.is_doubtful && polarity.skewness > 0;
  return polarity;
}

}  // namespace sightline::preprocess
