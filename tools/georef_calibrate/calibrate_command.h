// The command sightline-georef-calibrate: from a profile that a person drew up
// to one that a reader can use.
//
//   propose   writes a file of samples, with what an OCR engine reads
//   learn     reads it back, corrected and confirmed, and completes the profile
#ifndef SIGHTLINE_TOOLS_GEOREF_CALIBRATE_CALIBRATE_COMMAND_H_
#define SIGHTLINE_TOOLS_GEOREF_CALIBRATE_CALIBRATE_COMMAND_H_

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_pattern.h"

namespace sightline::georef {

// Reads the one line of text in a picture of dark characters on white, UTF-8;
// empty if it reads nothing. `allowed`: the characters that may be there.
using TextProposer = std::function<absl::StatusOr<std::string>(
    const GrayImage& line, const std::string& allowed)>;

// What an engine that sees blanks where it likes, and not every sign, may have
// seen: the way to write the field whose other characters are those of `text`;
// `text` if there is none. Thread-safe.
std::string FitToPattern(const OverlayPattern& pattern,
                         const std::string& text);

// Runs the command with `arguments` (the program's name left out); prints
// results to `out` and failures to `error`. Returns the exit code: 0, 1 for a
// failure, 2 for wrong arguments. Writes no file when it fails.
int RunCalibrate(const std::vector<std::string>& arguments,
                 const TextProposer& propose, std::ostream& out,
                 std::ostream& error);

// What --help says.
std::string CalibrateHelp();

}  // namespace sightline::georef

#endif  // SIGHTLINE_TOOLS_GEOREF_CALIBRATE_CALIBRATE_COMMAND_H_
