#include "services/grade/engine/scoring.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

// Confidence of a number whose check digit is wrong: below every sensible
// review_below.
constexpr double kFailedCheck = 0.45;

// A number that nobody marked is blank, not wrong.
bool PassesCheck(CheckDigit rule, const std::string& number) {
  return number.empty() || CheckDigitHolds(rule, number);
}

// A question's marks with every default filled in.
struct FullMarks {
  double correct;
  double incorrect;
  double blank;
  double multiple;
};

FullMarks Resolve(const Marks& own, const Marks& key) {
  const auto pick = [](std::optional<double> first,
                       std::optional<double> second, double otherwise) {
    return first.has_value() ? *first : second.value_or(otherwise);
  };
  FullMarks marks;
  marks.correct = pick(own.correct, key.correct, 1);
  marks.incorrect = pick(own.incorrect, key.incorrect, 0);
  marks.blank = pick(own.blank, key.blank, 0);
  marks.multiple = pick(own.multiple, key.multiple, marks.incorrect);
  return marks;
}

// What `accepted` earns where a right answer earns `correct`.
double Earned(const AcceptedAnswer& accepted, double correct) {
  return accepted.marks.value_or(correct * accepted.share);
}

// The most that an answer to `question` can earn, before its weight.
double MostEarned(const Question& question, double correct) {
  // Where every answer has marks of its own, none earns `correct`.
  if (question.bonus) return correct;
  bool any_share = question.accepted.empty();
  double most = -INFINITY;
  for (const AcceptedAnswer& accepted : question.accepted) {
    any_share = any_share || !accepted.marks.has_value();
    if (accepted.marks.has_value()) most = std::max(most, *accepted.marks);
  }
  return any_share ? std::max(most, correct) : most;
}

// An answer that costs marks is a foreseen wrong one.
Verdict VerdictOfOwnMarks(double marks, double most) {
  if (marks >= most) return Verdict::kCorrect;
  return marks > 0 ? Verdict::kPartial : Verdict::kIncorrect;
}

// What a question's field, or the members of its combined field, read as.
struct Answer {
  std::string text;
  bool is_blank = true;
  bool has_too_many = false;
  bool needs_review = false;
};

void Join(const Field& field, const FieldReading& reading, Answer& answer) {
  answer.text += reading.answer;
  answer.is_blank = answer.is_blank && reading.marked_count == 0;
  answer.has_too_many =
      answer.has_too_many ||
      (field.kind != FieldKind::kMultiple && reading.marked_count > 1);
  answer.needs_review = answer.needs_review || reading.needs_review;
}

Answer AnswerOf(const Sheet& sheet, const SheetReading& reading,
                absl::string_view label) {
  Answer answer;
  if (const auto field = sheet.FindField(label); field.has_value()) {
    Join(sheet.fields()[*field], reading.fields[*field], answer);
    return answer;
  }
  if (const auto index = sheet.FindCombined(label); index.has_value()) {
    for (const std::string& member : sheet.combined()[*index].fields) {
      const int field = sheet.FindField(member).value();
      Join(sheet.fields()[field], reading.fields[field], answer);
    }
    answer.needs_review =
        answer.needs_review ||
        !PassesCheck(sheet.combined()[*index].check, answer.text);
  }
  return answer;
}

QuestionResult ScoreQuestion(const Question& question, const Marks& key_marks,
                             const Answer& answer) {
  const FullMarks marks = Resolve(question.marks, key_marks);
  QuestionResult result;
  result.field = question.field;
  result.answer = answer.text;
  result.needs_review = answer.needs_review;
  if (!question.accepted.empty()) {
    result.expected = question.accepted.front().answer;
  }
  const double most = MostEarned(question, marks.correct);
  result.max_score = question.weight * most;

  const auto accepted = std::find_if(
      question.accepted.begin(), question.accepted.end(),
      [&](const AcceptedAnswer& a) { return a.answer == answer.text; });
  if (question.bonus) {
    result.verdict = Verdict::kBonus;
    result.score = result.max_score;
  } else if (answer.has_too_many) {
    result.verdict = Verdict::kMultiple;
    result.score = question.weight * marks.multiple;
  } else if (accepted != question.accepted.end()) {
    const double earned = Earned(*accepted, marks.correct);
    result.verdict = accepted->marks.has_value()
                         ? VerdictOfOwnMarks(*accepted->marks, most)
                     : accepted->share < 1 ? Verdict::kPartial
                                           : Verdict::kCorrect;
    result.score = question.weight * earned;
  } else if (answer.is_blank) {
    result.verdict = Verdict::kBlank;
    result.score = question.weight * marks.blank;
  } else {
    result.verdict = Verdict::kIncorrect;
    result.score = question.weight * marks.incorrect;
  }
  return result;
}

}  // namespace

std::vector<CombinedReading> Combine(const Sheet& sheet,
                                     const SheetReading& reading) {
  std::vector<CombinedReading> combined;
  combined.reserve(sheet.combined().size());
  for (const CombinedField& field : sheet.combined()) {
    CombinedReading joined;
    joined.label = field.label;
    joined.confidence = 1;
    for (const std::string& member : field.fields) {
      const int index = sheet.FindField(member).value();
      joined.answer += reading.fields[index].answer;
      joined.confidence =
          std::min(joined.confidence, reading.fields[index].confidence);
    }
    joined.check_failed = !PassesCheck(field.check, joined.answer);
    if (joined.check_failed) {
      joined.confidence = std::min(joined.confidence, kFailedCheck);
    }
    combined.push_back(std::move(joined));
  }
  return combined;
}

absl::StatusOr<Score> ScoreSheet(const AnswerKey& key, const Sheet& sheet,
                                 const SheetReading& reading) {
  if (reading.fields.size() != sheet.fields().size()) {
    return Error(absl::StatusCode::kInvalidArgument, kReadingMismatch)
        .Message(absl::StrCat("the reading has ", reading.fields.size(),
                              " fields, the sheet ", sheet.fields().size()));
  }
  const std::vector<LayoutProblem> problems = CheckKey(key, sheet);
  Error error(absl::StatusCode::kInvalidArgument, kKeyInvalid);
  bool failed = false;
  for (const LayoutProblem& problem : problems) {
    if (!problem.is_error) continue;
    failed = true;
    error.Field(problem.field, problem.description);
  }
  if (failed) return error;

  Score score;
  score.questions.reserve(key.questions.size());
  for (const Question& question : key.questions) {
    score.questions.push_back(ScoreQuestion(
        question, key.marks, AnswerOf(sheet, reading, question.field)));
    score.score += score.questions.back().score;
    score.max_score += score.questions.back().max_score;
  }
  return score;
}

}  // namespace sightline::grade
