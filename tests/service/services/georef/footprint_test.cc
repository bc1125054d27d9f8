// ComputeFootprint over TCP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/georef/georef_server.h"
#include "tests/support/georef/scene.h"

namespace sightline::georef {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Footprint : public testing::Test {
 protected:
  Footprint() {
    request_.set_width(kSceneWidth);
    request_.set_height(kSceneHeight);
    *request_.mutable_metadata()->mutable_pose() = NadirPose();
  }

  GeorefServer server_;
  v1::ComputeFootprintRequest request_;
};

TEST_F(Footprint, OfAFrameStraightDown) {
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::Footprint& footprint = answer.response.footprint();
  ASSERT_THAT(footprint.outline(), SizeIs(4));
  EXPECT_NEAR(footprint.center().longitude_deg(), 127.5, 1e-9);
  EXPECT_NEAR(footprint.center().latitude_deg(), 35.25, 1e-9);
  EXPECT_NEAR(footprint.slant_range_m(), 1000, 1e-6);
  const double metres = NadirPixelMetres();
  EXPECT_NEAR(footprint.longest_pixel_m(), metres, 1e-6);
  EXPECT_NEAR(footprint.shortest_pixel_m(), metres, 1e-6);
  const double area = kSceneWidth * kSceneHeight * metres * metres;
  EXPECT_NEAR(footprint.area_m2(), area, 1e-4 * area);
  EXPECT_THAT(footprint.problem(), IsEmpty());
  EXPECT_EQ(answer.response.pose().pose().heading().reference(),
            v1::NORTH_REFERENCE_TRUE);
}

TEST_F(Footprint, AcrossTheAntimeridianHasTheSameArea) {
  const double area = Ask(server_, request_).response.footprint().area_m2();
  request_.mutable_metadata()->mutable_pose()->set_longitude_deg(180);
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::Footprint& footprint = answer.response.footprint();
  ASSERT_THAT(footprint.outline(), SizeIs(4));
  EXPECT_LT(footprint.outline(0).longitude_deg() *
                footprint.outline(1).longitude_deg(),
            0);
  EXPECT_NEAR(footprint.area_m2(), area, 1e-9 * area);
  EXPECT_THAT(footprint.problem(), IsEmpty());
}

TEST_F(Footprint, WithPointsAlongItsEdges) {
  request_.set_points_per_edge(5);
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(answer.response.footprint().outline(), SizeIs(20));
  request_.set_points_per_edge(1001);
  const auto refused = Ask(server_, request_);
  EXPECT_EQ(refused.reason(), "GEOREF_OPTION_INVALID");
  EXPECT_EQ(refused.field(), "points_per_edge");
}

TEST_F(Footprint, AboveTheHorizonIsSaid) {
  request_.mutable_metadata()->mutable_pose()->set_sensor_elevation_deg(-2);
  auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(answer.response.footprint().outline(), IsEmpty());
  EXPECT_THAT(answer.response.footprint().problem(), HasSubstr("horizon"));
  EXPECT_TRUE(answer.response.footprint().has_center());
  request_.mutable_metadata()->mutable_pose()->set_sensor_elevation_deg(10);
  answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_FALSE(answer.response.footprint().has_center());
}

TEST_F(Footprint, NeedsNoOverlayAndAFrameSize) {
  request_.mutable_metadata()->mutable_overlay()->set_profile_name("any");
  auto answer = Ask(server_, request_);
  EXPECT_EQ(answer.reason(), "OVERLAY_NOT_READABLE");
  request_.mutable_metadata()->clear_overlay();
  request_.set_width(0);
  answer = Ask(server_, request_);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace sightline::georef
