#include "services/align/engine/timing_mark_strategy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/align/engine/opencv_bars.h"
#include "services/align/engine/timing_tracks.h"

namespace sightline::align {
namespace {

constexpr int kLongSide = 1600;
// Sizes of bars relative to those in a scan that the page fills.
constexpr double kLeastZoom = 0.4;
constexpr double kMostZoom = 1.5;
constexpr double kMinLength = 5;
// Length to width of a small bar is known to a pixel or so of each.
constexpr double kRatioError = 1.7;
constexpr int kMaxBars = 1200;
constexpr int kMaxOffers = 12;
constexpr int64_t kFixedBytes = int64_t{4} << 20;

}  // namespace

int64_t TimingMarkStrategy::WorkingBytes(const RegistrationOptions&) const {
  // The copy, its mean and its binary form, and the contours' points.
  return kFixedBytes + ScanImages::MaxScaledPixels(kLongSide) * 4;
}

absl::StatusOr<std::string> TimingMarkStrategy::Propose(
    ScanImages& scan, const RegistrationOptions&, const StopToken& stop,
    Offer offer) const {
  const GrayImage image = scan.Scaled(kLongSide);
  const double scale_x = static_cast<double>(scan.width()) / image.width();
  const double scale_y = static_cast<double>(scan.height()) / image.height();
  const double page_pixels =
      static_cast<double>(std::max(image.width(), image.height())) /
      std::max(page_.width, page_.height);
  BarLimits limits{1e9, 0, 1e9, 0};
  for (const TimingTrack& track : tracks_) {
    const auto [shorter, longer] =
        std::minmax(track.mark.width, track.mark.height);
    const double length = longer * page_pixels;
    limits.min_length = std::min(limits.min_length, kLeastZoom * length);
    limits.max_length = std::max(limits.max_length, kMostZoom * length + 2);
    limits.min_ratio = std::min(limits.min_ratio, longer / shorter);
    limits.max_ratio = std::max(limits.max_ratio, longer / shorter);
  }
  limits.min_length = std::max(limits.min_length, kMinLength);
  limits.min_ratio = std::max(1.0, limits.min_ratio / kRatioError);
  limits.max_ratio *= kRatioError;
  std::vector<Bar> bars = FindBars(image, limits, kMaxBars);
  for (Bar& bar : bars) {
    bar.center = {bar.center.x * scale_x, bar.center.y * scale_y};
    bar.length *= scale_x;
    bar.width *= scale_x;
  }
  SL_RETURN_IF_ERROR(stop.Poll());
  const std::vector<Proposal> proposals =
      ProposalsOf(bars, tracks_, page_, kMaxOffers);
  int offered = 0;
  for (const Proposal& proposal : proposals) {
    SL_RETURN_IF_ERROR(stop.Poll());
    ++offered;
    SL_ASSIGN_OR_RETURN(const bool done, offer(proposal));
    if (done) break;
  }
  return absl::StrCat(bars.size(), " bars, ", offered, " of ", proposals.size(),
                      " arrangements tried");
}

}  // namespace sightline::align
