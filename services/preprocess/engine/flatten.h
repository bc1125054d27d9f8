// Evens out light: shadows, gradients, vignettes.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_FLATTEN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_FLATTEN_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/gaussian.h"
#include "services/preprocess/engine/morphology.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct FlattenOptions {
  // Larger than the strokes: ink within so many pixels is taken out of the
  // background, 3..501.
  int closing_size = 31;
  // How far light is averaged, in pixels, 1..40.
  double sigma = 15;
};

// Divides a page by its background, so that paper becomes 255: Gaussian 5 x 5
// (sigma 1.2), closing, Gaussian, division (pixel_rules/light.h). For ink on
// paper, not for light on dark (Polarity first). All exact. Thread-safe.
class Flatten {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Flatten> Create(const FlattenOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  // The parts, in the order in which they run.
  const Gaussian& smoothing() const { return smoothing_; }
  const Morphology& closing() const { return closing_; }
  const Gaussian& spreading() const { return spreading_; }

 private:
  Flatten(Gaussian smoothing, Morphology closing, Gaussian spreading)
      : smoothing_(std::move(smoothing)),
        closing_(std::move(closing)),
        spreading_(std::move(spreading)) {}
  Gaussian smoothing_;
  Morphology closing_;
  Gaussian spreading_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_FLATTEN_H_
