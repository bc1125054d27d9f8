// What preprocess asks beside cleaning pages, of a server of made-up answers.
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/image/encode.h"
#include "common/image/sniff.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"
#include "tools/sightline/text/json_text.h"

namespace sightline::cli {
namespace {

using ::testing::HasSubstr;

void AddStage(
    const char* name, bool has_run,
    google::protobuf::RepeatedPtrField<preprocess::v1::StageReport>* stages) {
  preprocess::v1::StageReport& stage = *stages->Add();
  stage.set_name(name);
  stage.set_has_run(has_run);
  stage.set_reason("asked for");
}

TEST(PreprocessQuestions, AssessesPages) {
  FakeServer server;
  double asked_dots_per_inch = 0;
  server.preprocess.assess = [&](const auto& request, auto* response) {
    asked_dots_per_inch = request.dots_per_inch();
    if (request.page().encoded() == "broken") {
      return GrpcStatus(RpcStatus(3, "damaged", "IMAGE_CORRUPT"));
    }
    response->set_width(640);
    response->set_height(480);
    response->set_dots_per_inch(300);
    auto& measured = *response->add_measurements();
    measured.set_name("noise_sigma");
    measured.set_value(2.5);
    AddStage("denoise", true, response->mutable_stages());
    return grpc::Status::OK;
  };
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string broken = server.folder().Write("broken.jpg", "broken");
  CommandOutcome outcome =
      server.Run({"preprocess", scan, broken, "--assess", "--dpi=150"});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_EQ(asked_dots_per_inch, 150);
  EXPECT_THAT(outcome.out,
              HasSubstr("640 x 480, 300 dpi  auto would: denoise"));
  EXPECT_THAT(outcome.out, HasSubstr("broken.jpg  not judged: damaged"));

  outcome = server.Run({"preprocess", scan, "--assess", "--json"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out,
              HasSubstr("\"width\": 640, \"height\": 480, \"dots_per_inch\": "
                        "300, \"measurements\": {\"noise_sigma\": 2.5}, "
                        "\"stages\": [{\"name\": \"denoise\""));
  EXPECT_THAT(outcome.out, HasSubstr("\"clean\": false}\n"));
}

TEST(PreprocessQuestions, SendsPagesTooLargeForAMessageAsGray) {
  FakeServer server;
  std::string sent;
  int page = -1;
  server.preprocess.assess = [&](const auto& request, auto*) {
    sent = request.page().encoded();
    page = request.page().page();
    return grpc::Status::OK;
  };
  GrayImage image(4000, 2000);
  std::fill_n(image.data(), image.size_bytes(), 77);
  // Not compressed: 8 MB.
  const std::string scan =
      server.folder().Write("scan.png", *EncodePng(image, 0, 200));
  const CommandOutcome outcome = server.Run({"preprocess", scan, "--assess"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_LT(sent.size(), 1u << 20);
  EXPECT_EQ(page, 0);
  const auto info = SniffImage(sent);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->width, 4000);
  EXPECT_NEAR(info->dots_per_inch_x, 200, 0.1);
}

TEST(PreprocessQuestions, WritesRegionsInAsManyCallsAsTheyNeed) {
  FakeServer server;
  server.preprocess.clean_region = [](const preprocess::v1::Region& region,
                                      preprocess::v1::RegionResult* result) {
    if (region.x() == 7) {
      *result->mutable_error() =
          RpcStatus(3, "outside the page", "REGION_OUTSIDE");
      return;
    }
    auto& page = *result->mutable_page();
    page.set_format(preprocess::v1::PAGE_FORMAT_PNG);
    page.set_width(region.width());
    page.set_height(region.height());
    page.set_content(absl::StrCat("crop at ", region.x()));
    AddStage("otsu", true, result->mutable_report()->mutable_stages());
  };
  const std::string scan = server.folder().Write("plan.png", "pixels");
  const std::string boxes = server.folder().Write(
      "boxes.csv",
      "x,y,width,height\n1,2,2000,2000\n5,0,2000,2000\n7,0,10,10\n");
  const std::string out = server.folder().Path("out");
  CommandOutcome outcome = server.Run({"preprocess", scan, "--regions", boxes,
                                       "--out", out, "--operation=otsu"});
  EXPECT_EQ(outcome.exit_code, 13);
  ASSERT_EQ(server.preprocess.region_requests.size(), 2);
  EXPECT_EQ(server.preprocess.region_requests[0].regions_size(), 1);
  EXPECT_EQ(server.preprocess.region_requests[1].regions_size(), 2);
  EXPECT_TRUE(server.preprocess.region_requests[1].with_reports());
  EXPECT_EQ(server.folder().Read("out/plan-region1.png"), "crop at 1");
  EXPECT_EQ(server.folder().Read("out/plan-region2.png"), "crop at 5");
  EXPECT_FALSE(std::filesystem::exists(out + "/plan-region3.png"));
  EXPECT_THAT(outcome.out,
              HasSubstr("plan.png#region=1 (1,2 2000 x 2000)  otsu"));
  EXPECT_THAT(outcome.out, HasSubstr("failed: outside the page"));

  outcome = server.Run({"preprocess", scan, "--regions", boxes, "--json"});
  EXPECT_THAT(outcome.out,
              HasSubstr("\"region\": {\"index\": 2, \"x\": 5, \"y\": 0, "
                        "\"width\": 2000, \"height\": 2000}, \"output\": "
                        "null, \"stages\": ["));
}

TEST(PreprocessQuestions, SayOnceThatNobodyIsThere) {
  FakeServer server;
  int calls = 0;
  server.preprocess.assess = [&](const auto&, auto*) {
    ++calls;
    return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "no token");
  };
  const std::string a = server.folder().Write("a.png", "pixels");
  const std::string b = server.folder().Write("b.png", "pixels");
  CommandOutcome outcome = server.Run({"preprocess", a, b, "--assess"});
  EXPECT_EQ(outcome.exit_code, 26);
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(outcome.out, HasSubstr("b.png  not judged: no token"));

  // Regions that all fail alike fail as a page, for people.
  const std::string boxes =
      server.folder().Write("boxes.csv", "1,2,3,4\n5,6,7,8\n");
  server.preprocess.clean_region = [](const auto&, auto* result) {
    *result->mutable_error() = RpcStatus(3, "too small", "SOME_REASON");
  };
  outcome = server.Run({"preprocess", a, "--regions", boxes});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.out, HasSubstr("a.png  failed: too small"));
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("#region=")));
  outcome = server.Run({"preprocess", a, "--regions", boxes, "--json"});
  EXPECT_THAT(outcome.out, HasSubstr("\"index\": 2"));
}

