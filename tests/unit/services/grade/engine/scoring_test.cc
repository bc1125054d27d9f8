#include "services/grade/engine/scoring.h"

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// q1..q3 SINGLE A-D, m1 MULTIPLE A-D, n1..n3 digits joined to `number`,
// v with values "1", "10", "0" and the empty value "-".
Sheet MakeSheet() {
  SheetLayout layout;
  layout.page = {1000, 1000};
  layout.bubble = {10, 10};
  FieldBlock questions;
  questions.labels = {"q1..3"};
  questions.values = {"A", "B", "C", "D"};
  questions.origin = {50, 50};
  questions.value_gap = 20;
  questions.field_gap = 20;
  FieldBlock several = questions;
  several.labels = {"m1"};
  several.kind = FieldKind::kMultiple;
  several.origin = {50, 200};
  FieldBlock digits;
  digits.labels = {"n1..3"};
  digits.kind = FieldKind::kInteger;
  digits.origin = {300, 50};
  digits.value_gap = 20;
  digits.field_gap = 20;
  FieldBlock odd = questions;
  odd.labels = {"v"};
  odd.values = {"1", "10", "0"};
  odd.empty_value = "-";
  odd.origin = {50, 300};
  layout.blocks = {questions, several, digits, odd};
  layout.combined = {{"number", {"n1..3"}}, {"mixed", {"q1", "m1", "v"}}};
  auto sheet = Sheet::Create(layout);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

// A reading in which the named fields have these marks; the rest is blank.
SheetReading MakeReading(const Sheet& sheet,
                         const std::map<std::string, std::string>& marks,
                         const std::map<std::string, double>& confidence = {}) {
  SheetReading reading;
  for (const Field& field : sheet.fields()) {
    FieldReading& own = reading.fields.emplace_back();
    own.bubbles.resize(field.bubbles.size());
    own.confidence = 0.95;
    const auto found = marks.find(field.label);
    const std::string marked = found == marks.end() ? "" : found->second;
    for (size_t i = 0; i < field.bubbles.size(); ++i) {
      // Values of one character, or the whole answer.
      const std::string& value = field.bubbles[i].value;
      own.bubbles[i].marked =
          value == marked || (value.size() == 1 && field.label != "v" &&
                              marked.find(value) != std::string::npos);
      if (!own.bubbles[i].marked) continue;
      own.answer += value;
      ++own.marked_count;
    }
    if (own.marked_count == 0) own.answer = field.empty_value;
    if (const auto c = confidence.find(field.label); c != confidence.end()) {
      own.confidence = c->second;
      own.needs_review = c->second < 0.8;
    }
  }
  return reading;
}

struct ScoreCase {
  std::string name;
  std::string field;
  std::map<std::string, std::string> marks;
  std::vector<AcceptedAnswer> accepted;
  Verdict verdict;
  double score;
  double max_score = 1;
  Marks question_marks = {};
  Marks key_marks = {};
  double weight = 1;
  bool bonus = false;
};

std::ostream& operator<<(std::ostream& out, const ScoreCase& c) {
  return out << c.name;
}

class Scoring : public ::testing::TestWithParam<ScoreCase> {};

TEST_P(Scoring, GivesTheMarksOfTheOutcome) {
  const ScoreCase& c = GetParam();
  const Sheet sheet = MakeSheet();
  AnswerKey key;
  key.marks = c.key_marks;
  Question question;
  question.field = c.field;
  question.accepted = c.accepted;
  question.marks = c.question_marks;
  question.weight = c.weight;
  question.bonus = c.bonus;
  key.questions = {question};
  const auto score = ScoreSheet(key, sheet, MakeReading(sheet, c.marks));
  ASSERT_TRUE(score.ok()) << score.status();
  ASSERT_EQ(score->questions.size(), 1u);
  EXPECT_EQ(score->questions[0].verdict, c.verdict);
  EXPECT_DOUBLE_EQ(score->questions[0].score, c.score);
  EXPECT_DOUBLE_EQ(score->questions[0].max_score, c.max_score);
  EXPECT_DOUBLE_EQ(score->score, c.score);
  EXPECT_DOUBLE_EQ(score->max_score, c.max_score);
  EXPECT_EQ(score->questions[0].field, c.field);
}

constexpr Marks kNegative = {4, -1, 0.5, -2};

INSTANTIATE_TEST_SUITE_P(
    All, Scoring,
    ::testing::Values(
        ScoreCase{
            "Right", "q1", {{"q1", "B"}}, {{"B", 1}}, Verdict::kCorrect, 1},
        ScoreCase{
            "Wrong", "q1", {{"q1", "C"}}, {{"B", 1}}, Verdict::kIncorrect, 0},
        ScoreCase{"Blank", "q1", {}, {{"B", 1}}, Verdict::kBlank, 0},
        ScoreCase{
            "Double", "q1", {{"q1", "BC"}}, {{"B", 1}}, Verdict::kMultiple, 0},
        ScoreCase{"RightOfFour",
                  "q1",
                  {{"q1", "B"}},
                  {{"B", 1}},
                  Verdict::kCorrect,
                  4,
                  4,
                  {},
                  kNegative},
        ScoreCase{"WrongCosts",
                  "q1",
                  {{"q1", "C"}},
                  {{"B", 1}},
                  Verdict::kIncorrect,
                  -1,
                  4,
                  {},
                  kNegative},
        ScoreCase{"OwnMarksOfAnAnswer",
                  "m1",
                  {{"m1", "B"}},
                  {{"A", 1, 2}, {"B", 1, 0.5}, {"AB", 1, 2.5}, {"C", 1, -1}},
                  Verdict::kPartial,
                  0.5,
                  2.5},
        ScoreCase{"MostOfTheOwnMarks",
                  "m1",
                  {{"m1", "AB"}},
                  {{"A", 1, 2}, {"B", 1, 0.5}, {"AB", 1, 2.5}, {"C", 1, -1}},
                  Verdict::kCorrect,
                  7.5,
                  7.5,
                  {},
                  {},
                  3},
        ScoreCase{"OwnMarksBelowZero",
                  "q1",
                  {{"q1", "C"}},
                  {{"A", 1, 2}, {"C", 1, -1}},
                  Verdict::kIncorrect,
                  -1,
                  2},
        ScoreCase{"OwnMarksBesideAShare",
                  "q1",
                  {{"q1", "C"}},
                  {{"A", 1}, {"C", 1, 0.25}},
                  Verdict::kPartial,
                  0.25,
                  1},
        ScoreCase{"BlankEarns",
                  "q1",
                  {},
                  {{"B", 1}},
                  Verdict::kBlank,
                  0.5,
                  4,
                  {},
                  kNegative},
        ScoreCase{"DoubleCosts",
                  "q1",
                  {{"q1", "AB"}},
                  {{"B", 1}},
                  Verdict::kMultiple,
                  -2,
                  4,
                  {},
                  kNegative},
        ScoreCase{"DoubleCostsAsWrong",
                  "q1",
                  {{"q1", "AB"}},
                  {{"B", 1}},
                  Verdict::kMultiple,
                  -0.25,
                  1,
                  {},
                  {{}, -0.25, {}, {}}},
        ScoreCase{"QuestionOverridesKey",
                  "q1",
                  {{"q1", "C"}},
                  {{"B", 1}},
                  Verdict::kIncorrect,
                  -3,
                  4,
                  {{}, -3, {}, {}},
                  kNegative},
        ScoreCase{"QuestionOverridesWithZero",
                  "q1",
                  {{"q1", "C"}},
                  {{"B", 1}},
                  Verdict::kIncorrect,
                  0,
                  4,
                  {{}, 0, {}, {}},
                  kNegative},
        ScoreCase{"Weighted",
                  "q1",
                  {{"q1", "B"}},
                  {{"B", 1}},
                  Verdict::kCorrect,
                  10,
                  10,
                  {},
                  kNegative,
                  2.5},
        ScoreCase{"WeightedWrong",
                  "q1",
                  {{"q1", "A"}},
                  {{"B", 1}},
                  Verdict::kIncorrect,
                  -2.5,
                  10,
                  {},
                  kNegative,
                  2.5},
        ScoreCase{"WeightZero",
                  "q1",
                  {{"q1", "B"}},
                  {{"B", 1}},
                  Verdict::kCorrect,
                  0,
                  0,
                  {},
                  kNegative,
                  0},
        ScoreCase{"SecondAnswerAccepted",
                  "q1",
                  {{"q1", "D"}},
                  {{"B", 1}, {"D", 1}},
                  Verdict::kCorrect,
                  1},
        ScoreCase{"Partial",
                  "q1",
                  {{"q1", "D"}},
                  {{"B", 1}, {"D", 0.25}},
                  Verdict::kPartial,
                  1,
                  4,
                  {},
                  kNegative},
        ScoreCase{"SeveralRight",
                  "m1",
                  {{"m1", "AC"}},
                  {{"AC", 1}},
                  Verdict::kCorrect,
                  1},
        ScoreCase{"SeveralPartly",
                  "m1",
                  {{"m1", "A"}},
                  {{"AC", 1}, {"A", 0.5}},
                  Verdict::kPartial,
                  0.5},
        ScoreCase{"SeveralWrong",
                  "m1",
                  {{"m1", "ABCD"}},
                  {{"AC", 1}},
                  Verdict::kIncorrect,
                  0},
        ScoreCase{"BonusRight",
                  "q1",
                  {{"q1", "B"}},
                  {{"B", 1}},
                  Verdict::kBonus,
                  4,
                  4,
                  {},
                  kNegative,
                  1,
                  true},
        ScoreCase{"BonusBlank",
                  "q1",
                  {},
                  {},
                  Verdict::kBonus,
                  4,
                  4,
                  {},
                  kNegative,
                  1,
                  true},
        ScoreCase{"BonusDouble",
                  "q1",
                  {{"q1", "AB"}},
                  {},
                  Verdict::kBonus,
                  8,
                  8,
                  {},
                  kNegative,
                  2,
                  true},
        ScoreCase{"NumberRight",
                  "number",
                  {{"n1", "4"}, {"n2", "0"}, {"n3", "7"}},
                  {{"407", 1}},
                  Verdict::kCorrect,
                  1},
        ScoreCase{"NumberWrong",
                  "number",
                  {{"n1", "4"}, {"n2", "0"}, {"n3", "8"}},
                  {{"407", 1}},
                  Verdict::kIncorrect,
                  0},
        ScoreCase{"NumberWithABlankDigit",
                  "number",
                  {{"n1", "4"}, {"n3", "7"}},
                  {{"407", 1}},
                  Verdict::kIncorrect,
                  0},
        ScoreCase{"NumberShort",
                  "number",
                  {{"n2", "4"}, {"n3", "7"}},
                  {{"47", 1}},
                  Verdict::kCorrect,
                  1},
        ScoreCase{
            "NumberBlank", "number", {}, {{"407", 1}}, Verdict::kBlank, 0},
        ScoreCase{"NumberDouble",
                  "number",
                  {{"n1", "45"}, {"n2", "0"}},
                  {{"407", 1}},
                  Verdict::kMultiple,
                  0},
        ScoreCase{
            "EmptyValueIsBlank", "v", {}, {{"10", 1}}, Verdict::kBlank, 0},
        ScoreCase{
            "EmptyValueAccepted", "v", {}, {{"-", 1}}, Verdict::kCorrect, 1},
        ScoreCase{"LongValue",
                  "v",
                  {{"v", "10"}},
                  {{"10", 1}},
                  Verdict::kCorrect,
                  1}),
    [](const auto& info) { return info.param.name; });

TEST(Scoring, SumsUpAndNamesTheExpectedAnswer) {
  const Sheet sheet = MakeSheet();
  AnswerKey key;
  key.marks = kNegative;
  key.questions = {{"q1", {{"A", 1}}, {}, 1, false},
                   {"q2", {{"B", 1}, {"C", 0.5}}, {}, 2, false},
                   {"q3", {}, {}, 1, true}};
  const auto score =
      ScoreSheet(key, sheet,
                 MakeReading(sheet, {{"q1", "D"}, {"q2", "C"}}, {{"q2", 0.4}}));
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_DOUBLE_EQ(score->score, -1 + 4 + 4);
  EXPECT_DOUBLE_EQ(score->max_score, 4 + 8 + 4);
  EXPECT_EQ(score->questions[0].expected, "A");
  EXPECT_EQ(score->questions[0].answer, "D");
  EXPECT_EQ(score->questions[1].expected, "B");
  EXPECT_EQ(score->questions[2].expected, "");
  EXPECT_FALSE(score->questions[0].needs_review);
  EXPECT_TRUE(score->questions[1].needs_review);
}

TEST(Scoring, CombinedFieldsAreJoinedWithTheLowestConfidence) {
  const Sheet sheet = MakeSheet();
  const SheetReading reading =
      MakeReading(sheet, {{"n1", "4"}, {"n3", "7"}, {"m1", "BD"}},
                  {{"n1", 0.9}, {"n2", 0.7}, {"n3", 0.99}});
  const auto combined = Combine(sheet, reading);
  ASSERT_EQ(combined.size(), 2u);
  EXPECT_EQ(combined[0].label, "number");
  EXPECT_EQ(combined[0].answer, "47");
  EXPECT_EQ(combined[0].confidence, 0.7);
  EXPECT_EQ(combined[1].answer, "BD-");
  AnswerKey key;
  key.questions = {{"number", {{"407", 1}}, {}, 1, false}};
  const auto score = ScoreSheet(key, sheet, reading);
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_TRUE(score->questions[0].needs_review);
}

// --- keys that do not fit ---------------------------------------------------

std::vector<std::string> ProblemsOf(const AnswerKey& key) {
  const Sheet sheet = MakeSheet();
  std::vector<std::string> paths;
  for (const LayoutProblem& problem : CheckKey(key, sheet)) {
    EXPECT_TRUE(problem.is_error);
    EXPECT_FALSE(problem.description.empty());
    paths.push_back(problem.field);
  }
  const auto score = ScoreSheet(key, sheet, MakeReading(sheet, {}));
  EXPECT_EQ(score.ok(), paths.empty());
  if (!score.ok()) {
    const auto details = DetailsOf(score.status());
    EXPECT_TRUE(details.has_value());
    EXPECT_EQ(details->reason, kKeyInvalid);
    EXPECT_EQ(details->fields.size(), paths.size());
  }
  return paths;
}

TEST(AnswerKeyCheck, NamesEveryProblemAtOnce) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  AnswerKey key;
  key.marks.correct = nan;
  key.questions = {
      {"nobody", {{"A", 1}}, {}, 1, false},
      {"q1", {{"A", 1}}, {{}, infinity, {}, {}}, 1, false},
      {"q1", {{"A", 1}}, {}, 1, false},
      {"q2", {}, {}, 1, false},
      {"q3",
       {{"E", 1}, {"", 1}, {"A", 0}, {"A", 0.5}, {"B", 1.5}},
       {},
       -1,
       false},
      {"m1", {{"CA", 1}, {"AA", 1}, {"AC", 1}}, {}, 1, false},
      {"number", {{"4071", 1}, {"40x", 1}, {"407", 1}}, {}, 1, false},
      {"v", {{"1", 1, nan}, {"10", 1, 2e6}, {"0", 1, -2}}, {}, 1, false},
  };
  EXPECT_THAT(
      ProblemsOf(key),
      ElementsAre(
          "marks.correct", "questions[0].field", "questions[1].marks.incorrect",
          "questions[2].field", "questions[3].accepted", "questions[4].weight",
          "questions[4].accepted[0].answer", "questions[4].accepted[1].answer",
          "questions[4].accepted[2].share", "questions[4].accepted[3].answer",
          "questions[4].accepted[4].share", "questions[5].accepted[0].answer",
          "questions[5].accepted[1].answer", "questions[6].accepted[0].answer",
          "questions[6].accepted[1].answer", "questions[7].accepted[0].marks",
          "questions[7].accepted[1].marks"));
}

