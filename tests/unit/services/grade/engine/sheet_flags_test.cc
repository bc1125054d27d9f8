// What is flagged, and how.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "page_painter.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/engine/sheet_reader.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr uint32_t kSeed = 20240611;

// A sheet with ordinary marks but for q5, which a test paints.
class SheetReaderFlags : public ::testing::Test {
 protected:
  SheetReaderFlags()
      : sheet_(MakeSheet(ExamLayout(40))), painter_(sheet_, {}, kSeed) {
    for (const Field& field : sheet_.fields()) {
      if (field.label == "q5") continue;
      painter_.MarkAnswer(field.label, field.bubbles[2].value);
    }
  }

  FieldReading Read(const ReadOptions& options = {}) {
    painter_.AddNoise(2);
    const auto reading = ReadSheet(painter_.Scan(), painter_.scan_to_page(),
                                   sheet_, options, {});
    EXPECT_TRUE(reading.ok()) << reading.status();
    if (!reading.ok()) return {};
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      if (sheet_.fields()[f].label == "q5") continue;
      EXPECT_EQ(reading->fields[f].answer, sheet_.fields()[f].bubbles[2].value);
      EXPECT_FALSE(reading->fields[f].needs_review)
          << sheet_.fields()[f].label << " " << FlagsOf(reading->fields[f]);
    }
    return reading->fields[sheet_.FindField("q5").value()];
  }

  PixelPoint Center(int bubble) const {
    return sheet_.fields()[sheet_.FindField("q5").value()]
        .bubbles[bubble]
        .center;
  }

  Sheet sheet_;
  PagePainter painter_;
};

TEST_F(SheetReaderFlags, Blank) {
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "");
  EXPECT_THAT(field.flags, ElementsAre(Flag::kBlank));
  EXPECT_GT(field.confidence, 0.8);
  EXPECT_FALSE(field.needs_review);
}

TEST_F(SheetReaderFlags, Multiple) {
  painter_.MarkAnswer("q5", "BD");
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "BD");
  EXPECT_EQ(field.marked_count, 2);
  EXPECT_THAT(field.flags, ElementsAre(Flag::kMultiple));
  EXPECT_TRUE(field.needs_review);
}

TEST_F(SheetReaderFlags, Faint) {
  painter_.Mark("q5", "D", MarkStyle::kScribble, 0.25);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "D");
  EXPECT_THAT(field.flags, ElementsAre(Flag::kFaint));
  EXPECT_LT(field.confidence, 0.8);
  EXPECT_TRUE(field.needs_review);
}

TEST_F(SheetReaderFlags, Erased) {
  painter_.Mark("q5", "B", MarkStyle::kErased, 0.14);
  painter_.Mark("q5", "D");
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "D");
  EXPECT_THAT(field.flags, ElementsAre(Flag::kErased));
  EXPECT_TRUE(field.needs_review);
}

TEST_F(SheetReaderFlags, AnErasedFieldIsNotSilentlyBlankOrMarked) {
  painter_.Mark("q5", "B", MarkStyle::kErased, 0.12);
  const FieldReading field = Read();
  EXPECT_TRUE(field.needs_review);
  EXPECT_LT(field.confidence, 0.8);
}

TEST_F(SheetReaderFlags, Ambiguous) {
  painter_.Mark("q5", "B", MarkStyle::kSolid, 0.28);
  painter_.Mark("q5", "D", MarkStyle::kSolid, 0.24);
  const FieldReading field = Read();
  EXPECT_THAT(field.flags, Contains(Flag::kAmbiguous));
  EXPECT_TRUE(field.needs_review);
}

TEST_F(SheetReaderFlags, ACrossIsAMarkOrInDoubt) {
  painter_.Mark("q5", "D", MarkStyle::kCross, 0.9);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "D");
}

TEST_F(SheetReaderFlags, ADotIsNotSilentlyIgnored) {
  painter_.Mark("q5", "D", MarkStyle::kDot, 0.9);
  const FieldReading field = Read();
  EXPECT_TRUE(field.answer == "D" || field.needs_review) << FlagsOf(field);
}

TEST_F(SheetReaderFlags, OffGrid) {
  // A note glued over the row, without print.
  painter_.Cover(Center(2), {140, 20}, 244);
  const FieldReading field = Read();
  EXPECT_THAT(field.flags, Contains(Flag::kOffGrid));
  EXPECT_TRUE(field.needs_review);
  for (const BubbleReading& bubble : field.bubbles) {
    EXPECT_LT(bubble.match, 0.3);
  }
}

