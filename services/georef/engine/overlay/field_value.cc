#include "services/georef/engine/overlay/field_value.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/mgrs.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

using Kind = OverlayMeaning::Kind;

struct Range {
  double low;
  double high;
};

// What a quantity can be at all; the profile may say less.
Range RangeOf(const OverlayMeaning& meaning) {
  if (meaning.kind != Kind::kQuantity) return {-1e9, 1e9};
  switch (meaning.quantity) {
    case Quantity::kSensorLatitude:
    case Quantity::kTargetLatitude:
    case Quantity::kFrameCenterLatitude:
    case Quantity::kCorner1Latitude:
    case Quantity::kCorner2Latitude:
    case Quantity::kCorner3Latitude:
    case Quantity::kCorner4Latitude:
    case Quantity::kPlatformPitch:
    case Quantity::kGimbalPitch:
      return {-90, 90};
    case Quantity::kSensorLongitude:
    case Quantity::kTargetLongitude:
    case Quantity::kFrameCenterLongitude:
    case Quantity::kCorner1Longitude:
    case Quantity::kCorner2Longitude:
    case Quantity::kCorner3Longitude:
    case Quantity::kCorner4Longitude:
    case Quantity::kSensorRelativeElevation:
    case Quantity::kPlatformRoll:
      return {-180, 180};
    case Quantity::kPlatformHeading:
    case Quantity::kImageDirectionTrue:
    case Quantity::kImageDirectionMagnetic:
      return {0, 360};
    case Quantity::kHorizontalFieldOfView:
    case Quantity::kVerticalFieldOfView:
      return {0, 180};
    case Quantity::kSlantRange:
    case Quantity::kTargetWidth:
      return {0, 5e6};
    default:
      break;
  }
  if (UnitOf(meaning.quantity) == Unit::kDegrees) return {-360, 360};
  return {-1000, 100000};
}

// The digits and points of one role, and its last place.
struct Part {
  std::string text;
  bool is_there() const { return !text.empty(); }
  double number() const {
    double value = 0;
    return absl::SimpleAtod(text, &value) ? value : 0;
  }
  double last_place() const {
    const size_t point = text.find('.');
    if (point == std::string::npos) return 1;
    return std::pow(10, -static_cast<double>(text.size() - point - 1));
  }
};

using Parts = std::map<CellRole, Part>;

int MonthOf(const Parts& parts) {
  const auto name = parts.find(CellRole::kMonthName);
  if (name == parts.end()) {
    return static_cast<int>(parts.at(CellRole::kMonth).number());
  }
  constexpr absl::string_view kNames = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  return static_cast<int>(kNames.find(name->second.text)) / 3 + 1;
}

void ReadDate(const Parts& parts, FieldValue& value) {
  int year = static_cast<int>(parts.at(CellRole::kYear).number());
  // Two digits: of this century.
  if (parts.at(CellRole::kYear).text.size() == 2) year += 2000;
  const int month = MonthOf(parts);
  const int day = static_cast<int>(parts.at(CellRole::kDay).number());
  const absl::CivilDay date(year, month, day);
  if (year < 1970 || date.year() != year || date.month() != month ||
      date.day() != day) {
    value.out_of_range = absl::StrCat("there is no day ", year, "-", month, "-",
                                      day, " since 1970");
    return;
  }
  value.number = static_cast<double>(date - absl::CivilDay(1970, 1, 1));
  value.resolution = 1;
}

void ReadClock(const Parts& parts, FieldValue& value) {
  const double hour = parts.at(CellRole::kHour).number();
  const double minute = parts.at(CellRole::kMinute).number();
  const auto second = parts.find(CellRole::kSecond);
  const bool has_seconds = second != parts.end();
  const double seconds = has_seconds ? second->second.number() : 0;
  // 60: a leap second.
  if (hour > 23 || minute > 59 || seconds >= 61) {
    value.out_of_range = "there is no such time of day";
    return;
  }
  value.number = hour * 3600 + minute * 60 + seconds;
  value.resolution = has_seconds ? second->second.last_place() : 60;
}

