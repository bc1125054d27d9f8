// preprocess against a server of made-up answers.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/image/encode.h"
#include "common/image/sniff.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"

namespace sightline::cli {
namespace {

using preprocess::v1::PreprocessStreamResponse;
using preprocess::v1::StageReport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string GrayPng(int width, int height, uint8_t gray) {
  GrayImage image(width, height);
  std::fill_n(image.data(), image.size_bytes(), gray);
  return *EncodePng(image);
}

void AddStage(const char* name, bool has_run, bool doubtful, const char* reason,
              google::protobuf::RepeatedPtrField<StageReport>* stages) {
  StageReport& stage = *stages->Add();
  stage.set_name(name);
  stage.set_operation_count(1);
  stage.set_has_run(has_run);
  stage.set_doubtful(doubtful);
  stage.set_reason(reason);
  stage.set_device("cpu");
  stage.mutable_duration()->set_nanos(1500000);
}

// Answers every page but "broken" with a gray page of 2 x 1 pixels.
void AnswerPages(FakeServer& server) {
  server.preprocess.conveyor.answer = [](const ReceivedItem& item,
                                         PreprocessStreamResponse* response) {
    if (item.bytes == "broken") {
      *response->mutable_error() =
          RpcStatus(3, "no known format", "IMAGE_FORMAT_UNKNOWN");
      return PreprocessConveyor::Next::kGoOn;
    }
    auto& page = *response->mutable_result()->add_pages();
    page.mutable_page()->set_format(preprocess::v1::PAGE_FORMAT_GRAY);
    page.mutable_page()->set_width(2);
    page.mutable_page()->set_height(1);
    page.mutable_page()->set_content("ab");
    auto& report = *page.mutable_report();
    AddStage("correct_polarity", false, false, "dark ink",
             report.mutable_stages());
    AddStage("deskew", true, false, "skew of 2.10 degrees",
             report.mutable_stages());
    auto& skew = *report.mutable_stages(1)->add_measurements();
    skew.set_name("skew_degrees");
    skew.set_value(2.1);
    AddStage("even_light", false, true, "no dark ink", report.mutable_stages());
    for (const double number : {1.0, 0.0, 0.5, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0}) {
      report.add_output_to_input(number);
    }
    auto& stage = *page.mutable_cost()->add_stages();
    stage.mutable_duration()->set_nanos(84000000);
    return PreprocessConveyor::Next::kGoOn;
  };
}

TEST(PreprocessCommand, TellsInALineWhatWasDone) {
  FakeServer server;
  AnswerPages(server);
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string out = server.folder().Path("out");
  const CommandOutcome outcome = server.Run(
      {"preprocess", scan, "--out", out, "--output=gray", "--reasons"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      HasSubstr(absl::StrCat(scan,
                             "  deskew 2.1 degrees; left alone: "
                             "correct_polarity; in doubt: even_light; 84 ms; ",
                             out, "/scan.pgm\n")));
  EXPECT_THAT(outcome.out, HasSubstr("skew of 2.10 degrees"));
  EXPECT_THAT(outcome.out, HasSubstr("in doubt"));
  EXPECT_EQ(server.folder().Read("out/scan.pgm"), "P5\n2 1\n255\nab");
}

TEST(PreprocessCommand, PrintsOneJsonObjectPerPageOfTheDocumentedShape) {
  FakeServer server;
  AnswerPages(server);
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string broken = server.folder().Write("broken.jpg", "broken");
  const std::string out = server.folder().Path("out");
  const CommandOutcome outcome = server.Run(
      {"preprocess", scan, broken, scan, "--out", out, "--json",
       "--output=gray", "--preset=drawing", "--dpi=200", "--device=cpu"});
  EXPECT_EQ(outcome.exit_code, 13);
  const std::vector<std::string> lines =
      absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(
      lines[0],
      absl::StrCat(
          "{\"file\": \"", scan, "\", \"page\": 1, \"error\": null, ",
          "\"output\": \"", out, "/scan.pgm\", \"before_after\": null, ",
          "\"width\": 2, \"height\": 1, \"dots_per_inch\": 0, \"stages\": [",
          "{\"name\": \"correct_polarity\", \"first_operation\": 0, ",
          "\"operation_count\": 1, \"has_run\": false, \"reason\": \"dark "
          "ink\", \"doubtful\": false, \"measurements\": {}, ",
          "\"duration_ms\": 1.5, \"device\": \"cpu\", ",
          "\"fallback_reason\": \"\"}, ",
          "{\"name\": \"deskew\", \"first_operation\": 0, ",
          "\"operation_count\": 1, \"has_run\": true, \"reason\": \"skew of "
          "2.10 degrees\", \"doubtful\": false, \"measurements\": "
          "{\"skew_degrees\": 2.1}, ",
          "\"duration_ms\": 1.5, \"device\": \"cpu\", ",
          "\"fallback_reason\": \"\"}, ",
          "{\"name\": \"even_light\", \"first_operation\": 0, ",
          "\"operation_count\": 1, \"has_run\": false, \"reason\": \"no dark "
          "ink\", \"doubtful\": true, \"measurements\": {}, ",
          "\"duration_ms\": 1.5, \"device\": \"cpu\", ",
          "\"fallback_reason\": \"\"}], ",
          "\"output_to_input\": [1, 0, 0.5, 0, 1, 0, 0, 0, 1], ",
          "\"unchanged\": false, \"server_ms\": 84}"));
  EXPECT_EQ(
      lines[1],
      absl::StrCat("{\"file\": \"", broken,
                   "\", \"page\": 1, \"error\": {\"code\": "
                   "\"INVALID_ARGUMENT\", \"reason\": "
                   "\"IMAGE_FORMAT_UNKNOWN\", \"message\": \"no known "
                   "format\"}, \"output\": null, \"before_after\": null, "
                   "\"width\": 0, \"height\": 0, \"dots_per_inch\": 0, "
                   "\"stages\": [], \"output_to_input\": [], \"unchanged\": "
                   "null, \"server_ms\": 0}"));
  EXPECT_THAT(lines[2], HasSubstr("/out/scan-2.pgm\""));
  const auto& options =
      server.preprocess.conveyor.last_settings.settings().options();
  EXPECT_EQ(options.ShortDebugString(),
            "preset: PRESET_DRAWING output { format: PAGE_FORMAT_GRAY } "
            "dots_per_inch: 200 device: DEVICE_CPU");
}

TEST(PreprocessCommand, SendsEveryPageOfATiffAsAnItem) {
  FakeServer server;
  AnswerPages(server);
  // Two directories of an image of 1 x 1 pixel each.
  std::string tiff("II*\0\x08\0\0\0", 8);
  for (const uint32_t next : {62u, 0u}) {
    const auto entry = [&](int tag, int type, int value) {
      for (const int part : {tag, type}) {
        tiff += static_cast<char>(part & 255);
        tiff += static_cast<char>(part >> 8);
      }
      for (const int part : {1, value}) {
        for (int byte = 0; byte < 4; ++byte) {
          tiff += static_cast<char>(part >> (8 * byte) & 255);
        }
      }
    };
    tiff += std::string("\x04\0", 2);
    entry(256, 3, 1);
    entry(257, 3, 1);
    entry(273, 4, 4);
    entry(279, 4, 1);
    for (int byte = 0; byte < 4; ++byte) {
      tiff += static_cast<char>(next >> (8 * byte) & 255);
    }
  }
  std::vector<int> pages;
  std::vector<int> counts;
  const auto answer = server.preprocess.conveyor.answer;
  server.preprocess.conveyor.answer = [&](const ReceivedItem& item,
                                          PreprocessStreamResponse* response) {
    pages.push_back(item.header.page());
    counts.push_back(item.header.page_count());
    return answer(item, response);
  };
  const std::string scan = server.folder().Write("stack.tif", tiff);
  const std::string out = server.folder().Path("out");
  const CommandOutcome outcome =
      server.Run({"preprocess", scan, "--out", out, "--output=gray"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(pages, ElementsAre(0, 1));
  EXPECT_THAT(counts, ElementsAre(1, 1));
  EXPECT_THAT(outcome.out, HasSubstr("stack.tif#page=2  deskew"));
  EXPECT_THAT(outcome.out, HasSubstr("2 pages: 2 cleaned, 0 failed"));
  EXPECT_FALSE(server.folder().Read("out/stack-page1.pgm").empty());
  EXPECT_FALSE(server.folder().Read("out/stack-page2.pgm").empty());
}

TEST(PreprocessCommand, LeavesWhatIsThereAndGoesOnWithTheRest) {
  FakeServer server;
  AnswerPages(server);
  const std::string a = server.folder().Write("in/a.jpg", "a");
  server.folder().Write("in/b.jpg", "b");
  server.folder().Write("out/a.pgm", "earlier");
  const std::vector<std::string> arguments = {
      "preprocess", server.folder().Path("in"), "--output=gray",
      absl::StrCat("--out=", server.folder().Path("out"))};
  CommandOutcome outcome = server.Run(arguments);
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.err, HasSubstr("a.pgm is there already"));
  EXPECT_EQ(server.preprocess.conveyor.TimesSeen("b"), 0);

  auto skip = arguments;
  skip.push_back("--skip_existing");
  outcome = server.Run(skip);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("1 page: 1 cleaned, 0 failed; 1 were "
                                     "there already"));
  EXPECT_EQ(server.folder().Read("out/a.pgm"), "earlier");
  EXPECT_EQ(server.preprocess.conveyor.TimesSeen("a"), 0);

  auto anew = arguments;
  anew.push_back("--overwrite");
  EXPECT_EQ(server.Run(anew).exit_code, 0);
  EXPECT_EQ(server.folder().Read("out/a.pgm"), "P5\n2 1\n255\nab");
  EXPECT_EQ(server.folder().Read("in/a.jpg"), "a");
}

TEST(PreprocessCommand, ShowsBeforeAndAfter) {
  FakeServer server;
  AnswerPages(server);
  const std::string scan =
      server.folder().Write("scan.png", GrayPng(40, 30, 9));
  const CommandOutcome outcome =
      server.Run({"preprocess", scan, "--before_after", "--output=gray",
                  absl::StrCat("--out=", server.folder().Path("out"))});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const auto info =
      SniffImage(server.folder().Read("out/scan-before_after.png"));
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->width, 40 + 8 + 2);
  EXPECT_EQ(info->height, 30);
}

TEST(PreprocessCommand, RefusesAnswersThatAreNoPage) {
  FakeServer server;
  server.preprocess.conveyor.answer = [](const ReceivedItem& item,
                                         PreprocessStreamResponse* response) {
    auto& file = *response->mutable_result();
    if (item.bytes == "none") return PreprocessConveyor::Next::kGoOn;
    file.add_pages()->mutable_page()->set_content("x");
    return PreprocessConveyor::Next::kGoOn;
  };
  const std::string none = server.folder().Write("none.jpg", "none");
  const std::string odd = server.folder().Write("odd.jpg", "odd");
  const CommandOutcome outcome =
      server.Run({"preprocess", none, odd,
                  absl::StrCat("--out=", server.folder().Path("out"))});
  EXPECT_EQ(outcome.exit_code, 23);
  EXPECT_THAT(outcome.out, HasSubstr("answered one page with 0"));
  EXPECT_THAT(outcome.out, HasSubstr("PAGE_INVALID"));
  EXPECT_TRUE(std::filesystem::is_empty(server.folder().Path("out")));
}

TEST(PreprocessCommand, SaysWhatIsWrongBeforeAnythingIsSent) {
  FakeServer server;
  const std::string list =
      server.folder().Write("list.json", R"({"operations": [
    {"clahe": {"clip": 2}}]})");
  const CommandOutcome outcome =
      server.Run({"preprocess", "none.jpg", "--operations", list});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.err, HasSubstr("list.json:2:16: operations[0].clahe: "
                                     "there is no field \"clip\""));
  EXPECT_EQ(server.preprocess.conveyor.streams, 0);
  EXPECT_THAT(server.Run({"preprocess"}).err, HasSubstr("NO_SCANS"));
  EXPECT_THAT(server.Run({"preprocess", "--help"}).out,
              HasSubstr("--before_after"));
}

}  // namespace
}  // namespace sightline::cli
