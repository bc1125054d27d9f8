// The displacement of a group's tiles as an affine function of the place.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_AFFINE_SHIFT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_AFFINE_SHIFT_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/grade/engine/bubble_tiles.h"

namespace sightline::grade {

// Fitted by iteratively reweighted least squares with Cauchy weights: a tile
// that went astray does not pull the others along.
class AffineShift {
 public:
  // Fits Tile::found over Tile::center, weighted by Tile::score. A slope must
  // earn its keep over `spread` page units: a group of one tile, or of tiles
  // in a row, has slopes that nothing determines.
  AffineShift(const std::vector<Tile>& tiles, double spread);

  // The shift at a page point, samples.
  PixelPoint At(PixelPoint place) const;

 private:
  void Solve(const std::vector<Tile>& tiles, const std::vector<double>& weights,
             double spread);

  PixelPoint origin_;
  double x_[3] = {};
  double y_[3] = {};
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_AFFINE_SHIFT_H_
