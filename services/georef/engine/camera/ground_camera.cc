#include "services/georef/engine/camera/ground_camera.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/reasons.h"

namespace sightline::georef {
namespace {

constexpr double kLeastGrazingDeg = 0.1;
// Rounding moves heights by about 1e-9 m.
constexpr double kHeightTolerance = 5e-9;
constexpr double kLongestSide = 100000;

// Distance along the ray to the ellipsoid with both semi-axes lengthened by
// `height`; it differs from the surface of that geodetic height by less than
// 0.1 m for 9,000 m. nullopt if the ray misses it.
std::optional<double> RangeToRaisedEllipsoid(const Vector3& origin,
                                             const Vector3& direction,
                                             double height) {
  const double a = kSemiMajorAxis + height;
  const double b = kSemiMinorAxis + height;
  const Vector3 o{origin.x / a, origin.y / a, origin.z / b};
  const Vector3 d{direction.x / a, direction.y / a, direction.z / b};
  const double square = Dot(d, d);
  const double half = Dot(o, d);
  const double constant = Dot(o, o) - 1;
  const double discriminant = half * half - square * constant;
  if (half >= 0 || discriminant < 0) return std::nullopt;
  // The root without cancellation.
  return constant / (-half + std::sqrt(discriminant));
}

bool IsFinite(PixelPoint pixel) {
  return std::isfinite(pixel.x) && std::isfinite(pixel.y);
}

absl::Status NotVisible(absl::string_view why) {
  return Error(absl::StatusCode::kOutOfRange, kGroundNotVisible)
      .Message(absl::StrCat("the place can't be seen: ", why));
}

}  // namespace

absl::StatusOr<GroundCamera> GroundCamera::Create(const Pose& pose,
                                                  PixelSize frame) {
  SL_RETURN_IF_ERROR(CheckPose(pose));
  if (!(frame.width >= 1 && frame.width <= kLongestSide && frame.height >= 1 &&
        frame.height <= kLongestSide)) {
    return Error(absl::StatusCode::kInvalidArgument, kPixelInvalid)
        .Field("frame", absl::StrCat("is ", frame.width, " x ", frame.height,
                                     " pixels, each side must be 1..100000"));
  }
  GroundCamera camera;
  SL_ASSIGN_OR_RETURN(const double heading, TrueHeading(pose.heading));
  SL_ASSIGN_OR_RETURN(const double height,
                      EllipsoidalHeight(pose.height, "height"));
  SL_ASSIGN_OR_RETURN(camera.ground_height_m_,
                      EllipsoidalHeight(pose.ground, "ground"));
  camera.frame_ = frame;
  camera.place_ = {pose.longitude_deg, pose.latitude_deg, height};
  camera.origin_ = ToEarthCentred(camera.place_);
  camera.to_earth_ =
      NorthEastDown(camera.place_) *
      Rotation::HeadingPitchRoll(heading, pose.pitch_deg, pose.roll_deg) *
      Rotation::HeadingPitchRoll(pose.sensor_azimuth_deg,
                                 pose.sensor_elevation_deg,
                                 pose.sensor_roll_deg);
  camera.focal_x_ =
      frame.width /
      (2 * std::tan(pose.horizontal_field_of_view_deg * kDegree / 2));
  camera.focal_y_ =
      pose.vertical_field_of_view_deg.has_value()
          ? frame.height /
                (2 * std::tan(*pose.vertical_field_of_view_deg * kDegree / 2))
          : camera.focal_x_;
  return camera;
}

Vector3 GroundCamera::Direction(PixelPoint pixel) const {
  return to_earth_.Apply({1, (pixel.x - frame_.width / 2) / focal_x_,
                          (pixel.y - frame_.height / 2) / focal_y_});
}

std::optional<GroundHit> GroundCamera::Trace(PixelPoint pixel) const {
  static const double kLeastSine = std::sin(kLeastGrazingDeg * kDegree);
  Vector3 direction = Direction(pixel);
  direction = (1 / Length(direction)) * direction;
  std::optional<double> range =
      RangeToRaisedEllipsoid(origin_, direction, ground_height_m_);
  if (!range.has_value()) return std::nullopt;
  GroundHit hit;
  // Newton's method on the true geodetic height. It starts within 0.1 m of it
  // and the grazing angle is bounded: three rounds do.
  for (int round = 0; round < 6; ++round) {
    hit.position = origin_ + *range * direction;
    hit.place = ToGeodetic(hit.position);
    const double sine = -Dot(direction, Up(hit.place));
    if (!(sine >= kLeastSine)) return std::nullopt;
    const double excess = hit.place.height_m - ground_height_m_;
    hit.slant_range_m = *range;
    hit.grazing_deg = std::asin(std::min(sine, 1.0)) / kDegree;
    if (std::abs(excess) < kHeightTolerance) break;
    *range += excess / sine;
  }
  hit.place.height_m = ground_height_m_;
  return hit;
}

absl::StatusOr<GroundHit> GroundCamera::Ground(PixelPoint pixel) const {
  if (!IsFinite(pixel)) {
    return Error(absl::StatusCode::kInvalidArgument, kPixelInvalid)
        .Field("pixel", "is not a number");
  }
  const std::optional<GroundHit> hit = Trace(pixel);
  if (!hit.has_value()) {
    return Error(absl::StatusCode::kOutOfRange, kPixelAboveHorizon)
        .Message(absl::StrCat(
            "pixel (", pixel.x, ", ", pixel.y,
            ") looks above the horizon, or meets the ground at less than ",
            kLeastGrazingDeg, " degrees"))
        .With("pixel_x", absl::StrCat(pixel.x))
        .With("pixel_y", absl::StrCat(pixel.y));
  }
  return *hit;
}

absl::StatusOr<PixelPoint> GroundCamera::Pixel(const GeoPoint& place) const {
  const Vector3 position = ToEarthCentred(place);
  const Vector3 line = position - origin_;
  const Vector3 seen = to_earth_.ApplyInverse(line);
  if (!std::isfinite(seen.x + seen.y + seen.z)) {
    return Error(absl::StatusCode::kInvalidArgument, kPixelInvalid)
        .Field("place", "has a coordinate that is not a number");
  }
  if (seen.x <= 0) return NotVisible("it is behind the camera");
  // Beyond the horizon the ray comes out of the ground at the place.
  if (Dot(line, Up(place)) >= 0 && place.height_m < place_.height_m) {
    return NotVisible("it is beyond the horizon");
  }
  return PixelPoint{frame_.width / 2 + focal_x_ * seen.y / seen.x,
                    frame_.height / 2 + focal_y_ * seen.z / seen.x};
}

absl::StatusOr<std::vector<GeoPoint>> GroundCamera::Footprint(
    int points_per_edge) const {
  if (points_per_edge < 1 || points_per_edge > 10000) {
    return Error(absl::StatusCode::kInvalidArgument, kPixelInvalid)
        .Field("points_per_edge",
               absl::StrCat("is ", points_per_edge, ", must be 1..10000"));
  }
  const PixelPoint corners[5] = {{0, 0},
                                 {frame_.width, 0},
                                 {frame_.width, frame_.height},
                                 {0, frame_.height},
                                 {0, 0}};
  std::vector<GeoPoint> outline;
  outline.reserve(4 * points_per_edge);
  for (int edge = 0; edge < 4; ++edge) {
    for (int i = 0; i < points_per_edge; ++i) {
      const double s = static_cast<double>(i) / points_per_edge;
      SL_ASSIGN_OR_RETURN(
          const GroundHit hit,
          Ground(
              {corners[edge].x + s * (corners[edge + 1].x - corners[edge].x),
               corners[edge].y + s * (corners[edge + 1].y - corners[edge].y)}));
      outline.push_back(hit.place);
    }
  }
  return outline;
}

absl::StatusOr<GroundSampleDistance> GroundCamera::SampleDistance(
    PixelPoint pixel) const {
  SL_ASSIGN_OR_RETURN(const GroundHit hit, Ground(pixel));
  const Vector3 direction = Direction(pixel);
  const Vector3 up = Up(hit.place);
  const double scale = hit.slant_range_m / Length(direction);
  // A step of the ray, followed along the ray down to the tangent plane.
  const auto step = [&](const Vector3& change) {
    return scale *
           (change - (Dot(up, change) / Dot(up, direction)) * direction);
  };
  const Vector3 du = step((1 / focal_x_) * to_earth_.y);
  const Vector3 dv = step((1 / focal_y_) * to_earth_.z);
  const double uu = Dot(du, du);
  const double vv = Dot(dv, dv);
  const double uv = Dot(du, dv);
  const double root = std::hypot((uu - vv) / 2, uv);
  GroundSampleDistance distance;
  distance.area_m2 = std::sqrt(std::max(0.0, uu * vv - uv * uv));
  distance.longest_m = std::sqrt((uu + vv) / 2 + root);
  distance.shortest_m = distance.area_m2 / distance.longest_m;
  return distance;
}

}  // namespace sightline::georef
