#include "services/georef/engine/pose/resolve_pose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/reasons.h"
#include "services/georef/engine/pose/reasons.h"

namespace sightline::georef {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

MetadataValue Said(Quantity quantity, double number,
                   MetadataSource source = MetadataSource::kLocalSet,
                   double resolution = 0.001) {
  MetadataValue value;
  value.quantity = quantity;
  value.value = number;
  value.source = source;
  value.origin = "test";
  value.resolution = resolution;
  return value;
}

// What a complete local set says.
std::vector<MetadataValue> LocalSetValues() {
  return {Said(Quantity::kSensorLongitude, 127.5),
          Said(Quantity::kSensorLatitude, 35.25),
          Said(Quantity::kSensorEllipsoidHeight, 1500),
          Said(Quantity::kPlatformHeading, 40),
          Said(Quantity::kPlatformPitch, 2),
          Said(Quantity::kPlatformRoll, -1),
          Said(Quantity::kSensorRelativeAzimuth, 90),
          Said(Quantity::kSensorRelativeElevation, -45),
          Said(Quantity::kSensorRelativeRoll, 0),
          Said(Quantity::kHorizontalFieldOfView, 20),
          Said(Quantity::kFrameCenterEllipsoidHeight, 25)};
}

std::vector<MetadataValue> Without(std::vector<MetadataValue> values,
                                   std::vector<Quantity> quantities) {
  std::erase_if(values, [&](const MetadataValue& value) {
    return std::count(quantities.begin(), quantities.end(), value.quantity) > 0;
  });
  return values;
}

ErrorDetails Details(const absl::StatusOr<ResolvedPose>& resolved) {
  EXPECT_FALSE(resolved.ok());
  return DetailsOf(resolved.status()).value_or(ErrorDetails());
}

std::vector<std::string> Fields(const ErrorDetails& details) {
  std::vector<std::string> fields;
  for (const FieldViolation& violation : details.fields) {
    fields.push_back(violation.field);
  }
  return fields;
}

MetadataSource SourceOf(const ResolvedPose& resolved, Quantity quantity) {
  for (const ResolvedPose::Value& value : resolved.values) {
    if (value.is_used && value.value.quantity == quantity) {
      return value.value.source;
    }
  }
  ADD_FAILURE() << "nothing used for " << NameOf(quantity);
  return MetadataSource::kAssumed;
}

TEST(ResolvePose, TakesACompleteSource) {
  const auto resolved = ResolvePose({}, LocalSetValues(), {});
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->pose.longitude_deg, 127.5);
  EXPECT_EQ(resolved->pose.height.metres, 1500);
  EXPECT_EQ(resolved->pose.heading.reference, NorthReference::kTrue);
  EXPECT_EQ(resolved->pose.sensor_elevation_deg, -45);
  EXPECT_EQ(resolved->pose.ground.metres, 25);
  EXPECT_FALSE(resolved->pose.vertical_field_of_view_deg.has_value());
  EXPECT_TRUE(resolved->notes.empty());
}

TEST(ResolvePose, NamesEverythingThatIsMissing) {
  const ErrorDetails details = Details(ResolvePose({}, {}, {}));
  EXPECT_EQ(details.reason, kPoseIncomplete);
  EXPECT_THAT(
      Fields(details),
      UnorderedElementsAre("pose.longitude_deg", "pose.latitude_deg",
                           "pose.height", "pose.heading", "pose.pitch_deg",
                           "pose.roll_deg", "pose.sensor_azimuth_deg",
                           "pose.sensor_elevation_deg", "pose.sensor_roll_deg",
                           "pose.horizontal_field_of_view_deg", "pose.ground"));
}

TEST(ResolvePose, BelievesTheCallerFirst) {
  PartialPose known;
  known.latitude_deg = 35;
  known.heading = {50, NorthReference::kMagnetic, {}, {}};
  known.height = {1000, HeightReference::kGeoid, {}};
  PoseAssumptions assumptions;
  assumptions.declination_deg = -8;
  assumptions.geoid_height_m = 27;
  const auto resolved = ResolvePose(known, LocalSetValues(), assumptions);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->pose.latitude_deg, 35);
  EXPECT_EQ(*TrueHeading(resolved->pose.heading), 42);
  EXPECT_EQ(*EllipsoidalHeight(resolved->pose.height, "height"), 1027);
  EXPECT_EQ(SourceOf(*resolved, Quantity::kSensorLatitude),
            MetadataSource::kRequest);
  EXPECT_EQ(SourceOf(*resolved, Quantity::kPlatformHeading),
            MetadataSource::kRequest);
  EXPECT_EQ(SourceOf(*resolved, Quantity::kSensorLongitude),
            MetadataSource::kLocalSet);
}

