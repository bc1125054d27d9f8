// Reads bytes as what a client sends for one sheet: an item's header and its
// files, or a request of several scans. Whatever comes in, it is taken apart
// into few pages that lie within the bytes, or refused with a reason.
//
// The first byte chooses: whether all pages of a file count (1), a request
// instead of an item (2), and whether the header's last part is made to fit the
// bytes (4), since a fuzzer hardly guesses sums. An item's second byte is its
// header's length.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/image_message/reasons.h"
#include "common/status/error.h"
#include "services/grade/reasons.h"
#include "services/grade/scan_pages.h"

namespace sightline::grade {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void DemandRefusal(const absl::Status& status) {
  const auto details = DetailsOf(status);
  Demand(absl::IsInvalidArgument(status) && details.has_value(),
         "a refusal has a reason");
  Demand(
      details->reason == kTooManyPages || details->reason == kItemPartsInvalid,
      "the reason is one of two");
  Demand(!details->fields.empty(), "a refusal names a field");
}

void CheckItem(const ConveyorItem& item, bool all_pages) {
  const auto pages = ScanPagesOf(item, all_pages);
  if (!pages.ok()) return DemandRefusal(pages.status());
  Demand(!pages->empty() && pages->size() <= kMaxScanPages, "pages are few");
  const char* const begin = item.bytes.data();
  const char* const end = begin + item.bytes.size();
  for (const ScanPageSource& page : *pages) {
    const absl::string_view file = page.source.encoded;
    Demand(file.data() >= begin && file.data() + file.size() <= end,
           "a page lies in the item");
    Demand(page.path == "scan", "an item is one scan");
  }
  if (item.header.page_count() > 0) {
    Demand(static_cast<int>(pages->size()) <= item.header.page_count(),
           "no more pages than asked for");
  }
  if (!all_pages && item.header.page_count() == 0) {
    Demand(pages->size() == 1, "one page is one");
  }
}

void CheckRequest(const v1::GradeSheetRequest& request, bool all_pages) {
  const auto pages = ScanPagesOf(request, all_pages);
  if (!pages.ok()) return DemandRefusal(pages.status());
  const int files = 1 + request.more_scans_size();
  const int count = static_cast<int>(pages->size());
  Demand(count >= files && count <= kMaxScanPages, "every file has a page");
  Demand(all_pages || count == files, "a file is one page");
}

// The last part becomes what the others leave.
void FitParts(size_t bytes, common::v1::ItemHeader& header) {
  auto& sizes = *header.mutable_part_sizes();
  if (sizes.empty()) return;
  int64_t rest = static_cast<int64_t>(bytes);
  for (int i = 0; i + 1 < sizes.size(); ++i) {
    sizes[i] = std::clamp<int64_t>(sizes[i], 0, rest);
    rest -= sizes[i];
  }
  sizes[sizes.size() - 1] = rest;
}

void Run(const uint8_t* data, size_t size) {
  if (size < 2) return;
  const bool all_pages = data[0] & 1;
  if (data[0] & 2) {
    v1::GradeSheetRequest request;
    if (request.ParseFromArray(data + 1, static_cast<int>(size - 1))) {
      CheckRequest(request, all_pages);
    }
    return;
  }
  const size_t header_bytes = std::min<size_t>(data[1], size - 2);
  ConveyorItem item;
  if (!item.header.ParseFromArray(data + 2, static_cast<int>(header_bytes))) {
    return;
  }
  item.bytes.assign(reinterpret_cast<const char*>(data) + 2 + header_bytes,
                    size - 2 - header_bytes);
  if (data[0] & 4) FitParts(item.bytes.size(), item.header);
  CheckItem(item, all_pages);
}

}  // namespace
}  // namespace sightline::grade

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Complaints about text that is no UTF-8, thousands a second.
  [[maybe_unused]] static const auto kLog =
      google::protobuf::SetLogHandler(nullptr);
  sightline::grade::Run(data, size);
  return 0;
}
