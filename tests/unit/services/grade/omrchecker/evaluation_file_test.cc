#include "services/grade/omrchecker/evaluation_file.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/services/grade/omrchecker/findings_text.h"

namespace sightline::grade::omrchecker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kMarks[] =
    R"({"DEFAULT": {"correct": "1", "incorrect": "-1/4", "unmarked": 0}})";

std::string Custom(const std::string& questions, const std::string& answers,
                   const std::string& schemes = kMarks) {
  return absl::StrCat(R"({"source_type": "custom", "options": {
    "questions_in_order": )",
                      questions, ", \"answers_in_order\": ", answers,
                      "}, \"marking_schemes\": ", schemes, "}");
}

constexpr char kCsv[] = R"({"source_type": "csv", "options": {
  "answer_key_csv_path": "answer_key.csv",
  "answer_key_image_path": "key.png", "questions_in_order": ["q1..3"]},
  "marking_schemes": {"DEFAULT":
    {"correct": 1, "incorrect": 0, "unmarked": 0}}})";

struct Result {
  EvaluationContent content;
  std::vector<Finding> findings;
};

Result Read(const std::string& json, const std::string& csv = "") {
  Findings findings;
  Result result;
  result.content = ReadEvaluation(json, csv, findings);
  result.findings = findings.Take();
  return result;
}

// "q1: A B(0.5) [3 -1 0] bonus"
std::vector<std::string> Questions(const Result& result) {
  std::vector<std::string> lines;
  if (!result.content.key.has_value()) return {"no key"};
  for (const v1::Question& question : result.content.key->questions()) {
    std::string line = absl::StrCat(question.field(), ":");
    for (const v1::AcceptedAnswer& accepted : question.accepted()) {
      absl::StrAppend(&line, " ", accepted.answer());
      if (accepted.has_marks()) {
        absl::StrAppend(&line, "(", accepted.marks(), ")");
      }
    }
    if (question.has_marks()) {
      const v1::Marks& marks = question.marks();
      absl::StrAppend(&line, " [", marks.correct(), " ", marks.incorrect(), " ",
                      marks.blank(), "]");
    }
    if (question.bonus()) line += " bonus";
    lines.push_back(line);
  }
  return lines;
}

TEST(Evaluation, ReadsAnswersOfEveryForm) {
  const Result result = Read(Custom(R"(["q1..2", "q3", "q4...5"])", R"([
    "A", ["A", "B", "AB"], [["A", 2], ["B", "1/2"], ["C", "-1"]],
    ["D", ["3", "-1", "0.5"]], [["A", "C"], [4]]])"));
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_THAT(Questions(result),
              ElementsAre("q1: A", "q2: A B AB", "q3: A(2) B(0.5) C(-1)",
                          "q4: D [3 -1 0.5]", "q5: A C [4 0 0]"));
  EXPECT_EQ(result.content.key->marks().incorrect(), -0.25);
}

TEST(Evaluation, GivesSectionsTheirMarks) {
  const Result result = Read(Custom(R"(["q1..4"])", R"(["A", "B", "C", "D"])",
                                    R"({
    "DEFAULT": {"correct": 1, "incorrect": 0, "unmarked": 0},
    "HARD": {"questions": ["q2..3"],
             "marking": {"correct": "4", "incorrect": "-4/3", "unmarked": 0}},
    "BONUS_ALL": {"questions": "q4",
             "marking": {"correct": 2, "incorrect": 2, "unmarked": 2}}})"));
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_THAT(Questions(result),
              ElementsAre("q1: A", "q2: B [4 -1.33333 0]",
                          "q3: C [4 -1.33333 0]", "q4: D [2 2 2] bonus"));
}

TEST(Evaluation, ABonusForAnAttemptIsNoneForABlank) {
  const Result result = Read(Custom(R"(["q1"])", R"(["A"])", R"({
    "DEFAULT": {"correct": 1, "incorrect": 0, "unmarked": 0},
    "BONUS_ON_ATTEMPT": {"questions": ["q1"],
             "marking": {"correct": 2, "incorrect": 2, "unmarked": 0}}})"));
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_THAT(Questions(result), ElementsAre("q1: A [2 2 0]"));
}

TEST(Evaluation, ReadsTheAnswerKey) {
  const Result result = Read(kCsv,
                             "\xef\xbb\xbfq1,C\r\n"
                             "\"q2\", D \n"
                             "\n"
                             "q3,\"D,E\"\n"
                             "q4,\"['A', \"\"B\"\"]\"\n"
                             "q5,\"[['A', '1'], ['B', 0.5]]\"\n"
                             "q6,\"['A', [2, -1]]\"");
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_THAT(Questions(result),
              ElementsAre("q1: C", "q2: D", "q3: D E", "q4: A B",
                          "q5: A(1) B(0.5)", "q6: A [2 -1 0]"));
  EXPECT_EQ(result.content.picture, "");
}

