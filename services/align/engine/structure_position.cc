#include "services/align/engine/structure_position.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/align/engine/opencv_fit.h"
#include "services/align/engine/plausibility.h"

namespace sightline::align {
namespace {

using Look = PrintedStructure::Look;
using Site = PrintedStructure::Site;

// Bubbles on which the size is tried.
constexpr size_t kSizeSample = 12;
// Mean correlation at the best size below which nothing is there. For outlines
// it is 0.45 and more at the right place of the samples, 0.36 and less at
// others.
constexpr double kMinMeanScore = 0.25;
// The size that the layout says is kept unless another is better by this.
constexpr double kClearlyBetter = 1.03;

// The size at which `sites` are seen best; -1 if at none.
int BestSize(const std::vector<Look>& looks, const std::vector<Site>& sites,
             ScanImages& scan, const Homography& frame_to_scan, double reach) {
  if (sites.empty()) return -1;
  const size_t sizes = looks[0].patches.size();
  int best = -1;
  double best_score = kMinMeanScore;
  for (size_t size = 0; size < sizes; ++size) {
    double sum = 0;
    int compared = 0;
    for (const Site& site : sites) {
      const std::optional<Patch>& patch = looks[site.look].patches[size];
      if (!patch.has_value()) continue;
      const std::optional<PatchSighting> sighting =
          FindPatchAt(site.center, *patch, scan, frame_to_scan, reach);
      if (!sighting.has_value()) continue;
      ++compared;
      sum += std::max(0.0, sighting->score);
    }
    if (compared == 0) continue;
    const double needed = best < 0 ? best_score : best_score * kClearlyBetter;
    if (sum / compared > needed) {
      best_score = sum / compared;
      best = static_cast<int>(size);
    }
  }
  return best;
}

std::vector<Site> SizeSample(const PrintedStructure& structure) {
  std::vector<Site> sample;
  const std::vector<int>& searched = structure.searched;
  const size_t step = searched.size() / kSizeSample + 1;
  for (size_t i = 0; i < searched.size(); i += step) {
    sample.push_back(structure.bubbles[searched[i]]);
  }
  return sample;
}

// Adds what is seen of `sites` to `pairs`, and counts what could be.
void Collect(const std::vector<Look>& looks, const std::vector<Site>& sites,
             int size, ScanImages& scan, const Homography& frame_to_scan,
             double reach, double min_score, std::vector<PointPair>& pairs,
             int& compared) {
  compared = 0;
  for (const Site& site : sites) {
    // Where no size fits, nothing is seen; what should be seen is counted.
    const std::optional<Patch>& patch =
        looks[site.look].patches[std::max(size, 0)];
    if (!patch.has_value()) continue;
    const std::optional<PatchSighting> sighting =
        FindPatchAt(site.center, *patch, scan, frame_to_scan, reach);
    if (!sighting.has_value()) continue;
    ++compared;
    if (size < 0 || sighting->score < min_score) continue;
    pairs.push_back({sighting->in_scan, site.center});
  }
}

}  // namespace

std::optional<StructurePosition> FindStructurePosition(
    const PrintedStructure& structure, const StructureThresholds& limits,
    ScanImages& scan, Homography scan_to_frame, double reach,
    std::string& outcome) {
  const PageFrame& frame = structure.frame;
  const PixelSize scan_size{static_cast<double>(scan.width()),
                            static_cast<double>(scan.height())};
  std::vector<Site> searched;
  for (const int i : structure.searched) {
    searched.push_back(structure.bubbles[i]);
  }
  const std::vector<Site> sample = SizeSample(structure);
  StructurePosition position;
  constexpr int kPasses = 3;
  for (int pass = 0; pass < kPasses; ++pass) {
    const std::string implausible = WhyImplausible(
        frame.FrameToPage() * scan_to_frame, frame.page, scan_size);
    if (!implausible.empty()) {
      outcome = absl::StrCat("it was ", implausible);
      return std::nullopt;
    }
    const bool is_first = pass == 0;
    const double marker_reach = is_first ? reach : limits.last_reach;
    const double outline_reach = std::min(marker_reach, structure.bubble_reach);
    position.frame_to_scan = *scan_to_frame.Inverse();
    const Homography& map = position.frame_to_scan;
    // The first pass sees the sizes through a poor map.
    if (pass < 2) {
      position.marker_size = BestSize(structure.marker_looks, structure.markers,
                                      scan, map, marker_reach);
    }
    std::vector<PointPair> pairs;
    Collect(structure.marker_looks, structure.markers, position.marker_size,
            scan, map, marker_reach, limits.min_marker_score, pairs,
            position.markers_in_scan);
    const int marker_pairs = static_cast<int>(pairs.size());
    // Four markers say better than any bubble where the page is: bubbles wait
    // for the next pass.
    const bool by_markers = marker_pairs >= 4;
    position.outlines_compared = 0;
    if (!(by_markers && is_first)) {
      if (position.outline_size < 0) {
        position.outline_size =
            BestSize(structure.bubble_looks, sample, scan, map, outline_reach);
      }
      Collect(structure.bubble_looks, searched, position.outline_size, scan,
              map, outline_reach, limits.min_outline_score, pairs,
              position.outlines_compared);
    }
    position.outlines_seen = static_cast<int>(pairs.size()) - marker_pairs;
    // Bubbles without outlines would only disturb the markers.
    if (by_markers && !position.IsOutlined(limits)) pairs.resize(marker_pairs);
    const std::optional<Fit> fit = FitHomography(
        pairs, is_first ? limits.first_tolerance : limits.tolerance);
    if (!fit.has_value()) {
      outcome = absl::StrCat(pairs.size(),
                             " bubbles and markers were seen where it put "
                             "them, and they don't agree");
      return std::nullopt;
    }
    position.markers_seen = 0;
    position.outlines_seen = 0;
    for (const int i : fit->inliers) {
      ++(i < marker_pairs ? position.markers_seen : position.outlines_seen);
    }
    position.rms = fit->rms;
    scan_to_frame = fit->map;
    // A sheet that bends has its markers somewhat off where its bubbles put
    // them; a shift by a bubble is more.
    if (position.IsOutlined(limits)) {
      const double tolerance =
          std::max(limits.tolerance,
                   std::min(limits.last_reach, structure.bubble_reach));
      position.markers_seen = static_cast<int>(std::count_if(
          pairs.begin(), pairs.begin() + marker_pairs,
          [&](const PointPair& pair) {
            const PixelPoint p = scan_to_frame.Map(pair.from);
            return std::hypot(p.x - pair.to.x, p.y - pair.to.y) <= tolerance;
          }));
    }
  }
  const std::string implausible = WhyImplausible(
      frame.FrameToPage() * scan_to_frame, frame.page, scan_size);
  if (!implausible.empty()) {
    outcome = absl::StrCat("it led to ", implausible);
    return std::nullopt;
  }
  position.scan_to_frame = scan_to_frame;
  position.frame_to_scan = *scan_to_frame.Inverse();
  return position;
}

}  // namespace sightline::align
