// Where the chain's kernel keeps what in shared memory, and which pixels of the
// page a block deals with.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_CHAIN_LAYOUT_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_CHAIN_LAYOUT_H_

#include <cstdint>

#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/device/kernel_pages.h"
#include "services/preprocess/engine/pixel_rules/clahe.h"

namespace sightline::preprocess::device {

inline constexpr int kChainTileWidth = 128;
inline constexpr int kChainTileHeight = 32;

// Where a staged column or row comes from.
struct StagedPlace {
  int source;
  rules::ClahePlace clahe;
};

// What lies where in shared memory. Two areas: pixels (staged, later blurred),
// and work (tables and places, then sums of rows, then sums of columns and the
// result).
struct ChainLayout {
  // Reach of the mean's window, and of both windows.
  int mean_radius;
  int margin_x;
  int margin_y;
  int staged_width;
  int staged_height;
  int blurred_width;
  int blurred_height;
  // Bytes.
  int staged_stride;
  int blurred_stride;
  // Sums of 16 bits.
  int row_sums_stride;
  int column_sums_stride;
  // Bytes.
  int work;
  int result;
  int result_stride;
  int total;
};

SIGHTLINE_HOST_DEVICE inline bool HasGaussian(const ChainPage& page) {
  return page.taps_x > 1 || page.taps_y > 1;
}

SIGHTLINE_HOST_DEVICE inline ChainLayout LayoutOf(const ChainPage& page) {
  ChainLayout layout;
  layout.mean_radius = page.mean_size / 2;
  layout.margin_x = layout.mean_radius + page.taps_x / 2;
  layout.margin_y = layout.mean_radius + page.taps_y / 2;
  layout.staged_width = kChainTileWidth + 2 * layout.margin_x;
  layout.staged_height = kChainTileHeight + 2 * layout.margin_y;
  layout.blurred_width = kChainTileWidth + 2 * layout.mean_radius;
  layout.blurred_height = kChainTileHeight + 2 * layout.mean_radius;
  layout.staged_stride = SpreadStride(layout.staged_width);
  layout.blurred_stride = SpreadStride(layout.blurred_width);
  layout.row_sums_stride = layout.blurred_width;
  layout.column_sums_stride = layout.blurred_width | 1;
  layout.result_stride = SpreadStride(kChainTileWidth);
  // Without a Gaussian the two are the same.
  layout.work = rules::Larger(layout.staged_height * layout.staged_stride,
                              layout.blurred_height * layout.blurred_stride);
  layout.work = (layout.work + 15) / 16 * 16;
  int work_bytes = (layout.staged_width + layout.staged_height) *
                   static_cast<int>(sizeof(StagedPlace));
  if (page.tables != nullptr) work_bytes += 4 * 256 * 4;
  if (HasGaussian(page)) {
    work_bytes = rules::Larger(
        work_bytes, 2 * layout.staged_height * layout.row_sums_stride);
  }
  layout.result = 0;
  if (page.mean_size > 1) {
    const int sums = 2 * kChainTileHeight * layout.column_sums_stride;
    layout.result = layout.work + (sums + 15) / 16 * 16;
    work_bytes =
        rules::Larger(work_bytes, layout.result - layout.work +
                                      kChainTileHeight * layout.result_stride);
  }
  layout.total = layout.work + work_bytes;
  return layout;
}

SIGHTLINE_HOST_DEVICE inline int SharedBytes(const ChainPage& page) {
  return LayoutOf(page).total;
}

SIGHTLINE_HOST_DEVICE inline int BlocksOf(const ChainPage& page) {
  return page.blocks_x *
         ((page.in.height + kChainTileHeight - 1) / kChainTileHeight);
}

// A block's part of a page.
struct ChainTile {
  // Top left pixel.
  int x;
  int y;
  // The CLAHE cells that the staged pixels lie in, if they are at most 2 x 2.
  bool is_packed;
  int first_cell_x;
  int first_cell_y;
};

// The four tables around a cell.
SIGHTLINE_KERNEL inline uint32_t PackedEntries(const ChainPage& page,
                                               int cell_x, int cell_y,
                                               int gray) {
  const int left = rules::ClampIndex(cell_x, page.grid.tiles_x);
  const int right = rules::ClampIndex(cell_x + 1, page.grid.tiles_x);
  const uint8_t* const above =
      page.tables +
      static_cast<int64_t>(rules::ClampIndex(cell_y, page.grid.tiles_y)) *
          page.grid.tiles_x * 256;
  const uint8_t* const below =
      page.tables +
      static_cast<int64_t>(rules::ClampIndex(cell_y + 1, page.grid.tiles_y)) *
          page.grid.tiles_x * 256;
  return static_cast<uint32_t>(above[left * 256 + gray]) |
         static_cast<uint32_t>(above[right * 256 + gray]) << 8 |
         static_cast<uint32_t>(below[left * 256 + gray]) << 16 |
         static_cast<uint32_t>(below[right * 256 + gray]) << 24;
}

// The pixel of the page that a staged index stands for. With a Gaussian the
// border is mirrored as far as its taps reach; without, it is repeated.
SIGHTLINE_KERNEL inline int SourceOf(int index, int reach, int size) {
  const int near =
      rules::Smaller(rules::Larger(index, -reach), size - 1 + reach);
  return rules::Reflect101(near, size);
}

SIGHTLINE_KERNEL inline ChainTile TileOf(const ChainPage& page,
                                         const ChainLayout& layout, int place) {
  ChainTile tile;
  tile.x = place % page.blocks_x * kChainTileWidth;
  tile.y = place / page.blocks_x * kChainTileHeight;
  tile.is_packed = false;
  tile.first_cell_x = 0;
  tile.first_cell_y = 0;
  if (page.tables == nullptr) return tile;
  const auto cell = [](int index, int size, float inverse) {
    return rules::ClahePlaceOf(rules::ClampIndex(index, size), inverse).first;
  };
  const float inverse_x = page.grid.inverse_tile_width;
  const float inverse_y = page.grid.inverse_tile_height;
  const int left = tile.x - layout.margin_x;
  const int top = tile.y - layout.margin_y;
  tile.first_cell_x = cell(left, page.in.width, inverse_x);
  tile.first_cell_y = cell(top, page.in.height, inverse_y);
  const int last_x =
      cell(left + layout.staged_width - 1, page.in.width, inverse_x);
  const int last_y =
      cell(top + layout.staged_height - 1, page.in.height, inverse_y);
  tile.is_packed =
      last_x - tile.first_cell_x <= 1 && last_y - tile.first_cell_y <= 1;
  return tile;
}

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_CHAIN_LAYOUT_H_
