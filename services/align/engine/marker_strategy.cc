#include "services/align/engine/marker_strategy.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/align/engine/aruco_sightings.h"
#include "services/align/engine/marker_assignment.h"
#include "services/align/engine/opencv_image.h"
#include "services/align/engine/opencv_pictures.h"
#include "services/align/engine/outermost_marks.h"

namespace sightline::align {
namespace {

// Markers are looked for in a copy of the scan in which they are this large,
// pixels: enough to tell them from print.
constexpr double kMarkerPixels = 18;
constexpr int kMaxLongSide = 1600;
constexpr int64_t kFixedBytes = int64_t{8} << 20;
// Sizes of the page tried, relative to one that fills the scan. A picture of
// rings is found within 8 % of its size.
constexpr double kZooms[] = {1,    0.87, 1.15, 0.76, 0.66,
                             0.57, 0.5,  0.43, 0.37, 0.32};
// Isolated marks of any size in this range are found at once, in a copy this
// large.
constexpr int kIsolatedLongSide = 1200;
constexpr double kLeastZoom = 0.2;
constexpr double kMostZoom = 2;
constexpr double kMinMarkPixels = 6;
constexpr double kMinScore = 0.5;
constexpr int kMaxCandidates = 12;
// The same where markers differ from each other, and the least of each.
constexpr int kMaxDifferentCandidates = 24;
constexpr int kLeastOfEachLook = 3;
// Rings and squares found at most: some sheets have a thousand bubbles.
constexpr int kMaxMarks = 1500;
constexpr int kMaxOffers = 6;
// Markers are kept no larger than this, pixels.
constexpr int kKeptPixels = 160;
// A candidate's place is exact to a pixel of the copy it was found in.
constexpr double kProposalReach = 12;

// In scan pixels, and as one of `marker`.
MarkerCandidate InScan(MarkerCandidate mark, double scale, int marker) {
  mark.center = {mark.center.x * scale, mark.center.y * scale};
  mark.size *= scale;
  mark.marker = marker;
  return mark;
}

// The best of `pictures`, as many of each marker that looks different. At one
// place there may be several: markers that are turned copies of each other all
// look alike there.
void KeepBestOfEachLook(std::vector<MarkerCandidate>& pictures) {
  std::map<int, std::vector<MarkerCandidate>> of_look;
  for (const MarkerCandidate& mark : pictures) {
    of_look[mark.marker].push_back(mark);
  }
  const int looks = static_cast<int>(of_look.size());
  pictures.clear();
  for (auto& [look, marks] : of_look) {
    KeepBest(marks, looks == 1 ? kMaxCandidates
                               : std::max(kLeastOfEachLook,
                                          kMaxDifferentCandidates / looks));
    pictures.insert(pictures.end(), marks.begin(), marks.end());
  }
}

// Each of `groups` with `pictures` besides; those alone if there are none.
std::vector<std::vector<MarkerCandidate>> Joined(
    std::vector<std::vector<MarkerCandidate>> groups,
    const std::vector<MarkerCandidate>& pictures) {
  if (groups.empty()) groups.emplace_back();
  for (std::vector<MarkerCandidate>& group : groups) {
    group.insert(group.end(), pictures.begin(), pictures.end());
  }
  return groups;
}

}  // namespace

MarkerStrategy::MarkerStrategy(std::vector<Marker> markers, PixelSize page)
    : markers_(std::move(markers)), page_(page) {
  for (Marker& marker : markers_) {
    marker_size_ += (marker.size.width + marker.size.height) / 2 /
                    static_cast<double>(markers_.size());
    const bool is_known_by_id = marker.kind == MarkerKind::kAruco;
    ++(is_known_by_id ? ids_ : others_);
    // Kept by what it says, not by its looks.
    if (is_known_by_id) marker.image = GrayImage();
    const int longer = std::max(marker.image.width(), marker.image.height());
    if (longer > kKeptPixels) {
      marker.image =
          Resized(marker.image,
                  std::max(1, marker.image.width() * kKeptPixels / longer),
                  std::max(1, marker.image.height() * kKeptPixels / longer));
    }
  }
}

std::string MarkerStrategy::WhyUnavailable() const {
  if (ids_ > 0 || others_ >= 3) return "";
  return absl::StrCat("the reference has ", others_,
                      " markers, at least 3, or one ArUco marker, are needed");
}

int64_t MarkerStrategy::WorkingBytes(const RegistrationOptions&) const {
  // The copy, three binary forms of it, its parts numbered and boxed; or one
  // strip's correlation.
  return kFixedBytes + ScanImages::MaxScaledPixels(kMaxLongSide) * 4;
}

std::vector<const Marker*> MarkerStrategy::DistinctMarkers() const {
  std::vector<const Marker*> distinct;
  for (const Marker& marker : markers_) {
    if (marker.kind == MarkerKind::kAruco) continue;
    const bool is_known = std::any_of(
        distinct.begin(), distinct.end(),
        [&](const Marker* other) { return LookSame(*other, marker); });
    if (!is_known) distinct.push_back(&marker);
  }
  return distinct;
}

int MarkerStrategy::IndexOf(const Marker* marker) const {
  return static_cast<int>(marker - markers_.data());
}

double MarkerStrategy::SizeInScan(const ScanImages& scan) const {
  const double scan_long = std::max(scan.width(), scan.height());
  return marker_size_ * scan_long / std::max(page_.width, page_.height);
}

MarkerStrategy::Isolated MarkerStrategy::FindIsolated(ScanImages& scan) const {
  const GrayImage image = scan.Scaled(kIsolatedLongSide);
  const double scale = static_cast<double>(scan.width()) / image.width();
  const double expected = SizeInScan(scan) / scale;
  const double least = std::max(kMinMarkPixels, kLeastZoom * expected);
  const double most = kMostZoom * expected;
  Isolated isolated;
  for (const Marker* marker : DistinctMarkers()) {
    const bool is_picture = marker->kind == MarkerKind::kImage;
    const std::vector<MarkerCandidate> found =
        is_picture ? FindIsolatedPictures(image, marker->image, least, most,
                                          kMinScore, kMaxCandidates)
                   : FindMarks(image, marker->kind, least, most, kMaxMarks);
    std::vector<MarkerCandidate>& kept =
        is_picture ? isolated.pictures : isolated.marks;
    for (const MarkerCandidate& mark : found) {
      kept.push_back(InScan(mark, scale, IndexOf(marker)));
    }
  }
  KeepBestOfEachLook(isolated.pictures);
  return isolated;
}

std::vector<MarkerCandidate> MarkerStrategy::FindOfOneSize(ScanImages& scan,
                                                           double zoom) const {
  const double in_scan = SizeInScan(scan) * zoom;
  const double scan_long = std::max(scan.width(), scan.height());
  const int long_side = static_cast<int>(
      std::min<double>(kMaxLongSide, scan_long * kMarkerPixels / in_scan));
  const GrayImage image = scan.Scaled(long_side);
  const double scale = static_cast<double>(scan.width()) / image.width();
  const double mark_pixels = in_scan / scale;
  std::vector<MarkerCandidate> candidates;
  for (const Marker* marker : DistinctMarkers()) {
    if (marker->kind != MarkerKind::kImage) continue;
    const double mean = (marker->size.width + marker->size.height) / 2;
    const int width =
        static_cast<int>(std::lround(mark_pixels * marker->size.width / mean));
    const int height =
        static_cast<int>(std::lround(mark_pixels * marker->size.height / mean));
    if (std::min(width, height) < kMinMarkPixels) continue;
    for (const MarkerCandidate& mark :
         FindPictures(image, Resized(marker->image, width, height), kMinScore,
                      kMaxCandidates)) {
      candidates.push_back(InScan(mark, scale, IndexOf(marker)));
    }
  }
  return candidates;
}

absl::StatusOr<bool> MarkerStrategy::ProposeByIds(ScanImages& scan,
                                                  const StopToken& stop,
                                                  const Offer& offer,
                                                  std::string& outcome) const {
  const std::vector<ArucoSighting> sightings =
      FindAruco(markers_, SizeInScan(scan), scan);
  outcome = absl::StrCat(sightings.size(), " of ", ids_, " ids were seen");
  for (const Proposal& proposal : ProposalsOf(sightings, markers_, page_)) {
    SL_RETURN_IF_ERROR(stop.Poll());
    SL_ASSIGN_OR_RETURN(const bool done, offer(proposal));
    if (done) return true;
  }
  return false;
}

absl::StatusOr<std::string> MarkerStrategy::Propose(ScanImages& scan,
                                                    const RegistrationOptions&,
                                                    const StopToken& stop,
                                                    Offer offer) const {
  if (ids_ > 0) {
    std::string outcome;
    SL_ASSIGN_OR_RETURN(const bool done,
                        ProposeByIds(scan, stop, offer, outcome));
    if (done || others_ < 3) return outcome;
  }
  const PixelSize scan_size{static_cast<double>(scan.width()),
                            static_cast<double>(scan.height())};
  Isolated isolated = FindIsolated(scan);
  std::vector<MarkerCandidate>& pictures = isolated.pictures;
  const size_t mark_count = isolated.marks.size();
  const std::vector<std::vector<MarkerCandidate>> mark_groups =
      OutermostOfEachSize(std::move(isolated.marks), kMaxCandidates);
  const bool has_picture = std::any_of(
      markers_.begin(), markers_.end(),
      [](const Marker& marker) { return marker.kind == MarkerKind::kImage; });
  std::vector<Homography> offered;
  // First the isolated marks; then one size after another, which add up, as a
  // tilted page shows its markers in several.
  const int rounds = has_picture ? static_cast<int>(std::size(kZooms)) : 0;
  for (int round = 0; round <= rounds; ++round) {
    SL_RETURN_IF_ERROR(stop.Poll());
    if (round > 0) {
      const std::vector<MarkerCandidate> more =
          FindOfOneSize(scan, kZooms[round - 1]);
      if (more.empty()) continue;
      pictures.insert(pictures.end(), more.begin(), more.end());
      KeepBestOfEachLook(pictures);
    }
    const std::vector<std::vector<MarkerCandidate>> groups =
        Joined(mark_groups, pictures);
    // All markers, then one of them hidden, then two cut off: that only where
    // there is paper around the others, as two marks alike are soon found.
    for (int count = 4; count >= (round == 0 ? 2 : 3); --count) {
      for (const MarkerAssignment& assignment : AssignMarkers(
               markers_, groups, count, page_, scan_size, kMaxOffers)) {
        SL_RETURN_IF_ERROR(stop.Poll());
        const bool is_known = std::any_of(
            offered.begin(), offered.end(), [&](const Homography& other) {
              return IsSame(assignment.scan_to_page, other, scan_size, page_);
            });
        if (is_known) continue;
        offered.push_back(assignment.scan_to_page);
        SL_ASSIGN_OR_RETURN(
            const bool done,
            offer({assignment.scan_to_page, kProposalReach, std::nullopt}));
        if (done) {
          return absl::StrCat("arrangement number ", offered.size(), " of ",
                              pictures.size() + mark_count, " marks confirmed");
        }
      }
    }
  }
  return absl::StrCat(pictures.size() + mark_count, " marks like markers, ",
                      offered.size(), " arrangements tried, none confirmed");
}

int64_t MarkerStrategy::ResidentBytes() const {
  int64_t bytes = sizeof(*this);
  for (const Marker& marker : markers_) {
    bytes += static_cast<int64_t>(sizeof(marker)) + marker.image.size_bytes();
  }
  return bytes;
}

}  // namespace sightline::align
