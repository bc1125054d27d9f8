// Threshold by the Gaussian-weighted mean around each pixel.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ADAPTIVE_GAUSSIAN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ADAPTIVE_GAUSSIAN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/adaptive_mean.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

// Paper 255, ink 0. Options as of AdaptiveMean; weights as OpenCV's for
// ADAPTIVE_THRESH_GAUSSIAN_C, borders replicated. Our own specification:
// float32 sums in a fixed order (Kernels::float_row), each operation rounded,
// the mean rounded to even. OpenCV fuses operations; the two differ where a
// mean lies within about 1e-5 of a half (1 pixel of 8.3 million was seen).
// Thread-safe.
class AdaptiveGaussian {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<AdaptiveGaussian> Create(
      const AdaptiveMeanOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  explicit AdaptiveGaussian(const AdaptiveMeanOptions& options);
  AdaptiveMeanOptions options_;
  std::vector<float> weights_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ADAPTIVE_GAUSSIAN_H_
