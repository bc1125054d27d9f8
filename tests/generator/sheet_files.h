// Generated sheets as the files that people and programs exchange.
#ifndef SIGHTLINE_TESTS_GENERATOR_SHEET_FILES_H_
#define SIGHTLINE_TESTS_GENERATOR_SHEET_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sightline/grade/v1/answer_key.pb.h"
#include "sightline/grade/v1/layout.pb.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::generator {

// What a layout file says of the page's looks.
struct LayoutContent {
  // The blank page as a PNG in reference.encoded.
  bool reference = true;
  // The printed markers and timing marks.
  bool markers = true;
};

// The form's layout. Errors: those of the PNG encoder.
absl::StatusOr<grade::v1::SheetLayout> LayoutMessage(
    const PrintedForm& form, const LayoutContent& content = {});
grade::v1::AnswerKey KeyMessage(const PrintedForm& form);

// The file forms. `sheets` share `form`; `files` are their names.
absl::StatusOr<std::string> LayoutJson(const PrintedForm& form,
                                       const LayoutContent& content = {});
absl::StatusOr<std::string> KeyJson(const PrintedForm& form);

// What is true of one sheet, without its pixels.
struct SheetRecord {
  std::string file;
  SheetSpecification specification;
  uint64_t seed = 0;
  CapturePlan plan;
  Homography scan_to_page;
  double deviation = 0;
  std::vector<FieldTruth> truth;
  // Marks of the form's key if every field is read as it is meant.
  double score = 0;
};
SheetRecord RecordOf(const GeneratedSheet& sheet, std::string file);
// {"family", "form_seed", "faint_ink", "stray_ink", "lost_ink",
// "max_score", "sheets":
// [{"file", "seed", "profile", "degradations", "width", "height",
// "jpeg_quality", "homography" (scan to page, row-major), "deviation",
// "score", "fields": {label: {"answer", "visible_answer", "values", "ink",
// "doubtful", "doubts"}}}]}
std::string TruthJson(const PrintedForm& form,
                      const std::vector<SheetRecord>& sheets);

// Writes a whole file. Errors: Internal FILE_NOT_WRITTEN.
absl::Status WriteFile(const std::string& path, const std::string& content);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_SHEET_FILES_H_
