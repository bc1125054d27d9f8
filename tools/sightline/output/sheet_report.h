// Graded sheets as a table, as JSON and as CSV.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_SHEET_REPORT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_SHEET_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sightline/grade/v1/grade.pb.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {

using SheetOutcome = absl::StatusOr<grade::v1::GradeSheetResponse>;

// How much of a sheet the table shows.
enum class TableDetail {
  kAll,      // every field
  kReview,   // fields to review, and questions that were not right
  kSummary,  // the first line alone
};

// The sheet for people: a line with file, score and alignment, and a table of
// its fields and combined fields. A failure is described as by
// DescribeError().
std::string SheetTable(absl::string_view file, const SheetOutcome& outcome,
                       TableDetail detail, bool coloured);

// One JSON object in one line, without the newline; its members are listed in
// docs/cli.md.
std::string SheetJson(absl::string_view file, const SheetOutcome& outcome);

// {"code": "NOT_FOUND", "reason": "...", "message": "...", ...}, or null for
// OK.
void WriteErrorJson(const absl::Status& status, JsonWriter& json);

// The CSV file's first record: file, error, `labels`, score, max_score,
// review.
std::string CsvHeader(const std::vector<std::string>& labels);

// A sheet's record; `review` holds labels separated by spaces. A failure
// leaves everything but file and error empty.
std::string SheetCsv(absl::string_view file, const SheetOutcome& outcome,
                     const std::vector<std::string>& labels);

// Adds up what a whole run gave.
class SheetSummary {
 public:
  void Add(const SheetOutcome& outcome);
  // "12 sheets: 11 graded, 1 failed, 2 to review, mean score 15.5 of 20".
  std::string Text() const;
  // OK, or the first failure.
  const absl::Status& first_failure() const { return first_failure_; }

 private:
  int graded_ = 0;
  int failed_ = 0;
  int to_review_ = 0;
  int scored_ = 0;
  double score_sum_ = 0;
  double max_score_sum_ = 0;
  absl::Status first_failure_;
};

// "ALIGN_METHOD_ORB" without "ALIGN_METHOD_" in lower case: "orb".
std::string ShortName(absl::string_view enum_name, absl::string_view prefix);

// A grade.v1.Flag and a grade.v1.Verdict in a word: "multiple", "correct".
std::string FlagWord(int flag);
std::string VerdictWord(grade::v1::Verdict verdict);

// "orb"; "aligned" for a scan that needed no registration.
std::string MethodName(align::v1::AlignMethod method);

// Numbers for people: at most `decimals` decimals, no zeros at the end.
std::string Rounded(double value, int decimals);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_SHEET_REPORT_H_
