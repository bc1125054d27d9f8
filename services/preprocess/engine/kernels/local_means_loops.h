// Compiled once for every instruction set (kernels.h): the sums of non-local
// means over a tile.

// The squared differences of one column move down by a row: the row that
// enters comes in, the one that leaves goes. n^2 - o^2 = (n + o) (n - o).
inline void SlideDifferences(const uint8_t* __restrict enter,
                             const uint8_t* __restrict enter_shifted,
                             const uint8_t* __restrict leave,
                             const uint8_t* __restrict leave_shifted, int n,
                             uint32_t* __restrict columns) {
  for (int x = 0; x < n; ++x) {
    const int enters = enter[x] - enter_shifted[x];
    const int leaves = leave[x] - leave_shifted[x];
    columns[x] += static_cast<uint32_t>((enters + leaves) * (enters - leaves));
  }
}

inline void AddDifferences(const uint8_t* __restrict enter,
                           const uint8_t* __restrict enter_shifted, int n,
                           uint32_t* __restrict columns) {
  for (int x = 0; x < n; ++x) {
    const int enters = enter[x] - enter_shifted[x];
    columns[x] += static_cast<uint32_t>(enters * enters);
  }
}

// Weighs the pixels at one offset by the distance of their surroundings.
template <int kFixedSize>
inline void Weigh(const uint32_t* __restrict columns, int any_size, int shift,
                  const int* __restrict table, uint32_t last,
                  const uint8_t* __restrict shifted, int n,
                  uint32_t* __restrict weighted, uint32_t* __restrict sums) {
  const int size = kFixedSize > 0 ? kFixedSize : any_size;
  for (int x = 0; x < n; ++x) {
    uint32_t distance = 0;
    for (int i = 0; i < size; ++i) distance += columns[x + i];
    uint32_t index = distance >> shift;
    index = index < last ? index : last;
    const uint32_t weight = static_cast<uint32_t>(table[index]);
    weighted[x] += weight * shifted[x];
    sums[x] += weight;
  }
}

void LocalMeans(const LocalMeansTile& tile) {
  const int radius = tile.template_radius;
  const int reach = tile.search_radius;
  const int size = 2 * radius + 1;
  const int margin = radius + reach;
  const int columns_wide = tile.width + 2 * radius;
  const int columns_stride = kLocalMeansTileWidth + 2 * radius + 32;
  const int* const table = tile.weights->table.data();
  const uint32_t last = static_cast<uint32_t>(tile.weights->table.size()) - 1;
  const int shift = tile.weights->shift;
  // Pixel (x, y) of the tile.
  const auto at = [&](int x, int y) {
    return tile.source + (y + margin) * tile.source_stride + x + margin;
  };
  for (int dy = -reach; dy <= reach; ++dy) {
    memset(tile.scratch, 0,
           sizeof(uint32_t) * static_cast<size_t>(columns_stride) *
               static_cast<size_t>(2 * reach + 1));
    for (int y = 0; y < tile.height; ++y) {
      uint32_t* const weighted = tile.weighted + y * kLocalMeansTileWidth;
      uint32_t* const sums = tile.sums + y * kLocalMeansTileWidth;
      for (int dx = -reach; dx <= reach; ++dx) {
        uint32_t* const columns = tile.scratch + (dx + reach) * columns_stride;
        if (y == 0) {
          for (int row = -radius; row <= radius; ++row) {
            AddDifferences(at(-radius, row), at(dx - radius, dy + row),
                           columns_wide, columns);
          }
        } else {
          const int enter = y + radius;
          const int leave = y - radius - 1;
          SlideDifferences(at(-radius, enter), at(dx - radius, dy + enter),
                           at(-radius, leave), at(dx - radius, dy + leave),
                           columns_wide, columns);
        }
        const uint8_t* const shifted = at(dx, dy + y);
        switch (size) {
          case 3:
            Weigh<3>(columns, size, shift, table, last, shifted, tile.width,
                     weighted, sums);
            break;
          case 5:
            Weigh<5>(columns, size, shift, table, last, shifted, tile.width,
                     weighted, sums);
            break;
          case 7:
            Weigh<7>(columns, size, shift, table, last, shifted, tile.width,
                     weighted, sums);
            break;
          default:
            Weigh<0>(columns, size, shift, table, last, shifted, tile.width,
                     weighted, sums);
            break;
        }
      }
    }
  }
}
