// georef's parts by themselves, against a server of made-up answers.
#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"
#include "tests/service/tools/sightline/georef_answers.h"

namespace sightline::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(GeorefQuestions, FootprintTellsWhatGroundIsInView) {
  FakeServer server;
  auto& answer = server.georef.footprint;
  *answer.mutable_footprint() = OneSlick({}, false).footprint();
  answer.mutable_pose()->add_notes("the ground is taken to be at sea level");
  const std::string pose =
      server.folder().Write("pose.json", R"({"pitch_deg": -3})");
  const CommandOutcome outcome =
      server.Run({"georef", "footprint", "--size=1920x1080", "--pose", pose,
                  "--points_per_edge=4"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(server.georef.footprint_request.width(), 1920);
  EXPECT_EQ(server.georef.footprint_request.height(), 1080);
  EXPECT_EQ(server.georef.footprint_request.points_per_edge(), 4);
  EXPECT_EQ(server.georef.footprint_request.metadata().pose().pitch_deg(), -3);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("6.40 km² in view"), HasSubstr("9.17000000"),
                    HasSubstr("taken to be at sea level")));
  const std::string frame = server.folder().Write("frame.png", FramePng(1));
  ASSERT_EQ(server.Run({"georef", "footprint", frame, "--json"}).exit_code, 0);
  EXPECT_EQ(server.georef.footprint_request.width(), 8);
  EXPECT_EQ(server.georef.footprint_request.height(), 6);
}

TEST(GeorefQuestions, FootprintSaysWhyThereIsNone) {
  FakeServer server;
  server.georef.footprint.mutable_footprint()->set_problem(
      "the upper left corner looks above the horizon");
  const CommandOutcome outcome =
      server.Run({"georef", "footprint", "--size=640x480"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("no outline: the upper left corner"));
}

TEST(GeorefQuestions, FootprintTakesOneSize) {
  FakeServer server;
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"georef", "footprint"},
           {"georef", "footprint", "--size=1920"},
           {"georef", "footprint", "frame.png", "--size=8x6"}}) {
    const CommandOutcome outcome = server.Run(arguments);
    EXPECT_EQ(outcome.exit_code, 13);
    EXPECT_THAT(outcome.err, HasSubstr("FLAG_INVALID"));
  }
}

TEST(GeorefQuestions, OverlayTellsFieldByField) {
  FakeServer server;
  auto& good = *server.georef.overlay.add_fields();
  good.set_name("latitude");
  good.set_text("54°54'00\"N");
  good.set_confidence(0.97);
  auto& value = *server.georef.overlay.add_values();
  value.set_quantity("sensor_latitude");
  value.set_value(54.9);
  value.set_unit("deg");
  auto& bad = *server.georef.overlay.add_fields();
  bad.set_name("altitude");
  bad.set_text("1?00");
  bad.set_problem("a character is not legible");
  server.georef.overlay.add_values()->set_quantity("sensor_height");
  const std::string frame = server.folder().Write("frame.png", FramePng(1));
  const std::string profile = server.folder().Write("profile.json", "{}");
  const CommandOutcome outcome =
      server.Run({"georef", "overlay", frame, "--overlay", profile});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(server.georef.overlay_request.overlay().profile_json(), "{}");
  EXPECT_THAT(outcome.out,
              AllOf(ContainsRegex("sensor_latitude +54.9 +deg"),
                    ContainsRegex("altitude +1\\?00 .*not legible"),
                    ContainsRegex("sensor_height +not sure")));
  const CommandOutcome none = server.Run({"georef", "overlay", frame});
  EXPECT_EQ(none.exit_code, 13);
  EXPECT_THAT(none.err, HasSubstr("--overlay PROFILE.json or"));
}

TEST(GeorefQuestions, SegmentWritesMaskAndPicture) {
  FakeServer server;
  auto& answer = server.georef.segment;
  answer.set_mask_png(BlockMaskPng());
  answer.set_confidence_png(FramePng(200));
  auto& report = *answer.mutable_report();
  report.set_runtime("opencv_dnn 4.6.0");
  report.set_tiles(2);
  report.set_mean_confidence(0.9);
  auto& oil = *report.add_classes();
  oil.set_class_name("oil");
  oil.set_pixels(6);
  auto& water = *report.add_classes();
  water.set_class_name("water");
  water.set_pixels(42);
  const std::string frame = server.folder().Write("frame.png", FramePng(1));
  const std::string out = server.folder().Path("out");
  const CommandOutcome outcome =
      server.Run({"georef", "segment", frame, "--out", out, "--confidence"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(server.georef.segment_request.return_confidence());
  EXPECT_THAT(outcome.out, HasSubstr("oil 12.5 %, water 87.5 %, confidence "
                                     "0.9, 2 tiles, opencv_dnn 4.6.0"));
  EXPECT_EQ(server.folder().Read("out/frame.mask.png"), BlockMaskPng());
  EXPECT_EQ(server.folder().Read("out/frame.confidence.png"), FramePng(200));
  EXPECT_TRUE(std::filesystem::exists(out + "/frame.overlay.jpg"));
}

TEST(GeorefQuestions, ModelTellsOfNetworks) {
  FakeServer server;
  EXPECT_EQ(server.Run({"georef", "model"}).out, "the server has no network\n");
  auto& model = *server.georef.models.add_models();
  model.set_name("sea");
  model.set_version("1.2");
  model.set_licence("Apache-2.0");
  model.set_reload_problem("the file is cut off");
  auto& oil = *model.add_classes();
  oil.set_label(1);
  oil.set_name("oil");
  oil.set_color(0xD55E00);
  const CommandOutcome outcome = server.Run({"georef", "model", "sea"});
  EXPECT_THAT(
      outcome.out,
      AllOf(HasSubstr("sea 1.2"), HasSubstr("licence Apache-2.0"),
            HasSubstr("#D55E00"), HasSubstr("refused: the file is cut off")));
}

}  // namespace
}  // namespace sightline::cli
