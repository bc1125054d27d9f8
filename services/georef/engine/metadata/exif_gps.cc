#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "services/georef/engine/metadata/picture_metadata.h"
#include "services/georef/engine/metadata/reasons.h"

namespace sightline::georef {
namespace {

// TIFF 6.0, section 2: the size of a value of each type from 1 on.
constexpr size_t kTypeBytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
constexpr uint32_t kTextType = 2;
constexpr uint32_t kByteType = 1;
constexpr uint32_t kLongType = 4;
constexpr uint32_t kRationalType = 5;

constexpr uint32_t kGpsDirectoryTag = 0x8825;

struct Number {
  double value;
  // One step of the numerator.
  double step;
};

// The GPS directory's entries, each read only where the caller asks.
class Directory {
 public:
  Directory(Bytes tiff, bool is_little, size_t offset)
      : tiff_(tiff), is_little_(is_little), offset_(offset) {}

  // Makes the directory at `at` the one that is read.
  absl::Status Open(uint64_t at) {
    if (at < 8 || at > tiff_.size() || tiff_.size() - at < 2) {
      return Fault(std::min<uint64_t>(at, tiff_.size()),
                   "a directory is not within the block");
    }
    entries_ = at + 2;
    count_ = Whole(at, 2);
    if (count_ > (tiff_.size() - entries_) / 12) {
      return Fault(at, "a directory has more entries than fit in the block");
    }
    return absl::OkStatus();
  }

  bool Has(uint32_t tag) const { return Find(tag).has_value(); }

  // A single whole number of type LONG.
  std::optional<uint64_t> Long(uint32_t tag) const {
    const std::optional<size_t> entry = Find(tag);
    if (!entry || Whole(*entry + 2, 2) != kLongType ||
        Whole(*entry + 4, 4) != 1) {
      return std::nullopt;
    }
    return Whole(*entry + 8, 4);
  }

  std::optional<uint8_t> Byte(uint32_t tag) const {
    const std::optional<Bytes> data = Data(tag, kByteType);
    if (!data || data->size() != 1) return std::nullopt;
    return (*data)[0];
  }

  // Text without the zero that ends it.
  std::optional<absl::string_view> Text(uint32_t tag) const {
    const std::optional<Bytes> data = Data(tag, kTextType);
    if (!data) return std::nullopt;
    const absl::string_view text(reinterpret_cast<const char*>(data->data()),
                                 data->size());
    return text.substr(0, text.find('\0'));
  }

  // The numbers of a tag with exactly `count`; a denominator of 0 is none.
  std::optional<std::vector<Number>> Rationals(uint32_t tag,
                                               size_t count) const {
    const std::optional<Bytes> data = Data(tag, kRationalType);
    if (!data || data->size() != 8 * count) return std::nullopt;
    std::vector<Number> numbers;
    for (size_t i = 0; i < count; ++i) {
      const auto over = static_cast<double>(Read(data->subspan(8 * i, 4)));
      const auto under = static_cast<double>(Read(data->subspan(8 * i + 4, 4)));
      if (under == 0) return std::nullopt;
      numbers.push_back({over / under, 1 / under});
    }
    return numbers;
  }

  absl::Status Fault(uint64_t at, absl::string_view what) const {
    return Error(absl::StatusCode::kInvalidArgument, kExifInvalid)
        .Message(absl::StrCat("the EXIF block, byte ", offset_ + at,
                              " of the picture: ", what))
        .With("offset", absl::StrCat(offset_ + at));
  }

  uint64_t Whole(size_t at, size_t size) const {
    return Read(tiff_.subspan(at, size));
  }

 private:
  uint64_t Read(Bytes bytes) const {
    return is_little_ ? LittleEndian(bytes) : BigEndian(bytes);
  }

