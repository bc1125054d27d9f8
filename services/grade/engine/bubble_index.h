// Which bubbles of a page touch, found without comparing every pair.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_INDEX_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_INDEX_H_

#include <optional>
#include <vector>

#include "common/geometry/homography.h"

namespace sightline::grade {

// Boxes of bubbles in a grid of cells, added one by one. Every box must be
// finite and within the page.
//
// Time: as long as boxes do not overlap and none is thinner than a thousandth
// of the page, a cell holds few of them; a caller that stops after a bounded
// number of overlaps is bounded too, whatever the boxes.
class BubbleIndex {
 public:
  // `expected`: number of boxes that will be added, at least 1.
  BubbleIndex(PixelSize page, int expected);

  // Adds a box and returns the first earlier one that it overlaps, by the
  // order of Add() calls, or nullopt. Boxes that only touch do not overlap.
  std::optional<int> Add(PixelPoint center, PixelSize size);

 private:
  struct Box {
    double left, top, right, bottom;
  };
  int Column(double x) const;
  int Row(double y) const;

  PixelSize page_;
  int columns_;
  int rows_;
  std::vector<Box> boxes_;
  std::vector<std::vector<int>> cells_;
};

// Clusters of points: one number per point, 0..*cluster_count - 1, equal for
// points that a chain of steps of at most `reach` (both axes) connects, give
// or take a factor of two. Every point must be finite and within the page.
std::vector<int> ClusterPoints(const std::vector<PixelPoint>& points,
                               PixelSize page, double reach,
                               int* cluster_count);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_INDEX_H_
