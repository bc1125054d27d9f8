// A real form with timing marks: fifty-two along an edge, a stamp over some of
// them, squares beside others.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "common/stop/stop_token.h"
#include "services/align/engine/scan_images.h"
#include "services/align/engine/timing_mark_strategy.h"
#include "tests/unit/services/align/engine/degradation.h"
#include "tests/unit/services/align/engine/generated_page.h"
#include "tests/unit/services/align/engine/sample_sheets.h"

namespace sightline::align {
namespace {

TEST(TimingSample, IsProposedFirstByItsMarks) {
  const std::optional<std::string> folder = SampleFolder();
  if (!folder.has_value()) {
    GTEST_SKIP() << "SKIPPED: whole test, the shared sample data is not here";
  }
  const TimingSample sample = LoadTimingSample(*folder);
  const int width = sample.scan.width();
  const int height = sample.scan.height();
  const PixelSize page{static_cast<double>(width), static_cast<double>(height)};
  const TimingMarkStrategy strategy({sample.track}, page);
  for (const double degrees : {0.0, 2.5, -4.0, 180.0}) {
    SCOPED_TRACE(degrees);
    const Homography page_to_scan = ScannerMap(page, width, degrees, 0.004, 0);
    const GrayImage scan =
        SeenThrough(sample.scan, page_to_scan, width, height, 255);
    ScanImages images(scan);
    int number = 0;
    int right = 0;
    const auto outcome = strategy.Propose(
        images, {}, StopToken(),
        [&](const Proposal& proposal) -> absl::StatusOr<bool> {
          ++number;
          // Thousandths of the page's width; a proposal is searched around.
          const double error =
              MeanError(proposal.scan_to_page, *page_to_scan.Inverse(), page);
          if (right == 0 && error < proposal.reach / 2) right = number;
          return false;
        });
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_GE(right, 1) << *outcome;
    // The right way round or upside down: the marks look the same.
    EXPECT_LE(right, 2) << *outcome;
  }
}

}  // namespace
}  // namespace sightline::align
