#include "services/georef/engine/camera/pose.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/reasons.h"

namespace sightline::georef {
namespace {

// An aircraft's, not a satellite's; the Dead Sea's shore is at -430 m.
constexpr double kLowestHeight = -1000;
constexpr double kHighestHeight = 100000;
// The geoid of EGM2008 lies between -107 and 86 m.
constexpr double kGreatestGeoidHeight = 120;
constexpr double kHighestLatitude = 89.99;

absl::Status Invalid(absl::string_view field, absl::string_view description) {
  return Error(absl::StatusCode::kInvalidArgument, kPoseInvalid)
      .Field(field, description);
}

bool IsWithin(double value, double low, double high) {
  return value >= low && value <= high;  // false for NaN
}

}  // namespace

absl::StatusOr<double> EllipsoidalHeight(const Height& height,
                                         absl::string_view field) {
  double metres = height.metres;
  switch (height.reference) {
    case HeightReference::kEllipsoid:
      break;
    case HeightReference::kGeoid:
      if (!height.geoid_height_m.has_value()) {
        return Invalid(absl::StrCat(field, ".geoid_height_m"),
                       "is needed for a height above sea level: the geoid's "
                       "height above the ellipsoid at the place");
      }
      if (!IsWithin(*height.geoid_height_m, -kGreatestGeoidHeight,
                    kGreatestGeoidHeight)) {
        return Invalid(absl::StrCat(field, ".geoid_height_m"),
                       absl::StrCat("is ", *height.geoid_height_m,
                                    ", must be -120..120 m"));
      }
      metres += *height.geoid_height_m;
      break;
    default:
      return Invalid(absl::StrCat(field, ".reference"),
                     "must say whether the height is above the ellipsoid or "
                     "above sea level");
  }
  if (!IsWithin(metres, kLowestHeight, kHighestHeight)) {
    return Invalid(field, absl::StrCat("is ", metres,
                                       " m above the ellipsoid, must be "
                                       "-1000..100000 m"));
  }
  return metres;
}

absl::StatusOr<double> TrueHeading(const Heading& heading) {
  double degrees = heading.degrees;
  const std::optional<double>* correction = nullptr;
  absl::string_view name;
  switch (heading.reference) {
    case NorthReference::kTrue:
      break;
    case NorthReference::kGrid:
      correction = &heading.convergence_deg;
      name = "heading.convergence_deg";
      break;
    case NorthReference::kMagnetic:
      correction = &heading.declination_deg;
      name = "heading.declination_deg";
      break;
    default:
      return Invalid("heading.reference",
                     "must say whether the heading is from true, grid or "
                     "magnetic north");
  }
  if (correction != nullptr) {
    if (!correction->has_value()) {
      return Invalid(name, "is needed to turn the heading into a true one");
    }
    if (!IsWithin(**correction, -180, 180)) {
      return Invalid(name, absl::StrCat("is ", **correction,
                                        ", must be -180..180 degrees"));
    }
    degrees += **correction;
  }
  if (!IsWithin(heading.degrees, -360, 360)) {
    return Invalid("heading.degrees",
                   absl::StrCat("is ", heading.degrees, ", must be -360..360"));
  }
  return degrees;
}

absl::Status CheckPose(const Pose& pose) {
  Error invalid(absl::StatusCode::kInvalidArgument, kPoseInvalid);
  bool is_valid = true;
  const auto check = [&](absl::string_view field, double value, double low,
                         double high) {
    if (IsWithin(value, low, high)) return;
    is_valid = false;
    invalid.Field(field,
                  absl::StrCat("is ", value, ", must be ", low, "..", high));
  };
  check("longitude_deg", pose.longitude_deg, -180, 180);
  check("latitude_deg", pose.latitude_deg, -90, 90);
  check("pitch_deg", pose.pitch_deg, -90, 90);
  check("roll_deg", pose.roll_deg, -180, 180);
  check("sensor_azimuth_deg", pose.sensor_azimuth_deg, -360, 360);
  check("sensor_elevation_deg", pose.sensor_elevation_deg, -180, 180);
  check("sensor_roll_deg", pose.sensor_roll_deg, -360, 360);
  check("horizontal_field_of_view_deg", pose.horizontal_field_of_view_deg,
        0.001, 170);
  if (pose.vertical_field_of_view_deg.has_value()) {
    check("vertical_field_of_view_deg", *pose.vertical_field_of_view_deg, 0.001,
          170);
  }
  if (!is_valid) return invalid;
  SL_RETURN_IF_ERROR(TrueHeading(pose.heading).status());
  SL_ASSIGN_OR_RETURN(const double height,
                      EllipsoidalHeight(pose.height, "height"));
  SL_ASSIGN_OR_RETURN(const double ground,
                      EllipsoidalHeight(pose.ground, "ground"));
  if (std::abs(pose.latitude_deg) > kHighestLatitude) {
    return Error(absl::StatusCode::kInvalidArgument, kTooNearPole)
        .Field("latitude_deg",
               absl::StrCat("is ", pose.latitude_deg,
                            "; headings have no meaning beyond ",
                            kHighestLatitude, " degrees"));
  }
  if (height <= ground) {
    return Error(absl::StatusCode::kInvalidArgument, kCameraBelowGround)
        .Field("height", absl::StrCat("puts the camera at ", height,
                                      " m above the ellipsoid, not above the "
                                      "ground at ",
                                      ground, " m"));
  }
  return absl::OkStatus();
}

}  // namespace sightline::georef
