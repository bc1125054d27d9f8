#include "services/grade/engine/sheet_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "page_painter.h"
#include "services/grade/engine/reasons.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr uint32_t kSeed = 20240611;

// --- options ----------------------------------------------------------------

TEST(SheetReader, AGivenThresholdDecides) {
  const Sheet sheet = MakeSheet(ExamLayout(10));
  PagePainter painter(sheet, {.letters = false}, kSeed);
  painter.Mark("q1", "A", MarkStyle::kSolid, 0.35);
  painter.Mark("q2", "B", MarkStyle::kSolid, 0.75);
  const auto read = [&](double threshold) {
    ReadOptions options;
    options.threshold = threshold;
    return ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, options,
                     {});
  };
  const auto low = read(0.2);
  ASSERT_TRUE(low.ok()) << low.status();
  EXPECT_EQ(low->fields[sheet.FindField("q1").value()].answer, "A");
  EXPECT_EQ(low->fields[sheet.FindField("q2").value()].answer, "B");
  EXPECT_EQ(low->page_threshold, 0.2);
  const auto high = read(0.5);
  ASSERT_TRUE(high.ok()) << high.status();
  EXPECT_EQ(high->fields[sheet.FindField("q1").value()].answer, "");
  EXPECT_EQ(high->fields[sheet.FindField("q2").value()].answer, "B");
  const auto close = read(0.36);
  ASSERT_TRUE(close.ok()) << close.status();
  EXPECT_THAT(close->fields[sheet.FindField("q1").value()].flags,
              Contains(Flag::kAmbiguous));
}

TEST(SheetReader, BatchSizeDoesNotChangeTheReading) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  PagePainter painter(sheet, {}, kSeed);
  MarkAll(RandomAnswers(sheet, kSeed), painter);
  painter.AddNoise(8);
  const GrayImage scan = painter.Scan();
  const auto reference = ReadSheet(scan, painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reference.ok()) << reference.status();
  for (const int batch_size : {1, 2, 7, 44, 10000}) {
    ReadOptions options;
    options.batch_size = batch_size;
    const auto reading =
        ReadSheet(scan, painter.scan_to_page(), sheet, options, {});
    ASSERT_TRUE(reading.ok()) << reading.status();
    EXPECT_EQ(reading->page_threshold, reference->page_threshold);
    for (size_t f = 0; f < sheet.fields().size(); ++f) {
      EXPECT_EQ(reading->fields[f].answer, reference->fields[f].answer);
      EXPECT_EQ(reading->fields[f].confidence, reference->fields[f].confidence);
      for (size_t b = 0; b < sheet.fields()[f].bubbles.size(); ++b) {
        EXPECT_EQ(reading->fields[f].bubbles[b].fill,
                  reference->fields[f].bubbles[b].fill);
        EXPECT_EQ(reading->fields[f].bubbles[b].center,
                  reference->fields[f].bubbles[b].center);
      }
    }
  }
}

TEST(SheetReader, ReviewBelowMovesTheReviewList) {
  const Sheet sheet = MakeSheet(ExamLayout(10));
  PagePainter painter(sheet, {}, kSeed);
  painter.Mark("q1", "A");
  painter.AddNoise(4);
  ReadOptions options;
  options.review_below = 1;
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, options, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  int reviewed = 0;
  for (const FieldReading& field : reading->fields) {
    EXPECT_EQ(field.needs_review, field.confidence < 1);
    reviewed += field.needs_review;
  }
  EXPECT_GT(reviewed, 0);
}

TEST(SheetReader, EmptyValueStandsForNoMark) {
  SheetLayout layout = ExamLayout(10);
  layout.blocks[1].empty_value = "-";
  const Sheet sheet = MakeSheet(layout);
  PagePainter painter(sheet, {}, kSeed);
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  EXPECT_EQ(reading->fields[sheet.FindField("q1").value()].answer, "-");
}

TEST(SheetReader, ReportsWhereItFoundEveryBubble) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  PagePainter painter(sheet, {.offset = {3, -2}}, kSeed);
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    for (size_t b = 0; b < sheet.fields()[f].bubbles.size(); ++b) {
      const PixelPoint expected = {
          (sheet.fields()[f].bubbles[b].center.x + 3) * 2,
          (sheet.fields()[f].bubbles[b].center.y - 2) * 2};
      const BubbleReading& bubble = reading->fields[f].bubbles[b];
      EXPECT_NEAR(bubble.center.x, expected.x, 3);
      EXPECT_NEAR(bubble.center.y, expected.y, 3);
      EXPECT_GT(bubble.match, 0.9);
    }
  }
}

// --- refusals ---------------------------------------------------------------

absl::Status ReadStatus(const GrayImage& scan, const Homography& scan_to_page,
                        const Sheet& sheet, const ReadOptions& options = {},
                        const StopToken& stop = {}) {
  return ReadSheet(scan, scan_to_page, sheet, options, stop).status();
}

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

GrayImage Flat(int width, int height, uint8_t gray) {
  GrayImage image(width, height);
  std::fill_n(image.data(), image.size_bytes(), gray);
  return image;
}

