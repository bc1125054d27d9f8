// Reading under what scanners, cameras and people do to sheets.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "page_painter.h"
#include "services/grade/engine/sheet_reader.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr uint32_t kSeed = 20240611;

struct Condition {
  std::string name;
  BubbleShape shape = BubbleShape::kEllipse;
  PrintStyle print = {};
  MarkStyle mark = MarkStyle::kScribble;
  double darkness = 0.8;
  std::function<void(PagePainter&)> damage = [](PagePainter&) {};
  // Share of the fields that may be in doubt, though right.
  double doubted = 0.03;
};

std::ostream& operator<<(std::ostream& out, const Condition& condition) {
  return out << condition.name;
}

class SheetReaderUnder : public ::testing::TestWithParam<Condition> {};

TEST_P(SheetReaderUnder, ReadsEveryFieldAndDoubtsFew) {
  const Condition& condition = GetParam();
  const Sheet sheet = MakeSheet(ExamLayout(40, condition.shape));
  const auto answers = RandomAnswers(sheet, kSeed);
  PagePainter painter(sheet, condition.print, kSeed);
  MarkAll(answers, painter, condition.mark, condition.darkness);
  condition.damage(painter);
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  const ReadingTally tally = CompareReading(sheet, *reading, answers);
  EXPECT_EQ(tally.silently_wrong, 0) << tally.details;
  EXPECT_EQ(tally.right, tally.fields) << tally.details;
  EXPECT_LE(tally.doubted, condition.doubted * tally.fields) << tally.details;
  // Every double mark is reported, and no other field.
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const std::string& answer = answers.at(sheet.fields()[f].label);
    const auto& flags = reading->fields[f].flags;
    EXPECT_EQ(std::count(flags.begin(), flags.end(), Flag::kMultiple),
              answer.size() > 1 ? 1 : 0);
    EXPECT_EQ(std::count(flags.begin(), flags.end(), Flag::kBlank),
              answer.empty() ? 1 : 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, SheetReaderUnder,
    ::testing::Values(
        Condition{.name = "Clean"},
        Condition{.name = "Rectangles", .shape = BubbleShape::kRectangle},
        Condition{.name = "Brackets", .shape = BubbleShape::kBrackets},
        Condition{.name = "NoLetters", .print = {.letters = false}},
        Condition{.name = "HeavyLetters",
                  .print = {.line = 20, .letter_share = 0.7}},
        Condition{.name = "LowResolution",
                  .print = {.scale = 0.85, .line_thickness = 1},
                  .damage = [](PagePainter& p) { p.AddNoise(3); }},
        Condition{.name = "HighResolution",
                  .print = {.scale = 4, .line_thickness = 3}},
        Condition{.name = "ThickOutlines", .print = {.line_thickness = 4.5}},
        Condition{.name = "FaintOutlines",
                  .print = {.line = 215, .line_thickness = 1.3}},
        Condition{
            .name = "SolidInk", .mark = MarkStyle::kSolid, .darkness = 0.95},
        Condition{.name = "FaintPencil", .darkness = 0.3},
        Condition{.name = "Gradient",
                  .damage = [](PagePainter& p) { p.Shade(1.0, 0.45); }},
        Condition{
            .name = "SoftShadow",
            .damage = [](PagePainter& p) { p.CastShadow(0.4, 0.1, 0.6); }},
        Condition{
            .name = "DeepShadow",
            .damage = [](PagePainter& p) { p.CastShadow(0.6, 0.15, 0.5); },
            // At its edge.
            .doubted = 0.06},
        Condition{.name = "Bent", .damage = [](PagePainter& p) { p.Bend(16); }},
        Condition{.name = "LowLight",
                  .damage =
                      [](PagePainter& p) {
                        p.Shade(0.22, 0.3);
                        p.AddNoise(3);
                      }},
        Condition{.name = "Noise",
                  .damage = [](PagePainter& p) { p.AddNoise(14); }},
        Condition{.name = "Blur",
                  .damage =
                      [](PagePainter& p) {
                        p.Blur(2);
                        p.AddNoise(3);
                      }},
        Condition{.name = "Xerox",
                  .damage =
                      [](PagePainter& p) {
                        p.AddNoise(12);
                        p.Blur(1);
                        p.MakeBlackAndWhite(150);
                      }},
        Condition{.name = "LayoutTooSmall", .print = {.size = 1.3}},
        Condition{.name = "LayoutTooLarge", .print = {.size = 0.88}},
        Condition{.name = "LayoutOffByAThird", .print = {.offset = {4.5, -4}}},
        Condition{.name = "LayoutOffByHalf", .print = {.offset = {-3, 7}}}),
    [](const auto& info) { return info.param.name; });

TEST(SheetReader, ReadsThroughAPerspectiveInAnyOrientation) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  const auto answers = RandomAnswers(sheet, kSeed + 1);
  PagePainter painter(sheet, {}, kSeed);
  MarkAll(answers, painter);
  const std::array<PixelPoint, 4> page = {
      {{0, 0}, {620, 0}, {620, 877}, {0, 877}}};
  std::array<PixelPoint, 4> view = {
      {{140, 90}, {1290, 160}, {1200, 1750}, {60, 1620}}};
  for (int turn = 0; turn < 4; ++turn) {
    SCOPED_TRACE(turn);
    const auto page_to_view = Homography::FromQuads(page, view);
    ASSERT_TRUE(page_to_view.has_value());
    const GrayImage scan = painter.Seen(*page_to_view, 1400, 1850);
    const auto reading =
        ReadSheet(scan, page_to_view->Inverse().value(), sheet, {}, {});
    ASSERT_TRUE(reading.ok()) << reading.status();
    const ReadingTally tally = CompareReading(sheet, *reading, answers);
    EXPECT_EQ(tally.right, tally.fields) << tally.details;
    EXPECT_LE(tally.doubted, 1) << tally.details;
    std::rotate(view.begin(), view.begin() + 1, view.end());
  }
}

