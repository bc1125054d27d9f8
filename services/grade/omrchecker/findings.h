// What was found wrong, or could not be honoured, in OMRChecker's files.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_FINDINGS_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_FINDINGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/text/json_text.h"

namespace sightline::grade::omrchecker {

enum class File { kTemplate, kConfig, kEvaluation, kAnswerKey };

// "template.json", "config.json", "evaluation.json", "answer key".
absl::string_view FileName(File file);

// The field of OmrCheckerFiles that carries it: "template_json".
absl::string_view FieldName(File file);

struct Finding {
  // Nothing can be graded with an error; the rest are notes: what the file
  // asks for, and what is done instead.
  bool is_error = false;
  File file = File::kTemplate;
  // Below the file: "fieldBlocks.Roll.origin", "line 3"; "" for the whole.
  std::string path;
  TextPosition position;
  std::string text;
};

// Collects findings, at most 200: files are untrusted. Not thread-safe.
class Findings {
 public:
  void Error(File file, const std::string& path, TextPosition position,
             absl::string_view text);
  void Note(File file, const std::string& path, TextPosition position,
            absl::string_view text);
  // No more are taken: whoever reads a file may stop.
  bool Full() const { return found_.size() >= kMost; }
  bool HasErrors() const { return has_errors_; }
  std::vector<Finding> Take() { return std::move(found_); }

 private:
  static constexpr size_t kMost = 200;
  std::vector<Finding> found_;
  bool has_errors_ = false;
};

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_FINDINGS_H_
