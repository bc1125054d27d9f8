#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/georef/engine/metadata/picture_metadata.h"

namespace sightline::georef {
namespace {

constexpr absl::string_view kPrefix = "drone-dji:";
// The longest number that a drone writes has some 20 digits.
constexpr size_t kMostDigits = 40;

struct Attribute {
  absl::string_view name;
  Quantity quantity;
  double low;
  double high;
  // kReferenceUnclear where the drone does not state what it counts from.
  Doubt doubt;
};

using Q = Quantity;
constexpr Doubt kNone = Doubt::kNone;
constexpr Attribute kAttributes[] = {
    {"GpsLatitude", Q::kSensorLatitude, -90, 90, kNone},
    {"GpsLongitude", Q::kSensorLongitude, -180, 180, kNone},
    // Early firmware misspelt it.
    {"GpsLongtitude", Q::kSensorLongitude, -180, 180, kNone},
    // Barometric, or by GPS with or without a geoid: it differs by model.
    {"AbsoluteAltitude", Q::kSensorUnstatedAltitude, -1000, 100000,
     Doubt::kReferenceUnclear},
    {"RelativeAltitude", Q::kSensorHeightAboveTakeoff, -10000, 100000, kNone},
    {"GimbalYawDegree", Q::kGimbalYaw, -360, 360, kNone},
    {"GimbalPitchDegree", Q::kGimbalPitch, -180, 180, kNone},
    {"GimbalRollDegree", Q::kGimbalRoll, -180, 180, kNone},
    {"FlightYawDegree", Q::kPlatformHeading, -360, 360, kNone},
    {"FlightPitchDegree", Q::kPlatformPitch, -180, 180, kNone},
    {"FlightRollDegree", Q::kPlatformRoll, -180, 180, kNone},
};

const Attribute* FindAttribute(absl::string_view name) {
  for (const Attribute& attribute : kAttributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

// One step of the last digit written; nullopt if `text` is no plain decimal
// number. Exponents, hexadecimal digits and words such as "nan" are none.
std::optional<double> StepOf(absl::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  size_t digits = 0;
  std::optional<int> decimals;
  for (const char c : text) {
    if (c == '.' && !decimals.has_value()) {
      decimals = 0;
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      ++digits;
      if (decimals.has_value()) ++*decimals;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0) return std::nullopt;
  return std::pow(10.0, -decimals.value_or(0));
}

MetadataValue Decode(const Attribute& attribute, absl::string_view text) {
  MetadataValue value;
  value.quantity = attribute.quantity;
  value.source = MetadataSource::kXmp;
  value.origin = absl::StrCat(kPrefix, attribute.name);
  text = absl::StripAsciiWhitespace(text);
  const std::optional<double> step = StepOf(text);
  double number = 0;
  if (text.empty()) {
    value.doubt = Doubt::kUnknown;
  } else if (!step.has_value() || !absl::SimpleAtod(text, &number)) {
    value.doubt = Doubt::kMalformed;
  } else if (number < attribute.low || number > attribute.high) {
    value.doubt = Doubt::kOutOfRange;
  } else {
    value.value = number;
    value.resolution = *step;
    value.doubt = attribute.doubt;
  }
  return value;
}

// What is written after a name: ="text" or >text<. nullopt for a closing tag
// and whatever else.
std::optional<absl::string_view> TextAfter(absl::string_view rest) {
  rest = absl::StripLeadingAsciiWhitespace(rest);
  if (rest.empty()) return std::nullopt;
  char end = '<';
  if (rest[0] == '=') {
    rest = absl::StripLeadingAsciiWhitespace(rest.substr(1));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) {
      return std::nullopt;
    }
    end = rest[0];
  } else if (rest[0] != '>') {
    return std::nullopt;
  }
  rest.remove_prefix(1);
  const size_t size = rest.find(end);
  if (size == absl::string_view::npos) return std::nullopt;
  return rest.substr(0, size);
}

}  // namespace

void ReadXmpDrone(absl::string_view packet,
                  std::vector<MetadataValue>& values) {
  size_t at = 0;
  while ((at = packet.find(kPrefix, at)) != absl::string_view::npos) {
    const bool begins =
        at > 0 &&
        (packet[at - 1] == '<' ||
         absl::ascii_isspace(static_cast<unsigned char>(packet[at - 1])));
    at += kPrefix.size();
    if (!begins) continue;
    size_t end = at;
    while (end < packet.size() &&
           absl::ascii_isalnum(static_cast<unsigned char>(packet[end]))) {
      ++end;
    }
    const Attribute* attribute = FindAttribute(packet.substr(at, end - at));
    if (attribute == nullptr) continue;
    const std::optional<absl::string_view> text = TextAfter(packet.substr(end));
    if (text.has_value()) values.push_back(Decode(*attribute, *text));
  }
}

}  // namespace sightline::georef
