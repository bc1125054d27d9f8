// Denoising by non-local means.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_NON_LOCAL_MEANS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_NON_LOCAL_MEANS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_rules/local_means.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct NonLocalMeansOptions {
  // About the noise's standard deviation; above 0, at most 255.
  double strength = 10;
  // Pixels a side of what is compared, odd, 1..21.
  int template_size = 7;
  // Pixels a side of where it is looked for, odd, 1..51.
  int search_size = 21;
};

// The bits of OpenCV's fastNlMeansDenoising (pixel_rules/local_means.h), which
// takes the strength as float. Thread-safe.
class NonLocalMeans {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<NonLocalMeans> Create(
      const NonLocalMeansOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  int template_radius() const { return template_radius_; }
  int search_radius() const { return search_radius_; }
  const rules::LocalMeansWeights& weights() const { return weights_; }

 private:
  explicit NonLocalMeans(const NonLocalMeansOptions& options);
  int template_radius_;
  int search_radius_;
  rules::LocalMeansWeights weights_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_NON_LOCAL_MEANS_H_