void ReadPosition(const Parts& parts, FieldValue& value) {
  const Part& easting = parts.at(CellRole::kEasting);
  const Part& northing = parts.at(CellRole::kNorthing);
  const std::optional<MgrsPlace> place = ReadMgrs(absl::StrCat(
      parts.at(CellRole::kZone).text, parts.at(CellRole::kBand).text,
      parts.at(CellRole::kSquare).text, easting.text, northing.text));
  if (!place.has_value()) {
    value.out_of_range = "there is no such square of MGRS";
    return;
  }
  value.number = place->latitude_deg;
  value.second_number = place->longitude_deg;
  // Of 100 km squares; 111,195 m are a degree of latitude.
  value.resolution =
      100000 * std::pow(10, -static_cast<double>(easting.text.size())) / 111195;
}

void ReadNumber(const OverlayField& field, const Parts& parts,
                FieldValue& value) {
  double number = 0;
  double step = 1;
  if (const auto plain = parts.find(CellRole::kNumber); plain != parts.end()) {
    OverlayUnit unit = field.unit;
    if (const auto said = parts.find(CellRole::kUnit); said != parts.end()) {
      unit = field.units.at(said->second.text);
    }
    number = plain->second.number() * FactorOf(unit);
    step = plain->second.last_place() * FactorOf(unit);
  } else {
    double scale = 1;
    for (const CellRole role :
         {CellRole::kDegrees, CellRole::kArcMinutes, CellRole::kArcSeconds}) {
      const auto part = parts.find(role);
      if (part != parts.end()) {
        const double places = part->second.number();
        if (role != CellRole::kDegrees && places >= 60) {
          value.out_of_range =
              absl::StrCat(places, " minutes or seconds of arc");
          return;
        }
        number += places * scale;
        step = part->second.last_place() * scale;
      }
      scale /= 60;
    }
  }
  for (const CellRole role : {CellRole::kHemisphere, CellRole::kSign}) {
    const auto part = parts.find(role);
    if (part == parts.end()) continue;
    const char sign = part->second.text[0];
    if (sign == 'S' || sign == 'W' || sign == '-') number = -number;
  }
  const Range natural = RangeOf(field.meaning);
  const double low = std::max(natural.low, field.minimum.value_or(-1e9));
  const double high = std::min(natural.high, field.maximum.value_or(1e9));
  if (number < low || number > high) {
    value.out_of_range = absl::StrCat("is beyond ", low, "..", high);
    return;
  }
  value.number = number;
  value.resolution = step;
}

absl::Status Invalid(absl::string_view path, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kOverlayProfileInvalid)
      .Field(path, what);
}

bool IsAngle(const OverlayField& field) {
  return field.unit == OverlayUnit::kDegrees;
}

