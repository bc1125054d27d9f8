// Burned-in overlays over TCP: read alone, as the source of a pose, and over a
// stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/image/encode.h"
#include "tests/support/georef/georef_server.h"
#include "tests/support/georef/scene.h"
#include "tests/unit/services/georef/engine/overlay/overlay_files.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;

const std::string& ProfileJson() {
  static const auto* json =
      new std::string(WriteOverlayProfile(CalibratedProfile()));
  return *json;
}

common::v1::Image Message(const RgbImage& image) {
  common::v1::Image message;
  message.set_encoded(*EncodeJpeg(image, 85));
  return message;
}

class OverlayOverTcp : public ::testing::Test {
 protected:
  OverlayOverTcp() {
    GeorefServerOptions options;
    options.overlay_profiles = {ProfileJson()};
    server_.emplace(std::move(options));
    // What the overlay does not say.
    v1::MetadataOptions& metadata = *request_.mutable_metadata();
    metadata.set_geoid_height_m(25);
    metadata.set_assume_level(true);
    metadata.set_assume_sea_level_ground(true);
    metadata.mutable_overlay()->set_profile_name(CalibratedProfile().name);
    const testing::SceneFrame frame = scene_.Frame(0);
    *request_.mutable_frame() = Message(frame.pixels);
    *request_.mutable_mask() = Labels(BoxMask(400, 250, 500, 300, 960, 540));
  }

  const testing::OverlayScene scene_{TestFont(), SmallScene(4242)};
  std::optional<GeorefServer> server_;
  v1::ProcessRequest request_;
};

TEST_F(OverlayOverTcp, ReadsEveryField) {
  const testing::SceneFrame frame = scene_.Frame(3);
  v1::ReadOverlayRequest request;
  *request.mutable_frame() = Message(frame.pixels);
  request.mutable_overlay()->set_profile_json(ProfileJson());
  const auto answer = Ask(*server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_EQ(answer.response.fields_size(),
            static_cast<int>(frame.texts.size()));
  for (const v1::OverlayField& field : answer.response.fields()) {
    EXPECT_EQ(field.text(), frame.texts.at(field.name()));
    EXPECT_EQ(field.problem(), "") << field.name();
    EXPECT_GT(field.confidence(), 0.5) << field.name();
  }
  EXPECT_GT(answer.response.values_size(), 8);
  for (const v1::MetadataValue& value : answer.response.values()) {
    EXPECT_EQ(value.source(), v1::METADATA_SOURCE_OVERLAY);
    EXPECT_TRUE(value.has_value()) << value.quantity();
  }
}

TEST_F(OverlayOverTcp, AFrameWithoutOverlayGivesNoValues) {
  v1::ReadOverlayRequest request;
  *request.mutable_frame() = Message(scene_.Background(0));
  request.mutable_overlay()->set_profile_name(CalibratedProfile().name);
  const auto answer = Ask(*server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  for (const v1::OverlayField& field : answer.response.fields()) {
    EXPECT_NE(field.problem(), "") << field.name();
  }
  for (const v1::MetadataValue& value : answer.response.values()) {
    EXPECT_FALSE(value.has_value()) << value.quantity();
    EXPECT_NE(value.doubt(), v1::METADATA_DOUBT_UNSPECIFIED);
  }
}

TEST_F(OverlayOverTcp, AFrameOfAnotherSizeIsRefused) {
  v1::ReadOverlayRequest request;
  request.mutable_frame()->set_encoded(FrameFile(640, 480));
  request.mutable_overlay()->set_profile_name(CalibratedProfile().name);
  EXPECT_EQ(Ask(*server_, request).reason(), "OVERLAY_FRAME_SIZE");
}

TEST_F(OverlayOverTcp, ThePoseComesFromTheOverlay) {
  const auto answer = Ask(*server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.features().features_size(), 1);
  bool has_latitude = false;
  for (const v1::MetadataValue& value : answer.response.pose().values()) {
    if (value.quantity() != "sensor_latitude") continue;
    has_latitude = true;
    EXPECT_EQ(value.source(), v1::METADATA_SOURCE_OVERLAY);
    EXPECT_TRUE(value.used());
    EXPECT_GT(value.confidence(), 0.5);
  }
  EXPECT_TRUE(has_latitude);
}

TEST_F(OverlayOverTcp, WhatIsCoveredIsMissingAndNamed) {
  testing::SceneFrame frame = scene_.Frame(0);
  const OverlayField* heading = CalibratedProfile().Find("HDG");
  ASSERT_NE(heading, nullptr);
  const OverlayBox& box = heading->box;
  for (int y = box.top; y < box.top + box.height; ++y) {
    std::memset(frame.pixels.row(y) + 3 * box.left, 90,
                3 * static_cast<size_t>(box.width));
  }
  *request_.mutable_frame() = Message(frame.pixels);
  const auto answer = Ask(*server_, request_);
  EXPECT_EQ(answer.reason(), "POSE_INCOMPLETE");
  EXPECT_EQ(answer.field(), "metadata.pose.heading");
}

TEST_F(OverlayOverTcp, AStreamJudgesFramesByThoseBefore) {
  const auto stub = server_->Stub();
  FrameStreamCall stream([&](grpc::ClientContext* context) {
    return stub->ProcessStream(context);
  });
  v1::ProcessStreamSettings settings;
  *settings.mutable_metadata() = request_.metadata();
  settings.set_frames_per_second(30);
  stream.Begin(settings);
  v1::FrameSupplement supplement;
  *supplement.mutable_mask() = request_.mask();
  const std::string second = supplement.SerializeAsString();
  // One frame of another flight among those of one.
  constexpr int kFrames = 20, kStranger = 12;
  const testing::OverlayScene other(TestFont(), SmallScene(777));
  std::thread writer([&] {
    for (int i = 0; i < kFrames; ++i) {
      const testing::SceneFrame frame =
          i == kStranger ? other.Frame(500) : scene_.Frame(i);
      const std::string first = *EncodeJpeg(frame.pixels, 85);
      common::v1::ItemHeader header;
      header.set_id(absl::StrCat(i));
      header.add_part_sizes(static_cast<int64_t>(first.size()));
      header.add_part_sizes(static_cast<int64_t>(second.size()));
      stream.Item(header, first + second);
    }
  });
  writer.join();
  ASSERT_TRUE(stream.End().ok());
  for (int i = 0; i < kFrames; ++i) {
    const auto& answer = stream.answers().at(absl::StrCat(i));
    if (i == kStranger) {
      EXPECT_EQ(answer.reason(), "POSE_INCOMPLETE") << answer.status;
    } else {
      EXPECT_TRUE(answer.ok()) << i << answer.status;
    }
  }
}

}  // namespace
}  // namespace sightline::georef
