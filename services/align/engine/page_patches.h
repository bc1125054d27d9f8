// Which pieces of a reference image to look for in scans.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_PATCHES_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_PATCHES_H_

#include <vector>

#include "common/image/image.h"
#include "services/align/engine/page_frame.h"
#include "services/align/engine/patch.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

struct PatchLayout {
  // At most one patch for each cell of this grid.
  int columns = 7;
  int rows = 9;
  // A patch is 2 * half_side + 1 pixels a side.
  int half_side = 14;
  // How far around a patch the page is searched for the same pattern, frame
  // pixels. 0: not searched, no patch is called distinctive.
  int rival_reach = 60;
};

// The strongest corner of each cell that shows no bubble (their insides differ
// on every scan) and is not repeated near by, where there is such a one.
// `page` is the reference image at the frame's size.
std::vector<Patch> ChoosePatches(const GrayImage& page, const PageFrame& frame,
                                 const std::vector<PrintedShape>& shapes,
                                 const PatchLayout& layout);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_PATCHES_H_