TEST(ResolvePose, PassesOverWhatIsDoubted) {
  auto values = LocalSetValues();
  values[3].doubt = Doubt::kErrorCode;  // The heading.
  EXPECT_THAT(Fields(Details(ResolvePose({}, values, {}))),
              UnorderedElementsAre("pose.heading"));
  values.push_back(
      Said(Quantity::kPlatformHeading, 41, MetadataSource::kOverlay));
  const auto resolved = ResolvePose({}, values, {});
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->pose.heading.degrees, 41);
}

TEST(ResolvePose, NotesSmallDifferencesAndRefusesLargeOnes) {
  auto values = LocalSetValues();
  values.push_back(
      Said(Quantity::kSensorLatitude, 35.2501, MetadataSource::kOverlay, 1e-6));
  values[1].resolution = 1e-6;
  const auto noted = ResolvePose({}, values, {});
  ASSERT_TRUE(noted.ok()) << noted.status();
  EXPECT_EQ(noted->pose.latitude_deg, 35.25);
  EXPECT_THAT(noted->notes, Contains(HasSubstr("the overlay (test) says")));

  values.back().value = 35.3;
  const auto refused = ResolvePose({}, values, {});
  EXPECT_EQ(Details(refused).reason, kMetadataContradictory);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("sensor_latitude"));
  // The caller decides.
  PartialPose known;
  known.latitude_deg = 35.3;
  EXPECT_TRUE(ResolvePose(known, values, {}).ok());
}

TEST(ResolvePose, TheCallersHeadingAndHeightSettleWhatContradicts) {
  auto values = LocalSetValues();
  values.push_back(
      Said(Quantity::kPlatformHeading, 220, MetadataSource::kOverlay));
  values.push_back(
      Said(Quantity::kSensorEllipsoidHeight, 3000, MetadataSource::kOverlay));
  EXPECT_EQ(Details(ResolvePose({}, values, {})).reason,
            kMetadataContradictory);
  PartialPose known;
  known.heading = {40, NorthReference::kTrue, {}, {}};
  known.height = {1500, HeightReference::kEllipsoid, {}};
  EXPECT_TRUE(ResolvePose(known, values, {}).ok());
}

TEST(ResolvePose, AHeadingAroundNorthIsNoContradiction) {
  auto values = LocalSetValues();
  values[3].value = 359.8;
  values.push_back(
      Said(Quantity::kPlatformHeading, 0.4, MetadataSource::kOverlay));
  EXPECT_TRUE(ResolvePose({}, values, {}).ok());
}

TEST(ResolvePose, HeightsAboveSeaLevelNeedTheGeoid) {
  auto values =
      Without(LocalSetValues(), {Quantity::kSensorEllipsoidHeight,
                                 Quantity::kFrameCenterEllipsoidHeight});
  values.push_back(Said(Quantity::kSensorAltitude, 1500));
  values.push_back(Said(Quantity::kFrameCenterElevation, 3));
  EXPECT_THAT(Fields(Details(ResolvePose({}, values, {}))),
              UnorderedElementsAre("pose.height", "pose.ground"));
  PoseAssumptions assumptions;
  assumptions.geoid_height_m = 26;
  const auto resolved = ResolvePose({}, values, assumptions);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(*EllipsoidalHeight(resolved->pose.height, "height"), 1526);
  EXPECT_EQ(*EllipsoidalHeight(resolved->pose.ground, "ground"), 29);
}

TEST(ResolvePose, AHeightAboveAnUnknownLevelIsNone) {
  auto values = Without(LocalSetValues(), {Quantity::kSensorEllipsoidHeight});
  values.push_back(Said(Quantity::kSensorHeightAboveTakeoff, 100));
  const ErrorDetails details = Details(ResolvePose({}, values, {}));
  ASSERT_THAT(Fields(details), UnorderedElementsAre("pose.height"));
  EXPECT_THAT(details.fields[0].description, HasSubstr("take-off"));
}

TEST(ResolvePose, AssumesOnlyWhatIsAllowedAndSaysSo) {
  const auto values = Without(
      LocalSetValues(),
      {Quantity::kPlatformPitch, Quantity::kPlatformRoll,
       Quantity::kSensorRelativeRoll, Quantity::kFrameCenterEllipsoidHeight});
  EXPECT_THAT(Fields(Details(ResolvePose({}, values, {}))),
              UnorderedElementsAre("pose.pitch_deg", "pose.roll_deg",
                                   "pose.sensor_roll_deg", "pose.ground"));
  PoseAssumptions assumptions;
  assumptions.is_level = true;
  assumptions.is_sea_level_ground = true;
  assumptions.geoid_height_m = 20;
  const auto resolved = ResolvePose({}, values, assumptions);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(SourceOf(*resolved, Quantity::kPlatformPitch),
            MetadataSource::kAssumed);
  EXPECT_EQ(SourceOf(*resolved, Quantity::kSensorRelativeAzimuth),
            MetadataSource::kLocalSet);
  EXPECT_EQ(*EllipsoidalHeight(resolved->pose.ground, "ground"), 20);
  EXPECT_THAT(resolved->notes, Contains(HasSubstr("sea")));
}