// --- the whole page ---------------------------------------------------------

TEST(SheetReader, ABlankSheetReadsBlankEverywhere) {
  for (const BubbleShape shape :
       {BubbleShape::kEllipse, BubbleShape::kRectangle,
        BubbleShape::kBrackets}) {
    for (const double noise : {0.0, 4.0, 12.0}) {
      const Sheet sheet = MakeSheet(ExamLayout(40, shape));
      PagePainter painter(sheet, {.line = 30, .letter_share = 0.7}, kSeed);
      if (noise > 0) painter.AddNoise(noise);
      const auto reading =
          ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
      ASSERT_TRUE(reading.ok()) << reading.status();
      for (size_t f = 0; f < sheet.fields().size(); ++f) {
        const FieldReading& field = reading->fields[f];
        EXPECT_EQ(field.answer, "") << sheet.fields()[f].label;
        EXPECT_THAT(field.flags, ElementsAre(Flag::kBlank))
            << sheet.fields()[f].label << " noise " << noise;
        EXPECT_FALSE(field.needs_review) << sheet.fields()[f].label;
      }
      EXPECT_EQ(reading->mark_level, 0);
    }
  }
}

TEST(SheetReader, NoShadowMarksABlankSheet) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  for (const double at : {0.2, 0.35, 0.5, 0.65, 0.8}) {
    for (const double softness : {0.03, 0.1, 0.2}) {
      PagePainter painter(sheet, {}, kSeed);
      painter.CastShadow(at, softness, 0.55);
      const auto reading =
          ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
      ASSERT_TRUE(reading.ok()) << reading.status();
      for (size_t f = 0; f < sheet.fields().size(); ++f) {
        const FieldReading& field = reading->fields[f];
        EXPECT_TRUE(field.answer.empty() || field.needs_review)
            << sheet.fields()[f].label << " '" << field.answer << "' at " << at
            << ", softness " << softness;
      }
    }
  }
}

TEST(SheetReader, OneMarkOnABlankSheetIsFound) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  PagePainter painter(sheet, {}, kSeed);
  painter.Mark("q17", "D");
  painter.AddNoise(4);
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    EXPECT_EQ(reading->fields[f].answer,
              sheet.fields()[f].label == "q17" ? "D" : "");
    EXPECT_FALSE(reading->fields[f].needs_review) << sheet.fields()[f].label;
  }
}

TEST(SheetReader, ReadsASheetOnWhichMostBubblesAreMarked) {
  SheetLayout layout = ExamLayout(40);
  layout.blocks.erase(layout.blocks.begin());
  layout.combined.clear();
  for (FieldBlock& block : layout.blocks) block.kind = FieldKind::kMultiple;
  const Sheet sheet = MakeSheet(layout);
  std::mt19937 random(kSeed);
  std::map<std::string, std::string> answers;
  for (const Field& field : sheet.fields()) {
    for (const Bubble& bubble : field.bubbles) {
      if (random() % 10 < 8) answers[field.label] += bubble.value;
    }
  }
  PagePainter painter(sheet, {}, kSeed);
  MarkAll(answers, painter);
  for (const Field& field : sheet.fields()) answers[field.label];
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  const ReadingTally tally = CompareReading(sheet, *reading, answers);
  EXPECT_EQ(tally.right, tally.fields) << tally.details;
  EXPECT_LE(tally.doubted, 1) << tally.details;
  for (const FieldReading& field : reading->fields) {
    EXPECT_THAT(field.flags, Not(Contains(Flag::kMultiple)));
  }
}

TEST(SheetReader, EveryAnswerInOneColumnIsRead) {
  // The column has no empty bubble to compare with.
  const Sheet sheet = MakeSheet(ExamLayout(40));
  std::map<std::string, std::string> answers;
  PagePainter painter(sheet, {.line = 30, .letter_share = 0.7}, kSeed);
  for (const Field& field : sheet.fields()) {
    answers[field.label] = field.bubbles[1].value;
  }
  MarkAll(answers, painter, MarkStyle::kScribble, 0.5);
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  const ReadingTally tally = CompareReading(sheet, *reading, answers);
  EXPECT_EQ(tally.right, tally.fields) << tally.details;
  EXPECT_EQ(tally.doubted, 0) << tally.details;
}

}  // namespace
}  // namespace sightline::grade
