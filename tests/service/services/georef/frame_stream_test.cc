// ProcessStream over TCP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/georef/georef_server.h"
#include "tests/support/georef/scene.h"

namespace sightline::georef {
namespace {

class FrameStreamOverTcp : public testing::Test {
 protected:
  FrameStreamOverTcp() {
    *settings_.mutable_metadata()->mutable_pose() = NadirPose();
    supplement_ = Supplement(BoxMask(270, 215, 370, 265));
  }

  static v1::FrameSupplement Supplement(const GrayImage& mask) {
    v1::FrameSupplement supplement;
    *supplement.mutable_mask() = Labels(mask);
    return supplement;
  }

  // Header and bytes of a frame and its supplement.
  static void Send(FrameStreamCall& stream, const std::string& id,
                   const std::string& frame,
                   const v1::FrameSupplement& supplement) {
    const std::string second = supplement.SerializeAsString();
    common::v1::ItemHeader header;
    header.set_id(id);
    header.add_part_sizes(static_cast<int64_t>(frame.size()));
    header.add_part_sizes(static_cast<int64_t>(second.size()));
    stream.Item(header, frame + second);
  }

  GeorefServer server_;
  std::unique_ptr<v1::GeorefService::Stub> stub_ = server_.Stub();
  FrameStreamCall stream_{[this](grpc::ClientContext* context) {
    return stub_->ProcessStream(context);
  }};
  v1::ProcessStreamSettings settings_;
  v1::FrameSupplement supplement_;
  const std::string frame_ = FrameFile();
};

TEST_F(FrameStreamOverTcp, KeepsTheOrderAndLosesOnlyTheBrokenFrames) {
  stream_.Begin(settings_);
  std::vector<std::string> sent;
  std::thread writer([&] {
    for (int i = 0; i < 40; ++i) {
      const std::string id = absl::StrCat("frame", i);
      sent.push_back(id);
      Send(stream_, id, i % 10 == 9 ? frame_.substr(0, 100) : frame_,
           supplement_);
    }
  });
  writer.join();
  EXPECT_TRUE(stream_.End().ok());
  EXPECT_EQ(stream_.order(), sent);
  for (int i = 0; i < 40; ++i) {
    const auto& answer = stream_.answers().at(absl::StrCat("frame", i));
    if (i % 10 == 9) {
      EXPECT_FALSE(answer.ok());
      EXPECT_EQ(answer.field(), "frame");
    } else {
      ASSERT_TRUE(answer.ok()) << answer.status;
      EXPECT_EQ(answer.response.features().features_size(), 1);
    }
  }
}

TEST_F(FrameStreamOverTcp, AFramesOwnPoseComesFirst) {
  supplement_.mutable_pose()->set_latitude_deg(10);
  supplement_.mutable_pose()->mutable_height()->set_metres(2000);
  supplement_.mutable_pose()->mutable_height()->set_reference(
      v1::HEIGHT_REFERENCE_ELLIPSOID);
  stream_.Begin(settings_);
  Send(stream_, "own", frame_, supplement_);
  EXPECT_TRUE(stream_.End().ok());
  const auto& answer = stream_.answers().at("own");
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.pose().pose().latitude_deg(), 10);
  EXPECT_EQ(answer.response.pose().pose().longitude_deg(), 127.5);
  EXPECT_NEAR(answer.response.footprint().slant_range_m(), 2000, 1e-6);
}

TEST_F(FrameStreamOverTcp, ItemsThatAreNoFramesAreNamed) {
  stream_.Begin(settings_);
  common::v1::ItemHeader header;
  header.set_id("three");
  for (int i = 0; i < 3; ++i) header.add_part_sizes(1);
  stream_.Item(header, "abc");
  header.Clear();
  header.set_id("sum");
  header.add_part_sizes(1);
  header.add_part_sizes(1);
  stream_.Item(header, "abc");
  header.Clear();
  header.set_id("no message");
  header.add_part_sizes(1);
  header.add_part_sizes(3);
  stream_.Item(header, "a\xff\xff\xff");
  header.Clear();
  header.set_id("pages");
  header.set_page_count(2);
  stream_.Item(header, "abc");
  Send(stream_, "good", frame_, supplement_);
  EXPECT_TRUE(stream_.End().ok());
  for (const char* id : {"three", "sum", "no message", "pages"}) {
    EXPECT_EQ(stream_.answers().at(id).reason(), "FRAME_ITEM_INVALID") << id;
  }
  EXPECT_TRUE(stream_.answers().at("good").ok());
}

TEST_F(FrameStreamOverTcp, WrongSettingsEndTheStream) {
  settings_.set_frames_per_second(-1);
  stream_.Begin(settings_);
  const absl::Status status = stream_.End();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(status)->fields.at(0).field,
            "settings.frames_per_second");
}

}  // namespace
}  // namespace sightline::georef