TEST_F(SheetReaderFlags, AScribbleAroundABubbleIsStillDark) {
  painter_.Cover(Center(3), {30, 28}, 40);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "D");
}

TEST_F(SheetReaderFlags, AStrokeThroughARowMarksNothing) {
  // From beyond A to between D and E, half as dark as a mark would be.
  const double middle = (Center(0).x + Center(3).x) / 2;
  painter_.Cover({middle + 8, Center(0).y}, {Center(3).x - Center(0).x + 30, 3},
                 60);
  const FieldReading field = Read();
  EXPECT_TRUE(field.needs_review) << field.answer << " " << FlagsOf(field);
}

TEST_F(SheetReaderFlags, AFullMarkThatReachesOverIsNotInDoubt) {
  painter_.Mark("q5", "D", MarkStyle::kSolid, 0.9);
  painter_.Cover(Center(3), {28, 4}, 50);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "D");
  EXPECT_FALSE(field.needs_review) << FlagsOf(field);
}

TEST_F(SheetReaderFlags, ATraceOnAnOutlineIsWorthALook) {
  // Copiers drop faint pencil but where it lies over print: a dark bar beside
  // the inside of D, on its outline.
  painter_.Cover({Center(3).x + 7, Center(3).y}, {3, 12}, 40);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "");
  EXPECT_THAT(field.flags, Contains(Flag::kAmbiguous));
}

TEST_F(SheetReaderFlags, AMarkThatHidesItsLetterIsNotSilentlyBlank) {
  // As dark on average as the letter that it hides.
  painter_.Cover(Center(1), {11, 11}, 205);
  const FieldReading field = Read();
  EXPECT_TRUE(field.needs_review) << FlagsOf(field);
}

TEST_F(SheetReaderFlags, WhatIsPaintedOverIsNotSilentlyBlank) {
  painter_.Cover(Center(3), {11, 11}, 244);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "");
  EXPECT_THAT(field.flags, ElementsAre(Flag::kBlank, Flag::kAmbiguous));
}

TEST_F(SheetReaderFlags, WhatIsPaintedOverBesideAMarkIsNotInDoubt) {
  painter_.Cover(Center(3), {11, 11}, 244);
  painter_.MarkAnswer("q5", "A");
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "A");
  EXPECT_FALSE(field.needs_review) << FlagsOf(field);
}

TEST(SheetReader, CutOff) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  PagePainter painter(sheet, {}, kSeed);
  std::map<std::string, std::string> answers;
  for (const Field& field : sheet.fields()) {
    answers[field.label] = field.bubbles[1].value;
  }
  MarkAll(answers, painter);
  // The scan ends within the last column of bubbles of the left block.
  const Homography page_to_view =
      Homography::Translation(-180 * 2, 0) * Homography::Scale(2, 2);
  const GrayImage scan = painter.Seen(page_to_view, 880, 1754);
  const auto reading =
      ReadSheet(scan, page_to_view.Inverse().value(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const Field& field = sheet.fields()[f];
    const bool is_cut = field.bubbles.front().center.x < 180;
    const auto& flags = reading->fields[f].flags;
    EXPECT_EQ(std::count(flags.begin(), flags.end(), Flag::kCutOff),
              is_cut ? 1 : 0)
        << field.label;
    if (is_cut) {
      EXPECT_TRUE(reading->fields[f].needs_review);
      EXPECT_THAT(flags, Not(Contains(Flag::kBlank)));
    } else {
      EXPECT_EQ(reading->fields[f].answer, answers[field.label]);
    }
  }
}

TEST(SheetReader, AFaxWithoutOutlinesIsReadInDoubtWhereItsPlaceIsSure) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  // The print is as light as the paper.
  PagePainter painter(sheet, {.line = 244}, kSeed);
  for (const Field& field : sheet.fields()) {
    painter.MarkAnswer(field.label, field.bubbles[2].value, MarkStyle::kSolid,
                       0.95);
  }
  painter.MakeBlackAndWhite(150);
  const auto refused =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  EXPECT_FALSE(refused.ok());
  ReadOptions options;
  options.position_is_sure = true;
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, options, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const FieldReading& field = reading->fields[f];
    EXPECT_EQ(field.answer, sheet.fields()[f].bubbles[2].value);
    EXPECT_THAT(field.flags, Contains(Flag::kOffGrid));
    EXPECT_TRUE(field.needs_review);
  }
}

