// What the operator decides.
#ifndef SIGHTLINE_SERVICES_GEOREF_GEOREF_LIMITS_H_
#define SIGHTLINE_SERVICES_GEOREF_GEOREF_LIMITS_H_

#include "absl/status/statusor.h"
#include "common/image/sniff.h"
#include "services/georef/engine/segment/segmentor.h"

namespace sightline::georef {

struct GeorefLimits {
  ImageLimits image;
  // Most corners of a frame's outlines before they are simplified, and most
  // vertices that a request may ask for. Every frame reserves memory for them.
  int max_vertices = 300'000;
  SegmentationOptions segmentation;

  // From --max_vertices, --tile_overlap and --max_tiles. Errors:
  // InvalidArgument BAD_CONFIGURATION.
  static absl::StatusOr<GeorefLimits> FromFlags();
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_GEOREF_LIMITS_H_
