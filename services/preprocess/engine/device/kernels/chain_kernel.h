// Gray, CLAHE by its tables, Gaussian and threshold by the mean in one launch:
// a pixel is read from the device's memory once and written once.
//
// A block makes one tile of the result. It stages the tile with the margin that
// its windows reach over, equalised, in shared memory; sums rows, then columns
// for the Gaussian; slides down columns, then along rows for the mean. Where
// the staged pixels lie in at most 2 x 2 cells of the CLAHE grid, the four
// table entries of each cell and gray are packed in one word: one lookup
// instead of four.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_CHAIN_KERNEL_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_CHAIN_KERNEL_H_

#include <cstdint>
#if !defined(__CUDACC__)
#include <cstring>
#endif

#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/device/kernel_pages.h"
#include "services/preprocess/engine/device/kernels/chain_layout.h"
#include "services/preprocess/engine/pixel_rules/adaptive_mean.h"
#include "services/preprocess/engine/pixel_rules/clahe.h"
#include "services/preprocess/engine/pixel_rules/gaussian.h"
#include "services/preprocess/engine/pixel_rules/gray.h"
#include "services/preprocess/engine/pixel_rules/light.h"

namespace sightline::preprocess::device {

template <class Block>
SIGHTLINE_KERNEL void Stage(const Block& block, const ChainPage& page,
                            const ChainLayout& layout, const ChainTile& tile) {
  uint8_t* const staged = block.shared();
  auto* const packed = reinterpret_cast<uint32_t*>(staged + layout.work);
  auto* const columns = reinterpret_cast<StagedPlace*>(
      staged + layout.work + (page.tables != nullptr ? 4 * 256 * 4 : 0));
  StagedPlace* const rows = columns + layout.staged_width;
  block.phase([&](int lane) {
    for (int i = lane; i < layout.staged_width; i += kBlockLanes) {
      const int x = SourceOf(tile.x - layout.margin_x + i, page.taps_x / 2,
                             page.in.width);
      columns[i] = {x, rules::ClahePlaceOf(x, page.grid.inverse_tile_width)};
    }
    for (int i = lane; i < layout.staged_height; i += kBlockLanes) {
      const int y = SourceOf(tile.y - layout.margin_y + i, page.taps_y / 2,
                             page.in.height);
      rows[i] = {y, rules::ClahePlaceOf(y, page.grid.inverse_tile_height)};
    }
    if (tile.is_packed) {
      for (int cell = 0; cell < 4; ++cell) {
        packed[cell * 256 + lane] =
            PackedEntries(page, tile.first_cell_x + cell % 2,
                          tile.first_cell_y + cell / 2, lane);
      }
    }
  });
  block.phase([&](int lane) {
    for (int row = lane / kWarpLanes; row < layout.staged_height;
         row += kBlockWarps) {
      const StagedPlace at_y = rows[row];
      const uint8_t* const from = page.in.row(at_y.source);
      for (int column = lane % kWarpLanes; column < layout.staged_width;
           column += kWarpLanes) {
        const StagedPlace at_x = columns[column];
        uint8_t gray;
        if (page.in.channels == 1) {
          gray = from[at_x.source];
        } else {
          const uint8_t* const rgb =
              from + 3 * static_cast<int64_t>(at_x.source);
          gray = rules::Gray(rgb[0], rgb[1], rgb[2]);
        }
        if (page.tables != nullptr) {
          const uint32_t entries =
              tile.is_packed
                  ? packed[((at_y.clahe.first - tile.first_cell_y) * 2 +
                            (at_x.clahe.first - tile.first_cell_x)) *
                               256 +
                           gray]
                  : PackedEntries(page, at_x.clahe.first, at_y.clahe.first,
                                  gray);
          gray = rules::ClaheBlend(
              static_cast<uint8_t>(entries), static_cast<uint8_t>(entries >> 8),
              static_cast<uint8_t>(entries >> 16),
              static_cast<uint8_t>(entries >> 24), at_x.clahe, at_y.clahe);
        }
        staged[row * layout.staged_stride + column] = gray;
      }
    }
  });
}

// Number of taps known to the compiler (kFixedTaps), or not (0).
template <int kFixedTaps, class Block>
SIGHTLINE_KERNEL void SumRows(const Block& block, const ChainPage& page,
                              const ChainLayout& layout) {
  const uint8_t* const staged = block.shared();
  auto* const sums = reinterpret_cast<uint16_t*>(block.shared() + layout.work);
  const int taps = kFixedTaps > 0 ? kFixedTaps : page.taps_x;
  block.phase([&](int lane) {
    for (int row = lane / kWarpLanes; row < layout.staged_height;
         row += kBlockWarps) {
      for (int column = lane % kWarpLanes; column < layout.blurred_width;
           column += kWarpLanes) {
        const uint8_t* const from =
            staged + row * layout.staged_stride + column;
        uint32_t sum = 0;
        for (int tap = 0; tap < taps; ++tap) {
          sum += static_cast<uint32_t>(page.weights_x[tap]) * from[tap];
        }
        sums[row * layout.row_sums_stride + column] =
            static_cast<uint16_t>(sum);
      }
    }
  });
}

template <int kFixedTaps, class Block>
SIGHTLINE_KERNEL void SumColumns(const Block& block, const ChainPage& page,
                                 const ChainLayout& layout,
                                 const ChainTile& tile) {
  uint8_t* const blurred = block.shared();
  const auto* const sums =
      reinterpret_cast<const uint16_t*>(block.shared() + layout.work);
  const int taps = kFixedTaps > 0 ? kFixedTaps : page.taps_y;
  // The mean repeats the border of what is blurred.
  const int left = tile.x - layout.mean_radius;
  const int top = tile.y - layout.mean_radius;
  block.phase([&](int lane) {
    for (int row = lane / kWarpLanes; row < layout.blurred_height;
         row += kBlockWarps) {
      const int from_row = rules::ClampIndex(top + row, page.in.height) - top;
      for (int column = lane % kWarpLanes; column < layout.blurred_width;
           column += kWarpLanes) {
        const int from_column =
            rules::ClampIndex(left + column, page.in.width) - left;
        const uint16_t* const from =
            sums + from_row * layout.row_sums_stride + from_column;
        uint32_t sum = 0;
        for (int tap = 0; tap < taps; ++tap) {
          sum += static_cast<uint32_t>(page.weights_y[tap]) *
                 from[tap * layout.row_sums_stride];
        }
        blurred[row * layout.blurred_stride + column] =
            rules::GaussianGray(sum);
      }
    }
  });
}

template <class Block>
SIGHTLINE_KERNEL void Blur(const Block& block, const ChainPage& page,
                           const ChainLayout& layout, const ChainTile& tile) {
  if (page.taps_x == 3 && page.taps_y == 3) {
    SumRows<3>(block, page, layout);
    SumColumns<3>(block, page, layout, tile);
  } else {
    SumRows<0>(block, page, layout);
    SumColumns<0>(block, page, layout, tile);
  }
}

template <class Block>
SIGHTLINE_KERNEL void Threshold(const Block& block, const ChainPage& page,
                                const ChainLayout& layout) {
  const uint8_t* const blurred = block.shared();
  auto* const sums = reinterpret_cast<uint16_t*>(block.shared() + layout.work);
  uint8_t* const result = block.shared() + layout.result;
  const int size = page.mean_size;
  // Two lanes to a column, each for half of the rows.
  constexpr int kRows = kChainTileHeight / 2;
  block.phase([&](int lane) {
    for (int i = lane; i < 2 * layout.blurred_width; i += kBlockLanes) {
      const bool is_lower = i >= layout.blurred_width;
      const int column = is_lower ? i - layout.blurred_width : i;
      const int first = is_lower ? kRows : 0;
      const uint8_t* enter = blurred + first * layout.blurred_stride + column;
      const uint8_t* leave = enter;
      uint32_t sum = 0;
      for (int k = 0; k < size - 1; ++k, enter += layout.blurred_stride) {
        sum += *enter;
      }
      for (int row = first; row < first + kRows; ++row) {
        sum += *enter;
        sums[row * layout.column_sums_stride + column] =
            static_cast<uint16_t>(sum);
        sum -= *leave;
        enter += layout.blurred_stride;
        leave += layout.blurred_stride;
      }
    }
  });
  // A row to each lane of a warp, a part of it to each warp.
  static_assert(kChainTileHeight == kWarpLanes, "a lane to each row");
  constexpr int kColumns = kChainTileWidth / kBlockWarps;
  block.phase([&](int lane) {
    const int row = lane % kWarpLanes;
    const int first = lane / kWarpLanes * kColumns;
    const uint16_t* const columns = sums + row * layout.column_sums_stride;
    const uint8_t* const pixels =
        blurred + (row + layout.mean_radius) * layout.blurred_stride +
        layout.mean_radius;
    int sum = 0;
    for (int k = 0; k < size - 1; ++k) sum += columns[first + k];
    for (int x = first; x < first + kColumns; ++x) {
      sum += columns[x + size - 1];
      const bool is_white =
          rules::IsAboveMean(pixels[x], sum, size * size, page.mean_delta) !=
          page.is_mean_inverted;
      result[row * layout.result_stride + x] = is_white ? 255 : 0;
      sum -= columns[x];
    }
  });
}

SIGHTLINE_KERNEL inline void StoreGroup(const uint8_t* grays, uint8_t* to) {
#if defined(__CUDACC__)
  const auto* const words = reinterpret_cast<const uint32_t*>(grays);
  *reinterpret_cast<uint4*>(to) =
      make_uint4(words[0], words[1], words[2], words[3]);
#else
  std::memcpy(to, grays, kRowGroup);
#endif
}

// 16 pixels, of which `inside` lie on the page.
SIGHTLINE_KERNEL inline void StorePacked(const uint8_t* grays, int inside,
                                         uint8_t* to) {
  for (int byte = 0; 8 * byte < inside && byte < 2; ++byte) {
    uint32_t bits = 0;
    for (int k = 0; k < 8; ++k) {
      const int i = 8 * byte + k;
      if (i < inside && grays[i] != 0) bits |= 128u >> k;
    }
    to[byte] = static_cast<uint8_t>(bits);
  }
}

template <class Block>
SIGHTLINE_KERNEL void Store(const Block& block, const ChainPage& page,
                            const ChainLayout& layout, const ChainTile& tile) {
  const bool has_mean = page.mean_size > 1;
  const uint8_t* const grays = block.shared() + (has_mean ? layout.result : 0);
  const int stride = has_mean ? layout.result_stride : layout.blurred_stride;
  constexpr int kGroups = kChainTileWidth / kRowGroup;
  block.phase([&](int lane) {
    const int row = lane / kGroups;
    const int column = lane % kGroups * kRowGroup;
    const int x = tile.x + column;
    const int y = tile.y + row;
    if (x >= page.in.width || y >= page.in.height) return;
    const uint8_t* const from = grays + row * stride + column;
    if (page.is_packed) {
      StorePacked(from, page.in.width - x, page.out.row(y) + x / 8);
    } else if (page.divided.pixels != nullptr) {
      const int inside = rules::Smaller(kRowGroup, page.in.width - x);
      for (int i = 0; i < inside; ++i) {
        page.out.row(y)[x + i] =
            rules::Flattened(page.divided.row(y)[x + i], from[i]);
      }
    } else {
      StoreGroup(from, page.out.row(y) + x);
    }
  });
}

template <class Block>
SIGHTLINE_KERNEL void RunBlock(const Block& block, const ChainPage* pages,
                               int count) {
  const ChainPage page = PageOf(pages, count, block.index());
  const ChainLayout layout = LayoutOf(page);
  const ChainTile tile = TileOf(page, layout, block.index() - page.first_block);
  Stage(block, page, layout, tile);
  if (HasGaussian(page)) Blur(block, page, layout, tile);
  if (page.mean_size > 1) Threshold(block, page, layout);
  Store(block, page, layout, tile);
}

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_CHAIN_KERNEL_H_
