// Non-local means: 441 times, for a search window of 21 x 21, the distances of
// all surroundings in a tile to those `offset` away.
//
// In shared memory lies the tile with the margin that it looks at. For each
// offset, lanes slide down the columns of squared differences; then each slides
// along eight pixels of a row, looks up their weights and adds them to sums in
// its registers. The columns of the next offset are made while those of the
// last are used, so there is one barrier to each offset.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_LOCAL_MEANS_KERNEL_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_LOCAL_MEANS_KERNEL_H_

#include <cstdint>

#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/device/kernel_pages.h"
#include "services/preprocess/engine/pixel_rules/local_means.h"

namespace sightline::preprocess::device {

inline constexpr int kMeansTileWidth = 64;
inline constexpr int kMeansTileHeight = 32;
// Longer tables of weights stay in the device's memory; their first entries,
// which most lookups want, are in its cache.
inline constexpr int kMeansSharedWeights = 2048;
// To a lane.
inline constexpr int kMeansPixels = kMeansTileWidth / kBlockWarps;

struct LocalMeansLayout {
  int margin;
  int source_width;
  int source_height;
  int source_stride;
  // Columns of differences to a row of the tile, and words from row to row.
  int columns;
  int columns_stride;
  // Bytes.
  int differences;
  int weights;
  int total;
};

SIGHTLINE_HOST_DEVICE inline LocalMeansLayout LayoutOf(
    const LocalMeansPage& page) {
  LocalMeansLayout layout;
  layout.margin = page.template_radius + page.search_radius;
  layout.source_width = kMeansTileWidth + 2 * layout.margin;
  layout.source_height = kMeansTileHeight + 2 * layout.margin;
  layout.source_stride = SpreadStride(layout.source_width);
  layout.columns = kMeansTileWidth + 2 * page.template_radius;
  layout.columns_stride = layout.columns | 1;
  layout.differences =
      (layout.source_height * layout.source_stride + 15) / 16 * 16;
  layout.weights =
      layout.differences + 2 * 4 * kMeansTileHeight * layout.columns_stride;
  layout.total =
      layout.weights +
      (page.table_size <= kMeansSharedWeights ? 4 * page.table_size : 0);
  return layout;
}

SIGHTLINE_HOST_DEVICE inline int SharedBytes(const LocalMeansPage& page) {
  return LayoutOf(page).total;
}

SIGHTLINE_HOST_DEVICE inline int BlocksOf(const LocalMeansPage& page) {
  return page.blocks_x *
         ((page.in.height + kMeansTileHeight - 1) / kMeansTileHeight);
}

struct LocalMeansSums {
  uint32_t weighted[kMeansPixels];
  uint32_t weights[kMeansPixels];
};

// The columns of squared differences between the tile and what lies (dx, dy)
// away, summed over the template's height. Each lane has a strip of one.
SIGHTLINE_KERNEL inline void SumDifferences(const LocalMeansPage& page,
                                            const LocalMeansLayout& layout,
                                            const uint8_t* source, int dx,
                                            int dy, int lane, uint32_t* sums) {
  const int size = 2 * page.template_radius + 1;
  const int strips = rules::Larger(kBlockLanes / layout.columns, 1);
  const int rows = (kMeansTileHeight + strips - 1) / strips;
  const int away = dy * layout.source_stride + dx;
  for (int i = lane; i < strips * layout.columns; i += kBlockLanes) {
    const int column = i % layout.columns;
    const int first = i / layout.columns * rows;
    const int end = rules::Smaller(first + rows, kMeansTileHeight);
    const uint8_t* enter = source +
                           (first + page.search_radius) * layout.source_stride +
                           column + page.search_radius;
    const uint8_t* leave = enter;
    const auto square = [away](const uint8_t* at) {
      const int difference = at[0] - at[away];
      return static_cast<uint32_t>(difference * difference);
    };
    uint32_t sum = 0;
    for (int k = 0; k < size - 1; ++k, enter += layout.source_stride) {
      sum += square(enter);
    }
    for (int row = first; row < end; ++row) {
      sum += square(enter);
      sums[row * layout.columns_stride + column] = sum;
      sum -= square(leave);
      enter += layout.source_stride;
      leave += layout.source_stride;
    }
  }
}

// Adds what lies (dx, dy) away to a lane's pixels.
SIGHTLINE_KERNEL inline void AddOffset(const LocalMeansPage& page,
                                       const LocalMeansLayout& layout,
                                       const uint8_t* source, const int* table,
                                       const uint32_t* sums, int dx, int dy,
                                       int lane, LocalMeansSums& to) {
  const int size = 2 * page.template_radius + 1;
  const int row = lane % kWarpLanes;
  const int first = lane / kWarpLanes * kMeansPixels;
  const uint32_t* const columns = sums + row * layout.columns_stride + first;
  const uint8_t* const pixels =
      source + (row + layout.margin + dy) * layout.source_stride + first +
      layout.margin + dx;
  const uint32_t last = static_cast<uint32_t>(page.table_size) - 1;
  uint32_t distance = 0;
  for (int k = 0; k < size - 1; ++k) distance += columns[k];
  for (int x = 0; x < kMeansPixels; ++x) {
    distance += columns[x + size - 1];
    const uint32_t place = distance >> page.shift;
    const uint32_t weight =
        static_cast<uint32_t>(table[place < last ? place : last]);
    to.weighted[x] += weight * pixels[x];
    to.weights[x] += weight;
    distance -= columns[x];
  }
}

template <class Block>
SIGHTLINE_KERNEL void RunBlock(const Block& block, const LocalMeansPage* pages,
                               int count) {
  static_assert(kMeansTileHeight == kWarpLanes, "a lane to each row");
  const LocalMeansPage page = PageOf(pages, count, block.index());
  const LocalMeansLayout layout = LayoutOf(page);
  const int tile = block.index() - page.first_block;
  const int left = tile % page.blocks_x * kMeansTileWidth;
  const int top = tile / page.blocks_x * kMeansTileHeight;
  uint8_t* const source = block.shared();
  auto* const sums = reinterpret_cast<uint32_t*>(source + layout.differences);
  auto* const near_table = reinterpret_cast<int*>(source + layout.weights);
  const bool is_near = page.table_size <= kMeansSharedWeights;
  block.phase([&](int lane) {
    for (int row = lane / kWarpLanes; row < layout.source_height;
         row += kBlockWarps) {
      const uint8_t* const from = page.in.row(
          rules::Reflect101(top - layout.margin + row, page.in.height));
      for (int column = lane % kWarpLanes; column < layout.source_width;
           column += kWarpLanes) {
        source[row * layout.source_stride + column] = from[rules::Reflect101(
            left - layout.margin + column, page.in.width)];
      }
    }
    if (is_near) {
      for (int i = lane; i < page.table_size; i += kBlockLanes) {
        near_table[i] = page.table[i];
      }
    }
  });
  const int* const table = is_near ? near_table : page.table;
  typename Block::template Private<LocalMeansSums> all;
  const int reach = page.search_radius;
  const int side = 2 * reach + 1;
  const int words = kMeansTileHeight * layout.columns_stride;
  for (int i = 0; i <= side * side; ++i) {
    block.phase([&](int lane) {
      if (i > 0) {
        const int before = i - 1;
        AddOffset(page, layout, source, table, sums + before % 2 * words,
                  before % side - reach, before / side - reach, lane,
                  all[lane]);
      }
      if (i < side * side) {
        SumDifferences(page, layout, source, i % side - reach, i / side - reach,
                       lane, sums + i % 2 * words);
      }
    });
  }
  block.phase([&](int lane) {
    const int y = top + lane % kWarpLanes;
    const int x = left + lane / kWarpLanes * kMeansPixels;
    if (y >= page.in.height) return;
    for (int k = 0; k < kMeansPixels && x + k < page.in.width; ++k) {
      page.out.row(y)[x + k] =
          rules::LocalMean(all[lane].weighted[k], all[lane].weights[k]);
    }
  });
}

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_LOCAL_MEANS_KERNEL_H_
