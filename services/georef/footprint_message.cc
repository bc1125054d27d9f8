#include "services/georef/footprint_message.h"

#include <cmath>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/polygon_area.h"

namespace sightline::georef {
namespace {

v1::GeoPoint ToProto(const GeoPoint& place) {
  v1::GeoPoint point;
  point.set_longitude_deg(place.longitude_deg);
  point.set_latitude_deg(place.latitude_deg);
  point.set_height_m(place.height_m);
  return point;
}

// An edge of the outline this long is a line on the ground to a few metres at
// most; the area of finer ones is exact.
constexpr int kAreaPointsPerEdge = 64;

// Counts longitudes from that of the first point: an area does not change when
// the ellipsoid turns about its axis, and no ring crosses the antimeridian
// then.
void TurnAwayFromAntimeridian(std::vector<GeoPoint>& ring) {
  const double first = ring.empty() ? 0 : ring.front().longitude_deg;
  for (GeoPoint& place : ring) {
    place.longitude_deg = std::remainder(place.longitude_deg - first, 360);
  }
}

}  // namespace

absl::StatusOr<v1::Footprint> DescribeFootprint(
    const GroundCamera& camera, const Pose& pose,
    const std::optional<PoseUncertainty>& uncertainty, int points_per_edge) {
  v1::Footprint footprint;
  const PixelPoint middle{camera.frame().width / 2.0,
                          camera.frame().height / 2.0};
  const absl::StatusOr<GroundHit> center = camera.Ground(middle);
  if (center.ok()) {
    *footprint.mutable_center() = ToProto(center->place);
    footprint.set_slant_range_m(center->slant_range_m);
    const absl::StatusOr<GroundSampleDistance> step =
        camera.SampleDistance(middle);
    if (step.ok()) {
      footprint.set_longest_pixel_m(step->longest_m);
      footprint.set_shortest_pixel_m(step->shortest_m);
    }
  }
  const absl::StatusOr<std::vector<GeoPoint>> outline =
      camera.Footprint(points_per_edge);
  if (!outline.ok()) {
    footprint.set_problem(std::string(outline.status().message()));
  } else {
    for (const GeoPoint& place : *outline) {
      *footprint.add_outline() = ToProto(place);
    }
    absl::StatusOr<std::vector<GeoPoint>> fine =
        camera.Footprint(kAreaPointsPerEdge);
    if (fine.ok()) TurnAwayFromAntimeridian(*fine);
    const absl::StatusOr<double> area =
        fine.ok() ? SignedRingArea(*fine) : fine.status();
    if (area.ok()) {
      footprint.set_area_m2(std::abs(*area));
    } else {
      footprint.set_problem(std::string(area.status().message()));
    }
  }
  if (uncertainty.has_value()) {
    const absl::StatusOr<PositionError> error =
        EstimatePositionError(pose, camera.frame(), middle, *uncertainty);
    if (error.ok()) {
      footprint.set_position_error_m(error->radial_m);
    } else if (error.status().code() != absl::StatusCode::kOutOfRange) {
      return PrefixFields(error.status(), "metadata");
    }
  }
  return footprint;
}

}  // namespace sightline::georef
