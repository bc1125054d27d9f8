// What a run of graded sheets says of the sheets and of the questions.
//
// Sheets are added one by one and not kept: memory grows by a number per
// sheet, and with the number of questions.
//
//   difficulty      p = mean of x, x being 1 for a right answer, its share for
//                   a partly right one, 0 for any other
//   discrimination  r = the correlation of x with y, the score that the same
//                   sheet reaches in all other questions: the corrected
//                   point-biserial correlation
//                     r = (M1 - M0) / s * sqrt(p (1 - p))
//                   where x is 0 or 1: M1 and M0 are the means of y among
//                   those who answered right and the others, s is the standard
//                   deviation of y
//   reliability     Cronbach's alpha = k / (k - 1) * (1 - sum of the questions'
//                   variances / variance of the score); Kuder and Richardson's
//                   formula 20 where every question gives 0 or 1
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_STATISTICS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_STATISTICS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sightline/grade/v1/grade.pb.h"

namespace sightline::cli {

// How often answers were given. Beyond the first 64 different ones they are
// counted together.
class AnswerCounts {
 public:
  void Add(const std::string& answer);
  struct Count {
    std::string answer;
    int count = 0;
  };
  // The most frequent first, at most `most`; what is left over goes into
  // `others`.
  std::vector<Count> MostFrequent(size_t most, int* others) const;

 private:
  std::map<std::string, int> counts_;
  int others_ = 0;
};

// A running mean and variance (Welford 1962), and covariance.
class Moments {
 public:
  void Add(double x, double y);
  int count() const { return count_; }
  double mean_x() const { return mean_x_; }
  // Of the sample: divided by n - 1; 0 for fewer than two.
  double variance_x() const;
  // nullopt where either does not vary.
  std::optional<double> Correlation() const;

 private:
  int count_ = 0;
  double mean_x_ = 0;
  double mean_y_ = 0;
  double sum_xx_ = 0;
  double sum_yy_ = 0;
  double sum_xy_ = 0;
};

// What became of one question, or of one field where there is no key.
struct QuestionSummary {
  std::string label;
  // The first right answer; empty without a key.
  std::string expected;
  int sheets = 0;
  int right = 0;
  int partial = 0;
  int wrong = 0;
  int blank = 0;
  int multiple = 0;
  // One mark, without a key to say whether it is right.
  int answered = 0;
  // Readings on the review list.
  int to_review = 0;
  // A bonus question has neither.
  std::optional<double> difficulty;
  // From `kLeastSheets` sheets on.
  std::optional<double> discrimination;
  AnswerCounts answers;
};

// Of fewer sheets a correlation says nothing.
inline constexpr int kLeastSheets = 10;

struct ScoreSummary {
  // Ascending.
  std::vector<double> scores;
  // The largest of all sheets: they have the same key.
  double max_score = 0;
  double mean = 0;
  double median = 0;
  // Of the sample; 0 for one sheet.
  double deviation = 0;
  // nullopt for fewer than kLeastSheets sheets or two questions, or where all
  // scores are equal.
  std::optional<double> reliability;
};

class Statistics {
 public:
  // `labels`: of the fields to report on where there is no key.
  explicit Statistics(const std::vector<std::string>& labels)
      : labels_(labels.begin(), labels.end()) {}

  // A score that is no sum of marks (not finite, beyond 1e12) is passed over.
  void Add(const grade::v1::GradeSheetResponse& sheet);

  bool has_scores() const { return !scores_.empty(); }
  // In the order of the key, or of the layout without one.
  std::vector<QuestionSummary> Questions() const;
  ScoreSummary Scores() const;

 private:
  struct Question {
    QuestionSummary summary;
    bool is_bonus = false;
    // x, and the score of the other questions.
    Moments share_and_rest;
    // The question's own score.
    Moments score;
  };
  Question& Find(const std::string& label);
  void AddQuestion(const grade::v1::QuestionResult& result, double total);
  void AddField(const grade::v1::FieldReading& field, bool to_review);

  const std::set<std::string> labels_;
  std::vector<Question> questions_;
  std::map<std::string, size_t> index_;
  std::vector<double> scores_;
  double max_score_ = 0;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_STATISTICS_H_
