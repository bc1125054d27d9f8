// Frames to polygons on the map over TCP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/support/georef/georef_server.h"
#include "tests/support/georef/scene.h"
#include "tests/support/metadata/written_metadata.h"

namespace sightline::georef {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class Process : public testing::Test {
 protected:
  GeorefServer server_;
};

TEST_F(Process, ABoxOfPixelsIsABoxOnTheMap) {
  const auto answer = Ask(server_, NadirRequest());
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::FeatureSet& features = answer.response.features();
  ASSERT_THAT(features.features(), SizeIs(1));
  const v1::Feature& feature = features.features(0);
  EXPECT_EQ(feature.label(), 1);
  EXPECT_EQ(feature.pixel_count(), 5000);
  const double metres = NadirPixelMetres();
  // A pixel a little off the middle covers a little less or more.
  EXPECT_NEAR(feature.area_m2(), 5000 * metres * metres, 2);
  EXPECT_NEAR(feature.perimeter_m(), 300 * metres, 0.1);
  EXPECT_NEAR(feature.centroid_longitude_deg(), 127.5, 1e-6);
  EXPECT_NEAR(feature.centroid_latitude_deg(), 35.25, 1e-6);
  EXPECT_FALSE(feature.truncated_by_edge());
  EXPECT_FALSE(feature.has_mean_confidence());
  EXPECT_FALSE(feature.has_position_error_m());
  ASSERT_THAT(feature.polygons(), SizeIs(1));
  ASSERT_THAT(feature.polygons(0).rings(), SizeIs(1));
  EXPECT_EQ(feature.polygons(0).rings(0).coordinates_size(), 8);
  EXPECT_EQ(features.epsg(), 4326);
  EXPECT_LE(features.mapping_error_bound_m(), 0.001);
  EXPECT_EQ(features.vertex_count(), 4);
  EXPECT_FALSE(answer.response.has_segment());
  EXPECT_FALSE(answer.response.has_raster());
  EXPECT_GT(answer.response.cost().peak_reserved_bytes(), 0);
}

TEST_F(Process, TheBoxLiesWhereThePixelsDo) {
  v1::ProcessRequest request = NadirRequest();
  *request.mutable_mask() = Labels(BoxMask(0, 0, 10, 20));
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_THAT(answer.response.features().features(), SizeIs(1));
  const v1::Feature& feature = answer.response.features().features(0);
  EXPECT_TRUE(feature.truncated_by_edge());
  // The upper left corner is north-west.
  const double north =
      (240 - 10) * NadirPixelMetres() / 110948;  // Metres a degree there.
  EXPECT_NEAR(feature.centroid_latitude_deg(), 35.25 + north, 2e-5);
  EXPECT_LT(feature.centroid_longitude_deg(), 127.5);
  EXPECT_EQ(feature.box().west_deg(),
            answer.response.footprint().outline(0).longitude_deg());
}

TEST_F(Process, MasksAsPngAndAsLabelsAreTheSame) {
  v1::ProcessRequest request = NadirRequest();
  const auto labels = Ask(server_, request);
  *request.mutable_mask() = LabelsPng(BoxMask(270, 215, 370, 265));
  const auto png = Ask(server_, request);
  ASSERT_TRUE(labels.ok() && png.ok()) << labels.status << png.status;
  EXPECT_EQ(labels.response.features().SerializeAsString(),
            png.response.features().SerializeAsString());
}

TEST_F(Process, FormatsCarryTheSameGeometry) {
  v1::ProcessRequest request = NadirRequest();
  request.mutable_output()->set_format(v1::FEATURE_FORMAT_GEOJSON);
  const auto geojson = Ask(server_, request);
  ASSERT_TRUE(geojson.ok()) << geojson.status;
  EXPECT_THAT(geojson.response.features().geojson(),
              HasSubstr("\"FeatureCollection\""));
  EXPECT_THAT(geojson.response.features().features(0).polygons(), IsEmpty());
  request.mutable_output()->set_format(v1::FEATURE_FORMAT_WKB);
  const auto wkb = Ask(server_, request);
  ASSERT_TRUE(wkb.ok()) << wkb.status;
  // Byte order, type, rings, points, and five points of two numbers.
  EXPECT_EQ(wkb.response.features().features(0).wkb().size(),
            1 + 4 + 4 + 4 + 5 * 16);
  request.mutable_output()->set_format(v1::FEATURE_FORMAT_NONE);
  const auto none = Ask(server_, request);
  ASSERT_TRUE(none.ok()) << none.status;
  EXPECT_THAT(none.response.features().features(0).polygons(), IsEmpty());
  EXPECT_GT(none.response.features().features(0).area_m2(), 0);
}

TEST_F(Process, UncertainPosesGiveUncertainPlaces) {
  v1::ProcessRequest request = NadirRequest();
  request.mutable_metadata()->mutable_uncertainty()->set_horizontal_m(3);
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  // 3 m east and 3 m north.
  EXPECT_NEAR(answer.response.features().features(0).position_error_m(),
              3 * std::sqrt(2), 0.01);
  EXPECT_NEAR(answer.response.footprint().position_error_m(), 3 * std::sqrt(2),
              0.01);
}

TEST_F(Process, TheLocalSetGivesThePoseAndTheRequestWhatItLacks) {
  v1::ProcessRequest request = NadirRequest();
  request.mutable_metadata()->clear_pose();
  const ByteString set = ExampleLocalSet();
  request.mutable_metadata()->set_local_set(set.data(), set.size());
  request.mutable_metadata()->set_geoid_height_m(-30);
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_NEAR(answer.response.pose().pose().latitude_deg(), 60.176822966978335,
              1e-6);
  // What the caller says comes first.
  *request.mutable_metadata()->mutable_pose() = NadirPose();
  const auto known = Ask(server_, request);
  ASSERT_TRUE(known.ok()) << known.status;
  EXPECT_EQ(known.response.pose().pose().latitude_deg(), 35.25);
  bool has_unused = false;
  for (const v1::MetadataValue& value : known.response.pose().values()) {
    if (value.source() == v1::METADATA_SOURCE_LOCAL_SET &&
        value.quantity() == "sensor_latitude") {
      EXPECT_FALSE(value.used());
      has_unused = true;
    }
  }
  EXPECT_TRUE(has_unused);
  EXPECT_THAT(known.response.pose().notes(),
              Contains(HasSubstr("the first is taken")));
}

TEST_F(Process, AnObliqueFrameLosesWhatIsAboveTheHorizon) {
  v1::ProcessRequest request = NadirRequest();
  request.mutable_metadata()->mutable_pose()->set_sensor_elevation_deg(-5);
  GrayImage all = BoxMask(0, 0, kSceneWidth, kSceneHeight);
  *request.mutable_mask() = Labels(all);
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::FeatureSet& features = answer.response.features();
  EXPECT_GT(features.pixels_above_horizon(), 0);
  ASSERT_THAT(features.features(), SizeIs(1));
  EXPECT_TRUE(features.features(0).truncated_by_edge());
  EXPECT_EQ(
      features.features(0).pixel_count() + features.pixels_above_horizon(),
      kSceneWidth * kSceneHeight);
  EXPECT_THAT(answer.response.footprint().outline(), IsEmpty());
  EXPECT_THAT(answer.response.footprint().problem(), HasSubstr("horizon"));
}

TEST_F(Process, SmallThingsAreLeftOutByTheirArea) {
  v1::ProcessRequest request = NadirRequest();
  GrayImage mask = BoxMask(270, 215, 370, 265);
  mask.row(10)[10] = 1;    // A region of a pixel.
  mask.row(230)[300] = 0;  // A hole of a pixel.
  *request.mutable_mask() = Labels(mask);
  auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(answer.response.features().features(), SizeIs(2));
  EXPECT_EQ(answer.response.features().features(1).hole_count(), 1);
  request.mutable_features()->set_minimum_area_m2(10);
  request.mutable_features()->set_minimum_hole_m2(10);
  answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_THAT(answer.response.features().features(), SizeIs(1));
  EXPECT_EQ(answer.response.features().features(0).hole_count(), 0);
  EXPECT_EQ(answer.response.features().features(0).pixel_count(), 5000);
}

TEST_F(Process, GivesTheMaskBack) {
  v1::ProcessRequest request = NadirRequest();
  request.set_return_mask(true);
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  v1::ProcessRequest again = NadirRequest();
  again.mutable_mask()->set_png(answer.response.mask_png());
  const auto second = Ask(server_, again);
  ASSERT_TRUE(second.ok()) << second.status;
  EXPECT_EQ(second.response.features().SerializeAsString(),
            answer.response.features().SerializeAsString());
}

TEST_F(Process, GeoreferenceNeedsTheMaskAlone) {
  const v1::ProcessRequest with_frame = NadirRequest();
  v1::GeoreferenceRequest request;
  *request.mutable_mask() = with_frame.mask();
  *request.mutable_metadata() = with_frame.metadata();
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto full = Ask(server_, with_frame);
  ASSERT_TRUE(full.ok()) << full.status;
  EXPECT_EQ(answer.response.features().SerializeAsString(),
            full.response.features().SerializeAsString());
}

TEST_F(Process, WithoutAMaskTheServerNeedsANetwork) {
  v1::ProcessRequest request = NadirRequest();
  request.clear_mask();
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(answer.reason(), "GEOREF_MODEL_MISSING");
  EXPECT_THAT(std::string(answer.status.message()), StartsWith("this server"));
}

}  // namespace
}  // namespace sightline::georef
