// Why a burned-in overlay, its profile or its calibration is refused
// (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_REASONS_H_

namespace sightline::georef {

// A profile file does not say what it should; the message names the line.
inline constexpr char kOverlayProfileInvalid[] = "OVERLAY_PROFILE_INVALID";
// A profile has not been through calibration, or a font lacks digits.
inline constexpr char kOverlayProfileUncalibrated[] =
    "OVERLAY_PROFILE_UNCALIBRATED";
// A profile reads MGRS, and this build has no GeographicLib.
inline constexpr char kOverlayMgrsUnavailable[] = "OVERLAY_MGRS_UNAVAILABLE";
// A frame has no pixels, too many, or rows that overlap.
inline constexpr char kOverlayFrameInvalid[] = "OVERLAY_FRAME_INVALID";
// A frame's size is no scaled copy of the profile's.
inline constexpr char kOverlayFrameSize[] = "OVERLAY_FRAME_SIZE";
// A file of confirmed texts does not fit its profile or its frames.
inline constexpr char kOverlaySamplesInvalid[] = "OVERLAY_SAMPLES_INVALID";
// The confirmed texts and the frames give no font: the message says why.
inline constexpr char kOverlayCalibrationFailed[] =
    "OVERLAY_CALIBRATION_FAILED";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_REASONS_H_
