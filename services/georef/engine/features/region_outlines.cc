#include "services/georef/engine/features/region_outlines.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/features/point_in_rings.h"
#include "services/georef/engine/reasons.h"

namespace sightline::georef {
namespace {

// Straight lines of the picture bend least tightly near the horizon, where
// they are circles of its distance, above 3 km: there 30 m leave their chord
// by 0.04 m.
constexpr double kNeverRefinedM = 30;
constexpr int kDeepestRefinement = 24;

constexpr double kMetresPerDegree = kSemiMajorAxis * kDegree;

struct PlaneOffset {
  double east_m;
  double north_m;
};

// To a percent, which is enough to compare with a tolerance.
PlaneOffset Offset(const MapPoint& from, const MapPoint& to) {
  const double cosine =
      std::cos(0.5 * (from.latitude_deg + to.latitude_deg) * kDegree);
  return {(to.longitude_deg - from.longitude_deg) * cosine * kMetresPerDegree,
          (to.latitude_deg - from.latitude_deg) * kMetresPerDegree};
}

// Cheap: at most as long, wherever it is.
bool IsShort(const MapPoint& from, const MapPoint& to) {
  constexpr double kShortDegrees = kNeverRefinedM / kMetresPerDegree;
  const double east = to.longitude_deg - from.longitude_deg;
  const double north = to.latitude_deg - from.latitude_deg;
  return east * east + north * north <= kShortDegrees * kShortDegrees;
}

class EdgeRefiner {
 public:
  EdgeRefiner(const VertexMapper& mapper, double reference, double tolerance_m,
              std::vector<MapPoint>& ring)
      : mapper_(mapper),
        reference_(reference),
        tolerance_m_(tolerance_m),
        ring_(ring) {}

