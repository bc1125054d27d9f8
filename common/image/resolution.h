// How many dots to the inch a file says it has. Internal to common/image.
//
// Archives and OCR need the figure and writers often get it wrong, so it is
// never a reason to refuse a file: what makes no sense counts as not said.
#ifndef SIGHTLINE_COMMON_IMAGE_RESOLUTION_H_
#define SIGHTLINE_COMMON_IMAGE_RESOLUTION_H_

#include <cstdint>

#include "common/image/byte_reader.h"

namespace sightline::image_internal {

inline constexpr double kMinDotsPerInch = 1;
inline constexpr double kMaxDotsPerInch = 100'000;
inline constexpr double kCentimetresPerInch = 2.54;
inline constexpr double kMetresPerInch = 0.0254;

// Along and across the stored rows; 0 where unknown.
struct Resolution {
  double x = 0;
  double y = 0;
};

inline bool IsDotsPerInch(double value) {
  // False for NaN, too.
  return value >= kMinDotsPerInch && value <= kMaxDotsPerInch;
}

// From dots per any unit of which an inch has `units_per_inch`.
inline Resolution KnownResolution(double x, double y, double units_per_inch) {
  x *= units_per_inch;
  y *= units_per_inch;
  return {IsDotsPerInch(x) ? x : 0, IsDotsPerInch(y) ? y : 0};
}

// XResolution, YResolution and ResolutionUnit (TIFF 6.0, section 8; EXIF 2.32,
// section 4.6.4) of the directory at `directory`, the first entry of each.
Resolution DirectoryResolution(const ByteReader& in, uint64_t directory);

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_RESOLUTION_H_
