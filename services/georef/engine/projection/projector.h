// From WGS84 to any coordinate system of the EPSG register and back, by PROJ.
//
// Coordinates stand as a GIS draws them, whatever order the register gives:
// x is east or longitude, y north or latitude; lengths are those of the system
// (metres, feet), angles degrees.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_PROJECTION_PROJECTOR_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_PROJECTION_PROJECTOR_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

// Has a PROJ context of its own: an object must be used by one thread at a
// time; different objects are independent. Movable.
class Projector {
 public:
  // `epsg`: a projected or geographic system, 4326 included.
  // Errors: InvalidArgument UNKNOWN_COORDINATE_SYSTEM.
  static absl::StatusOr<Projector> Create(int epsg);

  Projector(Projector&&) noexcept;
  Projector& operator=(Projector&&) noexcept;
  ~Projector();

  // Replaces longitudes and latitudes by x and y. Errors: OutOfRange
  // OUTSIDE_COORDINATE_SYSTEM (for one of the points; all are left undefined).
  absl::Status Forward(absl::Span<MapPoint> points) const;
  // The way back. Errors: the same.
  absl::Status Inverse(absl::Span<MapPoint> points) const;

  int epsg() const { return epsg_; }
  // Coordinates are degrees.
  bool is_geographic() const { return is_geographic_; }
  // Of one unit along x and y; 0 if they are degrees.
  double metres_per_unit() const { return metres_per_unit_; }

 private:
  struct Context;
  explicit Projector(std::unique_ptr<Context> context);
  absl::Status Transform(absl::Span<MapPoint> points, bool is_forward) const;

  std::unique_ptr<Context> context_;
  int epsg_ = 0;
  bool is_geographic_ = false;
  double metres_per_unit_ = 0;
};

// `set` with the vertices of its rings in the coordinate system of `projector`
// (degrees become x and y): for writers that take a coordinate system. What
// features say of themselves (centroid, box, area) stays as it is, in WGS84.
// Errors: those of Forward().
absl::StatusOr<FeatureSet> Project(const FeatureSet& set,
                                   const Projector& projector);

// The number of the UTM zone that a place lies in (326xx north, 327xx south),
// with the exceptions of Norway and Svalbard left out; of UPS beyond 84 north
// (32661) and 80 south (32761).
int UniversalEpsg(const MapPoint& place);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_PROJECTION_PROJECTOR_H_
