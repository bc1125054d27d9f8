// Whether anything is written in the boxes of handwriting, and how much.
//
// What is written is a person's to read. A program needs to know that a name is
// missing or that an answer was given, whatever the pen, the light and the
// lines printed in the box.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_BOX_READER_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_BOX_READER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

struct BoxReading {
  // The box's value or "", how sure that is and why not surer: kBlank when
  // empty, kAmbiguous for specks that may be writing, kFaint for writing hardly
  // darker than the paper, kCutOff where the scan ends.
  FieldReading reading;
  // Share of the box that strokes cover, 0..1.
  double ink = 0;
};

// Looks into every box of `sheet`, in its order. `scan_to_page` maps scan
// pixels to page units, corner-based. An empty box needs review if it is
// required, a doubtful one always. Errors: InvalidArgument
// HOMOGRAPHY_SINGULAR; that of `stop`. Thread-safe.
absl::StatusOr<std::vector<BoxReading>> ReadBoxes(
    const GrayImage& scan, const Homography& scan_to_page, const Sheet& sheet,
    const StopToken& stop);

// Upper bound of the bytes that ReadBoxes() works in.
int64_t ReadBoxesBytes(const Sheet& sheet);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_BOX_READER_H_
