// Maps fitted to point pairs of which some are wrong.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_FIT_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_FIT_H_

#include <optional>
#include <vector>

#include "common/geometry/homography.h"

namespace sightline::align {

// One point as seen in two images.
struct PointPair {
  PixelPoint from;
  PixelPoint to;
};

// A map and what agrees with it.
struct Fit {
  Homography map;
  // Indices of the pairs within the tolerance.
  std::vector<int> inliers;
  // Root mean square distance of the inliers, in pixels of `to`.
  double rms = 0;
};

// The homography most pairs agree with, within `tolerance` pixels of `to`
// (RANSAC, then least squares over the inliers). Deterministic. nullopt with
// fewer than four pairs or none that fits.
std::optional<Fit> FitHomography(const std::vector<PointPair>& pairs,
                                 double tolerance);

// The same for a rotation with uniform scale and shift; needs two pairs.
std::optional<Fit> FitSimilarity(const std::vector<PointPair>& pairs,
                                 double tolerance);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_FIT_H_
