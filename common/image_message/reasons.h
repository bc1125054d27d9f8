// Reasons of failures about image messages; see docs/errors.md.
#ifndef SIGHTLINE_COMMON_IMAGE_MESSAGE_REASONS_H_
#define SIGHTLINE_COMMON_IMAGE_MESSAGE_REASONS_H_

namespace sightline {

// Raw pixels are not width * height bytes, or a side is out of range.
inline constexpr char kImageSizeMismatch[] = "IMAGE_SIZE_MISMATCH";
// The output format is unknown or the quality out of range.
inline constexpr char kOutputInvalid[] = "OUTPUT_INVALID";
// An item of a stream is several files whose sizes or pages are not right, or
// may be one only.
inline constexpr char kItemPartsInvalid[] = "ITEM_PARTS_INVALID";

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_MESSAGE_REASONS_H_
