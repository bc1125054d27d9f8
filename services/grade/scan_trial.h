// One decoded page of a scan, to be asked about.
#ifndef SIGHTLINE_SERVICES_GRADE_SCAN_TRIAL_H_
#define SIGHTLINE_SERVICES_GRADE_SCAN_TRIAL_H_

#include <string>
#include <vector>

#include "common/image/decode.h"
#include "common/image/image.h"
#include "common/server/call.h"
#include "services/grade/align_client.h"
#include "services/grade/page_matcher.h"
#include "services/grade/sheet_task.h"

namespace sightline::grade {

// Asks the align service and the engine; every question is a stage of the call.
// All arguments must outlive it.
class ScanTrial final : public PageTrial {
 public:
  ScanTrial(Call& call, AlignClient& align, const SheetTask& task,
            const Decoded<GrayImage>& scan)
      : call_(call), align_(align), task_(task), scan_(scan) {}

  absl::StatusOr<FoundPage> Register(int page,
                                     align::v1::AlignMethod method) override;
  absl::StatusOr<SheetReading> Read(int page, const FoundPage& found) override;
  absl::StatusOr<std::vector<std::string>> CodeTexts() override;
  int CompareByPicture(int a, const FoundPage& found_a, int b,
                       const FoundPage& found_b) override;
  PixelSize scan_size() const override;

 private:
  Call& call_;
  AlignClient& align_;
  const SheetTask& task_;
  const Decoded<GrayImage>& scan_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_SCAN_TRIAL_H_
