// Why an image could not be read or written: the reasons of common/image.
#ifndef SIGHTLINE_COMMON_IMAGE_REASONS_H_
#define SIGHTLINE_COMMON_IMAGE_REASONS_H_

namespace sightline {

// No bytes at all.
inline constexpr char kImageEmpty[] = "IMAGE_EMPTY";
// The first bytes belong to none of JPEG, PNG, TIFF, WebP, BMP.
inline constexpr char kImageFormatUnknown[] = "IMAGE_FORMAT_UNKNOWN";
// The header contradicts the format's rules or itself.
inline constexpr char kImageHeaderInvalid[] = "IMAGE_HEADER_INVALID";
// The page asked for is not in the file.
inline constexpr char kImagePageOutOfRange[] = "IMAGE_PAGE_OUT_OF_RANGE";
// The file's bytes, side or pixel count are above the limit.
inline constexpr char kImageTooLarge[] = "IMAGE_TOO_LARGE";
// The file ends before its pixels do.
inline constexpr char kImageTruncated[] = "IMAGE_TRUNCATED";
// The pixel data is damaged.
inline constexpr char kImageCorrupt[] = "IMAGE_CORRUPT";
// A variant of the format that is not read.
inline constexpr char kImageFeatureUnsupported[] = "IMAGE_FEATURE_UNSUPPORTED";
// Memory ran out while decoding or encoding.
inline constexpr char kImageOutOfMemory[] = "IMAGE_OUT_OF_MEMORY";
// An image without pixels, too large for the format, or a quality or
// compression out of range, was to be encoded.
inline constexpr char kImageNotEncodable[] = "IMAGE_NOT_ENCODABLE";
// A page with grays was to be encoded in black and white.
inline constexpr char kImageNotBilevel[] = "IMAGE_NOT_BILEVEL";

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_REASONS_H_
