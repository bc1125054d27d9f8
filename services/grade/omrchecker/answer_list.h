// One question's right answers, as evaluation.json and answer keys write them.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_ANSWER_LIST_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_ANSWER_LIST_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/text/json_text.h"
#include "services/grade/omrchecker/json_file.h"
#include "sightline/grade/v1/answer_key.pb.h"

namespace sightline::grade::omrchecker {

// Fills `question`'s accepted answers from one of
//   "A"                                 one right answer
//   ["A", "B", "AB"]                    each is right
//   [["A", 2], ["B", "1/2"]]            each earns marks of its own
//   ["A", [2, -1, 0]]                   marks for right, wrong and blank
//   [["A", "B"], [2, -1, 0]]            the same with several right ones
// False after an error.
bool ReadAnswers(const JsonFile& file, const Place& place,
                 v1::Question* question);

// An answer key's column as such a value: A, or "A,B" for several, or a list as
// Python writes it: ['A', 'B'], [['A', '1'], ['B', 0.5]]. Errors:
// InvalidArgument with what can't be read.
absl::StatusOr<JsonValue> ParseAnswerColumn(absl::string_view text);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_ANSWER_LIST_H_
