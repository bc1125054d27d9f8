// evaluation.json and the answer key beside it: what answers are worth.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_EVALUATION_FILE_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_EVALUATION_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/grade/omrchecker/findings.h"
#include "sightline/grade/v1/answer_key.pb.h"

namespace sightline::grade::omrchecker {

struct EvaluationContent {
  std::optional<v1::AnswerKey> key;
  // Where the right answers are to be read from, if there is no key.
  std::string picture;
  std::vector<std::string> picture_questions;
};

// The files that an evaluation names, below its folder; "" for none.
struct EvaluationFiles {
  std::string answer_key_csv;
  std::string answer_key_picture;
};

// Nothing is reported: a file that can't be read names none.
EvaluationFiles FilesNamedBy(absl::string_view evaluation_json);

// Reads an evaluation. `answer_key_csv` is the content of the answer key, ""
// if there is none. The result is of use only if `findings` has no errors.
EvaluationContent ReadEvaluation(absl::string_view evaluation_json,
                                 absl::string_view answer_key_csv,
                                 Findings& findings);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_EVALUATION_FILE_H_
