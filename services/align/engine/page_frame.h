// The page drawn on a pixel grid of known width, in which patches are defined
// and distances are judged.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_FRAME_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_FRAME_H_

#include <algorithm>
#include <cmath>

#include "common/geometry/homography.h"

namespace sightline::align {

// Frame coordinates are corner-based pixels of a width x height image that
// shows the page edge to edge.
struct PageFrame {
  PixelSize page;
  int width = 0;
  int height = 0;

  static PageFrame OfWidth(PixelSize page, int width) {
    const double height = width * page.height / page.width;
    return {page, width, std::max(1, static_cast<int>(std::lround(height)))};
  }
  Homography PageToFrame() const {
    return Homography::Scale(width / page.width, height / page.height);
  }
  Homography FrameToPage() const {
    return Homography::Scale(page.width / width, page.height / height);
  }
  PixelPoint ToFrame(PixelPoint p) const {
    return {p.x * width / page.width, p.y * height / page.height};
  }
  PixelSize ToFrame(PixelSize s) const {
    return {s.width * width / page.width, s.height * height / page.height};
  }
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_FRAME_H_
