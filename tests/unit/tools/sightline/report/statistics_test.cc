#include "tools/sightline/report/statistics.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/sightline/report/report_charts.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeSheetResponse;
using grade::v1::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A sheet with a question q1, q2 ... for every score, 1 being right.
GradeSheetResponse SheetOf(const std::vector<int>& scores) {
  GradeSheetResponse sheet;
  double sum = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    auto& question = *sheet.add_questions();
    question.set_field(absl::StrCat("q", i + 1));
    question.set_answer(scores[i] == 1 ? "A" : "B");
    question.set_expected("A");
    question.set_verdict(scores[i] == 1 ? grade::v1::VERDICT_CORRECT
                                        : grade::v1::VERDICT_INCORRECT);
    question.set_score(scores[i]);
    question.set_max_score(1);
    sum += scores[i];
  }
  sheet.set_score(sum);
  sheet.set_max_score(static_cast<double>(scores.size()));
  return sheet;
}

TEST(Statistics, AgreesWithTheFormulasInTheirTextbookForm) {
  // Ability makes right answers likelier, but in q4, whose key is wrong.
  std::mt19937 random(3);
  std::vector<std::vector<int>> sheets;
  for (int i = 0; i < 200; ++i) {
    const double ability = std::uniform_real_distribution<>(0, 1)(random);
    std::vector<int> scores;
    for (int q = 0; q < 6; ++q) {
      const bool right =
          std::uniform_real_distribution<>(0, 1)(random) < ability;
      scores.push_back(q == 3 ? !right : right);
    }
    sheets.push_back(scores);
  }
  Statistics statistics({});
  for (const auto& scores : sheets) statistics.Add(SheetOf(scores));
  const auto questions = statistics.Questions();
  ASSERT_EQ(questions.size(), 6u);
  const double n = static_cast<double>(sheets.size());
  double sum_of_variances = 0;
  for (size_t q = 0; q < 6; ++q) {
    double right = 0, m1 = 0, m0 = 0, sum = 0, squares = 0;
    for (const auto& scores : sheets) {
      double rest = 0;
      for (size_t other = 0; other < 6; ++other) {
        if (other != q) rest += scores[other];
      }
      right += scores[q];
      (scores[q] == 1 ? m1 : m0) += rest;
      sum += rest;
      squares += rest * rest;
    }
    m1 /= right;
    m0 /= n - right;
    const double p = right / n;
    const double s = std::sqrt(squares / n - sum / n * sum / n);
    ASSERT_TRUE(questions[q].discrimination.has_value());
    EXPECT_NEAR(*questions[q].difficulty, p, 1e-12);
    EXPECT_NEAR(*questions[q].discrimination,
                (m1 - m0) / s * std::sqrt(p * (1 - p)), 1e-9);
    EXPECT_EQ(questions[q].right + questions[q].wrong, 200);
    sum_of_variances += p * (1 - p);
  }
  EXPECT_LT(*questions[3].discrimination, -0.2);
  EXPECT_GT(*questions[0].discrimination, 0.2);
  // Kuder and Richardson's formula 20.
  const ScoreSummary scores = statistics.Scores();
  double mean = 0, squares = 0;
  for (const double score : scores.scores) {
    mean += score / n;
    squares += score * score / n;
  }
  ASSERT_TRUE(scores.reliability.has_value());
  EXPECT_NEAR(*scores.reliability,
              6 / 5.0 * (1 - sum_of_variances / (squares - mean * mean)), 1e-9);
  EXPECT_NEAR(scores.mean, mean, 1e-9);
  EXPECT_NEAR(scores.deviation,
              std::sqrt((squares - mean * mean) * n / (n - 1)), 1e-9);
  // The wrong key is pointed out, and nothing else.
  const std::string table = QuestionTableHtml(questions, true);
  const size_t q4 = table.find(">q4<");
  EXPECT_EQ(table.find("check the key"), table.rfind("check the key"));
  EXPECT_GT(table.find("check the key"), q4);
  EXPECT_LT(table.find("check the key"), table.find(">q5<"));
}

TEST(Statistics, SaysNothingWhereThereIsNothingToSay) {
  Statistics few({});
  for (int i = 0; i < kLeastSheets - 1; ++i) few.Add(SheetOf({i % 2, i % 3}));
  EXPECT_FALSE(few.Questions()[0].discrimination.has_value());
  EXPECT_TRUE(few.Questions()[0].difficulty.has_value());
  EXPECT_FALSE(few.Scores().reliability.has_value());

  Statistics equal({});
  for (int i = 0; i < 50; ++i) equal.Add(SheetOf({1, 1}));
  EXPECT_FALSE(equal.Questions()[0].discrimination.has_value());
  EXPECT_EQ(*equal.Questions()[0].difficulty, 1);
  EXPECT_FALSE(equal.Scores().reliability.has_value());
  EXPECT_EQ(equal.Scores().deviation, 0);

  const Statistics none({});
  EXPECT_FALSE(none.has_scores());
  EXPECT_TRUE(none.Questions().empty());
}

