// Contrast-limited adaptive histogram equalisation, as OpenCV's CLAHE for
// 8-bit images: a grid of tiles, a table per tile, and between four tables a
// bilinear interpolation in float32 without fused operations.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_CLAHE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_CLAHE_H_

#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// The grid of an image and a setting.
struct ClaheGrid {
  int tiles_x = 0;
  int tiles_y = 0;
  int tile_width = 0;
  int tile_height = 0;
  // Counts above this are spread over all grays; 0: none are.
  int clip = 0;
  // From a cumulated count to a gray.
  float scale = 0;
  float inverse_tile_width = 0;
  float inverse_tile_height = 0;
};

// If either side is no multiple of its tiles, both are padded to the next one
// (a side that is a multiple gets a whole more): REFLECT_101 to the right and
// at the bottom.
inline ClaheGrid MakeClaheGrid(int width, int height, int tiles_x, int tiles_y,
                               double clip_limit) {
  if (width % tiles_x != 0 || height % tiles_y != 0) {
    width += tiles_x - width % tiles_x;
    height += tiles_y - height % tiles_y;
  }
  ClaheGrid grid;
  grid.tiles_x = tiles_x;
  grid.tiles_y = tiles_y;
  grid.tile_width = width / tiles_x;
  grid.tile_height = height / tiles_y;
  const int area = grid.tile_width * grid.tile_height;
  grid.scale = 255.0f / static_cast<float>(area);
  if (clip_limit > 0) {
    const double clip = clip_limit * area / 256;
    // No count exceeds the area.
    grid.clip = clip >= area ? area : Larger(static_cast<int>(clip), 1);
  }
  grid.inverse_tile_width = 1.0f / static_cast<float>(grid.tile_width);
  grid.inverse_tile_height = 1.0f / static_cast<float>(grid.tile_height);
  return grid;
}

// A gray of a tile's table, from the clipped histogram summed up to it.
SIGHTLINE_HOST_DEVICE inline uint8_t ClaheTableEntry(int cumulated,
                                                     float scale) {
  return SaturateToByte(
      RoundToEven(MultiplyRounded(static_cast<float>(cumulated), scale)));
}

// The table of a tile. `counts`: its histogram; clipped in place.
SIGHTLINE_HOST_DEVICE inline void ClaheTable(const ClaheGrid& grid, int* counts,
                                             uint8_t* table) {
  if (grid.clip > 0) {
    int clipped = 0;
    for (int value = 0; value < 256; ++value) {
      if (counts[value] > grid.clip) {
        clipped += counts[value] - grid.clip;
        counts[value] = grid.clip;
      }
    }
    const int batch = clipped / 256;
    int rest = clipped % 256;
    for (int value = 0; value < 256; ++value) counts[value] += batch;
    if (rest > 0) {
      const int step = Larger(256 / rest, 1);
      for (int value = 0; value < 256 && rest > 0; value += step, --rest) {
        ++counts[value];
      }
    }
  }
  int cumulated = 0;
  for (int value = 0; value < 256; ++value) {
    cumulated += counts[value];
    table[value] = ClaheTableEntry(cumulated, grid.scale);
  }
}

// Between which tiles a row or a column lies: before the border is clamped.
struct ClahePlace {
  int first = 0;
  // The share of tile first + 1, and of tile first.
  float share = 0;
  float rest = 0;
};

SIGHTLINE_HOST_DEVICE inline ClahePlace ClahePlaceOf(int index,
                                                     float inverse_tile) {
  const float at = AddRounded(
      MultiplyRounded(static_cast<float>(index), inverse_tile), -0.5f);
  const float floor = floorf(at);
  ClahePlace place;
  place.first = static_cast<int>(floor);
  place.share = AddRounded(at, -floor);
  place.rest = AddRounded(1.0f, -place.share);
  return place;
}

// Interpolates between the table entries of the tiles above left, above right,
// below left and below right.
SIGHTLINE_HOST_DEVICE inline uint8_t ClaheBlend(
    uint8_t above_left, uint8_t above_right, uint8_t below_left,
    uint8_t below_right, const ClahePlace& x, const ClahePlace& y) {
  const float above = AddRounded(MultiplyRounded(above_left, x.rest),
                                 MultiplyRounded(above_right, x.share));
  const float below = AddRounded(MultiplyRounded(below_left, x.rest),
                                 MultiplyRounded(below_right, x.share));
  return SaturateToByte(RoundToEven(AddRounded(
      MultiplyRounded(above, y.rest), MultiplyRounded(below, y.share))));
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_CLAHE_H_
