#include "services/align/engine/marker_strategy.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/align/engine/marker_assignment.h"
#include "services/align/engine/opencv_image.h"

namespace sightline::align {
namespace {

// Markers are looked for in a copy of the scan in which they are this large,
// pixels: enough to tell them from print.
constexpr double kMarkerPixels = 18;
constexpr int kMaxLongSide = 1600;
// Sizes of the page tried, relative to one that fills the scan. A picture is
// found within 12 % of its size.
constexpr double kZooms[] = {1, 0.8, 1.25, 0.64, 0.5, 0.4, 0.32};
constexpr double kMinScore = 0.5;
constexpr int kMaxCandidates = 12;
constexpr int kMaxOffers = 6;
// Markers are kept no larger than this, pixels.
constexpr int kKeptPixels = 160;
// A candidate's place is exact to a pixel of the copy it was found in.
constexpr double kProposalReach = 12;

bool IsSamePicture(const GrayImage& a, const GrayImage& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace

MarkerStrategy::MarkerStrategy(std::vector<Marker> markers, PixelSize page)
    : markers_(std::move(markers)), page_(page) {
  for (Marker& marker : markers_) {
    marker_size_ += (marker.size.width + marker.size.height) / 2 /
                    static_cast<double>(markers_.size());
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
  if (markers_.size() >= 3) return "";
  return absl::StrCat("the reference has ", markers_.size(),
                      " markers, at least 3 are needed");
}

int64_t MarkerStrategy::WorkingBytes(int, int,
                                     const RegistrationOptions&) const {
  // The copy, the scores and the transforms of the correlation.
  return int64_t{kMaxLongSide} * kMaxLongSide * 10;
}

std::vector<MarkerCandidate> MarkerStrategy::FindCandidates(ScanImages& scan,
                                                            double zoom) const {
  const double scan_long = std::max(scan.width(), scan.height());
  const double page_long = std::max(page_.width, page_.height);
  // Marker size in the scan, pixels.
  const double in_scan = marker_size_ * scan_long / page_long * zoom;
  const int long_side = static_cast<int>(
      std::min<double>(kMaxLongSide, scan_long * kMarkerPixels / in_scan));
  const GrayImage image = scan.Scaled(long_side);
  const double scale = static_cast<double>(scan.width()) / image.width();
  const double mark_pixels = in_scan / scale;
  std::vector<MarkerCandidate> candidates;
  const auto add = [&](const std::vector<MarkerCandidate>& found) {
    for (const MarkerCandidate& mark : found) {
      candidates.push_back({{mark.center.x * scale, mark.center.y * scale},
                            mark.size * scale,
                            mark.score});
    }
  };
  for (size_t i = 0; i < markers_.size(); ++i) {
    const Marker& marker = markers_[i];
    const bool is_known = std::any_of(
        markers_.begin(), markers_.begin() + i, [&](const Marker& other) {
          return other.kind == marker.kind &&
                 IsSamePicture(other.image, marker.image);
        });
    if (is_known) continue;
    if (marker.kind != MarkerKind::kImage) {
      add(FindMarks(image, marker.kind, 0.6 * mark_pixels, 1.6 * mark_pixels,
                    kMaxCandidates));
      continue;
    }
    const double mean = (marker.size.width + marker.size.height) / 2;
    const int width =
        static_cast<int>(std::lround(mark_pixels * marker.size.width / mean));
    const int height =
        static_cast<int>(std::lround(mark_pixels * marker.size.height / mean));
    if (std::min(width, height) < 6) continue;
    add(FindPictures(image, Resized(marker.image, width, height), kMinScore,
                     kMaxCandidates));
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const MarkerCandidate& a, const MarkerCandidate& b) {
                     return a.score > b.score;
                   });
  if (static_cast<int>(candidates.size()) > kMaxCandidates) {
    candidates.resize(kMaxCandidates);
  }
  return candidates;
}

absl::StatusOr<std::string> MarkerStrategy::Propose(ScanImages& scan,
                                                    const RegistrationOptions&,
                                                    const StopToken& stop,
                                                    Offer offer) const {
  const PixelSize scan_size{static_cast<double>(scan.width()),
                            static_cast<double>(scan.height())};
  int most_seen = 0;
  int offered = 0;
  for (const double zoom : kZooms) {
    SL_RETURN_IF_ERROR(stop.Poll());
    const std::vector<MarkerCandidate> candidates = FindCandidates(scan, zoom);
    most_seen = std::max(most_seen, static_cast<int>(candidates.size()));
    for (const MarkerAssignment& assignment :
         AssignMarkers(markers_, candidates, page_, scan_size, kMaxOffers)) {
      SL_RETURN_IF_ERROR(stop.Poll());
      ++offered;
      SL_ASSIGN_OR_RETURN(const bool done,
                          offer({assignment.scan_to_page, kProposalReach}));
      if (done) {
        return absl::StrCat("confirmed as number ", offered, ", page at ",
                            static_cast<int>(100 * zoom),
                            " % of its largest size");
      }
    }
  }
  return absl::StrCat(most_seen, " marks like markers, ", offered,
                      " arrangements tried, none confirmed");
}

int64_t MarkerStrategy::ResidentBytes() const {
  int64_t bytes = sizeof(*this);
  for (const Marker& marker : markers_) {
    bytes += static_cast<int64_t>(sizeof(marker)) + marker.image.size_bytes();
  }
  return bytes;
}

}  // namespace sightline::align
