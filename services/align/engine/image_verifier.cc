#include "services/align/engine/image_verifier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/align/engine/opencv_fit.h"
#include "services/align/engine/plausibility.h"

namespace sightline::align {
namespace {

// Seen patches below which no homography is tried.
constexpr int kMinSeen = 8;

// The patches seen where a proposal puts them.
struct Sightings {
  // From scan to frame.
  std::vector<PointPair> pairs;
  std::vector<const Patch*> patches;
  int compared = 0;
};

Sightings Look(const std::vector<Patch>& patches, ScanImages& scan,
               const Homography& frame_to_scan, double reach,
               double min_score) {
  Sightings sightings;
  for (const Patch& patch : patches) {
    const std::optional<PatchSighting> sighting =
        FindPatch(patch, scan, frame_to_scan, reach);
    if (!sighting.has_value()) continue;
    ++sightings.compared;
    if (sighting->score < min_score) continue;
    sightings.pairs.push_back({sighting->in_scan, patch.center});
    sightings.patches.push_back(&patch);
  }
  return sightings;
}

}  // namespace

double ConfidenceOfShare(double share) {
  constexpr double kShares[] = {0, 0.5, 0.65, 1};
  constexpr double kConfidences[] = {0, 0.5, 0.9, 1};
  for (int i = 1; i < 4; ++i) {
    if (share > kShares[i]) continue;
    const double t = (share - kShares[i - 1]) / (kShares[i] - kShares[i - 1]);
    return kConfidences[i - 1] + t * (kConfidences[i] - kConfidences[i - 1]);
  }
  return 1;
}

ImageVerifier::ImageVerifier(const PageFrame& frame, std::vector<Patch> patches,
                             const ImageVerifierThresholds& thresholds)
    : frame_(frame), patches_(std::move(patches)), thresholds_(thresholds) {}

bool ImageVerifier::IsUsable() const {
  int distinctive = 0;
  for (const Patch& patch : patches_) distinctive += patch.is_distinctive;
  return static_cast<int>(patches_.size()) >= thresholds_.min_inliers &&
         distinctive >= thresholds_.min_distinctive;
}

int64_t ImageVerifier::ResidentBytes() const {
  int64_t bytes = sizeof(*this);
  for (const Patch& patch : patches_) {
    bytes += static_cast<int64_t>(sizeof(patch)) + patch.bytes();
  }
  return bytes;
}

Verdict ImageVerifier::Verify(ScanImages& scan,
                              const Proposal& proposal) const {
  const ImageVerifierThresholds& limits = thresholds_;
  Verdict verdict;
  const PixelSize scan_size{static_cast<double>(scan.width()),
                            static_cast<double>(scan.height())};
  const double frame_reach = proposal.reach * frame_.width / 1000;
  Homography scan_to_frame = frame_.PageToFrame() * proposal.scan_to_page;
  // The first pass brings the proposal to within a pixel or two, the others
  // make it exact; the last one's figures decide.
  const struct {
    double reach;
    double tolerance;
  } passes[] = {{frame_reach, limits.first_tolerance},
                {limits.second_reach, limits.tolerance},
                {limits.last_reach, limits.tolerance}};
  Sightings sightings;
  std::optional<Fit> fit;
  for (const auto& pass : passes) {
    const std::string implausible = WhyImplausible(
        frame_.FrameToPage() * scan_to_frame, frame_.page, scan_size);
    if (!implausible.empty()) {
      verdict.outcome = absl::StrCat("it was ", implausible);
      return verdict;
    }
    sightings = Look(patches_, scan, *scan_to_frame.Inverse(), pass.reach,
                     limits.min_score);
    verdict.patches = sightings.compared;
    if (static_cast<int>(sightings.pairs.size()) < kMinSeen) {
      verdict.outcome =
          absl::StrCat(sightings.pairs.size(), " of ", sightings.compared,
                       " patches were seen where it put them");
      return verdict;
    }
    fit = FitHomography(sightings.pairs, pass.tolerance);
    if (!fit.has_value() || static_cast<int>(fit->inliers.size()) < kMinSeen) {
      verdict.outcome = absl::StrCat("of ", sightings.pairs.size(),
                                     " patches seen too few agree");
      return verdict;
    }
    scan_to_frame = fit->map;
  }
  verdict.inliers = static_cast<int>(fit->inliers.size());
  verdict.scan_to_page = (frame_.FrameToPage() * scan_to_frame).Normalized();
  verdict.rms = fit->rms * frame_.page.width / frame_.width;
  const double share =
      static_cast<double>(verdict.inliers) / sightings.compared;
  verdict.confidence = ConfidenceOfShare(share);
  verdict.outcome =
      absl::StrCat(verdict.inliers, " of ", verdict.patches, " patches agree");

  int distinctive = 0;
  double left = frame_.width;
  double right = 0;
  double top = frame_.height;
  double bottom = 0;
  for (const int i : fit->inliers) {
    distinctive += sightings.patches[i]->is_distinctive;
    const PixelPoint& p = sightings.patches[i]->center;
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
  }
  if (!WhyImplausible(verdict.scan_to_page, frame_.page, scan_size).empty()) {
    verdict.outcome += ", on a map no camera makes";
  } else if (verdict.inliers < limits.min_inliers || share < limits.min_share) {
    verdict.outcome += ", too few";
  } else if (sightings.compared <
             limits.min_compared * static_cast<double>(patches_.size())) {
    verdict.outcome += ", but too much of the page is missing";
  } else if (distinctive < limits.min_distinctive) {
    verdict.outcome += ", but they repeat on the page";
  } else if (right - left < limits.min_spread * frame_.width ||
             bottom - top < limits.min_spread * frame_.height) {
    verdict.outcome += ", but on a small part of the page";
  } else {
    verdict.is_confirmed = true;
  }
  if (!verdict.is_confirmed) {
    verdict.confidence = std::min(verdict.confidence, 0.49);
  }
  return verdict;
}

}  // namespace sightline::align
