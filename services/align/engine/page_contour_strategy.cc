#include "services/align/engine/page_contour_strategy.h"

#include <cmath>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/align/engine/opencv_contours.h"
#include "services/align/engine/orientation.h"

namespace sightline::align {
namespace {

constexpr int kLongSide = 800;
constexpr int kMaxQuads = 5;
constexpr int64_t kFixedBytes = int64_t{1} << 20;
// A page's edge is rounded, bent or hidden by its shadow: 3 % of its width.
constexpr double kProposalReach = 30;

PixelSize MeanSides(const Quad& quad) {
  const auto side = [&](int from, int to) {
    return std::hypot(quad[to].x - quad[from].x, quad[to].y - quad[from].y);
  };
  return {(side(0, 1) + side(3, 2)) / 2, (side(0, 3) + side(1, 2)) / 2};
}

}  // namespace

int64_t PageContourStrategy::WorkingBytes(const RegistrationOptions&) const {
  // Image, blurred, closed, binary, gradients (two of 16 bits), the edge map
  // and the contours' points.
  return kFixedBytes + ScanImages::MaxScaledPixels(kLongSide) * 16;
}

absl::StatusOr<std::string> PageContourStrategy::Propose(
    ScanImages& scan, const RegistrationOptions&, const StopToken& stop,
    Offer offer) const {
  const GrayImage image = scan.Scaled(kLongSide);
  const double scale_x = static_cast<double>(scan.width()) / image.width();
  const double scale_y = static_cast<double>(scan.height()) / image.height();
  std::vector<Quad> quads = FindPageOutlines(image, kMaxQuads);
  for (Quad& quad : quads) {
    for (PixelPoint& corner : quad) {
      corner = {corner.x * scale_x, corner.y * scale_y};
    }
  }
  const int outlines = static_cast<int>(quads.size());
  // A scanner shows no background, and some scans were cropped to the page.
  quads.push_back(CornersOf(
      {static_cast<double>(scan.width()), static_cast<double>(scan.height())}));
  int offered = 0;
  for (int i = 0; i <= outlines; ++i) {
    const Quad& quad = quads[i];
    for (const int quarter_turns :
         QuarterTurnsByLikelihood(MeanSides(quad), page_)) {
      SL_RETURN_IF_ERROR(stop.Poll());
      const std::optional<Homography> map =
          Homography::FromQuads(BegunAt(quad, quarter_turns), CornersOf(page_));
      if (!map.has_value()) continue;
      ++offered;
      Proposal proposal{*map, kProposalReach, std::nullopt};
      if (i < outlines) proposal.page_edge = quad;
      SL_ASSIGN_OR_RETURN(const bool done, offer(proposal));
      if (done) {
        return absl::StrCat("confirmed as number ", offered);
      }
    }
  }
  return absl::StrCat(outlines, " page outlines and the scan's own were tried");
}

}  // namespace sightline::align
