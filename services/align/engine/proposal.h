// A guess of where the page lies in a scan.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PROPOSAL_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PROPOSAL_H_

#include <array>
#include <optional>

#include "common/geometry/homography.h"

namespace sightline::align {

// Four corners, clockwise on the screen. Corner-based pixels.
using Quad = std::array<PixelPoint, 4>;

struct Proposal {
  Homography scan_to_page;
  // How far off it may be, in thousandths of the page's width.
  double reach = 16;
  // The page's edge, where it was seen, scan pixels; begun at any corner.
  std::optional<Quad> page_edge;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PROPOSAL_H_
