// Poses that several tests of the camera engine start from.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_CAMERA_POSES_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_CAMERA_POSES_H_

#include <gtest/gtest.h>

#include <string>

#include "common/status/error.h"
#include "services/georef/engine/camera/pose.h"

namespace sightline::georef {

// Level flight to `heading`, the sensor looks ahead and down by `depression`.
inline Pose PoseAt(double longitude, double latitude, double height,
                   double heading, double depression) {
  Pose pose;
  pose.longitude_deg = longitude;
  pose.latitude_deg = latitude;
  pose.height = {height, HeightReference::kEllipsoid, {}};
  pose.heading = {heading, NorthReference::kTrue, {}, {}};
  pose.sensor_elevation_deg = -depression;
  pose.horizontal_field_of_view_deg = 30;
  pose.ground = {0, HeightReference::kEllipsoid, {}};
  return pose;
}

// Reason and, if given, the first field.
inline void ExpectReason(const absl::Status& status, const std::string& reason,
                         const std::string& field = "") {
  ASSERT_FALSE(status.ok()) << "expected " << reason;
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value()) << status;
  EXPECT_EQ(details->reason, reason) << status;
  if (field.empty()) return;
  ASSERT_FALSE(details->fields.empty()) << status;
  EXPECT_EQ(details->fields[0].field, field);
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_CAMERA_POSES_H_
