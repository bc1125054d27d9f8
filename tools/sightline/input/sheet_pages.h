// Scans put together to sheets of several pages.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_SHEET_PAGES_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_SHEET_PAGES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"
#include "sightline/common/v1/conveyor.pb.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {

// The most pages that are sent as one sheet.
inline constexpr int kMaxPagesPerSheet = 64;

// Sheets of `pages_per_sheet` pages (>= 1) each, in the order of `scans`: the
// pages of one PDF or TIFF in turn, and files of one page that follow each
// other in a folder. What is left over at the end of a file or a folder is a
// sheet of fewer pages; a scan with a problem is one of its own.
std::vector<Scan> GroupPages(std::vector<Scan> scans, int pages_per_sheet);

// The paths of all scans and of their further pages.
std::vector<std::string> PathsOf(absl::Span<const Scan> scans);

// Page `index` of a sheet, as the server numbers what it is sent; nullptr for
// one that it does not have.
const Scan* PageOf(const Scan& sheet, int index);

// What is sent for a sheet, and what its header says beside id and size.
struct SheetContent {
  common::v1::ItemHeader header;
  std::string bytes;
};

// The file that all pages are in, or the files and rendered pages one after the
// other. Errors: those of ReadScan() for any of them.
absl::StatusOr<SheetContent> ReadSheet(const Scan& sheet, int pdf_dots_per_inch,
                                       const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_SHEET_PAGES_H_
