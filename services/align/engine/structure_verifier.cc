#include "services/align/engine/structure_verifier.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "services/align/engine/ink_evidence.h"
#include "services/align/engine/orientation.h"

namespace sightline::align {
namespace {

// Bubbles below which a comparison with a rival says nothing.
constexpr size_t kMinCompared = 3;
// How far evidence is looked for around its place, frame pixels.
constexpr double kEvidenceReach = 3;
// A difference of the markers' mean scores below this is noise.
constexpr double kMarkerNoise = 0.1;
// Thousandths of the page's width by which a rival must miss the page's edge
// more than the position does, to count as much as a whole bubble.
constexpr double kEdgeScale = 40;
// How often a better rival is tried in turn.
constexpr int kMaxHops = 4;
// What a refused position is at most.
constexpr double kRefused = 0.49;

double ConfidenceOf(double share, double least_share, double lead) {
  // The least share that is accepted counts 0.5, nine tenths 0.95; a lead over
  // the rivals of 0.4 is needed for 0.9.
  const double from_share =
      share < least_share
          ? 0.5 * share / least_share
          : 0.5 + 0.45 * (share - least_share) / (0.9 - least_share);
  return std::clamp(std::min(from_share, 0.5 + lead), 0.0, 1.0);
}

// Mean distance between the page's corners and where `scan_to_page` puts the
// edge that was seen, thousandths of the page's width; the edge may begin at
// any corner.
double EdgeMiss(const Homography& scan_to_page, const Quad& edge,
                PixelSize page) {
  const Quad corners = CornersOf(page);
  double least = INFINITY;
  for (int begin = 0; begin < 4; ++begin) {
    const Quad begun = BegunAt(edge, begin);
    double sum = 0;
    for (int i = 0; i < 4; ++i) {
      const PixelPoint p = scan_to_page.Map(begun[i]);
      sum += std::hypot(p.x - corners[i].x, p.y - corners[i].y);
    }
    least = std::min(least, sum / 4);
  }
  return least * 1000 / page.width;
}

}  // namespace

struct StructureVerifier::Lead {
  double lead = 1;
  // nullptr if there is no rival.
  const RivalPosition* rival = nullptr;
};

StructureVerifier::StructureVerifier(const Reference& reference,
                                     const StructureThresholds& thresholds)
    : structure_(reference), thresholds_(thresholds) {}

std::string StructureVerifier::WhyUnusable() const {
  const int markers = static_cast<int>(structure_.markers.size());
  // Timing marks alone are all in a line or two.
  const int bubbles =
      static_cast<int>(structure_.bubbles.size()) - structure_.timing_marks;
  if (bubbles >= thresholds_.min_outlines ||
      markers >= thresholds_.min_markers) {
    return "";
  }
  return absl::StrCat("without an image, at least ", thresholds_.min_outlines,
                      " bubbles or ", thresholds_.min_markers,
                      " markers are needed to recognise the page; there are ",
                      bubbles, " bubbles and ", markers, " markers");
}

int64_t StructureVerifier::ResidentBytes() const {
  return static_cast<int64_t>(sizeof(*this)) + structure_.bytes();
}

double StructureVerifier::Evidence(ScanImages& scan,
                                   const StructurePosition& position,
                                   PixelPoint center, int look) const {
  const PrintedStructure::Look& looks = structure_.bubble_looks[look];
  if (!position.IsOutlined(thresholds_)) {
    return InkEvidence(scan, position.frame_to_scan, center, looks.size);
  }
  const std::optional<Patch>& patch = looks.patches[position.outline_size];
  if (!patch.has_value()) return 0;
  const std::optional<PatchSighting> sighting =
      FindPatchAt(center, *patch, scan, position.frame_to_scan, kEvidenceReach);
  return sighting.has_value() ? std::clamp(sighting->score, 0.0, 1.0) : 0;
}

double StructureVerifier::MarkerScore(ScanImages& scan,
                                      const StructurePosition& position,
                                      const Homography& frame_to_scan) const {
  if (position.marker_size < 0) return 0;
  double sum = 0;
  for (const PrintedStructure::Site& marker : structure_.markers) {
    const std::optional<Patch>& patch =
        structure_.marker_looks[marker.look].patches[position.marker_size];
    if (!patch.has_value()) continue;
    const std::optional<PatchSighting> sighting =
        FindPatchAt(marker.center, *patch, scan, frame_to_scan, kEvidenceReach);
    if (sighting.has_value()) sum += std::max(0.0, sighting->score);
  }
  return sum / static_cast<double>(structure_.markers.size());
}

double StructureVerifier::BubbleLead(ScanImages& scan,
                                     const StructurePosition& position,
                                     const RivalPosition& rival,
                                     std::vector<double>& known) const {
  double ours = 0;
  for (const int i : rival.ours) {
    const PrintedStructure::Site& bubble = structure_.bubbles[i];
    if (known[i] < 0) {
      known[i] = Evidence(scan, position, bubble.center, bubble.look);
    }
    ours += known[i];
  }
  double theirs = 0;
  for (size_t i = 0; i < rival.theirs.size(); ++i) {
    const int look = structure_.bubbles[rival.theirs_shape[i]].look;
    theirs += Evidence(scan, position,
                       structure_.frame.ToFrame(rival.theirs[i]), look);
  }
  return ours / static_cast<double>(rival.ours.size()) -
         theirs / std::max<double>(1, rival.theirs.size());
}

StructureVerifier::Lead StructureVerifier::LeastLead(
    ScanImages& scan, const StructurePosition& position,
    const Proposal& proposal) const {
  const PageFrame& frame = structure_.frame;
  const Homography scan_to_page = frame.FrameToPage() * position.scan_to_frame;
  const bool has_markers = !structure_.markers.empty();
  const double our_markers =
      has_markers ? MarkerScore(scan, position, position.frame_to_scan) : 0;
  std::vector<double> known(structure_.bubbles.size(), -1);
  Lead least;
  for (const RivalPosition& rival : structure_.rivals) {
    double lead = 0;
    bool is_told = false;
    if (has_markers) {
      const Homography frame_to_rival =
          frame.PageToFrame() * rival.page_to_rival * frame.FrameToPage();
      const double by_markers =
          our_markers -
          MarkerScore(scan, position,
                      position.frame_to_scan * *frame_to_rival.Inverse());
      is_told = std::abs(by_markers) >= kMarkerNoise;
      if (is_told) lead += by_markers;
    }
    if (rival.ours.size() >= kMinCompared) {
      lead += BubbleLead(scan, position, rival, known);
      is_told = true;
    }
    if (!is_told && proposal.page_edge.has_value()) {
      const double ours =
          EdgeMiss(scan_to_page, *proposal.page_edge, frame.page);
      const double theirs = EdgeMiss(rival.page_to_rival * scan_to_page,
                                     *proposal.page_edge, frame.page);
      lead = std::clamp((theirs - ours) / kEdgeScale, -1.0, 1.0);
    }
    if (least.rival != nullptr && lead >= least.lead) continue;
    least = {lead, &rival};
  }
  return least;
}

Verdict StructureVerifier::Judge(ScanImages& scan,
                                 const StructurePosition& position,
                                 double& share, double& least_share) const {
  const StructureThresholds& limits = thresholds_;
  const PageFrame& frame = structure_.frame;
  Verdict verdict;
  verdict.scan_to_page =
      (frame.FrameToPage() * position.scan_to_frame).Normalized();
  verdict.inliers = position.outlines_seen + position.markers_seen;
  verdict.patches = position.outlines_compared + position.markers_in_scan;
  verdict.rms = position.rms * frame.page.width / frame.width;
  verdict.outcome =
      absl::StrCat(position.outlines_seen, " of ", position.outlines_compared,
                   " bubbles and ", position.markers_seen, " of ",
                   position.markers_in_scan, " markers agree");
  share = 0;
  least_share = limits.min_outline_share;
  if (2 * position.markers_seen < position.markers_in_scan) {
    verdict.outcome += ", too few markers";
  } else if (position.IsOutlined(limits)) {
    share = verdict.inliers / static_cast<double>(verdict.patches);
  } else if (position.markers_seen >= limits.min_markers) {
    least_share = limits.min_ink_share;
    int with_ink = 0;
    for (const int i : structure_.searched) {
      const PrintedStructure::Site& bubble = structure_.bubbles[i];
      with_ink += InkEvidence(scan, position.frame_to_scan, bubble.center,
                              structure_.bubble_looks[bubble.look].size) >=
                  limits.min_ink;
    }
    const int bubbles = static_cast<int>(structure_.searched.size());
    share = bubbles == 0 ? position.markers_seen /
                               static_cast<double>(position.markers_in_scan)
                         : with_ink / static_cast<double>(bubbles);
    absl::StrAppend(&verdict.outcome, ", ", with_ink, " of ", bubbles,
                    " bubbles have ink");
    // Without outlines the markers are what is compared.
    verdict.inliers = position.markers_seen;
    verdict.patches = position.markers_in_scan;
    if (share < least_share) verdict.outcome += ", too few";
  } else {
    verdict.outcome += ", too few";
  }
  return verdict;
}

Verdict StructureVerifier::Verify(ScanImages& scan,
                                  const Proposal& proposal) const {
  const PageFrame& frame = structure_.frame;
  Homography scan_to_frame = frame.PageToFrame() * proposal.scan_to_page;
  double reach = proposal.reach * frame.width / 1000;
  Verdict verdict;
  for (int hop = 0; hop < kMaxHops; ++hop) {
    const std::optional<StructurePosition> position = FindStructurePosition(
        structure_, thresholds_, scan, scan_to_frame, reach, verdict.outcome);
    if (!position.has_value()) break;
    double share = 0;
    double least_share = 0;
    verdict = Judge(scan, *position, share, least_share);
    // A poor position, too, may be the right one but for a shift.
    const Lead least = LeastLead(scan, *position, proposal);
    if (least.lead < -thresholds_.rival_margin) {
      verdict.outcome += ", but shifted or turned it would agree better";
      scan_to_frame = frame.PageToFrame() * least.rival->page_to_rival *
                      verdict.scan_to_page;
      reach = thresholds_.last_reach;
      continue;
    }
    verdict.confidence = ConfidenceOf(share, least_share, least.lead);
    if (share < least_share) break;
    if (least.lead < thresholds_.min_margin) {
      verdict.outcome +=
          ", but the page may as well lie shifted or turned: its bubbles and "
          "markers do not tell";
      break;
    }
    verdict.is_confirmed = true;
    return verdict;
  }
  verdict.confidence = std::min(verdict.confidence, kRefused);
  return verdict;
}

}  // namespace sightline::align
