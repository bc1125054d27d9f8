#include "services/grade/scan_trial.h"

#include "common/status/status_macros.h"
#include "services/grade/engine/code_reader.h"
#include "services/grade/engine/picture_evidence.h"
#include "services/grade/page_registration.h"

namespace sightline::grade {
namespace {

// From this confidence on a registration by the page's picture needs no bubbles
// to be believed.
constexpr double kSurePosition = 0.95;

}  // namespace

absl::StatusOr<FoundPage> ScanTrial::Register(int page,
                                              align::v1::AlignMethod method) {
  SL_RETURN_IF_ERROR(call_.EnterStage("align"));
  return FindPage(align_, scan_, task_, page, method, call_.stop());
}

absl::StatusOr<SheetReading> ScanTrial::Read(int page, const FoundPage& found) {
  SL_RETURN_IF_ERROR(call_.EnterStage("read"));
  ReadOptions options = task_.settings.read;
  options.position_is_sure = task_.pages[page].has_picture &&
                             found.summary.confidence() >= kSurePosition;
  options.position_is_assumed =
      task_.pages[page].alignment.mode() == v1::Alignment::MODE_ALIGNED;
  return ReadSheet(scan_.pixels, found.to_page, task_.sheet.page_sheet(page),
                   options, call_.stop());
}

absl::StatusOr<std::vector<std::string>> ScanTrial::CodeTexts() {
  SL_RETURN_IF_ERROR(call_.EnterStage("page_codes"));
  return FindCodeTexts(scan_.pixels, call_.stop());
}

int ScanTrial::CompareByPicture(int a, const FoundPage& found_a, int b,
                                const FoundPage& found_b) {
  const GrayImage* of_a = task_.pictures->Find(a);
  const GrayImage* of_b = task_.pictures->Find(b);
  if (of_a == nullptr || of_b == nullptr) return 0;
  return grade::CompareByPicture(
      scan_.pixels, {of_a, task_.sheet.page_sheet(a).page(), found_a.to_page},
      {of_b, task_.sheet.page_sheet(b).page(), found_b.to_page});
}

PixelSize ScanTrial::scan_size() const {
  return {static_cast<double>(scan_.pixels.width()),
          static_cast<double>(scan_.pixels.height())};
}

}  // namespace sightline::grade
