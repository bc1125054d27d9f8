#include "services/align/engine/structure_verifier.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/align/engine/ink_evidence.h"
#include "services/align/engine/plausibility.h"
#include "services/align/engine/printed_patterns.h"

namespace sightline::align {
namespace {

// Bubbles are drawn about this large: enough to see an outline, small enough
// to be quick.
constexpr double kBubblePixels = 18;
constexpr int kMinFrameWidth = 300;
constexpr int kMaxFrameWidth = 1000;
// Print may be this much smaller or larger than the layout says. Layouts are
// written by hand; on one sample the outlines are a fifth larger.
constexpr double kOutlineSizes[] = {1, 0.87, 1.12, 1.24};
constexpr double kMarkerSizes[] = {1, 0.85, 1.17, 0.72, 1.36, 0.6};
// Bubbles on which the size is tried.
constexpr int kSizeSample = 16;
// Grid of the bubbles that are searched, two of each cell.
constexpr int kGridColumns = 7;
constexpr int kGridRows = 9;
// Share of the distance to the next bubble within which an outline is looked
// for: beyond a half it would be the neighbour's.
constexpr double kReachShare = 0.42;
// Bubbles of one side of a comparison with a rival.
constexpr int kRivalSample = 24;
constexpr int kMinRivalSample = 3;
// How far evidence is looked for around its place, frame pixels.
constexpr double kEvidenceReach = 3;
// How often a better rival is tried in turn.
constexpr int kMaxHops = 4;

// Every k-th of `items`, so that at most `most` remain.
template <typename Item>
void Thin(std::vector<Item>& items, int most) {
  const int count = static_cast<int>(items.size());
  if (count <= most) return;
  for (int i = 0; i < most; ++i) {
    items[i] = items[static_cast<size_t>(i) * count / most];
  }
  items.resize(most);
}

double SmallerSide(PixelSize size) { return std::min(size.width, size.height); }

int FrameWidthFor(const Reference& reference) {
  if (reference.shapes.empty()) return kMaxFrameWidth;
  std::vector<double> sides;
  for (const PrintedShape& shape : reference.shapes) {
    sides.push_back(SmallerSide(shape.size));
  }
  std::nth_element(sides.begin(), sides.begin() + sides.size() / 2,
                   sides.end());
  const double width =
      reference.page.width * kBubblePixels / sides[sides.size() / 2];
  return static_cast<int>(
      std::clamp<double>(width, kMinFrameWidth, kMaxFrameWidth));
}

double ConfidenceOf(double share, double least_share, double margin) {
  // The least share that is accepted counts 0.5, nine tenths of the patches
  // 0.95; a lead over the rivals of 0.4 is needed for 0.9.
  const double from_share =
      share < least_share
          ? 0.5 * share / least_share
          : 0.5 + 0.45 * (share - least_share) / (0.9 - least_share);
  return std::clamp(std::min(from_share, 0.5 + margin), 0.0, 1.0);
}

}  // namespace

struct StructureVerifier::Position {
  Homography scan_to_frame;
  Homography frame_to_scan;
  double rms = 0;
  int outline_size = -1;
  int marker_size = -1;
  int outlines_seen = 0;
  int outlines_compared = 0;
  int markers_seen = 0;
  int markers_compared = 0;
};

StructureVerifier::StructureVerifier(
    const Reference& reference, const StructureVerifierThresholds& thresholds)
    : frame_(PageFrame::OfWidth(reference.page, FrameWidthFor(reference))),
      thresholds_(thresholds) {
  AddShapes(reference.shapes);
  AddMarkers(reference.markers);
  rivals_ = FindRivalPositions(reference.shapes, reference.page);
  if (rivals_.empty()) {
    // Without bubbles the orientations are told apart by the markers.
    const double w = reference.page.width;
    const double h = reference.page.height;
    rivals_.resize(3);
    rivals_[0].page_to_rival = Homography({-1, 0, w, 0, -1, h, 0, 0, 1});
    rivals_[1].page_to_rival = Homography({0, w / h, 0, -h / w, 0, h, 0, 0, 1});
    rivals_[2].page_to_rival = Homography({0, -w / h, w, h / w, 0, 0, 0, 0, 1});
  }
  for (RivalPosition& rival : rivals_) {
    Thin(rival.ours, kRivalSample);
    Thin(rival.theirs, kRivalSample);
    Thin(rival.theirs_shape, kRivalSample);
    rival.ours.shrink_to_fit();
    rival.theirs.shrink_to_fit();
    rival.theirs_shape.shrink_to_fit();
  }
}

void StructureVerifier::AddShapes(const std::vector<PrintedShape>& shapes) {
  if (shapes.empty()) return;
  double nearest = frame_.width;
  double gap = frame_.width;
  for (size_t i = 0; i < shapes.size(); ++i) {
    const PixelPoint a = frame_.ToFrame(shapes[i].center);
    for (size_t j = i + 1; j < shapes.size(); ++j) {
      const PixelPoint b = frame_.ToFrame(shapes[j].center);
      const PixelSize size = frame_.ToFrame(shapes[j].size);
      const double dx = std::abs(a.x - b.x);
      const double dy = std::abs(a.y - b.y);
      nearest = std::min(nearest, std::max(dx, dy));
      gap = std::min(gap, std::max(dx - size.width, dy - size.height));
    }
  }
  outline_reach_ = std::max(2.0, kReachShare * nearest);

  std::vector<int> in_cell(kGridColumns * kGridRows, 0);
  for (const PrintedShape& shape : shapes) {
    const PixelSize size = frame_.ToFrame(shape.size);
    auto look = std::find_if(looks_.begin(), looks_.end(), [&](const Look& l) {
      return l.kind == shape.kind &&
             std::abs(l.size.width - size.width) < 0.3 &&
             std::abs(l.size.height - size.height) < 0.3;
    });
    if (look == looks_.end()) {
      Look added{shape.kind, size, {}};
      const double margin =
          std::clamp(0.6 * gap, 1.5, 0.35 * SmallerSide(size) + 1.5);
      for (const double factor : kOutlineSizes) {
        added.outlines.push_back(OutlinePatch(
            shape.kind, {size.width * factor, size.height * factor}, margin));
      }
      looks_.push_back(std::move(added));
      look = looks_.end() - 1;
    }
    sites_.push_back({frame_.ToFrame(shape.center),
                      static_cast<int>(look - looks_.begin())});
  }
  // The first and the last bubble of each cell: those at the borders of
  // blocks rather than those within.
  const auto take = [&](int i) {
    const PixelPoint& c = sites_[i].center;
    const int column =
        std::clamp<int>(c.x * kGridColumns / frame_.width, 0, kGridColumns - 1);
    const int row =
        std::clamp<int>(c.y * kGridRows / frame_.height, 0, kGridRows - 1);
    int& count = in_cell[row * kGridColumns + column];
    if (count >= 2) return;
    ++count;
    searched_.push_back(i);
  };
  const int count = static_cast<int>(sites_.size());
  constexpr int kAllBelow = 100;
  if (count <= kAllBelow) {
    for (int i = 0; i < count; ++i) searched_.push_back(i);
    return;
  }
  for (int i = 0; i < (count + 1) / 2; ++i) {
    take(i);
    if (count - 1 - i != i) take(count - 1 - i);
  }
}

void StructureVerifier::AddMarkers(const std::vector<Marker>& markers) {
  for (const Marker& marker : markers) {
    MarkerSite site{frame_.ToFrame(marker.center), {}};
    const PixelSize size = frame_.ToFrame(marker.size);
    for (const double factor : kMarkerSizes) {
      site.patches.push_back(
          MarkerPatch(marker, {size.width * factor, size.height * factor}));
    }
    markers_.push_back(std::move(site));
  }
}

std::string StructureVerifier::WhyUnusable() const {
  const int markers = static_cast<int>(markers_.size());
  const int shapes = static_cast<int>(sites_.size());
  if (shapes >= thresholds_.min_outlines || markers >= 4 ||
      (markers >= thresholds_.min_markers && shapes > 0)) {
    return "";
  }
  return absl::StrCat("without an image, at least ", thresholds_.min_outlines,
                      " bubbles or 4 markers are needed to recognise the "
                      "page; there are ",
                      shapes, " bubbles and ", markers, " markers");
}

int64_t StructureVerifier::ResidentBytes() const {
  int64_t bytes = sizeof(*this);
  const auto add = [&](const std::vector<std::optional<Patch>>& patches) {
    for (const std::optional<Patch>& patch : patches) {
      bytes += static_cast<int64_t>(sizeof(patch));
      if (patch.has_value()) bytes += patch->bytes();
    }
  };
  for (const Look& look : looks_) add(look.outlines);
  for (const MarkerSite& marker : markers_) add(marker.patches);
  bytes += static_cast<int64_t>(sites_.capacity() * sizeof(Site) +
                                searched_.capacity() * sizeof(int));
  for (const RivalPosition& rival : rivals_) {
    bytes += static_cast<int64_t>(
        sizeof(rival) +
        (rival.ours.capacity() + rival.theirs_shape.capacity()) * sizeof(int) +
        rival.theirs.capacity() * sizeof(PixelPoint));
  }
  return bytes;
}

int StructureVerifier::BestOutlineSize(ScanImages& scan,
                                       const Homography& frame_to_scan,
                                       double reach) const {
  std::vector<int> sample = searched_;
  Thin(sample, kSizeSample);
  int best = -1;
  double best_score = 0;
  for (int size = 0; size < static_cast<int>(std::size(kOutlineSizes));
       ++size) {
    double sum = 0;
    for (const int i : sample) {
      const std::optional<Patch>& patch = looks_[sites_[i].look].outlines[size];
      if (!patch.has_value()) continue;
      const std::optional<PatchSighting> sighting =
          FindPatchAt(sites_[i].center, *patch, scan, frame_to_scan, reach);
      if (sighting.has_value()) sum += std::max(0.0, sighting->score);
    }
    // The size that the layout says is kept unless another is clearly better.
    const double needed = size == 0 ? 0 : best_score * 1.05;
    if (sum > needed) {
      best_score = sum;
      best = size;
    }
  }
  return best;
}

int StructureVerifier::BestMarkerSize(ScanImages& scan,
                                      const Homography& frame_to_scan,
                                      double reach) const {
  int best = -1;
  double best_score = 0;
  for (int size = 0; size < static_cast<int>(std::size(kMarkerSizes)); ++size) {
    double sum = 0;
    for (const MarkerSite& marker : markers_) {
      if (!marker.patches[size].has_value()) continue;
      const std::optional<PatchSighting> sighting = FindPatchAt(
          marker.center, *marker.patches[size], scan, frame_to_scan, reach);
      if (sighting.has_value()) sum += std::max(0.0, sighting->score);
    }
    if (sum > best_score) {
      best_score = sum;
      best = size;
    }
  }
  return best;
}

std::optional<StructureVerifier::Position> StructureVerifier::Refine(
    ScanImages& scan, Homography scan_to_frame, double reach,
    std::string& outcome) const {
  const StructureVerifierThresholds& limits = thresholds_;
  const PixelSize scan_size{static_cast<double>(scan.width()),
                            static_cast<double>(scan.height())};
  Position position;
  const struct {
    double reach;
    double tolerance;
  } passes[] = {{reach, limits.first_tolerance},
                {limits.last_reach, limits.tolerance},
                {limits.last_reach, limits.tolerance}};
  for (const auto& pass : passes) {
    const std::string implausible = WhyImplausible(
        frame_.FrameToPage() * scan_to_frame, frame_.page, scan_size);
    if (!implausible.empty()) {
      outcome = absl::StrCat("it was ", implausible);
      return std::nullopt;
    }
    position.frame_to_scan = *scan_to_frame.Inverse();
    const double outline_reach = std::min(pass.reach, outline_reach_);
    const bool is_second = &pass == &passes[1];
    if (position.marker_size < 0) {
      position.marker_size =
          BestMarkerSize(scan, position.frame_to_scan, pass.reach);
    }
    if (position.outline_size < 0 || (is_second && markers_.size() >= 4)) {
      position.outline_size =
          BestOutlineSize(scan, position.frame_to_scan, outline_reach);
    }
    std::vector<PointPair> pairs;
    position.markers_compared = 0;
    position.outlines_compared = 0;
    for (const MarkerSite& marker : markers_) {
      if (position.marker_size < 0) break;
      const std::optional<Patch>& patch = marker.patches[position.marker_size];
      if (!patch.has_value()) continue;
      const std::optional<PatchSighting> sighting = FindPatchAt(
          marker.center, *patch, scan, position.frame_to_scan, pass.reach);
      ++position.markers_compared;
      if (!sighting.has_value() || sighting->score < limits.min_marker_score) {
        continue;
      }
      pairs.push_back({sighting->in_scan, marker.center});
    }
    const int marker_pairs = static_cast<int>(pairs.size());
    // Four markers say better than any bubble where the page is, so that
    // bubbles wait for the next pass; and bubbles without outlines are left
    // out of it.
    const bool is_first = &pass == &passes[0];
    const bool by_markers = marker_pairs >= 4;
    for (const int i : searched_) {
      if (position.outline_size < 0 || (by_markers && is_first)) break;
      const Site& site = sites_[i];
      const std::optional<Patch>& patch =
          looks_[site.look].outlines[position.outline_size];
      if (!patch.has_value()) continue;
      const std::optional<PatchSighting> sighting = FindPatchAt(
          site.center, *patch, scan, position.frame_to_scan, outline_reach);
      if (!sighting.has_value()) continue;
      ++position.outlines_compared;
      if (sighting->score < limits.min_outline_score) continue;
      pairs.push_back({sighting->in_scan, site.center});
    }
    position.outlines_seen = static_cast<int>(pairs.size()) - marker_pairs;
    if (by_markers && position.outlines_seen < limits.min_outline_share *
                                                   position.outlines_compared) {
      pairs.resize(marker_pairs);
    }
    const std::optional<Fit> fit = FitHomography(pairs, pass.tolerance);
    if (!fit.has_value()) {
      outcome = absl::StrCat(pairs.size(),
                             " markers and bubbles were seen where it put "
                             "them, and they don't agree");
      return std::nullopt;
    }
    position.markers_seen = 0;
    position.outlines_seen = 0;
    for (const int i : fit->inliers) {
      (i < marker_pairs ? position.markers_seen : position.outlines_seen) += 1;
    }
    position.rms = fit->rms;
    scan_to_frame = fit->map;
  }
  const std::string implausible = WhyImplausible(
      frame_.FrameToPage() * scan_to_frame, frame_.page, scan_size);
  if (!implausible.empty()) {
    outcome = absl::StrCat("it led to ", implausible);
    return std::nullopt;
  }
  position.scan_to_frame = scan_to_frame;
  position.frame_to_scan = *scan_to_frame.Inverse();
  return position;
}

double StructureVerifier::Evidence(ScanImages& scan, const Position& position,
                                   PixelPoint center, int look) const {
  const bool is_outlined =
      position.outlines_seen >=
      thresholds_.min_outline_share * position.outlines_compared;
  if (!is_outlined) {
    return InkEvidence(scan, position.frame_to_scan, center, looks_[look].size);
  }
  const std::optional<Patch>& patch =
      looks_[look].outlines[position.outline_size];
  if (!patch.has_value()) return 0;
  const std::optional<PatchSighting> sighting =
      FindPatchAt(center, *patch, scan, position.frame_to_scan, kEvidenceReach);
  return sighting.has_value() ? std::clamp(sighting->score, 0.0, 1.0) : 0;
}

double StructureVerifier::MeanMarkerScore(
    ScanImages& scan, const Position& position,
    const Homography& frame_to_scan) const {
  double sum = 0;
  for (const MarkerSite& marker : markers_) {
    if (position.marker_size < 0) return 0;
    const std::optional<Patch>& patch = marker.patches[position.marker_size];
    if (!patch.has_value()) continue;
    const std::optional<PatchSighting> sighting =
        FindPatchAt(marker.center, *patch, scan, frame_to_scan, kEvidenceReach);
    if (sighting.has_value()) sum += std::max(0.0, sighting->score);
  }
  return sum / static_cast<double>(markers_.size());
}

double StructureVerifier::MarginOver(ScanImages& scan, const Position& position,
                                     const RivalPosition& rival) const {
  // 0 where the bubbles do not tell.
  double margin = 0;
  if (static_cast<int>(rival.ours.size()) >= kMinRivalSample) {
    double ours = 0;
    for (const int i : rival.ours) {
      ours += Evidence(scan, position, sites_[i].center, sites_[i].look);
    }
    double theirs = 0;
    for (size_t i = 0; i < rival.theirs.size(); ++i) {
      theirs += Evidence(scan, position, frame_.ToFrame(rival.theirs[i]),
                         sites_[rival.theirs_shape[i]].look);
    }
    margin = ours / static_cast<double>(rival.ours.size()) -
             theirs / std::max<double>(1, rival.theirs.size());
  }
  if (markers_.empty()) return margin;
  const Homography frame_to_rival =
      frame_.PageToFrame() * rival.page_to_rival * frame_.FrameToPage();
  const Homography rival_to_scan =
      position.frame_to_scan * *frame_to_rival.Inverse();
  const double lead = MeanMarkerScore(scan, position, position.frame_to_scan) -
                      MeanMarkerScore(scan, position, rival_to_scan);
  return margin + lead;
}

Verdict StructureVerifier::Verify(ScanImages& scan,
                                  const Homography& scan_to_page,
                                  double reach) const {
  const StructureVerifierThresholds& limits = thresholds_;
  Verdict verdict;
  Homography scan_to_frame = frame_.PageToFrame() * scan_to_page;
  double frame_reach = reach * frame_.width / 1000;
  for (int hop = 0; hop < kMaxHops; ++hop) {
    const std::optional<Position> found =
        Refine(scan, scan_to_frame, frame_reach, verdict.outcome);
    if (!found.has_value()) return verdict;
    const Position& position = *found;
    verdict.scan_to_page =
        (frame_.FrameToPage() * position.scan_to_frame).Normalized();
    verdict.inliers = position.outlines_seen + position.markers_seen;
    verdict.patches = position.outlines_compared + position.markers_compared;
    verdict.rms = position.rms * frame_.page.width / frame_.width;
    verdict.outcome =
        absl::StrCat(position.outlines_seen, " of ", position.outlines_compared,
                     " bubbles and ", position.markers_seen, " of ",
                     position.markers_compared, " markers agree");
    const double outline_share =
        position.outlines_seen /
        std::max<double>(1, position.outlines_compared);
    const bool is_outlined = position.outlines_seen >= limits.min_outlines &&
                             outline_share >= limits.min_outline_share;
    const int markers = static_cast<int>(markers_.size());
    const bool is_marked =
        position.markers_seen >= std::max(limits.min_markers, markers - 1) &&
        (position.markers_seen >= 4 || is_outlined);
    double share = 0;
    if (is_outlined) {
      share =
          (outline_share * 4 +
           (markers > 0 ? position.markers_seen / static_cast<double>(markers)
                        : outline_share)) /
          5;
    } else if (is_marked) {
      int with_ink = 0;
      for (const int i : searched_) {
        with_ink += InkEvidence(scan, position.frame_to_scan, sites_[i].center,
                                looks_[sites_[i].look].size) >= limits.min_ink;
      }
      share = searched_.empty()
                  ? 1
                  : with_ink / static_cast<double>(searched_.size());
      absl::StrAppend(&verdict.outcome, ", ", with_ink, " of ",
                      searched_.size(), " bubbles have ink");
      if (share < limits.min_ink_share) {
        absl::StrAppend(&verdict.outcome, ", too few");
      }
    } else {
      absl::StrAppend(&verdict.outcome, ", too few");
    }
    const double least_share =
        is_outlined ? limits.min_outline_share : limits.min_ink_share;

    // Even a poor position may be the right one but for a shift.
    double least_margin = 1;
    const RivalPosition* strongest = nullptr;
    for (const RivalPosition& rival : rivals_) {
      const double margin = MarginOver(scan, position, rival);
      if (margin >= least_margin) continue;
      least_margin = margin;
      strongest = &rival;
    }
    verdict.confidence = ConfidenceOf(share, least_share, least_margin);
    if (strongest != nullptr && least_margin < -limits.rival_margin &&
        hop + 1 < kMaxHops) {
      scan_to_frame = frame_.PageToFrame() * strongest->page_to_rival *
                      verdict.scan_to_page;
      frame_reach = limits.last_reach;
      continue;
    }
    if (share < least_share) break;
    if (least_margin < limits.min_margin) {
      verdict.outcome +=
          ", but the page may as well lie shifted or turned (its bubbles and "
          "markers do not tell)";
      break;
    }
    verdict.is_confirmed = true;
    return verdict;
  }
  verdict.confidence = std::min(verdict.confidence, 0.49);
  return verdict;
}

}  // namespace sightline::align
