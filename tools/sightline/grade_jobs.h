// What `sightline grade` has to do: scans, and what is printed on them.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_GRADE_JOBS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_GRADE_JOBS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sightline/grade/v1/grade.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {

// Scans that share their settings.
struct GradeJob {
  grade::v1::GradeSheetsRequest settings;
  std::vector<Scan> scans;
  // The files that the settings come from, beside --layout and --key: results
  // must not be written over them.
  std::vector<std::string> sources;
};

// What the flags say of sheets and scans.
struct GradeJobOptions {
  // Files and folders that hold the scans.
  std::vector<std::string> paths;
  // --layout and --key; "" if not given.
  std::string layout;
  std::string key;
  bool allow_outside = false;
  // Pages of a sheet; 0: as many as the layout has.
  int pages_per_sheet = 0;
  // Folders that pictures are written to.
  std::vector<std::string> except_folders;
  // Of every job.
  grade::v1::GradeOptions options;
  SendingOptions sending;
};

// Lists the scans and reads what is printed on them: the layout given, in our
// form or as a template of OMRChecker; without one, the OMRChecker files that
// count for each scan. Those are tried on some of the scans first (see
// choose_appearance.h), and what of them is not honoured is said on
// `session.err`. The scans, one job after the other, stand in the order in
// which they were listed: a folder within another, with files of its own,
// divides the other's scans into two jobs. Errors: what can't be read, no
// scans, no layout; the server's, if it can't try the scans.
absl::StatusOr<std::vector<GradeJob>> MakeGradeJobs(
    const GradeJobOptions& options, const Connection& connection,
    Session& session);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_GRADE_JOBS_H_
