#include "services/grade/engine/field_decision.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAreArray;

// Levels of an ordinary page: empty below 0.06, threshold 0.24, marked beyond
// doubt from 0.33.
constexpr GroupLevels kLevels = {.noise = 0.01,
                                 .mark = 0.6,
                                 .empty_below = 0.06,
                                 .blank_below = 0.06,
                                 .threshold = 0.24,
                                 .marked_from = 0.33};

struct DecisionCase {
  std::string name;
  FieldKind kind;
  std::vector<double> excess;
  std::string answer;
  std::vector<Flag> flags;
  // Bounds of the confidence.
  double at_least;
  double at_most;
};

std::ostream& operator<<(std::ostream& out, const DecisionCase& c) {
  return out << c.name;
}

FieldReading Decide(FieldKind kind, const std::vector<double>& excess,
                    const ReadOptions& options = {}, double match = 1) {
  Field field;
  field.kind = kind;
  std::vector<BubbleEvidence> evidence;
  for (size_t i = 0; i < excess.size(); ++i) {
    field.bubbles.push_back(
        {std::string(1, static_cast<char>('A' + i)), {}, {}, {}});
    // Ink beyond the scan's end is written as a negative excess of -9.
    const bool is_inside = excess[i] > -9;
    BubbleEvidence& bubble = evidence.emplace_back();
    bubble.match = match;
    bubble.is_inside = is_inside;
    if (!is_inside) continue;
    bubble.excess = bubble.trace = excess[i];
    bubble.fill = excess[i] + 0.1;
  }
  return DecideField(field, evidence, kLevels, options);
}

class FieldDecision : public ::testing::TestWithParam<DecisionCase> {};

TEST_P(FieldDecision, FollowsTheEvidence) {
  const DecisionCase& c = GetParam();
  const FieldReading reading = Decide(c.kind, c.excess);
  EXPECT_EQ(reading.answer, c.answer);
  EXPECT_THAT(reading.flags, ElementsAreArray(c.flags));
  EXPECT_GE(reading.confidence, c.at_least);
  EXPECT_LE(reading.confidence, c.at_most);
  const bool is_clear = c.flags.empty() || c.flags == std::vector{Flag::kBlank};
  EXPECT_EQ(reading.needs_review, !is_clear || reading.confidence < 0.8);
}

constexpr FieldKind kSingle = FieldKind::kSingle;
constexpr FieldKind kMultiple = FieldKind::kMultiple;
constexpr FieldKind kInteger = FieldKind::kInteger;

INSTANTIATE_TEST_SUITE_P(
    All, FieldDecision,
    ::testing::Values(
        DecisionCase{"Mark", kSingle, {0, 0.6, 0, 0}, "B", {}, 0.97, 1},
        DecisionCase{"WeakMark", kSingle, {0, 0.35, 0, 0}, "B", {}, 0.8, 0.9},
        DecisionCase{
            "Blank", kSingle, {0, 0.01, 0, 0}, "", {Flag::kBlank}, 0.97, 1},
        DecisionCase{"BlankUnderStain",
                     kSingle,
                     {0.05, 0.05, 0.045, 0.05},
                     "",
                     {Flag::kBlank},
                     0.9,
                     1},
        DecisionCase{"MarkUnderStain",
                     kSingle,
                     {0.05, 0.65, 0.045, 0.05},
                     "B",
                     {},
                     0.97,
                     1},
        DecisionCase{"Double",
                     kSingle,
                     {0.6, 0, 0.5, 0},
                     "AC",
                     {Flag::kMultiple},
                     0.8,
                     1},
        DecisionCase{"DoubleDigit",
                     kInteger,
                     {0.6, 0, 0.5, 0},
                     "AC",
                     {Flag::kMultiple},
                     0.8,
                     1},
        DecisionCase{
            "DoubleAllowed", kMultiple, {0.6, 0, 0.5, 0}, "AC", {}, 0.8, 1},
        DecisionCase{
            "AllAllowed", kMultiple, {0.6, 0.6, 0.6, 0.6}, "ABCD", {}, 0.8, 1},
        DecisionCase{
            "Faint", kSingle, {0, 0.2, 0, 0}, "B", {Flag::kFaint}, 0, 0.5},
        DecisionCase{"FaintAboveThreshold",
                     kSingle,
                     {0, 0.3, 0, 0},
                     "B",
                     {Flag::kFaint},
                     0,
                     0.5},
        DecisionCase{"Trace",
                     kSingle,
                     {0, 0.065, 0, 0},
                     "",
                     {Flag::kBlank, Flag::kAmbiguous},
                     0,
                     0.5},
        DecisionCase{
            "Erased", kSingle, {0, 0.12, 0, 0.6}, "D", {Flag::kErased}, 0, 0.5},
        DecisionCase{"NearlyASecond",
                     kSingle,
                     {0, 0.3, 0, 0.6},
                     "BD",
                     {Flag::kMultiple, Flag::kAmbiguous},
                     0,
                     0.5},
        DecisionCase{"TwoTraces",
                     kSingle,
                     {0, 0.15, 0, 0.13},
                     "",
                     {Flag::kBlank, Flag::kAmbiguous},
                     0,
                     0.5},
        DecisionCase{"TwoNearTheThreshold",
                     kSingle,
                     {0, 0.26, 0, 0.2},
                     "B",
                     {Flag::kAmbiguous},
                     0,
                     0.5},
        DecisionCase{
            "CutOff", kSingle, {0, 0.6, 0, -9}, "B", {Flag::kCutOff}, 0, 0.5},
        DecisionCase{
            "CutOffBlank", kSingle, {0, 0, 0, -9}, "", {Flag::kCutOff}, 0, 0.5},
        DecisionCase{
            "AllCutOff", kSingle, {-9, -9}, "", {Flag::kCutOff}, 0, 0.5}),
    [](const auto& info) { return info.param.name; });

