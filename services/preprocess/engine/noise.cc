#include "services/preprocess/engine/noise.h"

#include <atomic>
#include <cmath>
#include <numbers>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"

namespace sightline::preprocess {

absl::StatusOr<double> EstimateNoise(const GrayView& in,
                                     const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  if (in.width() < 3 || in.height() < 3) return 0.0;
  const Kernels& kernels = KernelsFor(execution.instructions);
  std::atomic<int64_t> sum = 0;
  SL_RETURN_IF_ERROR(
      RunBands(in.height() - 2, 256, execution, [&](int begin, int end) {
        int64_t band = 0;
        for (int y = begin + 1; y <= end; ++y) {
          band += kernels.noise(in.row(y - 1), in.row(y), in.row(y + 1),
                                in.width());
        }
        sum += band;
      }));
  const double pixels = static_cast<double>(in.width() - 2) * (in.height() - 2);
  return std::sqrt(std::numbers::pi / 2) * static_cast<double>(sum) /
         (6 * pixels);
}

}  // namespace sightline::preprocess
