// Learns an overlay's font from frames whose text a person has confirmed.
//
// Calibration has two steps with a person between them. An OCR engine proposes
// what the profile's boxes say in some frames (a program does that,
// tools/georef_calibrate; no OCR here); the person corrects the texts in the
// file of samples. Then the pitch, each field's place and the picture of each
// character are those with which the cells of the same character look most
// alike over all frames.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_CALIBRATION_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_CALIBRATION_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_profile.h"

namespace sightline::georef {

// What a person says of one frame.
struct OverlaySample {
  // Its file, as the person would name it.
  std::string frame;
  // Whether a person has looked at the texts; others are not learnt from.
  bool is_confirmed = false;
  // By the field's name. A field that is left out or empty is not learnt from.
  std::map<std::string, std::string> texts;
};

// The file of samples. Errors: InvalidArgument JSON_INVALID or
// OVERLAY_SAMPLES_INVALID, the message beginning with the line; a field that
// the profile does not have; no samples. Thread-safe.
absl::StatusOr<std::vector<OverlaySample>> ParseOverlaySamples(
    absl::string_view json, const OverlayProfile& profile);
std::string WriteOverlaySamples(absl::Span<const OverlaySample> samples);

struct CalibrationFrame {
  // Of the profile's frame size.
  const RgbImage* pixels = nullptr;
  const OverlaySample* sample = nullptr;
};

struct FieldCalibration {
  std::string name;
  // Texts it was learnt from, and how many of them the reader then reads.
  int texts = 0;
  int read_back = 0;
  // Of the cells with the pictures learnt: mean and lowest correlation.
  double mean_correlation = 0;
  double lowest_correlation = 0;
  // The text with the lowest one, for a person to look at first.
  std::string weakest_text;
  std::string weakest_frame;
  // Characters of the pattern that no frame showed.
  std::u32string unseen;
};

struct Calibration {
  OverlayProfile profile;
  std::vector<FieldCalibration> fields;
};

// Learns fonts and places. Frames whose sample is not confirmed are passed
// over. Takes some seconds for ten frames of 1080p. Errors: InvalidArgument
// OVERLAY_SAMPLES_INVALID (a text that its pattern does not allow: the frame,
// the field and the text are named; a frame of another size);
// FailedPrecondition OVERLAY_CALIBRATION_FAILED (nothing confirmed, digits that
// fewer than two texts show, a field without any text, characters that do not
// stand at a fixed pitch, a text that the frame contradicts). Thread-safe.
absl::StatusOr<Calibration> LearnOverlay(
    const OverlayProfile& profile, absl::Span<const CalibrationFrame> frames);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_CALIBRATION_H_
