// The four ways a sheet can lie on a scanner.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_ORIENTATION_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_ORIENTATION_H_

#include <array>

#include "common/geometry/homography.h"

namespace sightline::align {

// Quarter turns to try, the likelier first: those that make a scan of the
// given size as high as the page before the others.
std::array<int, 4> QuarterTurnsByLikelihood(PixelSize scan, PixelSize page);

// `points` are the corners of a quad, clockwise on the screen. The same quad
// begun `quarter_turns` corners later: if its first corner was the page's top
// left, the page is now turned that often.
std::array<PixelPoint, 4> BegunAt(const std::array<PixelPoint, 4>& quad,
                                  int quarter_turns);

// The corners of (0, 0)..(width, height), clockwise from the top left.
std::array<PixelPoint, 4> CornersOf(PixelSize size);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_ORIENTATION_H_
