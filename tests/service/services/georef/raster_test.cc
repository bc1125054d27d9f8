// Pictures on the map over TCP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/support/georef/georef_server.h"
#include "tests/support/georef/scene.h"

namespace sightline::georef {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

class RasterOverTcp : public testing::Test {
 protected:
  GeorefServer server_;
  v1::ProcessRequest request_ = NadirRequest();
};

TEST_F(RasterOverTcp, AFrameStraightDownIsLaidOnTheMapAsItIs) {
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF);
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::Raster& raster = answer.response.raster();
  EXPECT_THAT(raster.content(), StartsWith(std::string("II*\0", 4)));
  // The UTM zone of 127.5 E.
  EXPECT_EQ(raster.epsg(), 32652);
  EXPECT_EQ(raster.width(), kSceneWidth);
  EXPECT_EQ(raster.height(), kSceneHeight);
  ASSERT_THAT(raster.geo_transform(), SizeIs(6));
  EXPECT_NEAR(raster.geo_transform(1), NadirPixelMetres(), 0.001);
  // Grid north is not true north away from the zone's middle.
  EXPECT_GT(std::abs(raster.geo_transform(2)), 1e-4);
  EXPECT_LT(raster.transform_error_m(), 0.05);
}

TEST_F(RasterOverTcp, WithNorthUpItIsResampled) {
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_COG);
  request_.mutable_raster()->set_compression(v1::RASTER_COMPRESSION_DEFLATE);
  request_.mutable_metadata()->mutable_pose()->mutable_heading()->set_degrees(
      30);
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::Raster& raster = answer.response.raster();
  EXPECT_EQ(raster.geo_transform(2), 0);
  EXPECT_EQ(raster.geo_transform(4), 0);
  EXPECT_LT(raster.geo_transform(5), 0);
  EXPECT_GT(raster.width(), kSceneWidth);
}

TEST_F(RasterOverTcp, AnObliqueFrameNeedsNorthUp) {
  v1::Pose& pose = *request_.mutable_metadata()->mutable_pose();
  pose.set_sensor_elevation_deg(-50);
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF);
  auto answer = Ask(server_, request_);
  EXPECT_EQ(answer.reason(), "RASTER_NOT_AFFINE");
  EXPECT_EQ(answer.field(), "raster");
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF_NORTH_UP);
  answer = Ask(server_, request_);
  EXPECT_TRUE(answer.ok()) << answer.status;
}

TEST_F(RasterOverTcp, AnItemDescribesTheRaster) {
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF);
  request_.set_return_stac_item(true);
  auto answer = Ask(server_, request_);
  EXPECT_EQ(answer.reason(), "GEOREF_OPTION_INVALID");
  EXPECT_EQ(answer.field(), "time");
  request_.mutable_time()->set_seconds(1700000000);
  request_.set_stac_item_id("flight-7");
  answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(answer.response.stac_item(), HasSubstr("\"flight-7\""));
  EXPECT_THAT(answer.response.stac_item(), HasSubstr("2023-11-14T22:13:20"));
  EXPECT_THAT(answer.response.stac_item(), HasSubstr("flight-7.tif"));
  request_.clear_raster();
  answer = Ask(server_, request_);
  EXPECT_EQ(answer.field(), "return_stac_item");
}

TEST_F(RasterOverTcp, FeaturesComeInTheReferenceSystemAskedFor) {
  request_.mutable_output()->set_epsg(32652);
  auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.features().epsg(), 32652);
  const v1::Ring& ring =
      answer.response.features().features(0).polygons(0).rings(0);
  // 127.5 E is 1.5 degrees west of the zone's middle, at 500 km.
  EXPECT_NEAR(ring.coordinates(0), 363'500, 1000);
  EXPECT_NEAR(ring.coordinates(1), 3'902'000, 1500);
  // What a feature says of itself does not change.
  EXPECT_NEAR(answer.response.features().features(0).centroid_longitude_deg(),
              127.5, 1e-6);
  request_.mutable_output()->set_epsg(999999);
  answer = Ask(server_, request_);
  EXPECT_EQ(answer.reason(), "UNKNOWN_COORDINATE_SYSTEM");
  EXPECT_EQ(answer.field(), "output.epsg");
  request_.mutable_output()->clear_epsg();
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF);
  request_.mutable_raster()->set_epsg(-3);
  answer = Ask(server_, request_);
  EXPECT_EQ(answer.reason(), "UNKNOWN_COORDINATE_SYSTEM");
  EXPECT_EQ(answer.field(), "raster.epsg");
}

TEST_F(RasterOverTcp, OptionsOutOfTheirRangeAreNamed) {
  request_.mutable_raster()->set_quality(101);
  EXPECT_EQ(Ask(server_, request_).field(), "raster.quality");
  request_.mutable_raster()->set_quality(0);
  request_.mutable_raster()->set_pixel_size(NAN);
  EXPECT_EQ(Ask(server_, request_).field(), "raster.pixel_size");
  request_.mutable_raster()->set_pixel_size(1e-6);
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF_NORTH_UP);
  const auto answer = Ask(server_, request_);
  EXPECT_EQ(answer.reason(), "RASTER_TOO_LARGE");
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(RasterOverTcp, ReservesWhatTheRasterTakesNotWhatTheFrameDoes) {
  request_.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF_NORTH_UP);
  auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const int64_t usual = answer.response.cost().peak_reserved_bytes();
  request_.mutable_raster()->set_pixel_size(NadirPixelMetres() / 4);
  answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::Raster& raster = answer.response.raster();
  EXPECT_GT(raster.width(), 3.9 * kSceneWidth);
  // Pixels with alpha, GDAL's copy of them, and a file that may be as large.
  EXPECT_GT(answer.response.cost().peak_reserved_bytes(),
            usual + int64_t{12} * raster.width() * raster.height() * 3 / 4);
}

TEST(RasterMemory, ARasterForWhichThereIsNoneIsRefused) {
  GeorefServerOptions options;
  options.limits.max_vertices = 1000;
  options.server.memory_budget_bytes = int64_t{512} << 20;
  const GeorefServer server(options);
  v1::ProcessRequest request = NadirRequest();
  request.mutable_raster()->set_format(v1::RASTER_FORMAT_GEOTIFF_NORTH_UP);
  EXPECT_TRUE(Ask(server, request).ok());
  // 55 million pixels.
  request.mutable_raster()->set_pixel_size(NadirPixelMetres() / 13);
  EXPECT_EQ(Ask(server, request).status.code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(RasterOverTcp, GapsAreClosedAndRegionsGrow) {
  GrayImage mask = BoxMask(270, 215, 370, 265);
  for (int y = 215; y < 265; ++y) {
    for (int x = 318; x < 322; ++x) mask.row(y)[x] = 0;
  }
  *request_.mutable_mask() = Labels(mask);
  auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.features().features_size(), 2);
  request_.mutable_features()->set_close_pixels(3);
  answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.features().features_size(), 1);
  const int64_t closed = answer.response.features().features(0).pixel_count();
  request_.mutable_features()->set_dilate_pixels(2);
  answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_GT(answer.response.features().features(0).pixel_count(), closed);
}

}  // namespace
}  // namespace sightline::georef