TEST(FieldDecision, MissingOutlinesOfEmptyBubblesAreOffTheGrid) {
  const FieldReading reading = Decide(kSingle, {0, 0.6, 0, 0}, {}, 0.1);
  EXPECT_EQ(reading.answer, "B");
  EXPECT_THAT(reading.flags, ElementsAreArray({Flag::kOffGrid}));
  EXPECT_TRUE(reading.needs_review);
}

TEST(FieldDecision, MarksMayHideTheirOutlines) {
  const FieldReading reading = Decide(kMultiple, {0.6, 0.6}, {}, 0.0);
  EXPECT_TRUE(reading.flags.empty());
}

// A field of four bubbles with single marks of 0.6 where `marked` says.
std::vector<BubbleEvidence> FourBubbles(std::vector<size_t> marked) {
  std::vector<BubbleEvidence> bubbles(4);
  for (BubbleEvidence& bubble : bubbles) bubble.match = 1;
  for (const size_t i : marked) {
    bubbles[i].excess = bubbles[i].trace = 0.6;
    bubbles[i].fill = 0.7;
  }
  return bubbles;
}

Field FourValues(FieldKind kind) {
  Field field;
  field.kind = kind;
  for (const char* value : {"A", "B", "C", "D"}) {
    field.bubbles.push_back({value, {}, {}, {}});
  }
  return field;
}

TEST(FieldDecision, AMarkThatMayBeAShadowIsInDoubt) {
  auto bubbles = FourBubbles({1});
  bubbles[1].shadow = 0.1;
  EXPECT_FALSE(
      DecideField(FourValues(kSingle), bubbles, kLevels, {}).needs_review);
  bubbles[1].shadow = 0.5;
  const FieldReading reading =
      DecideField(FourValues(kSingle), bubbles, kLevels, {});
  EXPECT_EQ(reading.answer, "B");
  EXPECT_THAT(reading.flags, ElementsAreArray({Flag::kAmbiguous}));
}

TEST(FieldDecision, AStrayStrokeIsInDoubt) {
  auto bubbles = FourBubbles({2});
  bubbles[2].is_crossed = true;
  const FieldReading reading =
      DecideField(FourValues(kSingle), bubbles, kLevels, {});
  EXPECT_EQ(reading.answer, "C");
  EXPECT_TRUE(reading.needs_review);
}

TEST(FieldDecision, InkOnAnOutlineMakesABlankFieldDoubtful) {
  auto blank = FourBubbles({});
  blank[3].rim = 0.9;
  EXPECT_FALSE(
      DecideField(FourValues(kSingle), blank, kLevels, {}).needs_review);
  blank[3].rim = 1.1;
  EXPECT_THAT(DecideField(FourValues(kSingle), blank, kLevels, {}).flags,
              ElementsAreArray({Flag::kBlank, Flag::kAmbiguous}));
  // Beside a mark only where several are allowed: marks reach over.
  auto marked = FourBubbles({0});
  marked[1].rim = 1.1;
  EXPECT_FALSE(
      DecideField(FourValues(kSingle), marked, kLevels, {}).needs_review);
  EXPECT_TRUE(
      DecideField(FourValues(kMultiple), marked, kLevels, {}).needs_review);
}

