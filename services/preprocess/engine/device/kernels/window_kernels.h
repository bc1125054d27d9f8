// Filters that pick one of the pixels around: the median, and the least or
// greatest in a line.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_WINDOW_KERNELS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_WINDOW_KERNELS_H_

#include <cstdint>

#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/device/kernel_pages.h"

namespace sightline::preprocess::device {

inline constexpr int kMedianTile = 32;

SIGHTLINE_HOST_DEVICE inline int MedianStride(const MedianPage& page) {
  return SpreadStride(kMedianTile + page.size - 1);
}

SIGHTLINE_HOST_DEVICE inline int SharedBytes(const MedianPage& page) {
  return MedianStride(page) * (kMedianTile + page.size - 1);
}

SIGHTLINE_HOST_DEVICE inline int BlocksOf(const MedianPage& page) {
  return page.blocks_x * ((page.in.height + kMedianTile - 1) / kMedianTile);
}

// The gray that more than half of size x size pixels do not exceed, found bit
// by bit.
SIGHTLINE_KERNEL inline uint8_t MedianOf(const uint8_t* corner, int stride,
                                         int size) {
  const int half = size * size / 2;
  int gray = 0;
  for (int bit = 128; bit > 0; bit /= 2) {
    int below = 0;
    for (int row = 0; row < size; ++row) {
      for (int column = 0; column < size; ++column) {
        below += corner[row * stride + column] < gray + bit ? 1 : 0;
      }
    }
    if (below <= half) gray += bit;
  }
  return static_cast<uint8_t>(gray);
}

template <class Block>
SIGHTLINE_KERNEL void RunBlock(const Block& block, const MedianPage* pages,
                               int count) {
  const MedianPage page = PageOf(pages, count, block.index());
  const int tile = block.index() - page.first_block;
  const int left = tile % page.blocks_x * kMedianTile;
  const int top = tile / page.blocks_x * kMedianTile;
  const int stride = MedianStride(page);
  const int side = kMedianTile + page.size - 1;
  const int radius = page.size / 2;
  uint8_t* const staged = block.shared();
  block.phase([&](int lane) {
    for (int row = lane / kWarpLanes; row < side; row += kBlockWarps) {
      const uint8_t* const from =
          page.in.row(rules::ClampIndex(top + row - radius, page.in.height));
      for (int column = lane % kWarpLanes; column < side;
           column += kWarpLanes) {
        staged[row * stride + column] =
            from[rules::ClampIndex(left + column - radius, page.in.width)];
      }
    }
  });
  block.phase([&](int lane) {
    const int column = lane % kWarpLanes;
    for (int row = lane / kWarpLanes; row < kMedianTile; row += kBlockWarps) {
      if (left + column < page.in.width && top + row < page.in.height) {
        page.out.row(top + row)[left + column] =
            MedianOf(staged + row * stride + column, stride, page.size);
      }
    }
  });
}

// A block takes so many lines, and so many pixels of each.
inline constexpr int kExtremeLines = 32;
inline constexpr int kExtremePixels = 64;
// Bytes in shared memory from one pixel of a line to the next.
inline constexpr int kExtremeStride = kExtremeLines + 1;

SIGHTLINE_HOST_DEVICE inline int SharedBytes(const ExtremePage& page) {
  return 2 * (kExtremePixels + page.size - 1) * kExtremeStride;
}

SIGHTLINE_HOST_DEVICE inline int ExtremeBlockWidth(const ExtremePage& page) {
  return page.is_vertical ? kExtremeLines : kExtremePixels;
}

SIGHTLINE_HOST_DEVICE inline int BlocksOf(const ExtremePage& page) {
  const int height = page.is_vertical ? kExtremePixels : kExtremeLines;
  return page.blocks_x * ((page.in.height + height - 1) / height);
}

// Windows of 1, 2, 4, ... pixels, each from two of half its length; the last
// one from two that overlap.
template <class Block>
SIGHTLINE_KERNEL void RunBlock(const Block& block, const ExtremePage* pages,
                               int count) {
  const ExtremePage page = PageOf(pages, count, block.index());
  const int place = block.index() - page.first_block;
  const bool is_vertical = page.is_vertical;
  const int width = ExtremeBlockWidth(page);
  const int left = place % page.blocks_x * width;
  const int top =
      place / page.blocks_x * (is_vertical ? kExtremePixels : kExtremeLines);
  const int length = kExtremePixels + page.size - 1;
  const int words = length * kExtremeStride;
  const bool is_minimum = page.is_minimum;
  uint8_t* const staged = block.shared();
  const auto better = [is_minimum](uint8_t a, uint8_t b) {
    return (a < b) == is_minimum ? a : b;
  };
  // Lanes of a warp read neighbours in a row, whichever way lines go.
  const auto each = [&](int lane, int end, const auto& visit) {
    const int fast_end = is_vertical ? kExtremeLines : end;
    const int slow_end = is_vertical ? end : kExtremeLines;
    for (int slow = lane / kWarpLanes; slow < slow_end; slow += kBlockWarps) {
      for (int fast = lane % kWarpLanes; fast < fast_end; fast += kWarpLanes) {
        visit(is_vertical ? fast : slow, is_vertical ? slow : fast);
      }
    }
  };
  block.phase([&](int lane) {
    each(lane, length, [&](int line, int at) {
      const int before = page.size / 2;
      const int x = left + (is_vertical ? line : at - before);
      const int y = top + (is_vertical ? at - before : line);
      const bool is_inside =
          x >= 0 && y >= 0 && x < page.in.width && y < page.in.height;
      staged[at * kExtremeStride + line] =
          is_inside ? page.in.row(y)[x]
                    : static_cast<uint8_t>(is_minimum ? 255 : 0);
    });
  });
  int window = 1;
  int from = 0;
  for (; 2 * window <= page.size; window *= 2, from = 1 - from) {
    block.phase([&](int lane) {
      const uint8_t* const in = staged + from * words;
      uint8_t* const out = staged + (1 - from) * words;
      each(lane, length - 2 * window + 1, [&](int line, int at) {
        const int i = at * kExtremeStride + line;
        out[i] = better(in[i], in[i + window * kExtremeStride]);
      });
    });
  }
  block.phase([&](int lane) {
    const uint8_t* const in = staged + from * words;
    each(lane, kExtremePixels, [&](int line, int at) {
      const int x = left + (is_vertical ? line : at);
      const int y = top + (is_vertical ? at : line);
      if (x >= page.in.width || y >= page.in.height) return;
      const int i = at * kExtremeStride + line;
      page.out.row(y)[x] =
          better(in[i], in[i + (page.size - window) * kExtremeStride]);
    });
  });
}

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_WINDOW_KERNELS_H_
