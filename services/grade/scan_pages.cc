#include "services/grade/scan_pages.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/image/sniff.h"
#include "common/image_message/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/reasons.h"

namespace sightline::grade {
namespace {

// Pages of the files of one item, those that do not count included.
constexpr int kMaxItemPages = 10000;

absl::Status TooManyPages(int64_t pages) {
  return Error(absl::StatusCode::kInvalidArgument, kTooManyPages)
      .Field("scan", absl::StrCat("has ", pages, " pages; at most ",
                                  kMaxScanPages, " are taken as one sheet"))
      .With("demand", absl::StrCat(pages))
      .With("limit", absl::StrCat(kMaxScanPages));
}

absl::Status PartsInvalid(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kItemPartsInvalid)
      .Field(field, what);
}

int PagesIn(absl::string_view file) {
  const auto info = SniffImage(file);
  return info.ok() ? std::max(1, info->pages) : 1;
}

void AddPages(absl::string_view file, int first, int end,
              std::vector<ScanPageSource>& pages) {
  for (int page = first; page < end; ++page) {
    ScanPageSource& added = pages.emplace_back();
    added.source.encoded = file;
    added.source.page = page;
    added.path = "scan";
  }
}

}  // namespace

absl::StatusOr<std::vector<ScanPageSource>> ScanPagesOf(
    const v1::GradeSheetRequest& request, bool all_pages) {
  std::vector<ScanPageSource> pages;
  int64_t count = 0;
  const auto add = [&](const common::v1::Image& image, std::string path) {
    ScanPageSource page = {ImageSource::Of(image), std::move(path)};
    const int in_file =
        all_pages && !page.source.is_raw() ? PagesIn(page.source.encoded) : 1;
    // A page beyond the end is one, too: decoding refuses it.
    const int first = page.source.page;
    const int taken =
        first >= 0 && first < in_file ? std::max(1, in_file - first) : 1;
    count += taken;
    for (int i = 0; i < taken && count <= kMaxScanPages; ++i) {
      page.source.page = first + i;
      pages.push_back(page);
    }
  };
  add(request.scan(), "scan");
  for (int i = 0; i < request.more_scans_size(); ++i) {
    add(request.more_scans(i), absl::StrCat("more_scans[", i, "]"));
  }
  if (count > kMaxScanPages) return TooManyPages(count);
  return pages;
}

absl::StatusOr<std::vector<ScanPageSource>> ScanPagesOf(
    const ConveyorItem& item, bool all_pages) {
  const common::v1::ItemHeader& header = item.header;
  const absl::string_view bytes = item.bytes;
  std::vector<ScanPageSource> pages;
  if (header.page_count() < 0) {
    return PartsInvalid("item.page_count", "is negative");
  }
  if (header.part_sizes().empty()) {
    const bool is_one =
        header.page_count() == 1 || (header.page_count() == 0 && !all_pages);
    const int in_file = is_one ? 0 : PagesIn(bytes);
    // Decoding refuses a page that the file does not have.
    if (is_one || header.page() < 0 || header.page() >= in_file) {
      pages.push_back({ImageSource(), "scan"});
      pages[0].source.encoded = bytes;
      pages[0].source.page = header.page();
      return pages;
    }
    const int64_t count = std::min<int64_t>(
        header.page_count() == 0 ? in_file : header.page_count(),
        in_file - header.page());
    if (count > kMaxScanPages) return TooManyPages(count);
    AddPages(bytes, header.page(), header.page() + static_cast<int>(count),
             pages);
    return pages;
  }
  size_t at = 0;
  for (const int64_t size : header.part_sizes()) {
    if (size <= 0 || size > static_cast<int64_t>(bytes.size() - at)) {
      return PartsInvalid("item.part_sizes",
                          absl::StrCat("must be positive and sum up to "
                                       "byte_size, ",
                                       bytes.size()));
    }
    const absl::string_view part = bytes.substr(at, size);
    at += static_cast<size_t>(size);
    // A file may claim any number of pages; these are enough to refuse it.
    const int room = kMaxItemPages - static_cast<int>(pages.size());
    AddPages(part, 0, std::min(PagesIn(part), room), pages);
  }
  if (at != bytes.size()) {
    return PartsInvalid("item.part_sizes",
                        absl::StrCat("sum up to ", at, ", the item has ",
                                     bytes.size(), " bytes"));
  }
  if (header.page() < 0 || header.page() >= static_cast<int>(pages.size())) {
    return PartsInvalid("item.page",
                        absl::StrCat("is ", header.page(), ", the item has ",
                                     pages.size(), " pages"));
  }
  pages.erase(pages.begin(), pages.begin() + header.page());
  size_t count = header.page_count() > 0 ? header.page_count()
                 : all_pages             ? pages.size()
                                         : 1;
  count = std::min(count, pages.size());
  if (count > kMaxScanPages) return TooManyPages(static_cast<int64_t>(count));
  pages.resize(count);
  return pages;
}

}  // namespace sightline::grade
