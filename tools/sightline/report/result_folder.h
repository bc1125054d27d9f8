// The folder that `sightline grade --out` fills.
//
//   results.csv   one line per sheet, in the order of the scans
//   review.csv    one line per doubtful field, with a column for corrections
//   report.html   the page for people; see report_page.h
//   crops/        pictures of the doubtful fields
//   journal       what is done; see journal.h
//
// results.csv and review.csv are written as sheets come, report.html at the
// end. A run that goes on where another stopped writes all of them anew: those
// sheets come from the journal.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_RESULT_FOLDER_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_RESULT_FOLDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/image_folder.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/report/journal.h"
#include "tools/sightline/report/report_page.h"

namespace sightline::cli {

struct ResultFolderOptions {
  std::string folder;
  // Goes on with what the folder holds.
  bool resume = false;
  // Begins anew although it holds results.
  bool overwrite = false;
  // For people: the layout's name.
  std::string title;
  // Columns of results.csv.
  std::vector<std::string> labels;
  // Files that must not be written over, beside the scans.
  std::vector<std::string> inputs;
};

// Where pictures of fields go; scans there are none to grade.
std::string CropFolder(const std::string& folder);

// Not thread-safe.
class ResultFolder {
 public:
  // Makes the folder if it is missing. Errors: InvalidArgument WOULD_OVERWRITE
  // (it holds results, and neither resume nor overwrite is set; or an input
  // has the name of a result), Internal FILE_UNWRITABLE, those of
  // Journal::Open().
  static absl::StatusOr<std::unique_ptr<ResultFolder>> Open(
      ResultFolderOptions options, absl::Span<const Scan> scans,
      Session& session);

  // Where the journal has `scan`, for Recall(); nullopt when it is to be
  // graded. `settings_id` names its layout, key and options: what was graded
  // with others does not count. To be asked once per scan, in their order.
  std::optional<JournalPlace> FindDone(const Scan& scan,
                                       absl::string_view settings_id);
  // What became of that scan then. Errors: those of Journal::Read().
  absl::StatusOr<SheetOutcome> Recall(const JournalPlace& place) const;

  // Puts a sheet that was just graded into the journal, so that no later run
  // does it again. Failures that are not the sheet's own (no server, no
  // permission, stopped) are left out: they are worth another try. Errors:
  // Internal FILE_UNWRITABLE.
  absl::Status Remember(const Scan& scan, absl::string_view settings_id,
                        const SheetOutcome& outcome,
                        const AnnotatedPaths& annotated);

  // Adds a sheet, new or recalled, to the results; in the order of the scans.
  // Errors: Internal FILE_UNWRITABLE.
  absl::Status Add(const Scan& scan, const SheetOutcome& outcome);

  // Writes report.html. Errors: Internal FILE_UNWRITABLE.
  absl::Status Finish(absl::Time now);

  // Of report.html.
  std::string report_path() const;

 private:
  explicit ResultFolder(ResultFolderOptions options)
      : options_(std::move(options)) {}
  std::string PathOf(const char* name) const;
  // Pictures of handwriting.
  absl::Status WriteBoxes(const Scan& scan,
                          const grade::v1::GradeSheetResponse& sheet);
  absl::Status SetReviewAside();
  absl::Status DropReviewSetAside();

  const ResultFolderOptions options_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<ResultFile> results_;
  std::unique_ptr<ResultFile> review_;
  std::optional<ImageFolder> crops_;
  std::unique_ptr<ReportPage> page_;
  // The earlier run's review.csv, in which a person may have written.
  std::string earlier_review_;
};

// Whether a sheet's failure would come again whenever it is graded with the
// same settings.
bool IsFinal(const absl::Status& failure);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_RESULT_FOLDER_H_
