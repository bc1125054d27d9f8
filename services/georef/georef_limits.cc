#include "services/georef/georef_limits.h"

#include "absl/flags/flag.h"
#include "common/server/flag_range.h"
#include "common/status/status_macros.h"

ABSL_FLAG(int, max_vertices, 300000,
          "Most corners of a frame's outlines before they are simplified. "
          "Every frame reserves memory for them.");
ABSL_FLAG(int, tile_overlap, 64,
          "Pixels of a network's input that neighbouring tiles of a large "
          "frame share.");
ABSL_FLAG(int, max_tiles, 256,
          "Most runs of a network that one frame may take.");

namespace sightline::georef {

absl::StatusOr<GeorefLimits> GeorefLimits::FromFlags() {
  GeorefLimits limits;
  limits.max_vertices = absl::GetFlag(FLAGS_max_vertices);
  limits.segmentation.tile_overlap = absl::GetFlag(FLAGS_tile_overlap);
  limits.segmentation.maximum_tiles = absl::GetFlag(FLAGS_max_tiles);
  SL_RETURN_IF_ERROR(
      CheckFlagRange("max_vertices", limits.max_vertices, 4, 100'000'000));
  SL_RETURN_IF_ERROR(CheckFlagRange("tile_overlap",
                                    limits.segmentation.tile_overlap, 0, 4096));
  SL_RETURN_IF_ERROR(
      CheckFlagRange("max_tiles", limits.segmentation.maximum_tiles, 1, 65536));
  return limits;
}

}  // namespace sightline::georef
