// Cleaned pages as files, and beside what they were made of.
#include "tools/sightline/output/page_files.h"

#include <string>
#include <vector>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/files/temporary_folder.h"
#include "tools/sightline/output/before_after.h"
#include "tools/sightline/output/message_json.h"

namespace sightline::cli {
namespace {

using preprocess::v1::Page;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kPng = {".png"};

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

Scan ScanAt(const std::string& path, int page = -1) {
  Scan scan;
  scan.name = scan.path = path;
  if (page >= 0) {
    scan.page = page;
    scan.name += "#page=" + std::to_string(page + 1);
  }
  return scan;
}

std::vector<std::string> StemsOf(const std::vector<PlannedFiles>& plan,
                                 const std::string& folder) {
  std::vector<std::string> stems;
  for (const PlannedFiles& planned : plan) {
    stems.push_back(planned.stem.substr(folder.size() + 1));
  }
  return stems;
}

Page MakePage(preprocess::v1::PageFormat format, int width, int height,
              const std::string& content) {
  Page page;
  page.set_format(format);
  page.set_width(width);
  page.set_height(height);
  page.set_content(content);
  return page;
}

TEST(PlanFiles, GivesEveryPageAName) {
  TemporaryFolder folder;
  const std::string out = folder.path() + "/out";
  const auto plan = PlanFiles(out,
                              {ScanAt("a/scan.jpg"), ScanAt("b/scan.tif"),
                               ScanAt("stack.pdf", 0), ScanAt("stack.pdf", 1)},
                              kPng, ExistingFiles::kRefuse);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(StemsOf(*plan, out),
              ElementsAre("scan", "scan-2", "stack-page1", "stack-page2"));
}

TEST(PlanFiles, NeverWritesOverAnInput) {
  TemporaryFolder folder;
  const std::string scan = folder.Write("scan.png", "input");
  const auto plan =
      PlanFiles(folder.path(), {ScanAt(scan)}, kPng, ExistingFiles::kOverwrite);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(StemsOf(*plan, folder.path()), ElementsAre("scan-2"));
}

TEST(PlanFiles, SaysPlainlyWhatIsThereAlready) {
  TemporaryFolder folder;
  folder.Write("a.png", "earlier");
  folder.Write("c.png", "earlier");
  const std::vector<Scan> scans = {ScanAt("a.jpg"), ScanAt("b.jpg"),
                                   ScanAt("c.jpg")};
  const auto refused =
      PlanFiles(folder.path(), scans, kPng, ExistingFiles::kRefuse);
  EXPECT_EQ(ReasonOf(refused.status()), "WOULD_OVERWRITE");
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("a.png and 1 more are there already"));

  const auto anew =
      PlanFiles(folder.path(), scans, kPng, ExistingFiles::kOverwrite);
  ASSERT_TRUE(anew.ok());
  EXPECT_THAT(StemsOf(*anew, folder.path()), ElementsAre("a", "b", "c"));

