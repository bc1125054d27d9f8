// The scans that a command line names: files, pages of files, whole folders.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_SCAN_LIST_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_SCAN_LIST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"

namespace sightline::cli {

// One page to send, or the first of a sheet of several.
struct Scan {
  // As results name it: the path as given, with "#page=2" for a page of a
  // PDF, or of a TIFF that has several.
  std::string name;
  std::string path;
  // Counted from 0.
  int page = 0;
  bool is_pdf = false;
  // Informative, from the file's name: "image/jpeg".
  std::string media_type;
  // Among all scans of a command that lists several folders.
  size_t place = 0;
  // Why it can't be sent, found while listing; takes its place in the results.
  absl::Status problem;
  // The further pages of the same sheet; see sheet_pages.h. They have none.
  std::vector<Scan> more_pages = {};
};

struct ScanListOptions {
  // Folders are walked without these, so that pictures a command writes are
  // not read back. Empty names are none.
  std::vector<std::string> except_folders;
  // And without these files: the pictures that belong to a layout.
  std::vector<std::string> except_files;
};

// Lists scans in the order given; a folder stands for the images and PDFs in
// it and below, in natural order, without hidden ones and without following
// links to folders. A path that can't be read becomes a Scan with a problem.
// Errors: InvalidArgument NO_SCANS (nothing to send), the stop's reason.
absl::StatusOr<std::vector<Scan>> ListScans(absl::Span<const std::string> paths,
                                            const ScanListOptions& options,
                                            const StopToken& stop);

// The bytes to send for the one page `scan`: the file, or the PDF page rendered
// at `pdf_dots_per_inch`. Errors: scan.problem, and those of ReadFile() and
// RenderPdfPage(); InvalidArgument SCAN_EMPTY.
absl::StatusOr<std::string> ReadScan(const Scan& scan, int pdf_dots_per_inch,
                                     const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_SCAN_LIST_H_