TEST(ResolvePose, TakesADronesGimbal) {
  const std::vector<MetadataValue> values = {
      Said(Quantity::kSensorLongitude, 8, MetadataSource::kExif),
      Said(Quantity::kSensorLatitude, 50, MetadataSource::kExif),
      Said(Quantity::kSensorEllipsoidHeight, 200, MetadataSource::kXmp),
      Said(Quantity::kPlatformHeading, 10, MetadataSource::kXmp),
      Said(Quantity::kPlatformPitch, 5, MetadataSource::kXmp),
      Said(Quantity::kGimbalYaw, 30, MetadataSource::kXmp),
      Said(Quantity::kGimbalPitch, -90, MetadataSource::kXmp),
      Said(Quantity::kGimbalRoll, 0, MetadataSource::kXmp)};
  PartialPose known;
  known.horizontal_field_of_view_deg = 70;
  known.ground = {100, HeightReference::kEllipsoid, {}};
  const auto resolved = ResolvePose(known, values, {});
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->pose.heading.degrees, 30);
  EXPECT_EQ(resolved->pose.pitch_deg, 0);
  EXPECT_EQ(resolved->pose.sensor_elevation_deg, -90);
  EXPECT_THAT(resolved->notes, Contains(HasSubstr("gimbal")));
}

TEST(ResolvePose, DerivesTheFieldOfViewFromTheTargetsWidth) {
  auto values = Without(LocalSetValues(), {Quantity::kHorizontalFieldOfView});
  values.push_back(Said(Quantity::kTargetWidth, 200));
  values.push_back(Said(Quantity::kSlantRange, 1000));
  const auto resolved = ResolvePose({}, values, {});
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_NEAR(resolved->pose.horizontal_field_of_view_deg, 11.4212, 1e-4);
  EXPECT_EQ(SourceOf(*resolved, Quantity::kHorizontalFieldOfView),
            MetadataSource::kDerived);
}

TEST(ResolvePose, FollowsTheLineOfSightOnlyIfAllowed) {
  auto values = Without(
      LocalSetValues(),
      {Quantity::kPlatformHeading, Quantity::kPlatformPitch,
       Quantity::kPlatformRoll, Quantity::kSensorRelativeAzimuth,
       Quantity::kSensorRelativeElevation, Quantity::kSensorRelativeRoll});
  values.push_back(Said(Quantity::kTargetLongitude, 127.51));
  values.push_back(Said(Quantity::kTargetLatitude, 35.26));
  EXPECT_EQ(Details(ResolvePose({}, values, {})).reason, kPoseIncomplete);
  PoseAssumptions assumptions;
  assumptions.is_line_of_sight = true;
  const auto resolved = ResolvePose({}, values, assumptions);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_TRUE(resolved->is_line_of_sight);
  const auto camera = GroundCamera::Create(resolved->pose, {1920, 1080});
  ASSERT_TRUE(camera.ok()) << camera.status();
  const auto middle = camera->Ground({960, 540});
  ASSERT_TRUE(middle.ok()) << middle.status();
  EXPECT_NEAR(middle->place.longitude_deg, 127.51, 1e-8);
  EXPECT_NEAR(middle->place.latitude_deg, 35.26, 1e-8);

  // A range that belongs to another place.
  values.push_back(Said(Quantity::kSlantRange, 5000));
  EXPECT_EQ(Details(ResolvePose({}, values, assumptions)).reason,
            kSlantRangeContradictory);
}

TEST(ResolvePose, WithoutAPlaceToLookAtTheAttitudeIsMissing) {
  const auto values = Without(LocalSetValues(), {Quantity::kPlatformHeading});
  PoseAssumptions assumptions;
  assumptions.is_line_of_sight = true;
  EXPECT_THAT(Fields(Details(ResolvePose({}, values, assumptions))),
              UnorderedElementsAre("pose.heading"));
}

TEST(ResolvePose, ChecksWhatItFound) {
  auto values = LocalSetValues();
  values[2].value = 20;  // Below the ground.
  const ErrorDetails below = Details(ResolvePose({}, values, {}));
  EXPECT_EQ(below.reason, kCameraBelowGround);
  EXPECT_THAT(Fields(below), UnorderedElementsAre("pose.height"));
  PartialPose known;
  known.pitch_deg = NAN;
  EXPECT_EQ(Details(ResolvePose(known, LocalSetValues(), {})).reason,
            kPoseInvalid);
  PartialPose without_reference;
  without_reference.height = {100, HeightReference::kUnstated, {}};
  EXPECT_THAT(
      Fields(Details(ResolvePose(without_reference, LocalSetValues(), {}))),
      UnorderedElementsAre("pose.height.reference"));
}

}  // namespace
}  // namespace sightline::georef
