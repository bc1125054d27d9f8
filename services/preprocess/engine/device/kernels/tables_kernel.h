// The histograms of CLAHE's tiles, and from each its table.
//
// A tile is counted by several blocks, each a band of its rows; the block that
// finishes last makes the table. Paper is white: if every pixel were an
// addition in shared memory, most lanes would queue up for one counter. So each
// warp has counters of its own, and each lane adds up equal pixels that it sees
// one after the other before it counts them.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_TABLES_KERNEL_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_TABLES_KERNEL_H_

#include <cstdint>
#if !defined(__CUDACC__)
#include <cstring>
#endif

#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/device/kernel_pages.h"
#include "services/preprocess/engine/pixel_rules/clahe.h"
#include "services/preprocess/engine/pixel_rules/gray.h"

namespace sightline::preprocess::device {

struct TablesShared {
  uint32_t counts[kBlockWarps][256];
  int sums[2][256];
  bool is_last;
};

SIGHTLINE_HOST_DEVICE inline int SharedBytes(const TablesPage&) {
  return static_cast<int>(sizeof(TablesShared));
}

// Pixels that a block should count, so that there is work for a whole device.
inline constexpr int kPixelsPerBand = 16384;

SIGHTLINE_HOST_DEVICE inline int BlocksOf(const TablesPage& page) {
  return page.grid.tiles_x * page.grid.tiles_y * page.bands;
}

// Counts grays in runs.
template <class Block>
class RunCounter {
 public:
  SIGHTLINE_KERNEL RunCounter(const Block& block, uint32_t* counts)
      : block_(block), counts_(counts) {}

  SIGHTLINE_KERNEL void Add(uint32_t gray) {
    if (gray != gray_) {
      Flush();
      gray_ = gray;
    }
    ++length_;
  }
  // Four, the first lowest.
  SIGHTLINE_KERNEL void AddWord(uint32_t grays) {
    if (grays == gray_ * 0x01010101u) {
      length_ += 4;
      return;
    }
    for (int i = 0; i < 4; ++i) Add(grays >> (8 * i) & 255);
  }
  SIGHTLINE_KERNEL void Flush() {
    if (length_ > 0) block_.Add(&counts_[gray_], length_);
    length_ = 0;
  }

