#include "services/align/engine/timing_tracks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sightline::align {
namespace {

constexpr PixelSize kPage = {1000, 1400};

TimingTrack RightEdge() { return {{960, 100}, {960, 1300}, 25, {24, 10}}; }
TimingTrack LowerEdge() { return {{100, 1370}, {900, 1370}, 17, {12, 20}}; }

// The page turned by `degrees` and moved, page to scan.
Homography Turned(double degrees) {
  const double c = std::cos(degrees * M_PI / 180);
  const double s = std::sin(degrees * M_PI / 180);
  return Homography::Translation(900, 900) *
         Homography({c, -s, 0, s, c, 0, 0, 0, 1}) *
         Homography::Translation(-500, -700);
}

std::vector<Bar> BarsOf(const TimingTrack& track, const Homography& map,
                        double degrees) {
  std::vector<Bar> bars;
  const bool is_wide = track.mark.width > track.mark.height;
  for (const PixelPoint& center : MarkCenters(track)) {
    bars.push_back({map.Map(center),
                    std::max(track.mark.width, track.mark.height),
                    std::min(track.mark.width, track.mark.height),
                    (degrees + (is_wide ? 0 : 90)) * M_PI / 180});
  }
  return bars;
}

// How far, page units, the nearest of `proposals` puts the page's corners off.
double LeastError(const std::vector<Proposal>& proposals,
                  const Homography& page_to_scan) {
  double least = INFINITY;
  for (const Proposal& proposal : proposals) {
    double most = 0;
    for (const PixelPoint& corner :
         {PixelPoint{0, 0}, {1000, 0}, {1000, 1400}, {0, 1400}}) {
      const PixelPoint p = proposal.scan_to_page.Map(page_to_scan.Map(corner));
      most = std::max(most, std::hypot(p.x - corner.x, p.y - corner.y));
    }
    least = std::min(least, most);
  }
  return least;
}

TEST(TimingTracks, MarksLieBetweenTheEnds) {
  const std::vector<PixelPoint> centers = MarkCenters(RightEdge());
  ASSERT_EQ(centers.size(), 25u);
  EXPECT_EQ(centers[0], (PixelPoint{960, 100}));
  EXPECT_EQ(centers[12], (PixelPoint{960, 700}));
  EXPECT_EQ(centers[24], (PixelPoint{960, 1300}));
}

TEST(TimingTracks, AreFoundInAnyTurn) {
  for (const double degrees : {0, 3, 90, 137, 180, 270}) {
    SCOPED_TRACE(degrees);
    const Homography map = Turned(degrees);
    const std::vector<Bar> bars = BarsOf(RightEdge(), map, degrees);
    const std::vector<BarRun> runs = FindRuns(bars, RightEdge());
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].members.size(), 25u);
    EXPECT_EQ(runs[0].members.back().number, 24);
    EXPECT_LT(LeastError(ProposalsOf(bars, {RightEdge()}, kPage, 4), map), 1);
  }
}

TEST(TimingTracks, TwoShowThePageSeenAtAnAngle) {
  const Homography map =
      Homography({1, 0.05, 20, -0.03, 1, 40, 4e-5, -3e-5, 1});
  std::vector<Bar> bars = BarsOf(RightEdge(), map, 0);
  const std::vector<Bar> lower = BarsOf(LowerEdge(), map, 0);
  bars.insert(bars.end(), lower.begin(), lower.end());
  const std::vector<Proposal> proposals =
      ProposalsOf(bars, {RightEdge(), LowerEdge()}, kPage, 4);
  EXPECT_LT(LeastError(proposals, map), 3);
}

TEST(TimingTracks, StandMissingDamagedAndExtraMarks) {
  const Homography map = Turned(2);
  std::vector<Bar> bars = BarsOf(RightEdge(), map, 2);
  // Four in a row are gone, one has grown together with a stamp, one is half.
  bars.erase(bars.begin() + 10, bars.begin() + 14);
  bars[3].length *= 2;
  bars[6].length *= 0.5;
  // Beside the first and the last one, and along the way, there are others.
  const std::vector<Bar> row = bars;
  for (const int i : {0, 5, 20}) {
    Bar extra = row[i];
    extra.center.x -= 30;
    bars.push_back(extra);
  }
  const std::vector<BarRun> runs = FindRuns(bars, RightEdge());
  ASSERT_FALSE(runs.empty());
  EXPECT_EQ(runs[0].members.size(), 19u);
  EXPECT_EQ(runs[0].members.back().number, 24);
  EXPECT_LT(LeastError(ProposalsOf(bars, {RightEdge()}, kPage, 4), map), 2);
}

TEST(TimingTracks, ARowThatLostItsEndsIsTriedAtEachPlace) {
  const Homography map = Turned(0);
  std::vector<Bar> bars = BarsOf(RightEdge(), map, 0);
  bars.erase(bars.begin());
  bars.pop_back();
  const std::vector<Proposal> proposals =
      ProposalsOf(bars, {RightEdge()}, kPage, 12);
  EXPECT_EQ(proposals.size(), 6u);
  EXPECT_LT(LeastError(proposals, map), 1);
}

TEST(TimingTracks, OtherRowsAreNotTaken) {
  // Twice as far apart; not in a line; too few.
  std::vector<Bar> far =
      BarsOf({{960, 100}, {960, 1300}, 13, {24, 10}}, Homography(), 0);
  EXPECT_TRUE(FindRuns(far, RightEdge()).empty());
  std::vector<Bar> crooked = BarsOf(RightEdge(), Homography(), 0);
  for (size_t i = 0; i < crooked.size(); ++i) {
    crooked[i].center.x += i % 2 == 0 ? 20 : -20;
  }
  EXPECT_TRUE(FindRuns(crooked, RightEdge()).empty());
  std::vector<Bar> few = BarsOf(RightEdge(), Homography(), 0);
  few.resize(10);
  EXPECT_TRUE(FindRuns(few, RightEdge()).empty());
  EXPECT_TRUE(FindRuns({}, RightEdge()).empty());
}

}  // namespace
}  // namespace sightline::align
