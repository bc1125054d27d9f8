// Reasons of the failures of segmentation (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_REASONS_H_

namespace sightline::georef {

// A frame has no pixels or too many for a mask.
inline constexpr char kSegmentFrameInvalid[] = "SEGMENT_FRAME_INVALID";
// An option of segmentation is out of its range.
inline constexpr char kSegmentOptionInvalid[] = "SEGMENT_OPTION_INVALID";
// The frame would be cut into more tiles than allowed.
inline constexpr char kSegmentTooManyTiles[] = "SEGMENT_TOO_MANY_TILES";
// A caller's mask has not the size of its frame.
inline constexpr char kMaskSizeMismatch[] = "SEGMENT_MASK_SIZE_MISMATCH";
// A caller's mask has a label that is no class.
inline constexpr char kMaskLabelOutOfRange[] =
    "SEGMENT_MASK_LABEL_OUT_OF_RANGE";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_REASONS_H_
