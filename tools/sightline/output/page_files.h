// Cleaned pages as files: their names, planned before anything is sent, and
// what is in them.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PAGE_FILES_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PAGE_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "sightline/preprocess/v1/preprocess.pb.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {

// What to do when a file is there already.
enum class ExistingFiles { kRefuse, kOverwrite, kSkip };

// The files that one scan's results go to: `stem` and any of the suffixes.
struct PlannedFiles {
  // "clean/scan", "clean/stack-page2".
  std::string stem;
  // All of them are there already; only with kSkip.
  bool is_done = false;
};

// Names for the results of `scans` in `folder`, which is made if it is missing;
// one for each scan, the same in every run with the same scans. `suffixes`:
// what is written for each, such as ".png". A stem with which a file of another
// scan, or a scan itself, would be written over gets a number: "scan-2".
// Errors: InvalidArgument WOULD_OVERWRITE (kRefuse, and a file is there: the
// message names the first and counts the others), Internal FILE_UNWRITABLE.
absl::StatusOr<std::vector<PlannedFiles>> PlanFiles(
    const std::string& folder, absl::Span<const Scan> scans,
    absl::Span<const std::string> suffixes, ExistingFiles existing);

// ".png": what a page of that format is called as a file. Pixels become a
// portable graymap (.pgm) or bitmap (.pbm).
std::string PageSuffix(preprocess::v1::PageFormat format);

// A page as a file. Errors: Internal PAGE_INVALID (pixels that do not fill the
// page, an unknown format).
absl::StatusOr<std::string> PageFile(const preprocess::v1::Page& page);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_PAGE_FILES_H_