  const auto rest = PlanFiles(folder.path(), scans, kPng, ExistingFiles::kSkip);
  ASSERT_TRUE(rest.ok());
  EXPECT_TRUE((*rest)[0].is_done);
  EXPECT_FALSE((*rest)[1].is_done);
  EXPECT_TRUE((*rest)[2].is_done);
  // One of two files is not enough.
  const auto both =
      PlanFiles(folder.path(), scans,
                std::vector<std::string>{".png", "-before_after.png"},
                ExistingFiles::kSkip);
  ASSERT_TRUE(both.ok());
  EXPECT_FALSE((*both)[0].is_done);
}

TEST(PlanFiles, SaysWhenThereCanBeNoFolder) {
  TemporaryFolder folder;
  const std::string file = folder.Write("file", "no folder");
  EXPECT_EQ(
      ReasonOf(PlanFiles(file, {}, kPng, ExistingFiles::kRefuse).status()),
      "FILE_UNWRITABLE");
}

TEST(PageFile, WritesPixelsAsPortableMaps) {
  const auto gray =
      PageFile(MakePage(preprocess::v1::PAGE_FORMAT_GRAY, 3, 2, "abcdef"));
  ASSERT_TRUE(gray.ok());
  EXPECT_EQ(*gray, "P5\n3 2\n255\nabcdef");
  // White is 1 in a page, and 0 in a bitmap.
  const auto packed = PageFile(MakePage(preprocess::v1::PAGE_FORMAT_PACKED, 9,
                                        1, std::string("\xf0\x80", 2)));
  ASSERT_TRUE(packed.ok());
  EXPECT_EQ(*packed, std::string("P4\n9 1\n\x0f\x7f", 9));
  const auto png =
      PageFile(MakePage(preprocess::v1::PAGE_FORMAT_PNG, 3, 2, "a file"));
  ASSERT_TRUE(png.ok());
  EXPECT_EQ(*png, "a file");
}

TEST(PageFile, RefusesPagesThatAreNone) {
  for (const Page& page :
       {MakePage(preprocess::v1::PAGE_FORMAT_GRAY, 3, 2, "abcde"),
        MakePage(preprocess::v1::PAGE_FORMAT_PACKED, 9, 1, "a"),
        MakePage(preprocess::v1::PAGE_FORMAT_PNG, 3, 2, ""),
        MakePage(preprocess::v1::PAGE_FORMAT_UNSPECIFIED, 3, 2, "abcdef")}) {
    EXPECT_EQ(ReasonOf(PageFile(page).status()), "PAGE_INVALID");
  }
}

GrayImage PlainImage(int width, int height, uint8_t gray) {
  GrayImage image(width, height);
  std::fill_n(image.data(), image.size_bytes(), gray);
  return image;
}

TEST(BeforeAfterPicture, ShowsBothAtTheScaleOfTheInput) {
  const std::string before = *EncodePng(PlainImage(300, 200, 40));
  // Twice as large, and without the last quarter of the width.
  const std::vector<double> half = {0.5, 0, 0, 0, 0.5, 0, 0, 0, 1};
  const auto picture =
      BeforeAfterPicture(before, 0,
                         MakePage(preprocess::v1::PAGE_FORMAT_GRAY, 450, 400,
                                  std::string(450 * 400, '\xe0')),
                         half);
  ASSERT_TRUE(picture.ok()) << picture.status();
  const auto decoded = DecodeGray(*picture, {});
  ASSERT_TRUE(decoded.ok());
  const GrayImage& shown = decoded->pixels;
  EXPECT_EQ(shown.width(), 300 + 8 + 225);
  EXPECT_EQ(shown.height(), 200);
  EXPECT_EQ(shown.row(100)[150], 40);
  EXPECT_EQ(shown.row(100)[304], 160);
  EXPECT_EQ(shown.row(199)[532], 0xe0);
}

TEST(BeforeAfterPicture, IsNeverWiderThanAllowed) {
  const std::string before = *EncodePng(PlainImage(4000, 1000, 255));
  const std::string after = *EncodePng(PlainImage(4000, 1000, 0));
  const auto picture = BeforeAfterPicture(
      before, 0, MakePage(preprocess::v1::PAGE_FORMAT_PNG, 4000, 1000, after),
      {});
  ASSERT_TRUE(picture.ok()) << picture.status();
  const auto info = SniffImage(*picture);
  ASSERT_TRUE(info.ok());
  EXPECT_LE(info->width, kBeforeAfterWidth);
  EXPECT_GE(info->width, kBeforeAfterWidth - 2);
  EXPECT_EQ(info->height, 299);
}

TEST(BeforeAfterPicture, ReadsBlackAndWhitePages) {
  const std::string before = *EncodePng(PlainImage(16, 1, 0));
  const auto picture =
      BeforeAfterPicture(before, 0,
                         MakePage(preprocess::v1::PAGE_FORMAT_PACKED, 16, 1,
                                  std::string("\xf0\x01", 2)),
                         {});
  ASSERT_TRUE(picture.ok()) << picture.status();
  const auto decoded = DecodeGray(*picture, {});
  ASSERT_TRUE(decoded.ok());
  const uint8_t* after = decoded->pixels.row(0) + 16 + 8;
  EXPECT_EQ(after[0], 255);
  EXPECT_EQ(after[4], 0);
  EXPECT_EQ(after[15], 255);
}

TEST(BeforeAfterPicture, RefusesBrokenPages) {
  const std::string before = *EncodePng(PlainImage(16, 1, 0));
  EXPECT_EQ(
      ReasonOf(BeforeAfterPicture(
                   before, 0,
                   MakePage(preprocess::v1::PAGE_FORMAT_GRAY, 4, 4, "x"), {})
                   .status()),
      "PAGE_INVALID");
  EXPECT_FALSE(BeforeAfterPicture("no image", 0, Page(), {}).ok());
  // A size that the file does not have, and a map that would blow it up.
  const std::vector<double> absurd = {1e9, 0, 0, 0, 1e9, 0, 0, 0, 1};
  const auto picture = BeforeAfterPicture(
      before, 0,
      MakePage(preprocess::v1::PAGE_FORMAT_PNG, 1, 2000000000, before), absurd);
  ASSERT_TRUE(picture.ok()) << picture.status();
  const auto info = SniffImage(*picture);
  ASSERT_TRUE(info.ok());
  EXPECT_LE(info->width, kBeforeAfterWidth);
  EXPECT_LE(info->height, 20000);
}

TEST(WriteMessageJson, WritesNumbersAsNumbersAndLeavesOutWhatIsNotSet) {
  preprocess::v1::GetCapabilitiesResponse message;
  message.set_max_pixels(150000000);
  auto& device = *message.add_devices();
  device.set_id("cpu");
  device.set_healthy(true);
  device.set_temperature_celsius(51.5);
  auto& preset = *message.add_presets();
  preset.set_preset(preprocess::v1::PRESET_AUTO);
  preset.mutable_operations()->add_operations()->mutable_clahe()->set_tiles_x(
      4);
  JsonWriter json;
  WriteMessageJson(message, json);
  EXPECT_THAT(json.text(), HasSubstr("\"max_pixels\": 150000000"));
  EXPECT_THAT(json.text(), HasSubstr("\"temperature_celsius\": 51.5"));
  EXPECT_THAT(json.text(), testing::Not(HasSubstr("\"utilization_percent\"")));
  EXPECT_THAT(json.text(),
              HasSubstr("{\"preset\": \"PRESET_AUTO\", \"operations\": "
                        "{\"operations\": [{\"clahe\": {\"tiles_x\": 4}}]}}"));
}

}  // namespace
}  // namespace sightline::cli
