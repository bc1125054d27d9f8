// Networks over TCP: segmentation, confidence, replacement while serving.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "tests/generator/sea/sea_frame.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/support/georef/georef_server.h"
#include "tests/support/georef/scene.h"
#include "tests/support/models/colour_model.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int kWidth = 128;
constexpr int kHeight = 96;

// Black with a red box.
RgbImage RedBox() {
  RgbImage frame(kWidth, kHeight);
  std::memset(frame.data(), 0, static_cast<size_t>(frame.size_bytes()));
  for (int y = 30; y < 60; ++y) {
    for (int x = 40; x < 90; ++x) frame.row(y)[3 * x] = 255;
  }
  return frame;
}

common::v1::Image Message(const RgbImage& image) {
  common::v1::Image message;
  message.mutable_rgb()->set_width(image.width());
  message.mutable_rgb()->set_height(image.height());
  message.mutable_rgb()->set_data(image.data(), image.size_bytes());
  return message;
}

// A folder with a network that tells black, red, green and blue apart.
class ColourFolder {
 public:
  void Write(const std::string& version) {
    testing::WrittenModel model = testing::WriteColourModel({});
    model.card.version = version;
    Write("card.json", testing::CardJson(model.card));
    Write(model.card.file, model.file);
    name_ = model.card.name;
  }
  void Write(const std::string& name, const std::string& content) {
    std::ofstream(folder_.Path(name), std::ios::binary) << content;
  }
  std::string path() const { return folder_.path(); }
  const std::string& name() const { return name_; }

 private:
  TemporaryFolder folder_;
  std::string name_;
};

class SegmentOverTcp : public ::testing::Test {
 protected:
  SegmentOverTcp() {
    folder_.Write("1");
    GeorefServerOptions options;
    options.models.folders = {folder_.path()};
    server_.emplace(std::move(options));
  }

  ColourFolder folder_;
  std::optional<GeorefServer> server_;
};

TEST_F(SegmentOverTcp, EveryPixelGetsItsClass) {
  v1::SegmentRequest request;
  *request.mutable_frame() = Message(RedBox());
  request.set_return_confidence(true);
  const auto answer = Ask(*server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto mask = DecodeGray(answer.response.mask_png(), {});
  ASSERT_TRUE(mask.ok()) << mask.status();
  ASSERT_EQ(mask->pixels.width(), kWidth);
  EXPECT_EQ(mask->pixels.row(45)[60], 1);
  EXPECT_EQ(mask->pixels.row(10)[10], 0);
  const auto confidence = DecodeGray(answer.response.confidence_png(), {});
  ASSERT_TRUE(confidence.ok()) << confidence.status();
  EXPECT_GT(confidence->pixels.row(45)[60], 200);
  const v1::SegmentReport& report = answer.response.report();
  EXPECT_EQ(report.model(), folder_.name());
  EXPECT_GT(report.tiles(), 1);
  ASSERT_THAT(report.classes(), SizeIs(2));
  EXPECT_EQ(report.classes(0).pixels() + report.classes(1).pixels(),
            kWidth * kHeight);
  EXPECT_NEAR(report.classes(1).pixels(), 1500, 200);
  EXPECT_GT(report.mean_confidence(), 0.8);
}

TEST_F(SegmentOverTcp, AFrameBecomesNamedFeaturesWithConfidence) {
  v1::ProcessRequest request;
  *request.mutable_frame() = Message(RedBox());
  *request.mutable_metadata()->mutable_pose() = NadirPose();
  const auto answer = Ask(*server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_THAT(answer.response.features().features(), SizeIs(1));
  const v1::Feature& feature = answer.response.features().features(0);
  EXPECT_EQ(feature.label(), 1);
  EXPECT_FALSE(feature.class_name().empty());
  EXPECT_GT(feature.mean_confidence(), 0.8);
  EXPECT_LE(feature.minimum_confidence(), feature.mean_confidence());
  EXPECT_EQ(answer.response.segment().model(), folder_.name());
}

TEST_F(SegmentOverTcp, UnknownNetworksAndFramesAreNamed) {
  v1::SegmentRequest request;
  *request.mutable_frame() = Message(RedBox());
  request.mutable_segment()->set_model("other");
  auto answer = Ask(*server_, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(answer.reason(), "GEOREF_MODEL_UNKNOWN");
  EXPECT_THAT(std::string(answer.status.message()), HasSubstr(folder_.name()));
  v1::DescribeModelRequest describe;
  describe.set_model("other");
  EXPECT_EQ(Ask(*server_, describe).reason(), "GEOREF_MODEL_UNKNOWN");
}

TEST_F(SegmentOverTcp, DescribesWhatItRuns) {
  const auto answer = Ask(*server_, v1::DescribeModelRequest());
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_THAT(answer.response.models(), SizeIs(1));
  const v1::ModelDescription& model = answer.response.models(0);
  EXPECT_EQ(model.name(), folder_.name());
  EXPECT_EQ(model.version(), "1");
  EXPECT_THAT(model.sha256(), SizeIs(64));
  ASSERT_THAT(model.classes(), SizeIs(4));
  EXPECT_TRUE(model.classes(0).is_background());
  EXPECT_FALSE(model.classes(1).is_background());
  EXPECT_EQ(model.reloads(), 0);
  EXPECT_FALSE(model.runtime().empty());
}

TEST_F(SegmentOverTcp, AReplacementDropsNoRequest) {
  std::atomic<bool> is_done = false;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      v1::SegmentRequest request;
      *request.mutable_frame() = Message(RedBox());
      while (!is_done) {
        const auto answer = Ask(*server_, request);
        EXPECT_TRUE(answer.ok()) << answer.status;
        ++answered;
      }
    });
  }
  for (const char* version : {"2", "3"}) {
    const int before = answered;
    folder_.Write(version);
    server_->models().LoadChanges();
    while (answered < before + 5) std::this_thread::yield();
  }
  // One that is damaged changes nothing, and is said.
  folder_.Write("card.json", "{");
  server_->models().LoadChanges();
  is_done = true;
  for (std::thread& client : clients) client.join();
  const auto described = Ask(*server_, v1::DescribeModelRequest());
  ASSERT_TRUE(described.ok()) << described.status;
  const v1::ModelDescription& model = described.response.models(0);
  EXPECT_EQ(model.version(), "3");
  EXPECT_EQ(model.reloads(), 2);
  EXPECT_THAT(model.reload_problem(), HasSubstr("line 1"));
}

