#include "services/georef/engine/raster/frame_map.h"

#include <algorithm>
#include <cmath>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/raster/reasons.h"

namespace sightline::georef {
namespace {

// Metres of a unit of the system along x and y, at a latitude; to a percent of
// the residuals that they scale.
std::array<double, 2> MetresPerUnit(const Projector& projector,
                                    double latitude_deg) {
  if (!projector.is_geographic()) {
    return {projector.metres_per_unit(), projector.metres_per_unit()};
  }
  constexpr double kMetresPerDegree = kSemiMajorAxis * kDegree;
  return {kMetresPerDegree * std::cos(latitude_deg * kDegree),
          kMetresPerDegree};
}

}  // namespace

absl::StatusOr<FrameSamples> SampleFrame(const GroundCamera& camera,
                                         const Projector& projector) {
  FrameSamples samples;
  constexpr int kSteps = FrameSamples::kPerSide - 1;
  for (int row = 0; row <= kSteps; ++row) {
    for (int column = 0; column <= kSteps; ++column) {
      const PixelPoint pixel{camera.frame().width * column / kSteps,
                             camera.frame().height * row / kSteps};
      SL_ASSIGN_OR_RETURN(const GroundHit hit, camera.Ground(pixel));
      samples.pixels.push_back(pixel);
      samples.places.push_back(hit.place);
      samples.coordinates.push_back(
          {hit.place.longitude_deg, hit.place.latitude_deg});
    }
  }
  SL_RETURN_IF_ERROR(projector.Forward(absl::MakeSpan(samples.coordinates)));
  if (projector.is_geographic()) {
    const double first = samples.coordinates[0].longitude_deg;
    for (MapPoint& point : samples.coordinates) {
      point.longitude_deg = first + WrapLongitude(point.longitude_deg - first);
    }
  }
  return samples;
}

absl::StatusOr<AffineFit> FitAffine(const FrameSamples& samples,
                                    const Projector& projector) {
  // The grid is regular: about its middle columns and rows are uncorrelated,
  // and each coefficient is a quotient of two sums.
  const double count = static_cast<double>(samples.pixels.size());
  const PixelPoint middle{samples.pixels.back().x / 2,
                          samples.pixels.back().y / 2};
  double uu = 0, vv = 0, x = 0, y = 0, xu = 0, xv = 0, yu = 0, yv = 0;
  const MapPoint origin = samples.coordinates[0];
  for (size_t i = 0; i < samples.pixels.size(); ++i) {
    const double u = samples.pixels[i].x - middle.x;
    const double v = samples.pixels[i].y - middle.y;
    const double dx =
        samples.coordinates[i].longitude_deg - origin.longitude_deg;
    const double dy = samples.coordinates[i].latitude_deg - origin.latitude_deg;
    uu += u * u;
    vv += v * v;
    x += dx;
    y += dy;
    xu += dx * u;
    xv += dx * v;
    yu += dy * u;
    yv += dy * v;
  }
  const double a = xu / uu, b = xv / vv, d = yu / uu, e = yv / vv;
  AffineFit fit;
  fit.transform = {
      origin.longitude_deg + x / count - a * middle.x - b * middle.y, a, b,
      origin.latitude_deg + y / count - d * middle.x - e * middle.y,  d, e};
  const double determinant = a * e - b * d;
  if (determinant == 0 || !std::isfinite(1 / determinant)) {
    return Error(absl::StatusCode::kOutOfRange, kRasterNotAffine)
        .Message("the frame is a line on the map");
  }
  for (size_t i = 0; i < samples.pixels.size(); ++i) {
    const auto& t = fit.transform;
    const PixelPoint& pixel = samples.pixels[i];
    const double dx = samples.coordinates[i].longitude_deg -
                      (t[0] + pixel.x * t[1] + pixel.y * t[2]);
    const double dy = samples.coordinates[i].latitude_deg -
                      (t[3] + pixel.x * t[4] + pixel.y * t[5]);
    const auto metres =
        MetresPerUnit(projector, samples.places[i].latitude_deg);
    fit.residual_m =
        std::max(fit.residual_m, std::hypot(dx * metres[0], dy * metres[1]));
    fit.residual_pixels = std::max(fit.residual_pixels,
                                   std::hypot((e * dx - b * dy) / determinant,
                                              (a * dy - d * dx) / determinant));
  }
  return fit;
}

}  // namespace sightline::georef
