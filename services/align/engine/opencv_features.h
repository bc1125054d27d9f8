// Points of an image that can be recognised in another one.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_FEATURES_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_FEATURES_H_

#include <cstdint>
#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

enum class FeatureKind { kOrb, kAkaze, kSift };

// Points and what they look like. Immutable once made; thread-safe.
struct FeatureSet {
  FeatureKind kind = FeatureKind::kOrb;
  // Corner-based pixels of the image.
  std::vector<PixelPoint> points;
  // One descriptor after another.
  std::vector<uint8_t> descriptors;
  int descriptor_bytes = 0;

  int64_t bytes() const {
    return static_cast<int64_t>(points.capacity() * sizeof(PixelPoint) +
                                descriptors.capacity());
  }
};

// The `max_features` strongest features of `image`, leaving out the places
// where `is_allowed` (image size; empty: all are allowed) is 0.
FeatureSet DetectFeatures(FeatureKind kind, const GrayView& image,
                          const std::vector<uint8_t>& is_allowed,
                          int max_features);

// Indices of features that look alike.
struct FeatureMatch {
  int in_first = 0;
  int in_second = 0;
};

// For each feature of `first` its nearest in `second`, where the nearest is
// clearly nearer than the second nearest (Lowe's ratio test). Both of one
// kind.
std::vector<FeatureMatch> MatchFeatures(const FeatureSet& first,
                                        const FeatureSet& second);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_FEATURES_H_