 private:
  const Block& block_;
  uint32_t* const counts_;
  uint32_t gray_ = 255;
  uint32_t length_ = 0;
};

// The part of a tile that a block counts. Columns from `inside` on, and rows
// from the image's height on, lie in the padding.
struct TileBand {
  int left;
  int inside;
  int right;
  int top;
  int bottom;
};

SIGHTLINE_KERNEL inline TileBand BandOf(const TablesPage& page, int tile,
                                        int band) {
  const rules::ClaheGrid& grid = page.grid;
  const int tile_x = tile % grid.tiles_x;
  const int tile_y = tile / grid.tiles_x;
  const int rows = (grid.tile_height + page.bands - 1) / page.bands;
  TileBand part;
  part.left = tile_x * grid.tile_width;
  part.right = part.left + grid.tile_width;
  part.inside =
      rules::Smaller(rules::Larger(page.in.width, part.left), part.right);
  const int end = (tile_y + 1) * grid.tile_height;
  part.top = rules::Smaller(tile_y * grid.tile_height + band * rows, end);
  part.bottom = rules::Smaller(part.top + rows, end);
  return part;
}

SIGHTLINE_KERNEL inline void LoadWords(const uint8_t* from, uint32_t* words) {
#if defined(__CUDACC__)
  const uint4 four = *reinterpret_cast<const uint4*>(from);
  words[0] = four.x;
  words[1] = four.y;
  words[2] = four.z;
  words[3] = four.w;
#else
  std::memcpy(words, from, 16);
#endif
}

template <class Counter>
SIGHTLINE_KERNEL void CountGray(const DeviceImage& in, const TileBand& part,
                                int lane, Counter& counter) {
  const int first = part.left / 16;
  const int groups = (part.inside + 15) / 16 - first;
  const int work = (part.bottom - part.top) * groups;
  for (int i = lane; i < work; i += kBlockLanes) {
    const int y = rules::Reflect101(part.top + i / groups, in.height);
    const int x = 16 * (first + i % groups);
    uint32_t words[4];
    LoadWords(in.row(y) + x, words);
    if (x >= part.left && x + 16 <= part.inside) {
      for (int word = 0; word < 4; ++word) counter.AddWord(words[word]);
    } else {
      for (int k = 0; k < 16; ++k) {
        if (x + k >= part.left && x + k < part.inside) {
          counter.Add(words[k / 4] >> (8 * (k % 4)) & 255);
        }
      }
    }
  }
}

// The same for colour, which becomes gray on the way.
template <class Counter>
SIGHTLINE_KERNEL void CountColour(const TablesPage& page, const TileBand& part,
                                  int lane, Counter& counter) {
  const DeviceImage& in = page.in;
  const int first = part.left / 4;
  const int groups = (part.inside + 3) / 4 - first;
  const int work = (part.bottom - part.top) * groups;
  for (int i = lane; i < work; i += kBlockLanes) {
    const int y = part.top + i / groups;
    const int x = 4 * (first + i % groups);
    const uint8_t* const from =
        in.row(rules::Reflect101(y, in.height)) + 3 * static_cast<int64_t>(x);
    for (int k = 0; k < 4; ++k) {
      if (x + k < part.left || x + k >= part.inside) continue;
      const uint8_t gray =
          rules::Gray(from[3 * k], from[3 * k + 1], from[3 * k + 2]);
      if (y < in.height) page.gray.row(y)[x + k] = gray;
      counter.Add(gray);
    }
  }
}

// Pixels in the padding on the right.
template <class Counter>
SIGHTLINE_KERNEL void CountPadding(const DeviceImage& in, const TileBand& part,
                                   int lane, Counter& counter) {
  const int pads = part.right - part.inside;
  const int work = (part.bottom - part.top) * pads;
  for (int i = lane; i < work; i += kBlockLanes) {
    const uint8_t* const row =
        in.row(rules::Reflect101(part.top + i / pads, in.height));
    const int x = rules::Reflect101(part.inside + i % pads, in.width);
    if (in.channels == 1) {
      counter.Add(row[x]);
    } else {
      const uint8_t* const from = row + 3 * static_cast<int64_t>(x);
      counter.Add(rules::Gray(from[0], from[1], from[2]));
    }
  }
}

// rules::ClaheTable() by all lanes at once.
template <class Block>
SIGHTLINE_KERNEL void MakeTable(const Block& block, const TablesPage& page,
                                int tile, TablesShared* shared) {
  const int clip = page.grid.clip;
  typename Block::template Private<int> count;
  block.phase([&](int lane) {
    const int all = static_cast<int>(
        block.ReadFresh(&page.counts[static_cast<int64_t>(tile) * 256 + lane]));
    count[lane] = clip > 0 ? rules::Smaller(all, clip) : all;
    shared->sums[0][lane] = all - count[lane];
  });
  for (int step = 128; step > 0; step /= 2) {
    block.phase([&](int lane) {
      if (lane < step) shared->sums[0][lane] += shared->sums[0][lane + step];
    });
  }
  block.phase([&](int lane) {
    const int clipped = shared->sums[0][0];
    const int rest = clipped % 256;
    int value = count[lane] + clipped / 256;
    if (rest > 0) {
      const int step = rules::Larger(256 / rest, 1);
      if (lane % step == 0 && lane / step < rest) ++value;
    }
    shared->sums[1][lane] = value;
  });
  int from = 1;
  for (int step = 1; step < 256; step *= 2) {
    block.phase([&](int lane) {
      shared->sums[1 - from][lane] =
          shared->sums[from][lane] +
          (lane >= step ? shared->sums[from][lane - step] : 0);
    });
    from = 1 - from;
  }
  block.phase([&](int lane) {
    page.tables[static_cast<int64_t>(tile) * 256 + lane] =
        rules::ClaheTableEntry(shared->sums[from][lane], page.grid.scale);
  });
}

template <class Block>
SIGHTLINE_KERNEL void RunBlock(const Block& block, const TablesPage* pages,
                               int count) {
  const TablesPage page = PageOf(pages, count, block.index());
  auto* const shared = reinterpret_cast<TablesShared*>(block.shared());
  const int place = block.index() - page.first_block;
  const int tile = place / page.bands;
  const TileBand part = BandOf(page, tile, place % page.bands);
  block.phase([&](int lane) {
    for (int warp = 0; warp < kBlockWarps; ++warp) {
      shared->counts[warp][lane] = 0;
    }
  });
  block.phase([&](int lane) {
    RunCounter<Block> counter(block, shared->counts[lane / kWarpLanes]);
    if (part.inside > part.left) {
      if (page.in.channels == 1) {
        CountGray(page.in, part, lane, counter);
      } else {
        CountColour(page, part, lane, counter);
      }
    }
    CountPadding(page.in, part, lane, counter);
    counter.Flush();
  });
  block.phase([&](int lane) {
    uint32_t sum = 0;
    for (int warp = 0; warp < kBlockWarps; ++warp) {
      sum += shared->counts[warp][lane];
    }
    if (sum > 0) {
      block.Add(&page.counts[static_cast<int64_t>(tile) * 256 + lane], sum);
    }
    block.Fence();
  });
  block.phase([&](int lane) {
    if (lane == 0) {
      shared->is_last = block.Add(&page.done[tile], 1) ==
                        static_cast<uint32_t>(page.bands) - 1;
      block.Fence();
    }
  });
  if (shared->is_last) MakeTable(block, page, tile, shared);
}

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_TABLES_KERNEL_H_
