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

namespace sightline::grade {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint32_t kSeed = 20240611;

Sheet MakeSheet(const SheetLayout& layout) {
  auto sheet = Sheet::Create(layout);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

std::string FlagsOf(const FieldReading& field) {
  return absl::StrJoin(field.flags, "+", [](std::string* out, Flag flag) {
    out->append(FlagName(flag));
  });
}

// Answers of every field: one mark, now and then none or two.
std::map<std::string, std::string> RandomAnswers(const Sheet& sheet,
                                                 uint32_t seed) {
  std::mt19937 random(seed);
  std::map<std::string, std::string> answers;
  for (const Field& field : sheet.fields()) {
    const int count = static_cast<int>(field.bubbles.size());
    const int first = static_cast<int>(random() % count);
    std::string answer = field.bubbles[first].value;
    const uint32_t kind = random() % 10;
    if (kind == 0) answer = "";
    if (kind == 1) {
      const int second =
          static_cast<int>((first + 1 + random() % (count - 1)) % count);
      answer = first < second ? answer + field.bubbles[second].value
                              : field.bubbles[second].value + answer;
    }
    answers[field.label] = answer;
  }
  return answers;
}

void MarkAll(const std::map<std::string, std::string>& answers,
             PagePainter& painter, MarkStyle style = MarkStyle::kScribble,
             double darkness = 0.8) {
  for (const auto& [label, answer] : answers) {
    painter.MarkAnswer(label, answer, style, darkness);
  }
}

struct Tally {
  int fields = 0;
  int right = 0;
  int silently_wrong = 0;
  // Flagged or under-confident though right, other than blank and multiple.
  int doubted = 0;
  std::string details;
};

Tally Compare(const Sheet& sheet, const SheetReading& reading,
              const std::map<std::string, std::string>& answers) {
  Tally tally;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const FieldReading& field = reading.fields[f];
    const std::string& label = sheet.fields()[f].label;
    const std::string& truth = answers.at(label);
    ++tally.fields;
    const bool is_right = field.answer == truth;
    tally.right += is_right;
    tally.silently_wrong += !is_right && !field.needs_review;
    bool is_doubted = field.confidence < 0.8;
    for (const Flag flag : field.flags) {
      is_doubted =
          is_doubted || (flag != Flag::kBlank && flag != Flag::kMultiple);
    }
    tally.doubted += is_doubted;
    if (!is_right || is_doubted) {
      absl::StrAppend(&tally.details, "  ", label, " '", field.answer,
                      "', truth '", truth, "', ", field.confidence, " ",
                      FlagsOf(field), "\n");
    }
  }
  return tally;
}

// --- conditions -------------------------------------------------------------

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
  const Tally tally = Compare(sheet, *reading, answers);
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
    const Tally tally = Compare(sheet, *reading, answers);
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
  const Tally tally = Compare(sheet, *reading, answers);
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
  const Tally tally = Compare(sheet, *reading, answers);
  EXPECT_EQ(tally.right, tally.fields) << tally.details;
  EXPECT_EQ(tally.doubted, 0) << tally.details;
}

// --- flags ------------------------------------------------------------------

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
}

}  // namespace
}  // namespace sightline::grade
