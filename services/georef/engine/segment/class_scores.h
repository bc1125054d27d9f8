// From a tile's scores to the classes of frame pixels, in one pass.
//
// Scores come at a half, a quarter or an eighth of the input's resolution.
// Enlarging all of them first would take megabytes for each class; here a row
// of the frame is interpolated, compared and turned into probabilities while
// its few kilobytes are in the cache.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_CLASS_SCORES_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_CLASS_SCORES_H_

#include <cstdint>
#include <vector>

#include "common/image/image.h"
#include "common/inference/model_card.h"
#include "services/georef/engine/segment/tiling.h"

namespace sightline::georef {

// A score for each class and cell of a grid that covers a tile.
struct ScoreGrid {
  const float* scores = nullptr;
  int classes = 0;
  int width = 0;
  int height = 0;
  // kChannelsFirst: a plane for each class; kChannelsLast: a cell's scores next
  // to each other.
  TensorLayout layout = TensorLayout::kChannelsFirst;
  OutputMeaning meaning = OutputMeaning::kLogits;
};

// Where pixels of the frame lie on one axis of a grid.
struct GridAxis {
  // Of `tile` input pixels, `cells` cells; cell centres at half numbers.
  GridAxis(const TileSpan& span, double scale, int tile, int cells);

  // The first cell of each frame pixel's two, 0 being one before the grid's
  // first and cells + 1 one after its last, where the edge goes on; and the
  // weight of the second, its next.
  std::vector<int32_t> cell;
  std::vector<float> weight;
};

// Writes class and confidence of the frame pixels that belong to the tile at
// `column` and `row`. `grid` covers that tile of `tile` input pixels. The class
// is that with the highest score, the first of equals; the confidence its
// softmax (of logits) or score (of probabilities), rounded to 0..255.
// Thread-safe for different tiles of a frame.
void WriteClasses(const ScoreGrid& grid, const TileSpan& column,
                  const TileSpan& row, InputSize tile, double scale,
                  GrayImage& labels, GrayImage& confidence);
// The most bytes that it allocates for a frame of this size.
int64_t WriteClassesBytes(int classes, int frame_width, int frame_height,
                          InputSize tile);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_CLASS_SCORES_H_
