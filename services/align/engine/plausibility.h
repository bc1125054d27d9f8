// Maps that no camera or scanner makes, refused before anything is compared.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PLAUSIBILITY_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PLAUSIBILITY_H_

#include <string>

#include "common/geometry/homography.h"

namespace sightline::align {

// What a page in a scan may look like.
struct PlausibilityLimits {
  // Share of the scan's area that the page covers.
  double min_area_share = 0.02;
  double max_area_share = 16;
  // Share of the page's area that the scan shows.
  double min_visible_share = 0.55;
  // Ratio of the local area scales at the page's corners: 8 where one edge
  // looks twice as long as the opposite one.
  double max_scale_ratio = 12;
  // Ratio of the scales along the page's two axes at its centre. Phones tilted
  // by 60 degrees foreshorten to one half.
  double max_axis_ratio = 2.2;
};

// "" if `scan_to_page` may be a view of the page; else why not: mirrored, not
// convex, too small, mostly outside the scan, ...
std::string WhyImplausible(const Homography& scan_to_page, PixelSize page,
                           PixelSize scan,
                           const PlausibilityLimits& limits = {});

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PLAUSIBILITY_H_