TEST(SheetReader, RefusesPagesWithoutTheForm) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  const Homography map = Homography::Scale(0.5, 0.5);
  std::mt19937 random(kSeed);
  std::normal_distribution<double> noise(0, 10);
  GrayImage noisy = Flat(1240, 1754, 0);
  GrayImage dark = Flat(1240, 1754, 0);
  for (int64_t i = 0; i < noisy.size_bytes(); ++i) {
    noisy.data()[i] =
        static_cast<uint8_t>(std::clamp(225 + noise(random), 0.0, 255.0));
    dark.data()[i] =
        static_cast<uint8_t>(std::clamp(6 + noise(random) / 4, 0.0, 255.0));
  }
  // Another form: other gaps, other sizes.
  SheetLayout other_layout;
  other_layout.page = {620, 877};
  other_layout.bubble = {21, 12};
  FieldBlock block;
  block.labels = {"r1..22"};
  block.values = {"A", "B", "C", "D", "E", "F", "G"};
  block.origin = {97, 51};
  block.value_gap = 67;
  block.field_gap = 37;
  other_layout.blocks.push_back(block);
  const Sheet other = MakeSheet(other_layout);
  PagePainter painter(other, {}, kSeed);
  MarkAll(RandomAnswers(other, kSeed), painter);
  const GrayImage other_scan = painter.Scan();
  const GrayImage white = Flat(1240, 1754, 255);
  const GrayImage black = Flat(1240, 1754, 0);
  const std::map<std::string, const GrayImage*> scans = {
      {"white", &white},
      {"black", &black},
      {"noisy", &noisy},
      {"dark", &dark},
      {"other", &other_scan}};
  for (const auto& [name, scan] : scans) {
    const absl::Status status = ReadStatus(*scan, map, sheet);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_EQ(ReasonOf(status), kSheetUnreadable) << name;
  }
  EXPECT_EQ(ReasonOf(ReadStatus(Flat(1, 1, 200), map, sheet)),
            kSheetUnreadable);
  EXPECT_EQ(ReasonOf(ReadStatus(GrayImage(), map, sheet)), kSheetUnreadable);
}

TEST(SheetReader, RefusesMapsThatCannotBeInverted) {
  const Sheet sheet = MakeSheet(ExamLayout(10));
  const GrayImage scan = Flat(100, 100, 255);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Homography& map :
       {Homography({1, 2, 0, 2, 4, 0, 0, 0, 1}),
        Homography(std::array<double, 9>{}),
        Homography({nan, 0, 0, 0, 1, 0, 0, 0, 1}),
        Homography({infinity, 0, 0, 0, 1, 0, 0, 0, 1})}) {
    const absl::Status status = ReadStatus(scan, map, sheet);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), kHomographySingular);
  }
}

TEST(SheetReader, WildMapsAreRefusedNotFollowed) {
  const Sheet sheet = MakeSheet(ExamLayout(10));
  const GrayImage scan = Flat(300, 300, 200);
  for (const Homography& map :
       {Homography::Scale(1e-9, 1e-9), Homography::Scale(1e9, 1e9),
        Homography::Translation(1e12, -1e12),
        Homography({1, 0, 0, 0, 1, 0, 0.1, 0.1, -30}),
        Homography({1e-200, 0, 0, 0, 1e-200, 0, 0, 0, 1e-200})}) {
    EXPECT_FALSE(ReadStatus(scan, map, sheet).ok());
  }
}

TEST(SheetReader, NamesOptionsOutOfRange) {
  const Sheet sheet = MakeSheet(ExamLayout(10));
  const GrayImage scan = Flat(300, 300, 200);
  ReadOptions options;
  options.threshold = 1.5;
  options.batch_size = 0;
  options.review_below = std::numeric_limits<double>::quiet_NaN();
  const absl::Status status = ReadStatus(scan, Homography(), sheet, options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, kReadOptionInvalid);
  std::vector<std::string> fields;
  for (const auto& violation : details->fields) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, ElementsAre("threshold", "batch_size", "review_below"));
}

TEST(SheetReader, StopsWhenAsked) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  PagePainter painter(sheet, {}, kSeed);
  StopSource source;
  source.Stop(absl::CancelledError("the client has gone"));
  EXPECT_EQ(ReadStatus(painter.Scan(), painter.scan_to_page(), sheet, {},
                       source.token()),
            absl::CancelledError("the client has gone"));
}

TEST(SheetReader, BytesGrowWithTheSheet) {
  const Sheet small = MakeSheet(ExamLayout(2));
  const Sheet large = MakeSheet(ExamLayout(40));
  EXPECT_GT(ReadSheetBytes(large, {}), ReadSheetBytes(small, {}));
  EXPECT_LT(ReadSheetBytes(large, {}), 8 << 20);
}

TEST(SheetReader, FlagsHaveNames) {
  EXPECT_STREQ(FlagName(Flag::kBlank), "blank");
  EXPECT_STREQ(FlagName(Flag::kMultiple), "multiple");
  EXPECT_STREQ(FlagName(Flag::kFaint), "faint");
  EXPECT_STREQ(FlagName(Flag::kErased), "erased");
  EXPECT_STREQ(FlagName(Flag::kAmbiguous), "ambiguous");
  EXPECT_STREQ(FlagName(Flag::kOffGrid), "off_grid");
  EXPECT_STREQ(FlagName(Flag::kCutOff), "cut_off");
  EXPECT_STREQ(FlagName(Flag::kUnreadable), "unreadable");
}

}  // namespace
}  // namespace sightline::grade
