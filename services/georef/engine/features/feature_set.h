// Features on the map: what the labels of a frame become.
//
// A FeatureSet holds plain arrays, one for each kind of thing, so that a frame
// of thousands of polygons costs a handful of allocations: features have
// polygons, polygons have rings, rings have vertices. Every polygon is valid in
// the sense of OGC Simple Features (06-103r4, 6.1.11); rings run as RFC 7946
// wants them (outer ones counterclockwise with north up, holes clockwise) and
// do not repeat their first vertex.
//
// Coordinates are WGS84 degrees, longitude first. No ring crosses the
// antimeridian: what does is cut there into several polygons of one feature
// (RFC 7946, 3.1.9).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_FEATURE_SET_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_FEATURE_SET_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// Degrees, WGS84: longitude -180..180, latitude -90..90.
struct MapPoint {
  double longitude_deg = 0;
  double latitude_deg = 0;
  bool operator==(const MapPoint&) const = default;
};

// Degrees. West is greater than east if the box crosses the antimeridian
// (RFC 7946, 5.2).
struct MapBox {
  double west_deg = 0;
  double south_deg = 0;
  double east_deg = 0;
  double north_deg = 0;
  bool operator==(const MapBox&) const = default;
};

// Where its vertices begin in FeatureSet::vertices, and how many (3 or more).
struct MapRing {
  uint32_t first_vertex = 0;
  uint32_t vertex_count = 0;
};

// Where its rings begin in FeatureSet::rings, the outer one first.
struct MapPolygon {
  uint32_t first_ring = 0;
  uint32_t ring_count = 0;
};

// One connected region of a label.
struct Feature {
  uint8_t label = 0;
  // Its polygons: one, or several that touch at corners (connectivity by sides
  // and corners) or at the antimeridian.
  uint32_t first_polygon = 0;
  uint32_t polygon_count = 0;
  // Rings that are holes, before cuts at the antimeridian opened any.
  int hole_count = 0;
  // Of the outlines as they stand here, on the WGS84 ellipsoid at height 0,
  // edges being shortest lines: to 2e-8 of the area or 0.001 m2, whichever is
  // greater, for what the vertices enclose.
  double area_m2 = 0;
  // Of all rings, along the ellipsoid at height 0. Cuts at the antimeridian
  // are not counted.
  double perimeter_m = 0;
  // The centre of its area.
  MapPoint centroid;
  // Whether the centroid lies on the feature: a ring-shaped one surrounds it.
  bool is_centroid_inside = false;
  MapBox box;
  // The same in the frame, before outlines were simplified.
  PixelBox pixel_box;
  // Pixels it was made from, those of holes that were closed and those that
  // smoothing added included.
  int64_t pixel_count = 0;
  // It touches the edge of the frame, or of what the frame shows of the
  // ground: what it shows may go on.
  bool is_truncated_by_edge = false;
  bool is_truncated_by_horizon = false;
  // 0..1, over its pixels that have its label, not those that closed holes
  // brought in; nullopt without a confidence plane.
  std::optional<double> mean_confidence;
  std::optional<double> minimum_confidence;
  // Root mean square distance by which the centroid may be off, from the
  // uncertainties of the pose; nullopt without these, or if the place is lost
  // beyond the horizon within one standard deviation: then no figure would be
  // honest.
  std::optional<double> position_error_m;
};

// How pixels became places.
struct MappingCertificate {
  // The vertices went through an interpolating grid (ground_grid.h) rather
  // than each through the camera.
  bool is_grid = false;
  // No vertex is farther than this from where the camera, as posed, sees it.
  double error_bound_m = 0;
};

struct FeatureSet {
  std::vector<MapPoint> vertices;
  std::vector<MapRing> rings;
  std::vector<MapPolygon> polygons;
  // In the order of their labels (as asked for, or ascending), then of their
  // topmost, leftmost pixels.
  std::vector<Feature> features;
  MappingCertificate mapping;
  // By which outlines may leave those of the pixels: the tolerance asked for,
  // or the one that the limit of vertices took. 0 if not simplified.
  double simplify_tolerance_m = 0;
  // Pixels that were not looked at because they show no ground, or ground at
  // too flat an angle; and how many of them had a label that was wanted.
  int64_t pixels_above_horizon = 0;
  int64_t labelled_pixels_above_horizon = 0;

  absl::Span<const MapPolygon> PolygonsOf(const Feature& feature) const {
    return absl::MakeConstSpan(polygons).subspan(feature.first_polygon,
                                                 feature.polygon_count);
  }
  absl::Span<const MapRing> RingsOf(const MapPolygon& polygon) const {
    return absl::MakeConstSpan(rings).subspan(polygon.first_ring,
                                              polygon.ring_count);
  }
  absl::Span<const MapPoint> VerticesOf(const MapRing& ring) const {
    return absl::MakeConstSpan(vertices).subspan(ring.first_vertex,
                                                 ring.vertex_count);
  }
};

// The smallest box that holds all features; nullopt without any.
std::optional<MapBox> BoxOf(const FeatureSet& set);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_FEATURE_SET_H_
