// Draws what was read over the page.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_ANNOTATE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_ANNOTATE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// The aligned page, `width` pixels wide, in light gray with every bubble's
// outcome drawn over it in colours that also differ in shape, for people who
// do not see colours: right (green, thick outline), wrong (red, cross), the
// right answer that was missed (green, dashed), blank (amber field frame),
// multiple (violet outlines), review (a bar beside the field). Without a score
// marked bubbles are outlined in blue. The score stands in a header strip.
// `reading` and `score` are those of the whole sheet; drawn is page `page` of
// it, which `scan` shows. Errors: InvalidArgument (a singular map, a width out
// of 100..10000).
absl::StatusOr<RgbImage> Annotate(const GrayImage& scan,
                                  const Homography& scan_to_page,
                                  const Sheet& sheet,
                                  const SheetReading& reading,
                                  const std::optional<Score>& score, int width,
                                  int page = 0);

// Upper bound of the bytes Annotate() allocates, its result included, for the
// largest page of `sheet`.
int64_t AnnotateBytes(const Sheet& sheet, int width);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_ANNOTATE_H_
