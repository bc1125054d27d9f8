#include "services/georef/engine/camera/ground_grid.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/reasons.h"

namespace sightline::georef {
namespace {

constexpr double kHighestLatitude = 89.5;
// Errors of cubic order shrink by 8 when cells are halved; half of that says
// that the grid is fine enough to be believed.
constexpr double kLeastShrinking = 4;
// What double precision and the camera's iteration leave at grazing rays.
constexpr double kRoundingError = 1e-5;
constexpr double kSafety = 2;

absl::Status NearPole() {
  return Error(absl::StatusCode::kInvalidArgument, kTooNearPole)
      .Field("region",
             "shows ground within 0.5 degrees of a pole, where "
             "longitudes can't be interpolated");
}

bool ShowsPole(const GroundCamera& camera, const PixelRegion& region) {
  for (const double latitude : {90.0, -90.0}) {
    const auto pixel = camera.Pixel({0, latitude, camera.ground_height_m()});
    if (pixel.ok() && pixel->x >= region.left && pixel->x <= region.right &&
        pixel->y >= region.top && pixel->y <= region.bottom) {
      return true;
    }
  }
  return false;
}

// The three quadratic Lagrange polynomials of the nodes 0, 1, 2.
void Weights(double t, double weights[3]) {
  weights[0] = 0.5 * (t - 1) * (t - 2);
  weights[1] = t * (2 - t);
  weights[2] = 0.5 * t * (t - 1);
}

}  // namespace

absl::StatusOr<GroundGrid> GroundGrid::Create(const GroundCamera& camera,
                                              const PixelRegion& region,
                                              double tolerance_m,
                                              int most_cells) {
  if (!(region.left >= 0 && region.left < region.right &&
        region.right <= camera.frame().width && region.top >= 0 &&
        region.top < region.bottom && region.bottom <= camera.frame().height)) {
    return Error(absl::StatusCode::kInvalidArgument, kPixelInvalid)
        .Field("region", "is empty or not within the frame");
  }
  if (!(tolerance_m >= 0.0001 && tolerance_m <= 1000)) {
    return Error(absl::StatusCode::kInvalidArgument, kPixelInvalid)
        .Field("tolerance_m",
               absl::StrCat("is ", tolerance_m, ", must be 0.0001..1000 m"));
  }
  if (most_cells < 8 || most_cells > kMostCells) {
    return Error(absl::StatusCode::kInvalidArgument, kPixelInvalid)
        .Field("most_cells",
               absl::StrCat("is ", most_cells, ", must be 8..", kMostCells));
  }
  if (ShowsPole(camera, region)) return NearPole();
  GroundGrid grid;
  grid.region_ = region;
  SL_ASSIGN_OR_RETURN(const GroundHit middle,
                      camera.Ground({(region.left + region.right) / 2,
                                     (region.top + region.bottom) / 2}));
  if (std::abs(middle.place.latitude_deg) > kHighestLatitude) return NearPole();
  grid.middle_ = middle.place;
  const Rotation local = EastNorthUp(middle.place);
  grid.camera_ =
      local.ApplyInverse(ToEarthCentred(camera.place()) - middle.position);
  grid.ray_ = local.ApplyInverse(camera.Direction({0, 0}));
  grid.ray_per_x_ = local.ApplyInverse(camera.Direction({1, 0})) - grid.ray_;
  grid.ray_per_y_ = local.ApplyInverse(camera.Direction({0, 1})) - grid.ray_;
  // The radii of curvature across and along the meridian.
  const double sine = std::sin(middle.place.latitude_deg * kDegree);
  const double w = 1 - kEccentricitySquared * sine * sine;
  const double across = kSemiMajorAxis / std::sqrt(w);
  const double along = across * (1 - kEccentricitySquared) / w;
  const double height = middle.place.height_m;
  grid.degrees_per_metre_east_ =
      1 / ((across + height) * std::sqrt(1 - sine * sine) * kDegree);
  grid.degrees_per_metre_north_ = 1 / ((along + height) * kDegree);
  double coarser = 0;
  for (grid.cells_ = 4; grid.cells_ <= most_cells; grid.cells_ *= 2) {
    SL_RETURN_IF_ERROR(grid.Fill(camera));
    SL_ASSIGN_OR_RETURN(const double measured, grid.Measure(camera));
    grid.error_bound_m_ = kSafety * measured + kRoundingError;
    const bool is_asymptotic =
        grid.cells_ > 4 &&
        (measured * kLeastShrinking <= coarser || measured < kRoundingError);
    if (is_asymptotic && grid.error_bound_m_ <= tolerance_m) return grid;
    coarser = measured;
  }
  return Error(absl::StatusCode::kOutOfRange, kMappingToleranceMissed)
      .Message(absl::StrCat("with ", most_cells, " x ", most_cells,
                            " cells the map of the frame is known to ",
                            grid.error_bound_m_, " m, not to ", tolerance_m,
                            " m; cut the region farther below the horizon or "
                            "allow more"))
      .With("error_bound_m", absl::StrCat(grid.error_bound_m_))
      .With("tolerance_m", absl::StrCat(tolerance_m));
}

GeoPoint GroundGrid::PlaceOnPlane(PixelPoint pixel) const {
  // A ray that meets the ground has passed the plane before: all ground lies
  // below it.
  const Vector3 ray = ray_ + pixel.x * ray_per_x_ + pixel.y * ray_per_y_;
  const double scale = -camera_.z / ray.z;
  return {middle_.longitude_deg +
              (camera_.x + scale * ray.x) * degrees_per_metre_east_,
          middle_.latitude_deg +
              (camera_.y + scale * ray.y) * degrees_per_metre_north_,
          middle_.height_m};
}

absl::Status GroundGrid::Fill(const GroundCamera& camera) {
  const int steps = 2 * cells_;
  nodes_.clear();
  nodes_.reserve((steps + 1) * (steps + 1));
  for (int row = 0; row <= steps; ++row) {
    for (int column = 0; column <= steps; ++column) {
      const PixelPoint pixel{
          region_.left + (region_.right - region_.left) * column / steps,
          region_.top + (region_.bottom - region_.top) * row / steps};
      SL_ASSIGN_OR_RETURN(const GroundHit hit, camera.Ground(pixel));
      if (std::abs(hit.place.latitude_deg) > kHighestLatitude) {
        return NearPole();
      }
      const GeoPoint plane = PlaceOnPlane(pixel);
      nodes_.push_back(
          {WrapLongitude(hit.place.longitude_deg - plane.longitude_deg),
           hit.place.latitude_deg - plane.latitude_deg});
    }
  }
  return absl::OkStatus();
}

std::optional<GeoPoint> GroundGrid::Map(PixelPoint pixel) const {
  if (!(pixel.x >= region_.left && pixel.x <= region_.right &&
        pixel.y >= region_.top && pixel.y <= region_.bottom)) {
    return std::nullopt;
  }
  const double x =
      (pixel.x - region_.left) / (region_.right - region_.left) * cells_;
  const double y =
      (pixel.y - region_.top) / (region_.bottom - region_.top) * cells_;
  const int column = std::min(static_cast<int>(x), cells_ - 1);
  const int row = std::min(static_cast<int>(y), cells_ - 1);
  double across[3];
  double down[3];
  Weights(2 * (x - column), across);
  Weights(2 * (y - row), down);
  const int stride = 2 * cells_ + 1;
  GeoPoint place = PlaceOnPlane(pixel);
  for (int j = 0; j < 3; ++j) {
    const Node* node = &nodes_[(2 * row + j) * stride + 2 * column];
    place.longitude_deg += down[j] * (across[0] * node[0].longitude_deg +
                                      across[1] * node[1].longitude_deg +
                                      across[2] * node[2].longitude_deg);
    place.latitude_deg += down[j] * (across[0] * node[0].latitude_deg +
                                     across[1] * node[1].latitude_deg +
                                     across[2] * node[2].latitude_deg);
  }
  place.longitude_deg = WrapLongitude(place.longitude_deg);
  return place;
}

absl::StatusOr<double> GroundGrid::Measure(const GroundCamera& camera) const {
  // In cells; t(t-1)(t-2) over nodes 0, 1, 2 peaks at 1 +- 1/sqrt(3).
  const double kPeak = 0.5 / std::sqrt(3.0);
  const double offsets[3] = {0.5 - kPeak, 0.5, 0.5 + kPeak};
  double greatest = 0;
  for (int row = 0; row < cells_; ++row) {
    for (int column = 0; column < cells_; ++column) {
      for (int i = 0; i < 9; ++i) {
        if (i == 4) continue;  // a node
        const PixelPoint pixel{
            region_.left + (region_.right - region_.left) *
                               (column + offsets[i % 3]) / cells_,
            region_.top + (region_.bottom - region_.top) *
                              (row + offsets[i / 3]) / cells_};
        SL_ASSIGN_OR_RETURN(const GroundHit hit, camera.Ground(pixel));
        const GeoPoint mapped = *Map(pixel);
        greatest =
            std::max(greatest, Length(ToEarthCentred(mapped) - hit.position));
      }
    }
  }
  return greatest;
}

}  // namespace sightline::georef
