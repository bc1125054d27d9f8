#include "tools/sightline/report/statistics.h"

#include <algorithm>
#include <cmath>

namespace sightline::cli {
namespace {

constexpr size_t kMaxDifferentAnswers = 64;
constexpr double kMostMarks = 1e12;

using grade::v1::Flag;
using grade::v1::QuestionResult;

bool HasFlag(const grade::v1::FieldReading& field, Flag flag) {
  return std::find(field.flags().begin(), field.flags().end(), flag) !=
         field.flags().end();
}

// What of a right answer's marks the answer earned.
double ShareOf(const QuestionResult& result) {
  if (result.verdict() == grade::v1::VERDICT_CORRECT) return 1;
  if (result.verdict() != grade::v1::VERDICT_PARTIAL ||
      !(result.max_score() > 0)) {
    return 0;
  }
  return std::clamp(result.score() / result.max_score(), 0.0, 1.0);
}

}  // namespace

void AnswerCounts::Add(const std::string& answer) {
  const auto found = counts_.find(answer);
  if (found != counts_.end()) {
    ++found->second;
  } else if (counts_.size() < kMaxDifferentAnswers) {
    counts_[answer] = 1;
  } else {
    ++others_;
  }
}

std::vector<AnswerCounts::Count> AnswerCounts::MostFrequent(size_t most,
                                                            int* others) const {
  std::vector<Count> counts;
  for (const auto& [answer, count] : counts_) counts.push_back({answer, count});
  std::stable_sort(
      counts.begin(), counts.end(),
      [](const Count& a, const Count& b) { return a.count > b.count; });
  *others = others_;
  for (; counts.size() > most; counts.pop_back()) {
    *others += counts.back().count;
  }
  return counts;
}

void Moments::Add(double x, double y) {
  ++count_;
  const double from_x = x - mean_x_;
  const double from_y = y - mean_y_;
  mean_x_ += from_x / count_;
  mean_y_ += from_y / count_;
  sum_xx_ += from_x * (x - mean_x_);
  sum_yy_ += from_y * (y - mean_y_);
  sum_xy_ += from_x * (y - mean_y_);
}

double Moments::variance_x() const {
  return count_ < 2 ? 0 : sum_xx_ / (count_ - 1);
}

std::optional<double> Moments::Correlation() const {
  // What rounding leaves of something that does not vary.
  constexpr double kNothing = 1e-9;
  if (!(sum_xx_ > kNothing) || !(sum_yy_ > kNothing)) return std::nullopt;
  return std::clamp(sum_xy_ / std::sqrt(sum_xx_ * sum_yy_), -1.0, 1.0);
}

void Statistics::Add(const grade::v1::GradeSheetResponse& sheet) {
  if (sheet.has_score()) {
    // No sum of marks: whoever answered that is not to be trusted.
    if (!(std::abs(sheet.score()) < kMostMarks) ||
        !(std::abs(sheet.max_score()) < kMostMarks)) {
      return;
    }
    scores_.push_back(sheet.score());
    max_score_ = std::max(max_score_, sheet.max_score());
    for (const QuestionResult& result : sheet.questions()) {
      AddQuestion(result, sheet.score());
    }
    return;
  }
  const std::set<std::string> review(sheet.review().begin(),
                                     sheet.review().end());
  for (const grade::v1::FieldReading& field : sheet.fields()) {
    if (labels_.count(field.label()) > 0) {
      AddField(field, review.count(field.label()) > 0);
    }
  }
}

Statistics::Question& Statistics::Find(const std::string& label) {
  const auto [entry, is_new] = index_.try_emplace(label, questions_.size());
  if (is_new) questions_.emplace_back().summary.label = label;
  return questions_[entry->second];
}

void Statistics::AddQuestion(const QuestionResult& result, double total) {
  Question& question = Find(result.field());
  QuestionSummary& summary = question.summary;
  summary.expected = result.expected();
  ++summary.sheets;
  summary.to_review += result.needs_review();
  switch (result.verdict()) {
    case grade::v1::VERDICT_CORRECT:
      ++summary.right;
      break;
    case grade::v1::VERDICT_BONUS:
      ++summary.right;
      question.is_bonus = true;
      break;
    case grade::v1::VERDICT_PARTIAL:
      ++summary.partial;
      break;
    case grade::v1::VERDICT_BLANK:
      ++summary.blank;
      break;
    case grade::v1::VERDICT_MULTIPLE:
      ++summary.multiple;
      break;
    default:
      ++summary.wrong;
  }
  if (result.verdict() != grade::v1::VERDICT_BLANK) {
    summary.answers.Add(result.answer());
  }
  question.share_and_rest.Add(ShareOf(result), total - result.score());
  question.score.Add(result.score(), 0);
}

void Statistics::AddField(const grade::v1::FieldReading& field,
                          bool to_review) {
  QuestionSummary& summary = Find(field.label()).summary;
  ++summary.sheets;
  summary.to_review += to_review;
  if (HasFlag(field, grade::v1::FLAG_BLANK)) {
    ++summary.blank;
    return;
  }
  if (HasFlag(field, grade::v1::FLAG_MULTIPLE)) {
    ++summary.multiple;
  } else {
    ++summary.answered;
  }
  summary.answers.Add(field.answer());
}

std::vector<QuestionSummary> Statistics::Questions() const {
  std::vector<QuestionSummary> summaries;
  for (const Question& question : questions_) {
    summaries.push_back(question.summary);
    const Moments& moments = question.share_and_rest;
    if (question.is_bonus || moments.count() == 0) continue;
    summaries.back().difficulty = moments.mean_x();
    if (moments.count() >= kLeastSheets) {
      summaries.back().discrimination = moments.Correlation();
    }
  }
  return summaries;
}

ScoreSummary Statistics::Scores() const {
  ScoreSummary summary;
  summary.scores = scores_;
  std::sort(summary.scores.begin(), summary.scores.end());
  summary.max_score = max_score_;
  if (scores_.empty()) return summary;
  Moments moments;
  for (const double score : scores_) moments.Add(score, 0);
  summary.mean = moments.mean_x();
  summary.deviation = std::sqrt(moments.variance_x());
  const size_t middle = summary.scores.size() / 2;
  summary.median =
      summary.scores.size() % 2 == 1
          ? summary.scores[middle]
          : (summary.scores[middle - 1] + summary.scores[middle]) / 2;
  const double questions = static_cast<double>(questions_.size());
  if (static_cast<int>(scores_.size()) < kLeastSheets || questions < 2 ||
      !(moments.variance_x() > 1e-9)) {
    return summary;
  }
  double own = 0;
  for (const Question& question : questions_)
    own += question.score.variance_x();
  summary.reliability =
      questions / (questions - 1) * (1 - own / moments.variance_x());
  return summary;
}

}  // namespace sightline::cli
