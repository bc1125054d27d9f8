#include "services/georef/engine/pose/value_choice.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/georef/engine/pose/reasons.h"

namespace sightline::georef {
namespace {

// Lower is believed first.
int RankOf(MetadataSource source) {
  switch (source) {
    case MetadataSource::kRequest:
      return 0;
    case MetadataSource::kLocalSet:
      return 1;
    case MetadataSource::kOverlay:
      return 2;
    case MetadataSource::kXmp:
      return 3;
    case MetadataSource::kExif:
      return 4;
    case MetadataSource::kDerived:
      return 5;
    case MetadataSource::kAssumed:
      return 6;
  }
  return 7;
}

// Beyond this two instruments of one aircraft do not differ: one source is of
// another frame, another camera or another convention.
std::optional<double> GreatestDifference(Quantity quantity) {
  switch (quantity) {
    case Quantity::kSensorLatitude:
    case Quantity::kSensorLongitude:
      return 0.01;  // About a kilometre.
    case Quantity::kSensorAltitude:
    case Quantity::kSensorEllipsoidHeight:
      return 200;
    case Quantity::kPlatformHeading:
    case Quantity::kSensorRelativeAzimuth:
    case Quantity::kSensorRelativeElevation:
    case Quantity::kSensorRelativeRoll:
    case Quantity::kPlatformPitch:
    case Quantity::kPlatformRoll:
      return 10;
    case Quantity::kHorizontalFieldOfView:
    case Quantity::kVerticalFieldOfView:
      return 3;
    default:
      return std::nullopt;
  }
}

bool IsCircular(Quantity quantity) {
  return quantity == Quantity::kPlatformHeading ||
         quantity == Quantity::kSensorRelativeAzimuth ||
         quantity == Quantity::kSensorRelativeRoll ||
         quantity == Quantity::kPlatformRoll ||
         quantity == Quantity::kSensorLongitude;
}

double Difference(Quantity quantity, double a, double b) {
  const double difference = a - b;
  return std::abs(IsCircular(quantity) ? std::remainder(difference, 360.0)
                                       : difference);
}

std::string Named(const MetadataValue& value) {
  return absl::StrCat(NameOf(value.source), " (", value.origin, ") says ",
                      *value.value, " ", NameOf(UnitOf(value.quantity)));
}

}  // namespace

void ValueChoice::Add(const MetadataValue& value) {
  values_.push_back({value, false});
}

void ValueChoice::Add(Quantity quantity, double number, MetadataSource source,
                      std::string origin) {
  MetadataValue value;
  value.quantity = quantity;
  value.value = number;
  value.source = source;
  value.origin = std::move(origin);
  Add(value);
}

absl::Status ValueChoice::CheckContradictions(
    absl::Span<const Quantity> settled) {
  // The first of each quantity in each source is compared; differences within
  // a source are its reader's matter.
  for (int q = 0; q < kQuantities; ++q) {
    const auto quantity = static_cast<Quantity>(q);
    const std::optional<double> greatest = GreatestDifference(quantity);
    const int best = BestOf(quantity);
    if (!greatest.has_value() || best < 0) continue;
    if (std::count(settled.begin(), settled.end(), quantity) > 0) continue;
    const MetadataValue believed = values_[best].value;
    for (const ResolvedPose::Value& other : values_) {
      const MetadataValue& value = other.value;
      if (value.quantity != quantity || !value.is_trusted() ||
          value.source == believed.source) {
        continue;
      }
      const double difference =
          Difference(quantity, *believed.value, *value.value);
      if (difference <= value.resolution + believed.resolution) continue;
      const std::string both = absl::StrCat(
          NameOf(quantity), ": ", Named(believed), ", ", Named(value));
      if (difference > *greatest &&
          believed.source != MetadataSource::kRequest) {
        return Error(absl::StatusCode::kInvalidArgument, kMetadataContradictory)
            .Message(absl::StrCat(both,
                                  "; one of them must be wrong: say in the "
                                  "request's pose which is right"))
            .With("quantity", NameOf(quantity))
            .With("difference", absl::StrCat(difference))
            .With("limit", absl::StrCat(*greatest));
      }
      Note(absl::StrCat(both, "; the first is taken"));
    }
  }
  return absl::OkStatus();
}

int ValueChoice::BestOf(Quantity quantity) const {
  int best = -1;
  for (int i = 0; i < static_cast<int>(values_.size()); ++i) {
    const MetadataValue& value = values_[i].value;
    if (value.quantity != quantity || !value.is_trusted()) continue;
    if (best >= 0) {
      const MetadataValue& other = values_[best].value;
      if (std::pair(RankOf(value.source), value.resolution) >=
          std::pair(RankOf(other.source), other.resolution)) {
        continue;
      }
    }
    best = i;
  }
  return best;
}

std::optional<double> ValueChoice::Use(Quantity quantity) {
  const int best = BestOf(quantity);
  if (best < 0) return std::nullopt;
  values_[best].is_used = true;
  return values_[best].value.value;
}

bool ValueChoice::Has(Quantity quantity) const { return BestOf(quantity) >= 0; }

}  // namespace sightline::georef
