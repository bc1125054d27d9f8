// Frames, masks and poses that nobody expects: a clear error each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "common/image/encode.h"
#include "tests/support/georef/georef_server.h"
#include "tests/support/georef/scene.h"
#include "tests/support/images/image_files.h"
#include "tests/support/metadata/written_metadata.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;

struct BadCase {
  const char* name;
  std::function<void(v1::ProcessRequest&)> spoil;
  absl::StatusCode code;
  const char* reason;
  const char* field;
};

v1::Pose& PoseOf(v1::ProcessRequest& request) {
  return *request.mutable_metadata()->mutable_pose();
}

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(BadFrame, EachIsAClearError) {
  const ByteString set = ExampleLocalSet();
  const std::string local_set(set.begin(), set.end());
  const std::vector<BadCase> cases = {
      {"no frame", [](auto& r) { r.clear_frame(); }, kInvalid, "IMAGE_EMPTY",
       "frame.encoded"},
      {"no image", [](auto& r) { r.mutable_frame()->set_encoded("no image"); },
       kInvalid, "IMAGE_FORMAT_UNKNOWN", "frame.encoded"},
      {"frame that ends early",
       [](auto& r) {
         std::string& file = *r.mutable_frame()->mutable_encoded();
         file.resize(file.size() / 2);
       },
       absl::StatusCode::kDataLoss, "IMAGE_TRUNCATED", "frame.encoded"},
      {"empty mask", [](auto& r) { r.mutable_mask()->Clear(); }, kInvalid,
       "LABEL_MASK_INVALID", "mask"},
      {"mask of another size",
       [](auto& r) { *r.mutable_mask() = Labels(BoxMask(0, 0, 5, 5, 64, 48)); },
       kInvalid, "MASK_FRAME_MISMATCH", "mask"},
      {"too few labels",
       [](auto& r) { r.mutable_mask()->mutable_labels()->pop_back(); },
       kInvalid, "LABEL_MASK_INVALID", "mask.labels"},
      {"mask of no width", [](auto& r) { r.mutable_mask()->set_width(-1); },
       kInvalid, "LABEL_MASK_INVALID", "mask.width"},
      {"JPEG mask",
       [](auto& r) {
         r.mutable_mask()->set_png(*EncodeJpeg(BoxMask(0, 0, 5, 5), 90));
       },
       kInvalid, "LABEL_MASK_INVALID", "mask.png"},
      {"bilevel mask",
       [](auto& r) {
         GrayImage mask = BoxMask(0, 0, 5, 5);
         for (int64_t i = 0; i < mask.size_bytes(); ++i) {
           mask.data()[i] = mask.data()[i] ? 255 : 0;
         }
         r.mutable_mask()->set_png(*EncodeBilevelPng(mask));
       },
       kInvalid, "LABEL_MASK_INVALID", "mask.png"},
      {"colour mask",
       [](auto& r) {
         RgbImage mask(kSceneWidth, kSceneHeight);
         std::memset(mask.data(), 1, mask.size_bytes());
         r.mutable_mask()->set_png(*EncodePng(mask));
       },
       kInvalid, "LABEL_MASK_INVALID", "mask.png"},
      {"below ground",
       [](auto& r) { PoseOf(r).mutable_height()->set_metres(-5); }, kInvalid,
       "CAMERA_BELOW_GROUND", "metadata.pose.height"},
      {"no height reference",
       [](auto& r) { PoseOf(r).mutable_height()->clear_reference(); }, kInvalid,
       "CAMERA_POSE_INVALID", "metadata.pose.height.reference"},
      {"sea level without geoid",
       [](auto& r) {
         PoseOf(r).mutable_height()->set_reference(
             v1::HEIGHT_REFERENCE_MEAN_SEA_LEVEL);
       },
       kInvalid, "CAMERA_POSE_INVALID", "metadata.pose.height.geoid_height_m"},
      {"no north",
       [](auto& r) { PoseOf(r).mutable_heading()->clear_reference(); },
       kInvalid, "CAMERA_POSE_INVALID", "metadata.pose.heading.reference"},
      {"not a number", [](auto& r) { PoseOf(r).set_pitch_deg(NAN); }, kInvalid,
       "CAMERA_POSE_INVALID", "metadata.pose.pitch_deg"},
      {"infinite", [](auto& r) { PoseOf(r).set_longitude_deg(INFINITY); },
       kInvalid, "CAMERA_POSE_INVALID", "metadata.pose.longitude_deg"},
      {"at the pole", [](auto& r) { PoseOf(r).set_latitude_deg(90); }, kInvalid,
       "TOO_NEAR_POLE", "metadata.pose.latitude_deg"},
      {"no attitude", [](auto& r) { PoseOf(r).clear_heading(); }, kInvalid,
       "POSE_INCOMPLETE", "metadata.pose.heading"},
      {"no field of view",
       [](auto& r) { PoseOf(r).clear_horizontal_field_of_view_deg(); },
       kInvalid, "POSE_INCOMPLETE",
       "metadata.pose.horizontal_field_of_view_deg"},
      {"field of view",
       [](auto& r) { PoseOf(r).set_horizontal_field_of_view_deg(180); },
       kInvalid, "CAMERA_POSE_INVALID",
       "metadata.pose.horizontal_field_of_view_deg"},
      {"negative uncertainty",
       [](auto& r) {
         r.mutable_metadata()->mutable_uncertainty()->set_height_m(-1);
       },
       kInvalid, "CAMERA_POSE_INVALID", "metadata.uncertainty.height_m"},
      {"uncertainty beyond everything",
       [](auto& r) {
         r.mutable_metadata()->mutable_uncertainty()->set_heading_deg(1e308);
       },
       kInvalid, "CAMERA_POSE_INVALID", "metadata.uncertainty.heading_deg"},
      {"geoid that is no number",
       [](auto& r) { r.mutable_metadata()->set_geoid_height_m(NAN); }, kInvalid,
       "CAMERA_POSE_INVALID", "metadata.geoid_height_m"},
      {"truncated local set",
       [&](auto& r) {
         r.mutable_metadata()->set_local_set(
             local_set.substr(0, local_set.size() - 10));
       },
       absl::StatusCode::kDataLoss, "KLV_TRUNCATED", "metadata.local_set"},
      {"wrong checksum",
       [&](auto& r) {
         std::string damaged = local_set;
         damaged[30] = static_cast<char>(damaged[30] ^ 1);
         r.mutable_metadata()->set_local_set(damaged);
       },
       absl::StatusCode::kDataLoss, "KLV_CHECKSUM_INVALID",
       "metadata.local_set"},
      {"no local set",
       [](auto& r) {
         r.mutable_metadata()->set_local_set(std::string(40, 'x'));
       },
       kInvalid, "KLV_KEY_UNKNOWN", "metadata.local_set"},
      {"unknown profile",
       [](auto& r) {
         r.mutable_metadata()->mutable_overlay()->set_profile_name("mx20");
       },
       absl::StatusCode::kNotFound, "OVERLAY_PROFILE_UNKNOWN", ""},
      {"no profile", [](auto& r) { r.mutable_metadata()->mutable_overlay(); },
       kInvalid, "OVERLAY_NOT_READABLE", "metadata.overlay"},
      {"profile that is none",
       [](auto& r) {
         r.mutable_metadata()->mutable_overlay()->set_profile_json("{");
       },
       kInvalid, "JSON_INVALID", ""},
      {"label beyond 255",
       [](auto& r) { r.mutable_features()->add_labels(256); }, kInvalid,
       "GEOREF_OPTION_INVALID", "features.labels[0]"},
      {"label twice",
       [](auto& r) {
         r.mutable_features()->add_labels(1);
         r.mutable_features()->add_labels(1);
       },
       kInvalid, "GEOREF_OPTION_INVALID", "features.labels[1]"},
      {"negative area",
       [](auto& r) { r.mutable_features()->set_minimum_area_m2(-1); }, kInvalid,
       "GEOREF_OPTION_INVALID", "features.minimum_area_m2"},
      {"area that is no number",
       [](auto& r) { r.mutable_features()->set_minimum_area_m2(NAN); },
       kInvalid, "GEOREF_OPTION_INVALID", "features.minimum_area_m2"},
      {"too many vertices asked for",
       [](auto& r) { r.mutable_features()->set_maximum_vertices(1 << 30); },
       kInvalid, "GEOREF_OPTION_INVALID", "features.maximum_vertices"},
      {"too many vertices",
       [](auto& r) {
         // A checkerboard: four corners a pixel.
         GrayImage mask = BoxMask(0, 0, 0, 0);
         for (int y = 0; y < kSceneHeight; ++y) {
           for (int x = y % 2; x < kSceneWidth; x += 2) mask.row(y)[x] = 1;
         }
         *r.mutable_mask() = Labels(mask);
       },
       absl::StatusCode::kResourceExhausted, "GEOREF_TOO_MANY_VERTICES", ""},
      {"unknown format",
       [](auto& r) {
         r.mutable_output()->set_format(static_cast<v1::FeatureFormat>(77));
       },
       kInvalid, "GEOREF_OPTION_INVALID", "output.format"},
      {"GeoJSON in metres",
       [](auto& r) {
         r.mutable_output()->set_format(v1::FEATURE_FORMAT_GEOJSON);
         r.mutable_output()->set_epsg(32652);
       },
       kInvalid, "GEOREF_OPTION_INVALID", "output.epsg"},
  };
  GeorefServer server;
  for (const BadCase& bad : cases) {
    v1::ProcessRequest request = NadirRequest();
    bad.spoil(request);
    const auto answer = Ask(server, request);
    EXPECT_EQ(answer.status.code(), bad.code) << bad.name << answer.status;
    EXPECT_EQ(answer.reason(), bad.reason) << bad.name << answer.status;
    EXPECT_EQ(answer.field(), bad.field) << bad.name;
    EXPECT_FALSE(answer.status.message().empty()) << bad.name;
  }
}

TEST(BadFrame, AcrossTheAntimeridianIsCutThere) {
  GeorefServer server;
  v1::ProcessRequest request = NadirRequest();
  PoseOf(request).set_longitude_deg(180);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::Feature& feature = answer.response.features().features(0);
  EXPECT_EQ(feature.polygons_size(), 2);
  EXPECT_GT(feature.box().west_deg(), feature.box().east_deg());
  const double metres = NadirPixelMetres();
  EXPECT_NEAR(feature.area_m2(), 5000 * metres * metres, 2);
}

TEST(BadFrame, ACameraThatSeesNoGroundGivesNoFeatures) {
  GeorefServer server;
  v1::ProcessRequest request = NadirRequest();
  PoseOf(request).set_sensor_elevation_deg(45);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.features().features_size(), 0);
  EXPECT_EQ(answer.response.features().pixels_above_horizon(),
            kSceneWidth * kSceneHeight);
  EXPECT_THAT(answer.response.footprint().problem(), HasSubstr("horizon"));
}

}  // namespace
}  // namespace sightline::georef