TEST(SheetReader, APageThatIsARowOrAColumnOffIsRefused) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  const auto answers = RandomAnswers(sheet, kSeed);
  PagePainter painter(sheet, {}, kSeed);
  MarkAll(answers, painter);
  // A row is 24 units high, a column 26 wide; the roll number's digits are 20
  // and 24 apart and so not even close.
  for (const PixelPoint& step : {PixelPoint{0, 24}, PixelPoint{0, -24},
                                 PixelPoint{26, 0}, PixelPoint{-26, 0}}) {
    const Homography map =
        Homography::Translation(step.x, step.y) * painter.scan_to_page();
    const auto reading = ReadSheet(painter.Scan(), map, sheet, {}, {});
    EXPECT_FALSE(reading.ok()) << step.x << ", " << step.y;
  }
}

TEST(SheetReader, ABlockThatIsARowOffIsFlaggedThroughout) {
  SheetLayout printed = ExamLayout(40);
  const Sheet truth = MakeSheet(printed);
  const auto answers = RandomAnswers(truth, kSeed);
  PagePainter painter(truth, {}, kSeed);
  MarkAll(answers, painter);
  SheetLayout wrong = printed;
  wrong.blocks[2].origin.y += wrong.blocks[2].field_gap;
  const Sheet sheet = MakeSheet(wrong);
  const auto reading =
      ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, {}, {});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const bool is_off = sheet.groups()[f] == 2;
    EXPECT_EQ(reading->fields[f].flags.empty() ||
                  reading->fields[f].flags.back() != Flag::kOffGrid,
              !is_off)
        << sheet.fields()[f].label << " " << FlagsOf(reading->fields[f]);
    if (!is_off) {
      EXPECT_EQ(reading->fields[f].answer, answers.at(sheet.fields()[f].label));
    }
  }
}

// A sheet whose second block is printed with other gaps than it is read with.
absl::StatusOr<SheetReading> ReadWithWrongGaps(const ReadOptions& options) {
  SheetLayout printed = ExamLayout(40);
  printed.blocks[2].value_gap *= 1.07;
  printed.blocks[2].field_gap *= 0.955;
  const Sheet truth = MakeSheet(printed);
  PagePainter painter(truth, {}, kSeed);
  MarkAll(RandomAnswers(truth, kSeed), painter);
  return ReadSheet(painter.Scan(), painter.scan_to_page(),
                   MakeSheet(ExamLayout(40)), options, {});
}

TEST(SheetReader, ABlockThatIsSpacedOtherwiseIsFlaggedThroughout) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  const auto reading = ReadWithWrongGaps({});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const auto& flags = reading->fields[f].flags;
    EXPECT_EQ(std::count(flags.begin(), flags.end(), Flag::kOffGrid),
              sheet.groups()[f] == 2 ? 1 : 0)
        << sheet.fields()[f].label << " " << FlagsOf(reading->fields[f]);
  }
}

TEST(SheetReader, ABlockThatIsElsewhereRefutesAnAssumedPosition) {
  ReadOptions options;
  options.position_is_assumed = true;
  const auto reading = ReadWithWrongGaps(options);
  EXPECT_EQ(DetailsOf(reading.status()).value_or(ErrorDetails{}).reason,
            kSheetUnreadable);
}

// Letters without outlines, and marks half a bubble beside them.
absl::StatusOr<SheetReading> ReadWithMarksBeside(const ReadOptions& options) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  PrintStyle letters_alone;
  letters_alone.line_thickness = 0;
  PagePainter painter(sheet, letters_alone, kSeed);
  for (const Field& field : sheet.fields()) {
    const Bubble& bubble = field.bubbles[1];
    painter.Cover({bubble.center.x + bubble.size.width / 2, bubble.center.y},
                  bubble.size, 70);
  }
  return ReadSheet(painter.Scan(), painter.scan_to_page(), sheet, options, {});
}

TEST(SheetReader, MarksBesideTheirBubblesPutEveryFieldInDoubt) {
  const auto reading = ReadWithMarksBeside({});
  ASSERT_TRUE(reading.ok()) << reading.status();
  for (const FieldReading& field : reading->fields) {
    EXPECT_TRUE(field.needs_review) << FlagsOf(field);
  }
}

TEST(SheetReader, MarksBesideTheirBubblesRefuteAnAssumedPosition) {
  ReadOptions options;
  options.position_is_assumed = true;
  const auto reading = ReadWithMarksBeside(options);
  EXPECT_EQ(DetailsOf(reading.status()).value_or(ErrorDetails{}).reason,
            kSheetUnreadable);
}

}  // namespace
}  // namespace sightline::grade
