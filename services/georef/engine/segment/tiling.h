// How a frame is laid over with inputs of a model.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_TILING_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_TILING_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/inference/model_card.h"

namespace sightline::georef {

// What tiles do along one axis. "Input pixels" are the frame's, scaled.
struct TileSpan {
  // Where the tile begins, input pixels from the frame's edge.
  int start = 0;
  // The frame pixels that have their classes from this tile: those of all
  // spans of an axis follow each other without a gap.
  int first = 0;
  int last = 0;  // Exclusive.
};

struct Tiling {
  InputSize tile;
  // Every tile is one of `columns` in one of `rows`.
  std::vector<TileSpan> columns;
  std::vector<TileSpan> rows;
  int64_t tiles() const {
    return static_cast<int64_t>(columns.size()) *
           static_cast<int64_t>(rows.size());
  }
};

// The cheapest tiling (fewest pixels to run the model on, then fewest tiles)
// with tiles that `input` takes and that are not larger than `largest`, of a
// frame of `width` x `height` pixels, both > 0, at `scale` input pixels per
// frame pixel. Neighbours share at least `overlap` input pixels, or half a
// tile's side where that is less. Deterministic; thread-safe.
Tiling PlanTiling(const ModelInput& input, InputSize largest, int width,
                  int height, double scale, int overlap);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_TILING_H_