absl::Status CheckUnit(const OverlayField& field) {
  if (field.meaning.kind != Kind::kQuantity) return absl::OkStatus();
  const Unit wanted = UnitOf(field.meaning.quantity);
  std::vector<OverlayUnit> said = {field.unit};
  if (!field.units.empty()) said.clear();
  for (const auto& [text, unit] : field.units) said.push_back(unit);
  for (const OverlayUnit unit : said) {
    const bool is_length =
        unit == OverlayUnit::kMetres || unit == OverlayUnit::kKilometres ||
        unit == OverlayUnit::kFeet || unit == OverlayUnit::kNauticalMiles;
    const bool fits =
        (wanted == Unit::kDegrees && unit == OverlayUnit::kDegrees) ||
        (wanted == Unit::kMetres && is_length);
    if (!fits) {
      return Invalid("unit", absl::StrCat("is no unit of ",
                                          NameOf(field.meaning.quantity)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

FieldValue ValueOfField(const OverlayField& field,
                        const PatternAlternative& alternative,
                        const std::u32string& text) {
  Parts parts;
  for (size_t i = 0; i < alternative.size(); ++i) {
    const CellRole role = alternative[i].role;
    if (role == CellRole::kLiteral) continue;
    parts[role].text += ToUtf8(absl::MakeConstSpan(&text[i], 1));
  }
  FieldValue value;
  switch (field.meaning.kind) {
    case Kind::kDate:
      ReadDate(parts, value);
      break;
    case Kind::kClock:
      ReadClock(parts, value);
      break;
    case Kind::kSensorPosition:
    case Kind::kTargetPosition:
    case Kind::kFrameCenterPosition:
      ReadPosition(parts, value);
      break;
    case Kind::kNone:
    case Kind::kQuantity:
      if (parts.count(CellRole::kNumber) != 0 ||
          parts.count(CellRole::kDegrees) != 0) {
        ReadNumber(field, parts, value);
      }
      break;
  }
  return value;
}

absl::Status CheckTokens(const OverlayField& field) {
  const OverlayPattern& pattern = field.pattern;
  const auto demand = [&](absl::string_view names,
                          std::vector<CellRole> roles) -> absl::Status {
    for (const CellRole role : roles) {
      if (pattern.Has(role)) continue;
      return Invalid("pattern",
                     absl::StrCat("a field of this meaning needs ", names));
    }
    return absl::OkStatus();
  };
  switch (field.meaning.kind) {
    case Kind::kNone:
      return absl::OkStatus();
    case Kind::kClock:
      return demand("{hour} and {minute}",
                    {CellRole::kHour, CellRole::kMinute});
    case Kind::kDate:
      if (!pattern.Has(CellRole::kMonthName)) {
        SL_RETURN_IF_ERROR(
            demand("{month} or {month_name}", {CellRole::kMonth}));
      }
      return demand("{year} and {day}", {CellRole::kYear, CellRole::kDay});
    case Kind::kSensorPosition:
    case Kind::kTargetPosition:
    case Kind::kFrameCenterPosition:
      SL_RETURN_IF_ERROR(
          demand("{zone}{band}{square}{easting}{northing}",
                 {CellRole::kZone, CellRole::kBand, CellRole::kSquare,
                  CellRole::kEasting, CellRole::kNorthing}));
      for (const PatternAlternative& cells : pattern.alternatives) {
        const auto count = [&](CellRole role) {
          return std::count_if(cells.begin(), cells.end(),
                               [&](const auto& c) { return c.role == role; });
        };
        if (count(CellRole::kEasting) != count(CellRole::kNorthing) ||
            count(CellRole::kEasting) > 5) {
          return Invalid("pattern",
                         "easting and northing have equally many digits, at "
                         "most 5");
        }
      }
      if (!HasMgrs()) {
        return Error(absl::StatusCode::kFailedPrecondition,
                     kOverlayMgrsUnavailable)
            .Field("pattern",
                   "is of MGRS, which this build does not read: it was built "
                   "without GeographicLib");
      }
      return absl::OkStatus();
    case Kind::kQuantity:
      break;
  }
  if (!pattern.Has(CellRole::kNumber)) {
    SL_RETURN_IF_ERROR(demand("{num} or {deg}", {CellRole::kDegrees}));
    if (!IsAngle(field)) return Invalid("unit", "{deg} is of degrees");
  } else if (pattern.Has(CellRole::kDegrees)) {
    return Invalid("pattern", "has {num} and {deg}");
  }
  return CheckUnit(field);
}

const PatternAlternative* FindAlternative(const OverlayPattern& pattern,
                                          const std::u32string& text) {
  for (const PatternAlternative& cells : pattern.alternatives) {
    if (cells.size() != text.size()) continue;
    bool allows = true;
    for (size_t i = 0; i < cells.size() && allows; ++i) {
      allows = cells[i].allowed.find(text[i]) != std::u32string::npos;
    }
    if (allows) return &cells;
  }
  return nullptr;
}

}  // namespace sightline::georef