  // Appends the points between the ends of an edge.
  absl::Status Refine(PixelPoint a, const MapPoint& at_a, PixelPoint b,
                      const MapPoint& at_b, int depth) {
    if (IsShort(at_a, at_b)) return absl::OkStatus();
    const PlaneOffset edge = Offset(at_a, at_b);
    const double length = std::hypot(edge.east_m, edge.north_m);
    if (length <= kNeverRefinedM || depth == kDeepestRefinement) {
      return absl::OkStatus();
    }
    const PixelPoint middle{0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
    SL_ASSIGN_OR_RETURN(MapPoint at_middle, mapper_.Map(middle));
    at_middle.longitude_deg =
        WrapLongitude(at_middle.longitude_deg - reference_);
    const PlaneOffset part = Offset(at_a, at_middle);
    // Not of the middle of the chord: perspective moves points along it.
    const double deviation =
        std::abs(part.east_m * edge.north_m - part.north_m * edge.east_m) /
        length;
    if (deviation <= tolerance_m_) return absl::OkStatus();
    SL_RETURN_IF_ERROR(Refine(a, at_a, middle, at_middle, depth + 1));
    ring_.push_back(at_middle);
    return Refine(middle, at_middle, b, at_b, depth + 1);
  }

 private:
  const VertexMapper& mapper_;
  double reference_;
  double tolerance_m_;
  std::vector<MapPoint>& ring_;
};

struct RelativeBox {
  double west = std::numeric_limits<double>::infinity();
  double south = std::numeric_limits<double>::infinity();
  double east = -std::numeric_limits<double>::infinity();
  double north = -std::numeric_limits<double>::infinity();
};

// Holes lie within their outer rings.
RelativeBox BoxOf(const std::vector<RingList>& polygons) {
  RelativeBox box;
  for (const RingList& polygon : polygons) {
    for (const MapPoint& point : polygon[0]) {
      box.west = std::min(box.west, point.longitude_deg);
      box.east = std::max(box.east, point.longitude_deg);
      box.south = std::min(box.south, point.latitude_deg);
      box.north = std::max(box.north, point.latitude_deg);
    }
  }
  return box;
}

bool IsInside(const std::vector<RingList>& polygons, const MapPoint& point) {
  bool is_inside = false;
  for (const RingList& polygon : polygons) {
    for (const std::vector<MapPoint>& ring : polygon) {
      if (IsInRing(ring, point)) is_inside = !is_inside;
    }
  }
  return is_inside;
}

void AddMeasures(const std::vector<RingList>& polygons, RingMeasure& sum) {
  for (const RingList& polygon : polygons) {
    for (const std::vector<MapPoint>& ring : polygon) {
      sum.Add(MeasureRing(ring));
    }
  }
}

// Appends polygons whose longitudes become those of the map by adding `shift`.
void Append(const std::vector<RingList>& polygons, double shift,
            FeatureSet& set) {
  for (const RingList& polygon : polygons) {
    set.polygons.push_back({static_cast<uint32_t>(set.rings.size()),
                            static_cast<uint32_t>(polygon.size())});
    for (const std::vector<MapPoint>& ring : polygon) {
      set.rings.push_back({static_cast<uint32_t>(set.vertices.size()),
                           static_cast<uint32_t>(ring.size())});
      for (const MapPoint& point : ring) {
        // Rounding must not leave the map.
        set.vertices.push_back(
            {std::clamp(point.longitude_deg + shift, -180.0, 180.0),
             point.latitude_deg});
      }
    }
  }
}

}  // namespace

absl::StatusOr<bool> AppendRefinedRing(
    const VertexMapper& mapper, double reference_longitude_deg,
    absl::Span<const PixelCorner> corners, absl::Span<const MapPoint> points,
    double tolerance_m, size_t maximum_vertices, std::vector<MapPoint>& ring) {
  const size_t before = ring.size();
  EdgeRefiner refiner(mapper, reference_longitude_deg, tolerance_m, ring);
  for (size_t i = 0; i < corners.size(); ++i) {
    const size_t next = i + 1 == corners.size() ? 0 : i + 1;
    ring.push_back(points[i]);
    SL_RETURN_IF_ERROR(refiner.Refine(ToPixel(corners[i]), points[i],
                                      ToPixel(corners[next]), points[next], 0));
    if (ring.size() - before > maximum_vertices) {
      return Error(absl::StatusCode::kResourceExhausted, kTooManyVertices)
          .Message(
              "long straight edges need more vertices to follow the ground "
              "than allowed; cut the frame farther below the horizon, leave "
              "out small polygons or start the server with a larger "
              "--max_vertices")
          .Quota("maximum_traced_vertices",
                 "more vertices than left for the outlines");
    }
  }
  return ring.size() - before > corners.size();
}

void AppendOutlines(RegionOutlines outlines, double reference_longitude_deg,
                    Feature& feature, FeatureSet& set) {
  const double reference = reference_longitude_deg;
  const RelativeBox box = BoxOf(outlines.polygons);
  // Relative longitudes are -180..180, so is the reference: the region lies on
  // the map as it is, a turn to its east or west, or across a border.
  double turn = 0;
  if (box.west + reference >= 180) turn = -360;
  if (box.east + reference <= -180) turn = 360;
  const double shift = reference + turn;
  feature.box = {box.west + shift, box.south, box.east + shift, box.north};
  feature.perimeter_m = outlines.measure.length_m;
  feature.first_polygon = static_cast<uint32_t>(set.polygons.size());
  for (const RingList& polygon : outlines.polygons) {
    feature.hole_count += static_cast<int>(polygon.size()) - 1;
  }
  double border = 0;
  if (box.east + shift > 180) {
    border = 180;
    feature.box.east_deg -= 360;
  } else if (box.west + shift < -180) {
    border = -180;
    feature.box.west_deg += 360;
  }
  if (border == 0) {
    Append(outlines.polygons, shift, set);
  } else {
    CutPolygons cut;
    for (const RingList& polygon : outlines.polygons) {
      CutPolygons parts = CutAtMeridian(polygon, border - shift);
      std::move(parts.west.begin(), parts.west.end(),
                std::back_inserter(cut.west));
      std::move(parts.east.begin(), parts.east.end(),
                std::back_inserter(cut.east));
    }
    // Long edges end elsewhere at the cut than the shortest line would.
    outlines.measure = RingMeasure();
    AddMeasures(cut.west, outlines.measure);
    AddMeasures(cut.east, outlines.measure);
    Append(cut.west, border > 0 ? shift : shift + 360, set);
    Append(cut.east, border > 0 ? shift - 360 : shift, set);
  }
  feature.polygon_count =
      static_cast<uint32_t>(set.polygons.size()) - feature.first_polygon;
  feature.area_m2 = outlines.measure.area_m2;
  const MapPoint centroid = outlines.measure.Centroid();
  feature.centroid = {WrapLongitude(centroid.longitude_deg + reference),
                      centroid.latitude_deg};
  feature.is_centroid_inside = IsInside(outlines.polygons, centroid);
}

}  // namespace sightline::georef
