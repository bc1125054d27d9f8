#include "tools/sightline/input/sheet_pages.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/status/status_macros.h"

namespace sightline::cli {
namespace {

// Whether `next` is the page after `page` of the same file.
bool IsNextPage(const Scan& page, const Scan& next) {
  return next.path == page.path && next.page == page.page + 1;
}

bool AreBeside(const Scan& a, const Scan& b) {
  return std::filesystem::path(a.path).parent_path() ==
         std::filesystem::path(b.path).parent_path();
}

// Whether all pages stand in one file, in turn, that is sent as it is.
bool IsOneFile(const Scan& sheet) {
  return !sheet.is_pdf &&
         std::all_of(sheet.more_pages.begin(), sheet.more_pages.end(),
                     [&](const Scan& page) { return page.path == sheet.path; });
}

}  // namespace

std::vector<Scan> GroupPages(std::vector<Scan> scans, int pages_per_sheet) {
  if (pages_per_sheet <= 1) return scans;
  // Which scans are pages of a file that has several.
  std::vector<bool> is_part(scans.size(), false);
  for (size_t i = 1; i < scans.size(); ++i) {
    if (!IsNextPage(scans[i - 1], scans[i])) continue;
    is_part[i - 1] = is_part[i] = true;
  }
  std::vector<Scan> sheets;
  for (size_t i = 0; i < scans.size(); ++i) {
    Scan& scan = scans[i];
    bool goes_on =
        !sheets.empty() && scan.problem.ok() && sheets.back().problem.ok() &&
        static_cast<int>(sheets.back().more_pages.size()) + 1 < pages_per_sheet;
    if (goes_on) {
      const Scan& last = sheets.back().more_pages.empty()
                             ? sheets.back()
                             : sheets.back().more_pages.back();
      goes_on = is_part[i] ? IsNextPage(last, scan)
                           : !is_part[i - 1] && AreBeside(last, scan);
    }
    if (goes_on) {
      sheets.back().more_pages.push_back(std::move(scan));
    } else {
      sheets.push_back(std::move(scan));
    }
  }
  return sheets;
}

std::vector<std::string> PathsOf(absl::Span<const Scan> scans) {
  std::vector<std::string> paths;
  for (const Scan& scan : scans) {
    paths.push_back(scan.path);
    for (const Scan& page : scan.more_pages) {
      if (page.path != paths.back()) paths.push_back(page.path);
    }
  }
  return paths;
}

const Scan* PageOf(const Scan& sheet, int index) {
  if (index == 0) return &sheet;
  if (index < 0 || index > static_cast<int>(sheet.more_pages.size())) {
    return nullptr;
  }
  return &sheet.more_pages[index - 1];
}

absl::StatusOr<SheetContent> ReadSheet(const Scan& sheet, int pdf_dots_per_inch,
                                       const StopToken& stop) {
  SheetContent content;
  content.header.set_media_type(sheet.media_type);
  content.header.set_page_count(static_cast<int>(sheet.more_pages.size()) + 1);
  SL_ASSIGN_OR_RETURN(content.bytes, ReadScan(sheet, pdf_dots_per_inch, stop));
  if (IsOneFile(sheet)) {
    content.header.set_page(sheet.page);
    return content;
  }
  // A PDF's pages were rendered to images of one page each.
  if (sheet.more_pages.empty()) return content;
  content.header.add_part_sizes(static_cast<int64_t>(content.bytes.size()));
  for (const Scan& page : sheet.more_pages) {
    SL_ASSIGN_OR_RETURN(const std::string part,
                        ReadScan(page, pdf_dots_per_inch, stop));
    content.header.add_part_sizes(static_cast<int64_t>(part.size()));
    content.bytes += part;
  }
  return content;
}

}  // namespace sightline::cli