  // Where the first entry of `tag` begins.
  std::optional<size_t> Find(uint32_t tag) const {
    for (uint64_t i = 0; i < count_; ++i) {
      const size_t entry = entries_ + 12 * i;
      if (Whole(entry, 2) == tag) return entry;
    }
    return std::nullopt;
  }

  // The bytes of `tag` if it has `type` and they lie within the block.
  std::optional<Bytes> Data(uint32_t tag, uint32_t type) const {
    const std::optional<size_t> entry = Find(tag);
    if (!entry || Whole(*entry + 2, 2) != type) return std::nullopt;
    const uint64_t size = Whole(*entry + 4, 4) * kTypeBytes[type];
    const uint64_t at = size <= 4 ? *entry + 8 : Whole(*entry + 8, 4);
    if (at > tiff_.size() || size > tiff_.size() - at) return std::nullopt;
    return tiff_.subspan(at, size);
  }

  Bytes tiff_;
  bool is_little_;
  size_t offset_;
  size_t entries_ = 0;
  uint64_t count_ = 0;
};

MetadataValue Named(Quantity quantity, absl::string_view origin) {
  MetadataValue value;
  value.quantity = quantity;
  value.source = MetadataSource::kExif;
  value.origin = std::string(origin);
  value.doubt = Doubt::kMalformed;
  return value;
}

// Degrees, minutes, seconds; a hemisphere that is not said is not guessed.
MetadataValue ReadAngle(const Directory& gps, uint32_t tag, Quantity quantity,
                        absl::string_view origin, absl::string_view positive,
                        absl::string_view negative, double limit) {
  MetadataValue value = Named(quantity, origin);
  const auto parts = gps.Rationals(tag, 3);
  const auto side = gps.Text(tag - 1);
  if (!parts || !side || (*side != positive && *side != negative)) {
    return value;
  }
  const double sign = *side == negative ? -1 : 1;
  const double degrees =
      (*parts)[0].value + (*parts)[1].value / 60 + (*parts)[2].value / 3600;
  if (degrees > limit || (*parts)[1].value >= 60 || (*parts)[2].value >= 60) {
    value.doubt = Doubt::kOutOfRange;
    return value;
  }
  // Who writes decimal minutes leaves 0/1 seconds, who writes decimal degrees
  // 0/1 minutes, too.
  int last = 2;
  const double units[] = {1, 1.0 / 60, 1.0 / 3600};
  while (last > 0 && (*parts)[last].value == 0 && (*parts)[last].step == 1) {
    --last;
  }
  value.value = sign * degrees;
  value.resolution = units[last] * (*parts)[last].step;
  value.doubt = Doubt::kNone;
  constexpr uint32_t kMapDatum = 18;
  const auto datum = gps.Text(kMapDatum);
  if (gps.Has(kMapDatum) && datum.value_or("") != "WGS-84" &&
      datum.value_or("") != "WGS84" && !datum.value_or("?").empty()) {
    value.doubt = Doubt::kReferenceUnclear;
  }
  return value;
}

// EXIF 2.32 knows the references 0 and 1 (above and below sea level), EXIF 3.0
// also 2 and 3 (the same from the ellipsoid).
MetadataValue ReadAltitude(const Directory& gps) {
  MetadataValue value = Named(Quantity::kSensorAltitude, "GPSAltitude");
  const auto altitude = gps.Rationals(6, 1);
  if (!altitude) return value;
  const auto reference = gps.Byte(5);
  if (!reference || *reference > 3) {
    value.quantity = Quantity::kSensorUnstatedAltitude;
    value.doubt = Doubt::kReferenceUnclear;
    return value;
  }
  if (*reference >= 2) value.quantity = Quantity::kSensorEllipsoidHeight;
  const double sign = *reference % 2 == 1 ? -1 : 1;
  if ((*altitude)[0].value > 100000) {
    value.doubt = Doubt::kOutOfRange;
    return value;
  }
  value.value = sign * (*altitude)[0].value;
  value.resolution = (*altitude)[0].step;
  value.doubt = Doubt::kNone;
  return value;
}

MetadataValue ReadDirection(const Directory& gps) {
  MetadataValue value = Named(Quantity::kImageDirectionTrue, "GPSImgDirection");
  const auto direction = gps.Rationals(17, 1);
  if (!direction) return value;
  const auto north = gps.Text(16);
  if (!north || (*north != "T" && *north != "M")) {
    value.doubt = Doubt::kReferenceUnclear;
    return value;
  }
  if (*north == "M") value.quantity = Quantity::kImageDirectionMagnetic;
  if ((*direction)[0].value > 360) {
    value.doubt = Doubt::kOutOfRange;
    return value;
  }
  value.value = (*direction)[0].value;
  value.resolution = (*direction)[0].step;
  value.doubt = Doubt::kNone;
  return value;
}

// UTC: date "YYYY:MM:DD", time as three rationals.
MetadataValue ReadTime(const Directory& gps) {
  MetadataValue value = Named(Quantity::kTimestamp, "GPSTimeStamp");
  const auto parts = gps.Rationals(7, 3);
  const auto date = gps.Text(29);
  if (!parts || !date || date->size() != 10) return value;
  const std::vector<absl::string_view> words = absl::StrSplit(*date, ':');
  int year = 0;
  int month = 0;
  int day = 0;
  if (words.size() != 3 || !absl::SimpleAtoi(words[0], &year) ||
      !absl::SimpleAtoi(words[1], &month) ||
      !absl::SimpleAtoi(words[2], &day)) {
    return value;
  }
  const absl::CivilDay civil(year, month, day);
  const bool is_date = civil.year() == year && civil.month() == month &&
                       civil.day() == day && year >= 1970;
  // 60 only in a leap second.
  if (!is_date || (*parts)[0].value >= 24 || (*parts)[1].value >= 60 ||
      (*parts)[2].value >= 61) {
    value.doubt = Doubt::kOutOfRange;
    return value;
  }
  const double seconds =
      (*parts)[0].value * 3600 + (*parts)[1].value * 60 + (*parts)[2].value;
  const double midnight = static_cast<double>(
      absl::ToUnixSeconds(absl::FromCivil(civil, absl::UTCTimeZone())));
  value.value = std::round((midnight + seconds) * 1e6);
  value.resolution = std::max(1.0, (*parts)[2].step * 1e6);
  value.doubt = Doubt::kNone;
  return value;
}

}  // namespace

absl::Status ReadExifGps(Bytes tiff, size_t offset,
                         std::vector<MetadataValue>& values) {
  const bool is_little = !tiff.empty() && tiff[0] == 'I';
  Directory directory(tiff, is_little, offset);
  const uint8_t order = is_little ? 'I' : 'M';
  if (tiff.size() < 8 || tiff[0] != order || tiff[1] != order ||
      directory.Whole(2, 2) != 42) {
    return directory.Fault(0, "it does not begin with a TIFF header");
  }
  const absl::Status first = directory.Open(directory.Whole(4, 4));
  if (!first.ok()) return first;
  if (!directory.Has(kGpsDirectoryTag)) return absl::OkStatus();
  const absl::Status gps =
      directory.Open(directory.Long(kGpsDirectoryTag).value_or(0));
  if (!gps.ok()) return gps;
  if (directory.Has(2)) {
    values.push_back(ReadAngle(directory, 2, Quantity::kSensorLatitude,
                               "GPSLatitude", "N", "S", 90));
  }
  if (directory.Has(4)) {
    values.push_back(ReadAngle(directory, 4, Quantity::kSensorLongitude,
                               "GPSLongitude", "E", "W", 180));
  }
  if (directory.Has(6)) values.push_back(ReadAltitude(directory));
  if (directory.Has(17)) values.push_back(ReadDirection(directory));
  if (directory.Has(7)) values.push_back(ReadTime(directory));
  return absl::OkStatus();
}

}  // namespace sightline::georef
