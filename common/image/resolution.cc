#include "common/image/resolution.h"

#include <optional>

namespace sightline::image_internal {
namespace {

constexpr uint32_t kXResolution = 282;
constexpr uint32_t kYResolution = 283;
constexpr uint32_t kResolutionUnit = 296;
constexpr uint32_t kShort = 3;
constexpr uint32_t kRational = 5;
constexpr uint32_t kInch = 2;
constexpr uint32_t kCentimetre = 3;

// Infinite or NaN where the denominator is 0.
double Rational(const ByteReader& in, uint64_t entry) {
  if (in.U16(entry + 2) != kRational || in.U32(entry + 4) == 0) return 0;
  const uint64_t at = in.U32(entry + 8);
  return static_cast<double>(in.U32(at)) / static_cast<double>(in.U32(at + 4));
}

}  // namespace

Resolution DirectoryResolution(const ByteReader& in, uint64_t directory) {
  std::optional<double> x, y;
  std::optional<uint32_t> unit;
  const uint64_t entries = in.U16(directory);
  for (uint64_t i = 0; i < entries; ++i) {
    const uint64_t entry = directory + 2 + i * 12;
    if (!in.Has(entry, 12)) break;
    const uint32_t tag = in.U16(entry);
    if (tag == kXResolution && !x.has_value()) {
      x = Rational(in, entry);
    } else if (tag == kYResolution && !y.has_value()) {
      y = Rational(in, entry);
    } else if (tag == kResolutionUnit && !unit.has_value()) {
      unit = in.U16(entry + 2) == kShort ? in.U16(entry + 8) : 0;
    }
  }
  switch (unit.value_or(kInch)) {
    case kInch:
      return KnownResolution(x.value_or(0), y.value_or(0), 1);
    case kCentimetre:
      return KnownResolution(x.value_or(0), y.value_or(0), kCentimetresPerInch);
    default:
      // 1: the two say how long a pixel is for its width, and no more.
      return {};
  }
}

}  // namespace sightline::image_internal
