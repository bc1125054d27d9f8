// Markers that differ from corner to corner.
#include <gtest/gtest.h>

#include <algorithm>

#include "services/align/engine/page_registrar.h"
#include "tests/unit/services/align/engine/degradation.h"
#include "tests/unit/services/align/engine/generated_page.h"

namespace sightline::align {
namespace {

// A page with a right angle in each corner that opens to the page's middle, so
// that no two markers look the same.
GeneratedPage PageWithAngles() {
  PageDesign design;
  design.has_markers = true;
  GeneratedPage page = DrawPage(design);
  for (Marker& marker : page.markers) {
    const int side = static_cast<int>(marker.size.width);
    const bool is_left = marker.center.x < page.page.width / 2;
    const bool is_upper = marker.center.y < page.page.height / 2;
    const int left = static_cast<int>(marker.center.x) - side / 2;
    const int top = static_cast<int>(marker.center.y) - side / 2;
    marker.kind = MarkerKind::kImage;
    marker.image = GrayImage(side, side);
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const int across = is_left ? x : side - 1 - x;
        const int down = is_upper ? y : side - 1 - y;
        const uint8_t ink = std::min(across, down) < side / 3 ? 20 : 255;
        marker.image.row(y)[x] = ink;
        page.blank.row(top + y)[left + x] = ink;
      }
    }
  }
  return page;
}

TEST(CornerMarkers, MayDifferFromCornerToCorner) {
  const GeneratedPage page = PageWithAngles();
  const auto registrar = PageRegistrar::Create(page.WithoutImage());
  ASSERT_TRUE(registrar.ok()) << registrar.status();
  RegistrationOptions options;
  options.method = Method::kMarkers;
  // Smaller than the scan, so that no marker is cut off.
  const Homography map = Homography::Translation(620, 877) *
                         Homography::Scale(0.92, 0.92) *
                         Homography::Translation(-620, -877) *
                         ScannerMap(page.page, 1240, 2, 0.005, 0.01);
  const GrayImage scan =
      WithNoise(SeenThrough(FillIn(page, 4), map, 1240, 1754, 200), 4, 8);
  for (const Degradation degradation :
       {Degradation::kAsIs, Degradation::kUpsideDown, Degradation::kQuarterTurn,
        Degradation::kPerspective, Degradation::kLowLight}) {
    const Degraded degraded = Degrade(scan, degradation, 3);
    const auto found =
        (*registrar)->Register(degraded.pixels, options, StopToken());
    ASSERT_TRUE(found.ok())
        << DegradationName(degradation) << ": " << found.status();
    const Homography truth = *(degraded.original_to_degraded * map).Inverse();
    EXPECT_LT(MeanError(found->scan_to_page, truth, page.page), 0.6)
        << DegradationName(degradation);
  }
}

}  // namespace
}  // namespace sightline::align
