// Threshold by the mean around each pixel.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ADAPTIVE_MEAN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ADAPTIVE_MEAN_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

struct AdaptiveMeanOptions {
  // Pixels a side of the neighbourhood, odd, 3..255.
  int size = 31;
  // A pixel must be this much darker than the mean to count as ink; in grays,
  // -255..255, fractions round up (down if inverted).
  double offset = 10;
  // Ink becomes white.
  bool is_inverted = false;
};

// Paper 255, ink 0. The bits of OpenCV's adaptiveThreshold with
// ADAPTIVE_THRESH_MEAN_C for sizes up to 163; from 165 on ours is exact and
// OpenCV's float is not (pixel_rules/adaptive_mean.h). Thread-safe.
class AdaptiveMean {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<AdaptiveMean> Create(
      const AdaptiveMeanOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  // Rows of `in`, thresholded. `in` must outlive the result.
  std::unique_ptr<RowSource> Rows(RowSource& in, const Kernels& kernels) const;
  // The rows that a row depends on.
  int support() const { return options_.size; }
  const AdaptiveMeanOptions& options() const { return options_; }

 private:
  explicit AdaptiveMean(const AdaptiveMeanOptions& options)
      : options_(options) {}
  AdaptiveMeanOptions options_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_ADAPTIVE_MEAN_H_
