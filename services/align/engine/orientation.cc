#include "services/align/engine/orientation.h"

namespace sightline::align {

std::array<int, 4> QuarterTurnsByLikelihood(PixelSize scan, PixelSize page) {
  const bool same_way =
      (scan.width > scan.height) == (page.width > page.height);
  if (same_way) return {0, 2, 1, 3};
  return {1, 3, 0, 2};
}

std::array<PixelPoint, 4> BegunAt(const std::array<PixelPoint, 4>& quad,
                                  int quarter_turns) {
  std::array<PixelPoint, 4> turned;
  for (int i = 0; i < 4; ++i) turned[i] = quad[(i + quarter_turns) % 4];
  return turned;
}

std::array<PixelPoint, 4> CornersOf(PixelSize size) {
  return {PixelPoint{0, 0}, PixelPoint{size.width, 0},
          PixelPoint{size.width, size.height}, PixelPoint{0, size.height}};
}

}  // namespace sightline::align