TEST(FieldDecision, ConfidenceFallsTowardsTheThreshold) {
  double last = 1.01;
  for (double excess = 0.6; excess >= 0.33; excess -= 0.03) {
    const double confidence = Decide(kSingle, {0, excess, 0, 0}).confidence;
    EXPECT_LE(confidence, last);
    last = confidence;
  }
  last = 1.01;
  for (double excess = 0; excess < 0.06; excess += 0.01) {
    const double confidence = Decide(kSingle, {0, excess, 0, 0}).confidence;
    EXPECT_LE(confidence, last);
    last = confidence;
  }
}

TEST(FieldDecision, AGivenThresholdIsComparedWithTheFill) {
  ReadOptions options;
  options.threshold = 0.5;  // Fill is excess + 0.1.
  EXPECT_EQ(Decide(kSingle, {0, 0.5, 0, 0}, options).answer, "B");
  EXPECT_EQ(Decide(kSingle, {0, 0.3, 0, 0}, options).answer, "");
  const FieldReading close = Decide(kSingle, {0, 0.41, 0, 0}, options);
  EXPECT_EQ(close.answer, "B");
  EXPECT_THAT(close.flags, ElementsAreArray({Flag::kAmbiguous}));
}

// Four empty bubbles with these veils.
FieldReading DecideVeiled(const std::vector<double>& veils) {
  Field field;
  std::vector<BubbleEvidence> evidence;
  for (size_t i = 0; i < veils.size(); ++i) {
    field.bubbles.push_back(
        {std::string(1, static_cast<char>('A' + i)), {}, {}, {}});
    BubbleEvidence& bubble = evidence.emplace_back();
    bubble.match = 1;
    bubble.veil = veils[i];
  }
  GroupLevels levels = kLevels;
  levels.veiled_from = 0.07;
  return DecideField(field, evidence, levels, {});
}

TEST(VeiledBubbles, OneAloneIsAFaintMark) {
  const FieldReading reading = DecideVeiled({0.01, 0.12, 0.02, 0});
  EXPECT_EQ(reading.answer, "B");
  EXPECT_THAT(reading.flags, ElementsAreArray({Flag::kFaint}));
  EXPECT_TRUE(reading.needs_review);
}

TEST(VeiledBubbles, SeveralAreLightOrBlur) {
  const FieldReading reading = DecideVeiled({0.1, 0.12, 0.09, 0.1});
  EXPECT_EQ(reading.answer, "");
  EXPECT_FALSE(reading.needs_review);
}

TEST(VeiledBubbles, LittleIsNothing) {
  EXPECT_EQ(DecideVeiled({0, 0.05, 0, 0}).answer, "");
}

// Decides a field with these excesses whose bubble B hides its letter.
FieldReading DecideWithHiddenB(FieldKind kind,
                               const std::vector<double>& excess) {
  Field field;
  field.kind = kind;
  std::vector<BubbleEvidence> evidence;
  for (size_t i = 0; i < excess.size(); ++i) {
    field.bubbles.push_back(
        {std::string(1, static_cast<char>('A' + i)), {}, {}, {}});
    BubbleEvidence& bubble = evidence.emplace_back();
    bubble.match = 1;
    bubble.excess = bubble.trace = excess[i];
    bubble.is_covered = i == 1;
  }
  return DecideField(field, evidence, kLevels, {});
}

TEST(FieldDecisionOfHiddenLetters, TheyMayBeMarks) {
  EXPECT_THAT(DecideWithHiddenB(kSingle, {0, 0, 0}).flags,
              ElementsAreArray({Flag::kBlank, Flag::kAmbiguous}));
  EXPECT_THAT(DecideWithHiddenB(kMultiple, {0.6, 0, 0}).flags,
              ElementsAreArray({Flag::kAmbiguous}));
}

TEST(FieldDecisionOfHiddenLetters, AFullMarkHidesItsOwn) {
  EXPECT_FALSE(DecideWithHiddenB(kSingle, {0, 0.6, 0}).needs_review);
  EXPECT_FALSE(DecideWithHiddenB(kSingle, {0.6, 0, 0}).needs_review);
}

TEST(FieldDecisionOfHeavyLetters, AMarkMustDarkenTheWholeBubble) {
  GroupLevels levels = kLevels;
  levels.trace_from = 0.2;
  Field field;
  std::vector<BubbleEvidence> evidence(2);
  field.bubbles = {{"A", {}, {}, {}}, {"B", {}, {}, {}}};
  evidence[0].match = evidence[1].match = 1;
  evidence[1].excess = 0.5;
  evidence[1].trace = 0.19;
  EXPECT_THAT(DecideField(field, evidence, levels, {}).flags,
              ElementsAreArray({Flag::kAmbiguous}));
  evidence[1].trace = 0.21;
  EXPECT_FALSE(DecideField(field, evidence, levels, {}).needs_review);
}

}  // namespace
}  // namespace sightline::grade
