#include "services/align/engine/coarse_patch_strategy.h"

#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/align/engine/opencv_fit.h"
#include "services/align/engine/opencv_image.h"
#include "services/align/engine/orientation.h"
#include "services/align/engine/page_patches.h"

namespace sightline::align {
namespace {

constexpr int kFrameWidth = 250;
constexpr PatchLayout kLayout{
    .columns = 4, .rows = 5, .half_side = 18, .rival_reach = 0};
// Search around the place where the patch is on an untouched page: 8 % of the
// page's width.
constexpr double kReach = 20;
constexpr double kMinScore = 0.4;
constexpr double kTolerance = 3;
constexpr int kMinSeen = 4;
// A similarity leaves this much of a scanner's skew and of a light
// perspective, thousandths of the page's width.
constexpr double kProposalReach = 20;

// The scan as if it showed the page, turned by quarter turns, centred and at
// one scale.
Homography Untouched(PixelSize scan, PixelSize page, int quarter_turns) {
  const bool on_its_side = quarter_turns % 2 == 1;
  const double page_width = on_its_side ? page.height : page.width;
  const double page_height = on_its_side ? page.width : page.height;
  const double scale =
      std::sqrt((scan.width / page_width) * (scan.height / page_height));
  // cos and sin of the turn that brings the page to the scan.
  constexpr double kCos[] = {1, 0, -1, 0};
  constexpr double kSin[] = {0, 1, 0, -1};
  const double c = kCos[quarter_turns] / scale;
  const double s = kSin[quarter_turns] / scale;
  return Homography::Translation(page.width / 2, page.height / 2) *
         Homography({c, s, 0, -s, c, 0, 0, 0, 1}) *
         Homography::Translation(-scan.width / 2, -scan.height / 2);
}

}  // namespace

CoarsePatchStrategy::CoarsePatchStrategy(
    const GrayImage* page_image, PixelSize page,
    const std::vector<PrintedShape>& shapes)
    : frame_(PageFrame::OfWidth(page, kFrameWidth)) {
  if (page_image == nullptr) return;
  const GrayImage thumbnail = Resized(*page_image, frame_.width, frame_.height);
  patches_ = ChoosePatches(thumbnail, frame_, shapes, kLayout);
  if (static_cast<int>(patches_.size()) < kMinSeen) {
    // Bubbles all over: marks will disturb the patches, but not most of them.
    patches_ = ChoosePatches(thumbnail, frame_, {}, kLayout);
  }
}

std::string CoarsePatchStrategy::WhyUnavailable() const {
  if (static_cast<int>(patches_.size()) >= kMinSeen) return "";
  return "the reference has no image with structure";
}

int64_t CoarsePatchStrategy::WorkingBytes(const RegistrationOptions&) const {
  return 256 << 10;
}

absl::StatusOr<std::string> CoarsePatchStrategy::Propose(
    ScanImages& scan, const RegistrationOptions&, const StopToken& stop,
    Offer offer) const {
  const PixelSize scan_size{static_cast<double>(scan.width()),
                            static_cast<double>(scan.height())};
  int most = 0;
  for (const int quarter_turns :
       QuarterTurnsByLikelihood(scan_size, frame_.page)) {
    SL_RETURN_IF_ERROR(stop.Poll());
    const Homography frame_to_scan =
        *(frame_.PageToFrame() *
          Untouched(scan_size, frame_.page, quarter_turns))
             .Inverse();
    std::vector<PointPair> pairs;
    for (const Patch& patch : patches_) {
      const std::optional<PatchSighting> sighting =
          FindPatch(patch, scan, frame_to_scan, kReach);
      if (!sighting.has_value() || sighting->score < kMinScore) continue;
      pairs.push_back({sighting->in_scan, patch.center});
    }
    const std::optional<Fit> fit = FitSimilarity(pairs, kTolerance);
    if (!fit.has_value()) continue;
    const int seen = static_cast<int>(fit->inliers.size());
    most = std::max(most, seen);
    if (seen < kMinSeen) continue;
    const Proposal proposal{frame_.FrameToPage() * fit->map, kProposalReach,
                            std::nullopt};
    SL_ASSIGN_OR_RETURN(const bool done, offer(proposal));
    if (done) break;
  }
  return absl::StrCat(most, " of ", patches_.size(), " coarse patches agree");
}

int64_t CoarsePatchStrategy::ResidentBytes() const {
  int64_t bytes = sizeof(*this);
  for (const Patch& patch : patches_) {
    bytes += static_cast<int64_t>(sizeof(patch)) + patch.bytes();
  }
  return bytes;
}

}  // namespace sightline::align
