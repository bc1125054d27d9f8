// Tesseract as what proposes texts. The only place that knows it.
#ifndef SIGHTLINE_TOOLS_GEOREF_CALIBRATE_TESSERACT_PROPOSER_H_
#define SIGHTLINE_TOOLS_GEOREF_CALIBRATE_TESSERACT_PROPOSER_H_

#include <memory>

#include "tools/georef_calibrate/calibrate_command.h"

namespace sightline::georef {

// Started with the first line it is given. Errors: FailedPrecondition
// CALIBRATE_OCR (its data for English are not installed). Not thread-safe.
TextProposer TesseractProposer();

}  // namespace sightline::georef

#endif  // SIGHTLINE_TOOLS_GEOREF_CALIBRATE_TESSERACT_PROPOSER_H_
