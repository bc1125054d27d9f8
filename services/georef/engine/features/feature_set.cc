#include "services/georef/engine/features/feature_set.h"

#include <algorithm>

namespace sightline::georef {
namespace {

double Width(const MapBox& box) {
  const double width = box.east_deg - box.west_deg;
  return width < 0 ? width + 360 : width;
}

// Of the two ways to go from one box to the other, the one that is shorter
// around the globe.
MapBox Joined(const MapBox& a, const MapBox& b) {
  // The candidates begin at either box's west and end at either's east; the
  // narrowest that holds both.
  const auto holds = [](const MapBox& box, const MapBox& part) {
    double offset = part.west_deg - box.west_deg;
    if (offset < 0) offset += 360;
    return offset + Width(part) <= Width(box) + 1e-12;
  };
  MapBox best{-180, 0, 180, 0};
  for (const MapBox& west : {a, b}) {
    for (const MapBox& east : {a, b}) {
      const MapBox box{west.west_deg, 0, east.east_deg, 0};
      if (holds(box, a) && holds(box, b) && Width(box) < Width(best)) {
        best = box;
      }
    }
  }
  best.south_deg = std::min(a.south_deg, b.south_deg);
  best.north_deg = std::max(a.north_deg, b.north_deg);
  return best;
}

}  // namespace

std::optional<MapBox> BoxOf(const FeatureSet& set) {
  if (set.features.empty()) return std::nullopt;
  MapBox box = set.features[0].box;
  for (const Feature& feature : set.features) box = Joined(box, feature.box);
  return box;
}

}  // namespace sightline::georef