TEST(PreprocessQuestions, ShowsWhatTheServerCanDo) {
  FakeServer server;
  auto& capabilities = server.preprocess.capabilities;
  auto& cpu = *capabilities.add_devices();
  cpu.set_id("cpu");
  cpu.set_name("AVX2");
  cpu.set_healthy(true);
  capabilities.set_no_device_reason("there is no driver");
  capabilities.set_max_pixels(150000000);
  capabilities.set_threads(4);
  auto& preset = *capabilities.add_presets();
  preset.set_preset(preprocess::v1::PRESET_SEED_COMPAT);
  preset.mutable_operations()->add_operations()->mutable_clahe();
  preset.mutable_operations()->add_operations()->mutable_adaptive_mean();
  CommandOutcome outcome = server.Run({"preprocess", "--capabilities"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("AVX2"));
  EXPECT_THAT(outcome.out, HasSubstr("no graphics device: there is no driver"));
  EXPECT_THAT(outcome.out, HasSubstr("4 threads; pages of at most"));
  EXPECT_THAT(outcome.out,
              HasSubstr("preset seed_compat: clahe, adaptive_mean\n"));
  outcome = server.Run({"preprocess", "--capabilities", "--json"});
  EXPECT_TRUE(ParseJson(outcome.out).ok()) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("\"max_pixels\": 150000000"));
  EXPECT_EQ(server.Run({"preprocess", "x.jpg", "--capabilities"}).exit_code,
            13);
}

}  // namespace
}  // namespace sightline::cli