TEST(Evaluation, NamesThePictureWhereThereIsNoKeyAsText) {
  const Result result = Read(kCsv);
  EXPECT_THAT(Lines(result.findings), IsEmpty());
  EXPECT_FALSE(result.content.key.has_value());
  EXPECT_EQ(result.content.picture, "key.png");
  EXPECT_THAT(result.content.picture_questions, ElementsAre("q1", "q2", "q3"));
  const EvaluationFiles named = FilesNamedBy(kCsv);
  EXPECT_EQ(named.answer_key_csv, "answer_key.csv");
  EXPECT_EQ(named.answer_key_picture, "key.png");
  EXPECT_EQ(FilesNamedBy("nonsense").answer_key_csv, "");
}

TEST(Evaluation, SaysWhatItDoesNotHonour) {
  const Result result = Read(R"({"source_type": "local", "options": {
      "questions_in_order": ["q1"], "answers_in_order": ["A"],
      "should_explain_scoring": true, "other": 1},
    "conditional_sets": [], "outputs_configuration": {}, "extra": 0,
    "marking_schemes": {
      "DEFAULT": {"correct": 1, "incorrect": 0, "unmarked": 0},
      "STREAK": {"marking_type": "VERDICT_LEVEL_STREAK",
                 "questions": ["q1", "q9"],
                 "marking": {"correct": [1, 2, 3], "incorrect": 1,
                             "unmarked": 0}}}})");
  EXPECT_THAT(
      Lines(result.findings, false),
      ElementsAre("note evaluation.json conditional_sets",
                  "note evaluation.json outputs_configuration",
                  "note evaluation.json extra",
                  "note evaluation.json marking_schemes.STREAK.marking_type",
                  "note evaluation.json marking_schemes.STREAK.marking.correct",
                  "note evaluation.json marking_schemes.STREAK.marking",
                  "note evaluation.json options.should_explain_scoring",
                  "note evaluation.json options.other",
                  "note evaluation.json marking_schemes.STREAK.questions"));
  EXPECT_THAT(Questions(result), ElementsAre("q1: A [1 1 0]"));
}

TEST(Evaluation, NamesEveryPlaceThatIsWrong) {
  const struct {
    std::string json;
    std::string csv;
    std::string error;
  } cases[] = {
      {"{}", "", "error evaluation.json : \"options\" is missing"},
      {R"({"options": {}, "source_type": "web", "marking_schemes": {}})", "",
       "source_type: is 'web'"},
      {Custom(R"(["q1..3"])", R"(["A"])"), "",
       "options.answers_in_order: has 1 answers for 3 questions"},
      {Custom(R"(["q1"])", R"([7])"), "",
       "options.answers_in_order[0]: is no answer"},
      {Custom(R"(["q1"])", R"([[]])"), "", "[0]: is no answer"},
      {Custom(R"(["q1"])", R"([[["A", "x"], ["B", 1]]])"), "",
       "[0]: is no answer"},
      {Custom(R"(["q1", "q1"])", R"(["A", "B"])"), "",
       "'q1' is asked for twice"},
      {Custom(R"(["q1"])", R"(["A"])", "{}"), "", "\"DEFAULT\" is missing"},
      {Custom(R"(["q1"])", R"(["A"])", R"({"DEFAULT": {"correct": "1/0",
         "incorrect": 0, "unmarked": 0}})"),
       "", "DEFAULT.correct: is no number of marks"},
      {Custom(R"(["q1"])", R"(["A"])", R"({"DEFAULT": {"correct": "nan",
         "incorrect": 0}})"),
       "", "DEFAULT: \"unmarked\" is missing"},
      {Custom(R"(["q1"])", R"(["A"])", R"({"DEFAULT": {"correct": 1,
         "incorrect": 0, "unmarked": 0}, "S": {"questions": ["q1"], "marking":
         {"correct": 1, "incorrect": 0, "unmarked": 0}}, "T": {"questions":
         ["q1"], "marking": {"correct": 1, "incorrect": 0, "unmarked": 0}}})"),
       "", "marking_schemes.T.questions: 'q1' stands in another section"},
      {R"({"source_type": "csv", "options": {"answer_key_csv_path": "k.csv"},
           "marking_schemes": {"DEFAULT": {"correct": 1, "incorrect": 0,
           "unmarked": 0}}})",
       "", "options.answer_key_csv_path: the answer key is missing"},
      {kCsv, "q1", "error answer key line 1: has 1 values"},
      {kCsv, "q1,A\nq2,A,B", "error answer key line 2: has 3 values"},
      {kCsv, "q1,", "line 1: the answer is missing"},
      {kCsv, "q1,\"A,\"", "line 1: an answer between commas is missing"},
      {kCsv, "q1,\"['A'\"", "line 1: the list of answers can't be read"},
      {kCsv, "q1,\"[['A', import os]]\"", "line 1: the list of answers"},
      {kCsv, "q1,[[[[[[[['A']]]]]]]]", "line 1: the list of answers"},
      {kCsv, "q1,\"A", "line 1: a quote has no end"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Lines(Read(c.json, c.csv).findings),
                Contains(HasSubstr(c.error)))
        << c.json << c.csv;
  }
}

}  // namespace
}  // namespace sightline::grade::omrchecker
