// Scores a reading against an answer key.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_SCORING_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_SCORING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// Marks by outcome; absent ones are inherited. Defaults in answer_key.proto.
struct Marks {
  std::optional<double> correct;
  std::optional<double> incorrect;
  std::optional<double> blank;
  std::optional<double> multiple;
};

struct AcceptedAnswer {
  std::string answer;
  // Share of the marks of a right answer, (0, 1].
  double share = 1;
  // Marks instead of that share; any sign.
  std::optional<double> marks = std::nullopt;
};

struct Question {
  std::string field;
  std::vector<AcceptedAnswer> accepted;
  Marks marks;
  double weight = 1;
  bool bonus = false;
};

struct AnswerKey {
  std::vector<Question> questions;
  Marks marks;
};

enum class Verdict {
  kCorrect,
  kPartial,
  kIncorrect,
  kBlank,
  kMultiple,
  kBonus,
};

struct QuestionResult {
  std::string field;
  std::string answer;
  // The key's first right answer; empty for a bonus question without one.
  std::string expected;
  Verdict verdict = Verdict::kBlank;
  double score = 0;
  double max_score = 0;
  bool needs_review = false;
};

// A combined field's answer: its fields joined.
struct CombinedReading {
  std::string label;
  std::string answer;
  double confidence = 0;
  // Something is marked, and the check digit says that it is wrong.
  bool check_failed = false;
};

struct Score {
  std::vector<QuestionResult> questions;
  double score = 0;
  double max_score = 0;
};

// Everything in `key` that does not fit `sheet`: unknown fields, questions
// asked twice, answers that the field's bubbles cannot give, numbers that are
// not finite. Paths are below the key, such as "questions[3].field".
std::vector<LayoutProblem> CheckKey(const AnswerKey& key, const Sheet& sheet);

// Joins the fields of every combined field. `reading` belongs to `sheet`. What
// fails its check has a confidence of at most 0.45.
std::vector<CombinedReading> Combine(const Sheet& sheet,
                                     const SheetReading& reading);

// Scores `reading`, which belongs to `sheet`. Errors: InvalidArgument
// KEY_INVALID with every problem of CheckKey() that is an error.
absl::StatusOr<Score> ScoreSheet(const AnswerKey& key, const Sheet& sheet,
                                 const SheetReading& reading);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_SCORING_H_
