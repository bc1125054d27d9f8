#include "services/georef/engine/metadata/local_set_tags.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace sightline::georef {
namespace {

using Q = Quantity;
constexpr Encoding kPlain = Encoding::kPlain;
constexpr Encoding kUnsigned = Encoding::kUnsigned;
constexpr Encoding kSigned = Encoding::kSigned;
constexpr Encoding kSteps = Encoding::kPowerOfTwoSteps;
constexpr Doubt kNone = Doubt::kNone;
constexpr Doubt kRange = Doubt::kOutOfRange;
constexpr Doubt kEarth = Doubt::kOffEarth;
constexpr Doubt kError = Doubt::kErrorCode;

// MISB ST 0601, the sections of the items; sorted by tag.
constexpr LocalSetTag kTags[] = {
    {2, Q::kTimestamp, kPlain, 8, 0, 0, kNone},
    {5, Q::kPlatformHeading, kUnsigned, 2, 0, 360, kNone},
    {6, Q::kPlatformPitch, kSigned, 2, -20, 20, kRange},
    {7, Q::kPlatformRoll, kSigned, 2, -50, 50, kRange},
    {13, Q::kSensorLatitude, kSigned, 4, -90, 90, kError},
    {14, Q::kSensorLongitude, kSigned, 4, -180, 180, kError},
    {15, Q::kSensorAltitude, kUnsigned, 2, -900, 19000, kNone},
    {16, Q::kHorizontalFieldOfView, kUnsigned, 2, 0, 180, kNone},
    {17, Q::kVerticalFieldOfView, kUnsigned, 2, 0, 180, kNone},
    {18, Q::kSensorRelativeAzimuth, kUnsigned, 4, 0, 360, kNone},
    {19, Q::kSensorRelativeElevation, kSigned, 4, -180, 180, kError},
    {20, Q::kSensorRelativeRoll, kUnsigned, 4, 0, 360, kNone},
    {21, Q::kSlantRange, kUnsigned, 4, 0, 5000000, kNone},
    {22, Q::kTargetWidth, kUnsigned, 2, 0, 10000, kNone},
    {23, Q::kFrameCenterLatitude, kSigned, 4, -90, 90, kEarth},
    {24, Q::kFrameCenterLongitude, kSigned, 4, -180, 180, kEarth},
    {25, Q::kFrameCenterElevation, kUnsigned, 2, -900, 19000, kNone},
    {26, Q::kCorner1LatitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {27, Q::kCorner1LongitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {28, Q::kCorner2LatitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {29, Q::kCorner2LongitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {30, Q::kCorner3LatitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {31, Q::kCorner3LongitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {32, Q::kCorner4LatitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {33, Q::kCorner4LongitudeOffset, kSigned, 2, -0.075, 0.075, kEarth},
    {40, Q::kTargetLatitude, kSigned, 4, -90, 90, kError},
    {41, Q::kTargetLongitude, kSigned, 4, -180, 180, kError},
    {42, Q::kTargetElevation, kUnsigned, 2, -900, 19000, kNone},
    {65, Q::kLocalSetVersion, kPlain, 1, 0, 0, kNone},
    {75, Q::kSensorEllipsoidHeight, kUnsigned, 2, -900, 19000, kNone},
    {78, Q::kFrameCenterEllipsoidHeight, kUnsigned, 2, -900, 19000, kNone},
    {82, Q::kCorner1Latitude, kSigned, 4, -90, 90, kEarth},
    {83, Q::kCorner1Longitude, kSigned, 4, -180, 180, kEarth},
    {84, Q::kCorner2Latitude, kSigned, 4, -90, 90, kEarth},
    {85, Q::kCorner2Longitude, kSigned, 4, -180, 180, kEarth},
    {86, Q::kCorner3Latitude, kSigned, 4, -90, 90, kEarth},
    {87, Q::kCorner3Longitude, kSigned, 4, -180, 180, kEarth},
    {88, Q::kCorner4Latitude, kSigned, 4, -90, 90, kEarth},
    {89, Q::kCorner4Longitude, kSigned, 4, -180, 180, kEarth},
    {90, Q::kPlatformPitch, kSigned, 4, -90, 90, kRange},
    {91, Q::kPlatformRoll, kSigned, 4, -90, 90, kRange},
    {96, Q::kTargetWidth, kSteps, 0, 0, 1500000, kNone},
    {104, Q::kSensorEllipsoidHeight, kSteps, 0, -900, 40000, kNone},
};

// Beyond it a double does not hold every integer.
constexpr uint64_t kLargestExact = uint64_t{1} << 53;

void DecodePlain(uint64_t integer, MetadataValue& value) {
  if (integer > kLargestExact) {
    value.doubt = Doubt::kOutOfRange;
    return;
  }
  value.value = static_cast<double>(integer);
  value.resolution = 1;
}

void DecodeUnsigned(const LocalSetTag& tag, uint64_t integer,
                    MetadataValue& value) {
  const double steps = std::ldexp(1.0, 8 * tag.size_bytes) - 1;
  const double range = tag.high - tag.low;
  value.value = tag.low + range * (static_cast<double>(integer) / steps);
  value.resolution = range / steps;
}

void DecodeSigned(const LocalSetTag& tag, uint64_t integer,
                  MetadataValue& value) {
  const int bits = 8 * tag.size_bytes;
  const int64_t half = int64_t{1} << (bits - 1);
  const int64_t number = static_cast<int64_t>(integer) -
                         (static_cast<int64_t>(integer) >= half ? 2 * half : 0);
  if (number == -half) {
    value.doubt = tag.code;
    return;
  }
  const double steps = static_cast<double>(half - 1);
  value.value = tag.high * (static_cast<double>(number) / steps);
  value.resolution = tag.high / steps;
}

// MISB ST 1201, "IMAPB, reverse mapping".
void DecodeSteps(const LocalSetTag& tag, int size_bytes, uint64_t integer,
                 MetadataValue& value) {
  const int range_power =
      static_cast<int>(std::ceil(std::log2(tag.high - tag.low)));
  const int power = 8 * size_bytes - 1;
  const double step = std::ldexp(1.0, range_power - power);
  const double scaled_low = tag.low / step;
  const bool spans_zero = tag.low < 0 && tag.high > 0;
  const double zero_offset =
      spans_zero ? scaled_low - std::floor(scaled_low) : 0;
  const double number =
      step * (static_cast<double>(integer) - zero_offset) + tag.low;
  // The upper half holds infinities, NaN and user-defined codes; none of the
  // ranges here reaches it.
  if (integer >> power != 0) {
    value.doubt = Doubt::kErrorCode;
    return;
  }
  // The lower half reaches up to the next power of two.
  if (number < tag.low || number > tag.high) {
    value.doubt = Doubt::kOutOfRange;
    return;
  }
  value.value = number;
  value.resolution = step;
}

}  // namespace

const LocalSetTag* FindLocalSetTag(uint32_t tag) {
  const auto* const found =
      std::lower_bound(std::begin(kTags), std::end(kTags), tag,
                       [](const LocalSetTag& known, uint32_t sought) {
                         return known.tag < sought;
                       });
  return found != std::end(kTags) && found->tag == tag ? found : nullptr;
}

MetadataValue DecodeItem(const LocalSetTag& tag, Bytes item) {
  MetadataValue value;
  value.quantity = tag.quantity;
  value.source = MetadataSource::kLocalSet;
  value.origin = absl::StrCat("tag ", tag.tag);
  const int size_bytes = static_cast<int>(std::min<size_t>(item.size(), 9));
  if (size_bytes == 0) {
    value.doubt = Doubt::kUnknown;
    return value;
  }
  if (size_bytes > 8 || (tag.size_bytes != 0 && size_bytes != tag.size_bytes)) {
    value.doubt = Doubt::kMalformed;
    return value;
  }
  const uint64_t integer = BigEndian(item);
  switch (tag.encoding) {
    case Encoding::kPlain:
      DecodePlain(integer, value);
      break;
    case Encoding::kUnsigned:
      DecodeUnsigned(tag, integer, value);
      break;
    case Encoding::kSigned:
      DecodeSigned(tag, integer, value);
      break;
    case Encoding::kPowerOfTwoSteps:
      DecodeSteps(tag, size_bytes, integer, value);
      break;
  }
  return value;
}

}  // namespace sightline::georef
