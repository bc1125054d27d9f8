#include "services/georef/engine/features/vertex_mapper.h"

#include <algorithm>
#include <utility>

#include "common/status/status_macros.h"

namespace sightline::georef {
namespace {

// What double precision and the camera's iteration leave (ground_grid.cc).
constexpr double kExactErrorM = 1e-5;
constexpr size_t kVerticesBetweenPolls = 65536;

PixelRegion RegionOf(absl::Span<const PixelCorner> corners) {
  PixelCorner least = corners[0];
  PixelCorner most = corners[0];
  for (const PixelCorner& corner : corners) {
    least = {std::min(least.x, corner.x), std::min(least.y, corner.y)};
    most = {std::max(most.x, corner.x), std::max(most.y, corner.y)};
  }
  return {static_cast<double>(least.x), static_cast<double>(least.y),
          static_cast<double>(most.x), static_cast<double>(most.y)};
}

// A grid of n cells, and the coarser ones before it, cost 16 n^2 exact
// mappings; nullopt where the exact way costs less, and where no such grid is
// exact enough or can be at all: then every vertex can go its own way.
std::optional<GroundGrid> WorthwhileGrid(const GroundCamera& camera,
                                         absl::Span<const PixelCorner> corners,
                                         double tolerance_m) {
  const auto pays = [&corners](int cells) {
    return 32.0 * cells * cells <= static_cast<double>(corners.size());
  };
  int cells = 8;
  if (!pays(cells)) return std::nullopt;
  while (cells < GroundGrid::kMostCells && pays(2 * cells)) cells *= 2;
  absl::StatusOr<GroundGrid> grid =
      GroundGrid::Create(camera, RegionOf(corners), tolerance_m, cells);
  if (!grid.ok()) return std::nullopt;
  return *std::move(grid);
}

}  // namespace

VertexMapper::VertexMapper(const GroundCamera& camera,
                           absl::Span<const PixelCorner> corners,
                           double tolerance_m)
    : camera_(camera), grid_(WorthwhileGrid(camera, corners, tolerance_m)) {}

absl::StatusOr<MapPoint> VertexMapper::Map(PixelPoint pixel) const {
  if (grid_.has_value()) {
    if (const std::optional<GeoPoint> place = grid_->Map(pixel)) {
      return MapPoint{place->longitude_deg, place->latitude_deg};
    }
  }
  SL_ASSIGN_OR_RETURN(const GroundHit hit, camera_.Ground(pixel));
  return MapPoint{hit.place.longitude_deg, hit.place.latitude_deg};
}

absl::StatusOr<std::vector<MapPoint>> VertexMapper::MapAll(
    absl::Span<const PixelCorner> corners, const StopToken& stop) const {
  std::vector<MapPoint> points;
  points.reserve(corners.size());
  for (const PixelCorner& corner : corners) {
    if (points.size() % kVerticesBetweenPolls == 0) {
      SL_RETURN_IF_ERROR(stop.Poll());
    }
    // The common way, without a status around every point.
    if (grid_.has_value()) {
      if (const std::optional<GeoPoint> place = grid_->Map(ToPixel(corner))) {
        points.push_back({place->longitude_deg, place->latitude_deg});
        continue;
      }
    }
    SL_ASSIGN_OR_RETURN(const MapPoint point, Map(ToPixel(corner)));
    points.push_back(point);
  }
  return points;
}

MappingCertificate VertexMapper::certificate() const {
  if (grid_.has_value()) return {true, grid_->error_bound_m()};
  return {false, kExactErrorM};
}

}  // namespace sightline::georef
