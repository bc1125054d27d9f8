#include "services/align/engine/structure_verifier.h"

#include <gtest/gtest.h>

#include "tests/unit/services/align/engine/degradation.h"
#include "tests/unit/services/align/engine/generated_page.h"

namespace sightline::align {
namespace {

// Distances between neighbouring bubbles of a generated page.
constexpr double kColumn = 46;
constexpr double kRow = 52;

struct Scene {
  GeneratedPage page;
  GrayImage scan;
  Homography scan_to_page;
};

Scene MakeScene(const PageDesign& design) {
  Scene scene{DrawPage(design), {}, {}};
  const Homography map = ScannerMap(scene.page.page, 1240, 1.1, 0.005, 0.01);
  scene.scan =
      WithNoise(SeenThrough(FillIn(scene.page, 7), map, 1240, 1754, 235), 5, 3);
  scene.scan_to_page = *map.Inverse();
  return scene;
}

PageDesign WithMarkers() {
  PageDesign design;
  design.has_markers = true;
  design.marker = MarkerKind::kRing;
  // The scan cuts nothing off.
  design.rows = 18;
  return design;
}

// A verdict must be right or a refusal.
void ExpectNotWrong(const Verdict& verdict, const Scene& scene,
                    const std::string& what) {
  if (!verdict.is_confirmed) {
    EXPECT_LT(verdict.confidence, 0.5) << what;
    return;
  }
  EXPECT_LT(
      MeanError(verdict.scan_to_page, scene.scan_to_page, scene.page.page), 1)
      << what << ": " << verdict.outcome;
}

TEST(StructureVerifier, ConfirmsTheRightPositionAndMakesItExact) {
  const Scene scene = MakeScene(WithMarkers());
  const StructureVerifier verifier(scene.page.WithoutImage());
  ScanImages images(scene.scan);
  const Verdict verdict = verifier.Verify(
      images, {Homography::Translation(3, -4) * scene.scan_to_page, 12, {}});
  EXPECT_TRUE(verdict.is_confirmed) << verdict.outcome;
  EXPECT_LT(
      MeanError(verdict.scan_to_page, scene.scan_to_page, scene.page.page),
      0.3);
  EXPECT_GE(verdict.confidence, 0.9);
}

TEST(StructureVerifier, NeverConfirmsAShiftByABubble) {
  for (const bool has_markers : {true, false}) {
    PageDesign design = WithMarkers();
    design.has_markers = has_markers;
    const Scene scene = MakeScene(design);
    const StructureVerifier verifier(scene.page.WithoutImage());
    ScanImages images(scene.scan);
    for (int rows = -3; rows <= 3; ++rows) {
      for (int columns = -2; columns <= 2; ++columns) {
        const Homography shifted =
            Homography::Translation(kColumn * columns, kRow * rows) *
            scene.scan_to_page;
        ExpectNotWrong(verifier.Verify(images, {shifted, 12, {}}), scene,
                       "shifted by " + std::to_string(columns) + ", " +
                           std::to_string(rows));
      }
    }
  }
}

TEST(StructureVerifier, NeverConfirmsATurnedLattice) {
  for (const bool has_markers : {true, false}) {
    PageDesign design = WithMarkers();
    design.has_markers = has_markers;
    const Scene scene = MakeScene(design);
    const StructureVerifier verifier(scene.page.WithoutImage());
    ScanImages images(scene.scan);
    // Around the middle of the bubbles, where all of them agree.
    PixelPoint middle;
    for (const PrintedShape& shape : scene.page.shapes) {
      middle.x += shape.center.x / scene.page.shapes.size();
      middle.y += shape.center.y / scene.page.shapes.size();
    }
    const Homography turned =
        Homography({-1, 0, 2 * middle.x, 0, -1, 2 * middle.y, 0, 0, 1}) *
        scene.scan_to_page;
    ExpectNotWrong(verifier.Verify(images, {turned, 12, {}}), scene, "turned");
  }
}

TEST(StructureVerifier, LetsThePageEdgeTellAnOrientation) {
  PageDesign design;
  design.rows = 18;
  const Scene scene = MakeScene(design);
  const StructureVerifier verifier(scene.page.WithoutImage());
  ScanImages images(scene.scan);
  EXPECT_FALSE(
      verifier.Verify(images, {scene.scan_to_page, 12, {}}).is_confirmed)
      << "the lattice is its own half turn";
  Quad edge;
  const Homography page_to_scan = *scene.scan_to_page.Inverse();
  const double w = scene.page.page.width;
  const double h = scene.page.page.height;
  const PixelPoint corners[] = {{0, 0}, {w, 0}, {w, h}, {0, h}};
  for (int i = 0; i < 4; ++i) edge[i] = page_to_scan.Map(corners[i]);
  const Verdict verdict =
      verifier.Verify(images, {scene.scan_to_page, 12, edge});
  EXPECT_TRUE(verdict.is_confirmed) << verdict.outcome;
}

TEST(StructureVerifier, RefusesASheetWithOtherBubbles) {
  const Scene scene = MakeScene(PageDesign());
  for (const int choices : {3, 5}) {
    PageDesign other;
    other.choices = choices;
    const StructureVerifier verifier(DrawPage(other).WithoutImage());
    ScanImages images(scene.scan);
    const Verdict verdict =
        verifier.Verify(images, {scene.scan_to_page, 12, {}});
    EXPECT_FALSE(verdict.is_confirmed)
        << choices << " choices: " << verdict.outcome;
  }
}

// As on a sheet that bends: its bubbles agree, its markers lie a little off.
TEST(StructureVerifier, BearsMarkersALittleOffButNotByMore) {
  const Scene scene = MakeScene(WithMarkers());
  for (const bool is_little : {true, false}) {
    Reference reference = scene.page.WithoutImage();
    const int frame_width = PrintedStructure(reference).frame.width;
    const double off = (is_little ? 3.3 : 6) * reference.page.width /
                       static_cast<double>(frame_width);
    for (Marker& marker : reference.markers) {
      marker.center.y +=
          marker.center.y < reference.page.height / 2 ? off : -off;
    }
    const StructureVerifier verifier(reference);
    ScanImages images(scene.scan);
    const Verdict verdict =
        verifier.Verify(images, {scene.scan_to_page, 12, {}});
    EXPECT_EQ(verdict.is_confirmed, is_little) << verdict.outcome;
    if (is_little) ExpectNotWrong(verdict, scene, "markers a little off");
  }
}

TEST(StructureVerifier, SaysWhatIsMissing) {
  Reference reference;
  reference.page = {1000, 1000};
  EXPECT_NE(StructureVerifier(reference).WhyUnusable(), "");
  for (int i = 0; i < 12; ++i) {
    reference.shapes.push_back({{100.0 + 50 * i, 500}, {25, 25}, {}});
  }
  EXPECT_EQ(StructureVerifier(reference).WhyUnusable(), "");
}

}  // namespace
}  // namespace sightline::align
