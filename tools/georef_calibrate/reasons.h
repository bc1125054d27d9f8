// Failures of the command itself (docs/errors.md).
#ifndef SIGHTLINE_TOOLS_GEOREF_CALIBRATE_REASONS_H_
#define SIGHTLINE_TOOLS_GEOREF_CALIBRATE_REASONS_H_

namespace sightline::georef {

// A file cannot be read or written.
inline constexpr char kCalibrateFile[] = "CALIBRATE_FILE";
// The OCR engine cannot be started.
inline constexpr char kCalibrateOcr[] = "CALIBRATE_OCR";

}  // namespace sightline::georef

#endif  // SIGHTLINE_TOOLS_GEOREF_CALIBRATE_REASONS_H_
