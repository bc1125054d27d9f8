// Divides the bubbles of a group into tiles: neighbours that share most of
// their displacement, so that they are looked for together.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_TILES_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_TILES_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/outline.h"

namespace sightline::grade {

// A bubble of a sheet: its number, counted field by field, and its place,
// page units.
struct PlacedBubble {
  int index = 0;
  PixelPoint center;
};

// Bubbles close to each other and their common displacement.
struct Tile {
  std::vector<PlacedBubble> bubbles;
  // Mean of its bubbles' centres, page units.
  PixelPoint center;
  // What this tile shows alone, then as held together by its group.
  Shift found;
  Shift shift;
  // Outline score of the sum of its line maps there.
  float score = 0;
};

// The tiles of every group, in the order of groups. A tile has at most 20
// bubbles, a group at most 64 tiles; larger groups have larger tiles. As
// compact as they come: a page bends along its rows and across them.
std::vector<std::vector<Tile>> MakeTiles(const Sheet& sheet);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_TILES_H_