TEST(Statistics, CountsEveryVerdict) {
  Statistics statistics({});
  const struct {
    Verdict verdict;
    double score;
    const char* answer;
  } kCases[] = {{grade::v1::VERDICT_CORRECT, 2, "A"},
                {grade::v1::VERDICT_PARTIAL, 1, "B"},
                {grade::v1::VERDICT_INCORRECT, -1, "C"},
                {grade::v1::VERDICT_BLANK, 0, ""},
                {grade::v1::VERDICT_MULTIPLE, -1, "AC"}};
  for (const auto& one : kCases) {
    GradeSheetResponse sheet;
    auto& question = *sheet.add_questions();
    question.set_field("q1");
    question.set_verdict(one.verdict);
    question.set_score(one.score);
    question.set_max_score(2);
    question.set_answer(one.answer);
    question.set_needs_review(one.score < 0);
    sheet.set_score(one.score);
    sheet.set_max_score(2);
    statistics.Add(sheet);
  }
  const QuestionSummary question = statistics.Questions().at(0);
  EXPECT_EQ(question.sheets, 5);
  EXPECT_THAT(
      (std::vector<int>{question.right, question.partial, question.wrong,
                        question.blank, question.multiple, question.to_review}),
      ElementsAre(1, 1, 1, 1, 1, 2));
  // One right, one half right.
  EXPECT_NEAR(*question.difficulty, 1.5 / 5, 1e-12);
  int others = 0;
  EXPECT_EQ(question.answers.MostFrequent(9, &others).size(), 4u);
  EXPECT_EQ(others, 0);
  EXPECT_EQ(statistics.Scores().median, 0);
}

TEST(Statistics, CountsFieldsWithoutAKey) {
  Statistics statistics({"q1", "roll"});
  for (int i = 0; i < 4; ++i) {
    GradeSheetResponse sheet;
    for (const char* label : {"q1", "roll1"}) {
      auto& field = *sheet.add_fields();
      field.set_label(label);
      field.set_answer(i == 0 ? "" : i == 1 ? "AB" : "A");
      if (i == 0) field.add_flags(grade::v1::FLAG_BLANK);
      if (i == 1) field.add_flags(grade::v1::FLAG_MULTIPLE);
    }
    sheet.add_review("q1");
    statistics.Add(sheet);
  }
  EXPECT_FALSE(statistics.has_scores());
  const auto questions = statistics.Questions();
  // A part of a number is no question.
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_THAT((std::vector<int>{questions[0].answered, questions[0].blank,
                                questions[0].multiple, questions[0].to_review}),
              ElementsAre(2, 1, 1, 4));
}

TEST(AnswerCounts, AreBoundedWhateverIsAnswered) {
  AnswerCounts counts;
  for (int i = 0; i < 1000; ++i) counts.Add(absl::StrCat(i));
  for (int i = 0; i < 5; ++i) counts.Add("7");
  int others = 0;
  const auto most = counts.MostFrequent(3, &others);
  ASSERT_EQ(most.size(), 3u);
  EXPECT_EQ(most[0].answer, "7");
  EXPECT_EQ(most[0].count, 6);
  EXPECT_EQ(others, 1005 - 6 - 1 - 1);
}

TEST(ScoreBins, HoldEveryScoreInAFewBins) {
  const struct {
    std::vector<double> scores;
    double max_score;
    double low, step;
    size_t bins;
  } kCases[] = {
      {{0, 3, 10}, 10, 0, 1, 11},    {{0, 40}, 40, 0, 2, 21},
      {{-3.5, 2.25}, 10, -4, 1, 15}, {{0.5, 1}, 1, 0, 0.05, 21},
      {{5}, 300, 0, 20, 16},         {{0}, 0, 0, 1, 1},
      {{12}, 10, 0, 1, 13},
  };
  for (const auto& test : kCases) {
    ScoreSummary scores;
    scores.scores = test.scores;
    scores.max_score = test.max_score;
    const ScoreBins bins = BinScores(scores);
    EXPECT_DOUBLE_EQ(bins.low, test.low) << test.max_score;
    EXPECT_DOUBLE_EQ(bins.step, test.step) << test.max_score;
    EXPECT_EQ(bins.counts.size(), test.bins) << test.max_score;
    int sum = 0;
    for (const int count : bins.counts) sum += count;
    EXPECT_EQ(sum, static_cast<int>(test.scores.size()));
  }
}

TEST(ScoreBins, StayFewForScoresOfAnotherWorld) {
  for (const double huge : {1e9, 1e12, 1e300}) {
    ScoreSummary scores;
    scores.scores = {-huge, 0.25, huge};
    scores.max_score = huge;
    EXPECT_LE(BinScores(scores).counts.size(), 50u) << huge;
    EXPECT_THAT(ScoreChartHtml(scores), Not(HasSubstr("nan")));
  }
  Statistics statistics({});
  GradeSheetResponse sheet = SheetOf({1});
  sheet.set_score(std::numeric_limits<double>::infinity());
  statistics.Add(sheet);
  sheet.set_score(std::numeric_limits<double>::quiet_NaN());
  statistics.Add(sheet);
  EXPECT_FALSE(statistics.has_scores());
}

}  // namespace
}  // namespace sightline::cli
