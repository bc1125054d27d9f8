// Pages of PDF files as images, by poppler-utils' programs.
//
// poppler is a program of its own here, not a library: it is GPL, and PDF
// files are untrusted input that had better be parsed in another process.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_PDF_PAGES_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_PDF_PAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"

namespace sightline::cli {

// Number of pages. Errors: NotFound PROGRAM_NOT_FOUND (with the package to
// install), InvalidArgument PDF_UNREADABLE, and those of RunChild().
absl::StatusOr<int> CountPdfPages(const std::string& path,
                                  const StopToken& stop);

// Page `page`, counted from 1, as an 8-bit gray TIFF of
// `dots_per_inch`. The temporary
// folder it is made in is gone afterwards, whatever happens. Errors: as above;
// InvalidArgument PDF_PAGE_TOO_LARGE (a side above 20000 pixels).
absl::StatusOr<std::string> RenderPdfPage(const std::string& path, int page,
                                          int dots_per_inch,
                                          const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_PDF_PAGES_H_