TEST(AnswerKeyCheck, AnEmptyKeyIsRefused) {
  EXPECT_THAT(ProblemsOf({}), ElementsAre("questions"));
}

TEST(AnswerKeyCheck, SeveralMarksNeedAFieldForThem) {
  AnswerKey key;
  key.questions = {{"q1", {{"AC", 1}}, {}, 1, false}};
  EXPECT_THAT(ProblemsOf(key), ElementsAre("questions[0].accepted[0].answer"));
  const auto problems = CheckKey(key, MakeSheet());
  EXPECT_THAT(problems[0].description, ::testing::HasSubstr("MULTIPLE"));
}

TEST(Scoring, AWrongCheckDigitPutsANumberOnTheReviewList) {
  SheetLayout layout;
  layout.page = {1000, 1000};
  layout.bubble = {20, 20};
  FieldBlock& digits = layout.blocks.emplace_back();
  digits.labels = {"n1..3"};
  digits.kind = FieldKind::kInteger;
  digits.origin = {100, 100};
  digits.value_gap = 30;
  digits.field_gap = 40;
  layout.combined = {{"number", {"n1..3"}, CheckDigit::kLuhn}};
  const auto sheet = Sheet::Create(layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  AnswerKey key;
  key.questions = {{"number", {{"125", 1}}, {}, 1, false}};
  const struct {
    const char* digits[3];
    bool fails;
  } kCases[] = {{{"1", "2", "5"}, false},
                {{"1", "2", "6"}, true},
                {{"1", "", "5"}, true},
                {{"", "", ""}, false}};
  for (const auto& c : kCases) {
    const SheetReading reading = MakeReading(
        *sheet, {{"n1", c.digits[0]}, {"n2", c.digits[1]}, {"n3", c.digits[2]}},
        {});
    const CombinedReading number = Combine(*sheet, reading)[0];
    EXPECT_EQ(number.check_failed, c.fails) << number.answer;
    EXPECT_EQ(number.confidence < 0.5, c.fails) << number.answer;
    const auto score = ScoreSheet(key, *sheet, reading);
    ASSERT_TRUE(score.ok()) << score.status();
    EXPECT_EQ(score->questions[0].needs_review, c.fails) << number.answer;
  }
}

TEST(AnswerKeyCheck, KnowsWhatCombinedFieldsCanRead) {
  // q1 A-D, then any of m1's A-D in order, then "1", "10", "0" or "-".
  const std::pair<const char*, bool> cases[] = {
      {"AABCD10", true}, {"A-", true},    {"-", true},     {"DABC0", true},
      {"ABA-", false},   {"AAA-", false}, {"A100", false}, {"10", true},
      {"1010", false},   {"ABCD", false},
  };
  for (const auto& [answer, fits] : cases) {
    AnswerKey key;
    key.questions = {{"mixed", {{answer, 1}}, {}, 1, false}};
    EXPECT_EQ(ProblemsOf(key).empty(), fits) << answer;
  }
}

TEST(AnswerKeyCheck, LongAnswersAreRefusedQuickly) {
  AnswerKey key;
  for (int i = 0; i < 200; ++i) {
    key.questions.push_back(
        {"mixed", {{std::string(1 << 20, 'A'), 1}}, {}, 1, false});
  }
  EXPECT_EQ(CheckKey(key, MakeSheet()).size(), 50u);
}

TEST(Scoring, RefusesAReadingOfAnotherSheet) {
  AnswerKey key;
  key.questions = {{"q1", {{"A", 1}}, {}, 1, false}};
  const auto score = ScoreSheet(key, MakeSheet(), SheetReading());
  ASSERT_FALSE(score.ok());
  EXPECT_EQ(DetailsOf(score.status())->reason, kReadingMismatch);
}

}  // namespace
}  // namespace sightline::grade
