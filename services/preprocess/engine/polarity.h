// Whether a page is dark on light or light on dark.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_POLARITY_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_POLARITY_H_

#include "absl/status/statusor.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct Polarity {
  // Third moment of how much pixels differ from their surroundings, over the
  // standard deviation cubed: below 0 for dark ink, above 0 for light ink.
  double skewness = 0;
  bool is_light_on_dark = false;
  // |skewness| below kDoubtfulSkewness: nothing but noise, or as much dark as
  // light. is_light_on_dark is false then.
  bool is_doubtful = true;
};
// Blank pages with noise of sigma 45, clipped at white, reached 0.36; pages of
// one to twelve lines of text under the same noise 2.8 and more.
inline constexpr double kDoubtfulSkewness = 0.5;

// Judges locally: a median would take a page in the shadow for a dark one. A
// Gaussian (sigma 1) is compared with the mean of 41 x 41 pixels, in eighths of
// a gray (rules::LocalContrast), and summed up in integers. An inverted page
// is made by ApplyTable(Inverse()). Errors: CheckRun(), RunBands().
// Thread-safe.
absl::StatusOr<Polarity> EstimatePolarity(const GrayView& in,
                                          const Execution& execution = {});

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_POLARITY_H_
