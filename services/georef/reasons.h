// Reasons of the failures that the georef service itself reports
// (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_REASONS_H_

namespace sightline::georef {

// A mask is neither a gray PNG of 8 bits nor width * height labels.
inline constexpr char kLabelMaskInvalid[] = "LABEL_MASK_INVALID";
// An option of the request is out of its range.
inline constexpr char kGeorefOptionInvalid[] = "GEOREF_OPTION_INVALID";
// The request asks to read an overlay, but brings no frame, or no profile.
inline constexpr char kOverlayNotReadable[] = "OVERLAY_NOT_READABLE";
// The server has no overlay profile of that name.
inline constexpr char kOverlayProfileUnknown[] = "OVERLAY_PROFILE_UNKNOWN";
// The server has no network at all.
inline constexpr char kModelMissing[] = "GEOREF_MODEL_MISSING";
// The server has no network of that name.
inline constexpr char kModelUnknown[] = "GEOREF_MODEL_UNKNOWN";
// An item of a stream is not a frame, or a frame and its supplement.
inline constexpr char kFrameItemInvalid[] = "FRAME_ITEM_INVALID";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_REASONS_H_