// Pixels of several frames that the network that comes along gets right. It is
// a demonstration: what is shown here is that a frame gets through the whole of
// the service, not how good the network is (models/sea_slick/README.md).
TEST(SeaSlick, TheNetworkThatComesAlongFindsSlicksOnTheMap) {
  GeorefServerOptions options;
  options.models.folders = {SIGHTLINE_SOURCE_DIR "/models/sea_slick"};
  GeorefServer server(std::move(options));
  v1::ProcessRequest request;
  request.set_return_mask(true);
  v1::Pose& pose = *request.mutable_metadata()->mutable_pose();
  pose = NadirPose();
  constexpr int kFrames = 6, kFrameWidth = 512, kFrameHeight = 384;
  // From where a pixel is a metre on the ground, as the frames are drawn.
  pose.mutable_height()->set_metres(pose.height().metres() * kFrameWidth /
                                    (NadirPixelMetres() * kSceneWidth));
  int64_t right = 0;
  int slicks = 0;
  for (int i = 0; i < kFrames; ++i) {
    const generator::SeaFrame frame =
        generator::DrawSeaFrame(90210 + i, kFrameWidth, kFrameHeight);
    request.mutable_frame()->set_encoded(*EncodeJpeg(frame.image, 90));
    const auto answer = Ask(server, request);
    ASSERT_TRUE(answer.ok()) << answer.status;
    const auto mask = DecodeGray(answer.response.mask_png(), {});
    ASSERT_TRUE(mask.ok()) << mask.status();
    for (int64_t k = 0; k < frame.classes.size_bytes(); ++k) {
      right += mask->pixels.data()[k] == frame.classes.data()[k];
    }
    for (const v1::Feature& feature : answer.response.features().features()) {
      slicks += feature.class_name() == "slick";
    }
  }
  const double share = static_cast<double>(right) /
                       (int64_t{kFrames} * kFrameWidth * kFrameHeight);
  EXPECT_GT(share, 0.8);
  EXPECT_GT(slicks, 0);
  std::printf("%.3f of the pixels are right\n", share);
}

}  // namespace
}  // namespace sightline::georef
