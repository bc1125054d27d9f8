#include "services/georef/engine/overlay/overlay_reading.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace sightline::georef {
namespace {

using Kind = OverlayMeaning::Kind;

constexpr double kSecondsPerDay = 86400;

Doubt DoubtOf(FieldProblem problem) {
  switch (problem) {
    case FieldProblem::kNone:
      return Doubt::kNone;
    case FieldProblem::kAbsent:
    case FieldProblem::kUnreadable:
    case FieldProblem::kNotThePattern:
      return Doubt::kUnreadable;
    case FieldProblem::kOutOfRange:
      return Doubt::kOutOfRange;
    case FieldProblem::kCheckFailed:
      return Doubt::kContradictory;
    case FieldProblem::kUnsteady:
      return Doubt::kUnsteady;
  }
  return Doubt::kUnreadable;
}

MetadataValue ValueOf(const FieldReading& field, Quantity quantity,
                      const std::optional<double>& number) {
  MetadataValue value;
  value.quantity = quantity;
  value.source = MetadataSource::kOverlay;
  value.origin = absl::StrCat("overlay field ", field.name);
  value.doubt = DoubtOf(field.problem);
  if (value.doubt == Doubt::kNone && number.has_value()) {
    value.value = number;
    value.resolution = field.resolution;
  } else if (value.doubt == Doubt::kNone) {
    value.doubt = Doubt::kUnreadable;
  }
  return value;
}

// Clock and date together.
MetadataValue Timestamp(const OverlayField& clock_field,
                        const FieldReading& clock, const FieldReading& date) {
  MetadataValue value = ValueOf(clock, Quantity::kTimestamp, clock.number);
  absl::StrAppend(&value.origin, " and ", date.name);
  if (!value.value.has_value()) return value;
  if (!date.number.has_value()) {
    value.value.reset();
    value.resolution = 0;
    value.doubt = date.problem == FieldProblem::kNone ? Doubt::kUnreadable
                                                      : DoubtOf(date.problem);
    return value;
  }
  value.value = (*date.number * kSecondsPerDay + *clock.number) * 1e6;
  value.resolution = clock.resolution * 1e6;
  const bool says_utc = !clock.text.empty() && clock.text.back() == 'Z';
  if (!clock_field.is_utc && !says_utc) value.doubt = Doubt::kReferenceUnclear;
  return value;
}

}  // namespace

absl::string_view NameOf(FieldProblem problem) {
  switch (problem) {
    case FieldProblem::kNone:
      return "none";
    case FieldProblem::kAbsent:
      return "absent";
    case FieldProblem::kUnreadable:
      return "unreadable";
    case FieldProblem::kNotThePattern:
      return "not the pattern";
    case FieldProblem::kOutOfRange:
      return "out of range";
    case FieldProblem::kCheckFailed:
      return "check failed";
    case FieldProblem::kUnsteady:
      return "unsteady";
  }
  return "";
}

const FieldReading* OverlayReading::Find(absl::string_view name) const {
  for (const FieldReading& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

void Withdraw(FieldReading& field, FieldProblem problem,
              absl::string_view why) {
  field.number.reset();
  field.second_number.reset();
  field.resolution = 0;
  if (field.problem != FieldProblem::kNone) return;
  field.problem = problem;
  field.why = std::string(why);
}

std::vector<MetadataValue> MetadataOf(const OverlayProfile& profile,
                                      const OverlayReading& reading) {
  std::vector<MetadataValue> values;
  const auto add_place = [&](const FieldReading& field, Quantity latitude,
                             Quantity longitude) {
    values.push_back(ValueOf(field, latitude, field.number));
    values.push_back(ValueOf(field, longitude, field.second_number));
  };
  const size_t count = std::min(profile.fields.size(), reading.fields.size());
  std::optional<size_t> clock;
  std::optional<size_t> date;
  for (size_t i = 0; i < count; ++i) {
    const FieldReading& field = reading.fields[i];
    switch (profile.fields[i].meaning.kind) {
      case Kind::kNone:
        break;
      case Kind::kQuantity:
        values.push_back(
            ValueOf(field, profile.fields[i].meaning.quantity, field.number));
        break;
      case Kind::kSensorPosition:
        add_place(field, Quantity::kSensorLatitude, Quantity::kSensorLongitude);
        break;
      case Kind::kTargetPosition:
        add_place(field, Quantity::kTargetLatitude, Quantity::kTargetLongitude);
        break;
      case Kind::kFrameCenterPosition:
        add_place(field, Quantity::kFrameCenterLatitude,
                  Quantity::kFrameCenterLongitude);
        break;
      case Kind::kClock:
        if (!clock.has_value()) clock = i;
        break;
      case Kind::kDate:
        if (!date.has_value()) date = i;
        break;
    }
  }
  if (clock.has_value() && date.has_value()) {
    values.push_back(Timestamp(profile.fields[*clock], reading.fields[*clock],
                               reading.fields[*date]));
  }
  return values;
}

}  // namespace sightline::georef
