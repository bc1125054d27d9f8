#include "services/align/engine/marker_assignment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace sightline::align {
namespace {

constexpr PixelSize kPage{1000, 1400};
constexpr PixelSize kScan{1200, 1600};

std::vector<Marker> Corners() {
  std::vector<Marker> markers;
  for (const PixelPoint center :
       {PixelPoint{50, 50}, PixelPoint{950, 50}, PixelPoint{950, 1350},
        PixelPoint{50, 1350}}) {
    markers.push_back({MarkerKind::kSquare, center, {40, 40}, {}});
  }
  return markers;
}

std::vector<MarkerCandidate> SeenBy(const Homography& page_to_scan,
                                    const std::vector<Marker>& markers) {
  std::vector<MarkerCandidate> marks;
  for (const Marker& marker : markers) {
    const double scale =
        std::sqrt(std::abs(page_to_scan.JacobianAt(marker.center)));
    marks.push_back({page_to_scan.Map(marker.center), 40 * scale, 0.9});
  }
  return marks;
}

bool IsAmong(const std::vector<MarkerAssignment>& assignments,
             const Homography& scan_to_page) {
  for (const MarkerAssignment& assignment : assignments) {
    double worst = 0;
    for (const PixelPoint p :
         {PixelPoint{100, 100}, PixelPoint{1100, 200}, PixelPoint{600, 1500}}) {
      const PixelPoint a = assignment.scan_to_page.Map(p);
      const PixelPoint b = scan_to_page.Map(p);
      worst = std::max(worst, std::hypot(a.x - b.x, a.y - b.y));
    }
    if (worst < 0.5) return true;
  }
  return false;
}

const Homography kTilted({0.9, 0.08, 60, -0.05, 0.95, 110, 4e-5, -3e-5, 1});

TEST(AssignMarkers, FindsThePageAmongFalseMarks) {
  std::vector<MarkerCandidate> marks = SeenBy(kTilted, Corners());
  marks.push_back({{500, 500}, 42, 0.95});
  marks.push_back({{700, 300}, 20, 0.95});
  marks.push_back({{300, 1200}, 80, 0.95});
  const auto found = AssignMarkers(Corners(), {marks}, 4, kPage, kScan, 6);
  EXPECT_TRUE(IsAmong(found, *kTilted.Inverse()));
  EXPECT_LE(found.size(), 6u);
}

TEST(AssignMarkers, OffersEveryTurn) {
  const Homography turned = Homography({-1, 0, 1100, 0, -1, 1500, 0, 0, 1});
  const auto found =
      AssignMarkers(Corners(), {SeenBy(turned, Corners())}, 4, kPage, kScan, 6);
  EXPECT_TRUE(IsAmong(found, *turned.Inverse()));
}

TEST(AssignMarkers, TakesTheMarksOfOneGroup) {
  const std::vector<MarkerCandidate> marks = SeenBy(kTilted, Corners());
  const std::vector<MarkerCandidate> some(marks.begin(), marks.begin() + 2);
  const std::vector<MarkerCandidate> others(marks.begin() + 2, marks.end());
  EXPECT_TRUE(
      AssignMarkers(Corners(), {some, others}, 4, kPage, kScan, 6).empty());
  EXPECT_TRUE(
      IsAmong(AssignMarkers(Corners(), {some, marks}, 4, kPage, kScan, 6),
              *kTilted.Inverse()));
}

TEST(AssignMarkers, OffersEachPositionOnce) {
  const std::vector<MarkerCandidate> marks = SeenBy(kTilted, Corners());
  EXPECT_EQ(AssignMarkers(Corners(), {marks, marks}, 4, kPage, kScan, 6).size(),
            AssignMarkers(Corners(), {marks}, 4, kPage, kScan, 6).size());
}

TEST(AssignMarkers, MakesDoWithThree) {
  const Homography shifted = Homography::Translation(70, 90);
  std::vector<MarkerCandidate> marks = SeenBy(shifted, Corners());
  marks.erase(marks.begin() + 2);
  const auto found = AssignMarkers(Corners(), {marks}, 3, kPage, kScan, 16);
  EXPECT_TRUE(IsAmong(found, *shifted.Inverse()));
  EXPECT_TRUE(AssignMarkers(Corners(), {marks}, 4, kPage, kScan, 16).empty());
}

TEST(AssignMarkers, MakesDoWithTwoThatAreNotTilted) {
  const double cosine = 1.1 * std::cos(0.05);
  const double sine = 1.1 * std::sin(0.05);
  const Homography turned({cosine, -sine, 70, sine, cosine, -20, 0, 0, 1});
  for (const auto& [first, second] :
       {std::pair(0, 1), std::pair(1, 2), std::pair(0, 2)}) {
    const std::vector<MarkerCandidate> all = SeenBy(turned, Corners());
    const auto found = AssignMarkers(Corners(), {{all[first], all[second]}}, 2,
                                     kPage, kScan, 6);
    EXPECT_TRUE(IsAmong(found, *turned.Inverse()))
        << first << " and " << second;
  }
}

TEST(AssignMarkers, FindsNothingInFewerMarks) {
  std::vector<MarkerCandidate> marks = SeenBy(kTilted, Corners());
  marks.resize(1);
  for (int count = 2; count <= 4; ++count) {
    EXPECT_TRUE(
        AssignMarkers(Corners(), {marks}, count, kPage, kScan, 6).empty());
    EXPECT_TRUE(AssignMarkers(Corners(), {}, count, kPage, kScan, 6).empty());
  }
}

TEST(AssignMarkers, UsesTheOutermostOfManyMarkers) {
  std::vector<Marker> markers = Corners();
  for (int i = 1; i < 20; ++i) {
    markers.push_back({MarkerKind::kSquare, {50, 50.0 + 65 * i}, {40, 40}, {}});
  }
  const auto found =
      AssignMarkers(markers, {SeenBy(kTilted, Corners())}, 4, kPage, kScan, 6);
  EXPECT_TRUE(IsAmong(found, *kTilted.Inverse()));
}

}  // namespace
}  // namespace sightline::align
