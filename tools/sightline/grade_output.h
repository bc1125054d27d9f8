// Where the outcomes of `sightline grade` go: tables, JSON, CSV, pictures, and
// the folder of --out; and in which order, when an earlier run did a part.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_GRADE_OUTPUT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_GRADE_OUTPUT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"
#include "sightline/grade/v1/grade.pb.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/image_folder.h"
#include "tools/sightline/output/progress_bar.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/report/result_folder.h"

namespace sightline::cli {

struct GradeOutputFlags {
  std::string out;
  bool resume = false;
  bool overwrite = false;
  std::string csv;
  bool json = false;
  std::string annotated;
  int annotated_width = 0;
  int annotated_format = common::v1::IMAGE_FORMAT_JPEG;
  // A TableDetail; kUnsaid until CheckGradeOutputFlags().
  static constexpr int kUnsaid = -1;
  int show = kUnsaid;
};

void AddGradeOutputFlags(ArgumentParser& parser, GradeOutputFlags* flags);

// Checks what belongs together and fills in what was not said. Errors:
// InvalidArgument FLAG_INVALID.
absl::Status CheckGradeOutputFlags(GradeOutputFlags& flags);

// The pictures that these flags need.
void AskForPictures(const GradeOutputFlags& flags,
                    grade::v1::GradeOptions* options);

// The folders that pictures are written to: nobody wants them graded.
std::vector<std::string> WrittenFolders(const GradeOutputFlags& flags);

// Takes outcomes in the order of the scans. Not thread-safe.
class GradeOutput {
 public:
  // Both must outlive this.
  GradeOutput(const GradeOutputFlags& flags, Session& session, size_t sheets);

  // Opens everything that will be written to. `labels` and `title`: of the
  // layout; `inputs`: files not to be written over beside `scans`. Errors:
  // those of what is opened.
  absl::Status Open(absl::Span<const Scan> scans,
                    std::vector<std::string> labels, absl::string_view title,
                    std::vector<std::string> inputs);

  // What an earlier run made of `scan`; see ResultFolder, also for
  // `settings_id`. To be asked for all scans before the first is taken.
  std::optional<JournalPlace> FindDone(const Scan& scan,
                                       absl::string_view settings_id);

  // Takes a sheet that an earlier run graded.
  absl::Status TakeDone(const Scan& scan, const JournalPlace& place);

  // Takes a sheet that was graded now.
  absl::Status Take(const Scan& scan, absl::string_view settings_id,
                    const SheetOutcome& outcome);

  // Writes the report and the summary; returns the exit code.
  absl::StatusOr<int> Finish();

 private:
  absl::Status Put(const Scan& scan, const SheetOutcome& outcome,
                   const AnnotatedPaths& annotated, bool is_new);
  // The annotated pages of a sheet.
  absl::StatusOr<AnnotatedPaths> WritePictures(
      const Scan& scan, const grade::v1::GradeSheetResponse& sheet);
  void WriteTable(const Scan& scan, const SheetOutcome& outcome,
                  const AnnotatedPaths& annotated);

  const GradeOutputFlags& flags_;
  Session& session_;
  ProgressBar progress_;
  SheetSummary summary_;
  int recalled_ = 0;
  std::vector<std::string> labels_;
  std::unique_ptr<ResultFolder> results_;
  std::unique_ptr<ResultFile> csv_;
  std::optional<ImageFolder> folder_;
  absl::Status last_failure_;
};

// The scans as two kinds: those to send, and those that an earlier run graded,
// which take their places between them. Not thread-safe.
class SheetOrder {
 public:
  // `settings_ids`: one per scan. `scans` and `output` must outlive this.
  SheetOrder(absl::Span<const Scan> scans,
             std::vector<std::string> settings_ids, GradeOutput& output);

  // Those of `count` scans from the one numbered `first` on that were not
  // graded before.
  std::vector<Scan> ToSend(size_t first, size_t count) const;

  // Takes what comes before the next sheet to be sent.
  absl::Status TakeDone();

  // Takes the outcome of the next sheet that was sent.
  absl::Status Take(const SheetOutcome& outcome);

 private:
  const absl::Span<const Scan> scans_;
  const std::vector<std::string> settings_ids_;
  GradeOutput& output_;
  // Where each is in the journal.
  std::vector<std::optional<JournalPlace>> places_;
  // The first that was not taken.
  size_t next_ = 0;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_GRADE_OUTPUT_H_
