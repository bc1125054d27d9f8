// How tall the letters of a page are.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_TEXT_HEIGHT_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_TEXT_HEIGHT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct TextHeightOptions {
  // A pixel must be this much darker than the mean of 31 x 31 around it to be
  // ink: well above the noise. In grays, 1..255, fractions round down.
  double offset = 40;
};

struct TextHeight {
  // Median height of what looks like letters, in pixels: about that of an x in
  // text, of a digit on drawings. 0 if doubtful.
  int pixels = 0;
  // How many pieces of ink look like letters.
  int64_t letters = 0;
  // Fewer than kFewestLetters.
  bool is_doubtful = true;
};
// Less may be a stain and a few specks; a word is more.
inline constexpr int64_t kFewestLetters = 6;

// Looks at connected ink (8 neighbours): a letter is what is 4 to 255 pixels
// tall, neither a line (at most 2.5 times as wide, 8 times as tall as the other
// side) nor a frame or a stroke of hatching (ink on a fifth of its box). For
// dark ink on light paper. Reads the page once, row by row, on one thread.
// Errors: PREPROCESS_PARAMETER_INVALID, CheckRun(), RunBands(). Thread-safe.
absl::StatusOr<TextHeight> EstimateTextHeight(
    const GrayView& in, const TextHeightOptions& options = {},
    const Execution& execution = {});

// Upper bound of what EstimateTextHeight() allocates, for a page so wide.
int64_t TextHeightBytes(int width);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_TEXT_HEIGHT_H_
