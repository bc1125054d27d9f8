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

// The places in the table of weights, by the distance of surroundings.
template <int kFixedSize>
inline void FindPlaces(const uint32_t* __restrict columns, int any_size,
                       int shift, uint32_t last, int n,
                       uint32_t* __restrict places) {
  const int size = kFixedSize > 0 ? kFixedSize : any_size;
  for (int x = 0; x < n; ++x) {
    uint32_t distance = 0;
    for (int i = 0; i < size; ++i) distance += columns[x + i];
    const uint32_t place = distance >> shift;
    places[x] = place < last ? place : last;
  }
}

// Places become weights. One by one: a gather instruction was no faster on
// Zen 5 (engine_bench), and on Intel it is slow since the mending of Downfall.
inline void LookUp(const int* table, int n, uint32_t* words) {
  int x = 0;
  for (; x + 4 <= n; x += 4) {
    uint64_t first;
    uint64_t second;
    memcpy(&first, words + x, 8);
    memcpy(&second, words + x + 2, 8);
    words[x] = static_cast<uint32_t>(table[first & 0xffffffff]);
    words[x + 1] = static_cast<uint32_t>(table[first >> 32]);
    words[x + 2] = static_cast<uint32_t>(table[second & 0xffffffff]);
    words[x + 3] = static_cast<uint32_t>(table[second >> 32]);
  }
  for (; x < n; ++x) words[x] = static_cast<uint32_t>(table[words[x]]);
}

#if defined(SIGHTLINE_KERNELS_AVX512)
// The same for seven columns, without loading any twice. `columns` and
// `weights` are aligned to 64 bytes; up to 32 more columns are read and up to
// 15 more weights written.
inline void FindWeightsOfSeven(const uint32_t* columns,
                               const LocalMeansTile& tile, int n,
                               uint32_t* weights) {
  const __m512i last =
      _mm512_set1_epi32(static_cast<int>(tile.weights->table.size()) - 1);
  const __m128i shift = _mm_cvtsi32_si128(tile.weights->shift);
  __m512i here = _mm512_load_si512(columns);
  __m512i next = _mm512_load_si512(columns + 16);
  // Sums of two columns.
  __m512i pairs = _mm512_add_epi32(here, _mm512_alignr_epi32(next, here, 1));
  for (int x = 0; x < n; x += 16) {
    const __m512i after = _mm512_load_si512(columns + x + 32);
    const __m512i next_pairs =
        _mm512_add_epi32(next, _mm512_alignr_epi32(after, next, 1));
    const __m512i four =
        _mm512_add_epi32(pairs, _mm512_alignr_epi32(next_pairs, pairs, 2));
    const __m512i three =
        _mm512_add_epi32(_mm512_alignr_epi32(next_pairs, pairs, 4),
                         _mm512_alignr_epi32(next, here, 6));
    const __m512i places = _mm512_min_epu32(
        _mm512_srl_epi32(_mm512_add_epi32(four, three), shift), last);
    _mm512_store_si512(weights + x, places);
    here = next;
    next = after;
    pairs = next_pairs;
  }
}
#endif

template <int kFixedSize>
inline void FindWeights(const uint32_t* columns, int any_size,
                        const LocalMeansTile& tile, int n, uint32_t* weights) {
#if defined(SIGHTLINE_KERNELS_AVX512)
  if (kFixedSize == 7) {
    FindWeightsOfSeven(columns, tile, n, weights);
    return LookUp(tile.weights->table.data(), n, weights);
  }
#endif
  const uint32_t last = static_cast<uint32_t>(tile.weights->table.size()) - 1;
  FindPlaces<kFixedSize>(columns, any_size, tile.weights->shift, last, n,
                         weights);
  LookUp(tile.weights->table.data(), n, weights);
}

inline void AddWeighted(const uint32_t* __restrict weights,
                        const uint8_t* __restrict pixels, int n,
                        uint32_t* __restrict weighted,
                        uint32_t* __restrict sums) {
  for (int x = 0; x < n; ++x) {
    weighted[x] += weights[x] * pixels[x];
    sums[x] += weights[x];
  }
}

// A pixel p weighs its neighbour p + o as that weighs p: so half of all offsets
// will do, each pair counted at both ends. Pairs of which only one end lies in
// the tile are looked at by two tiles.
void LocalMeans(const LocalMeansTile& tile) {
  const int radius = tile.template_radius;
  const int reach = tile.search_radius;
  const int size = 2 * radius + 1;
  const int margin = radius + reach;
  const int columns_stride = LocalMeansStride(radius, reach);
  uint32_t* const weights = reinterpret_cast<uint32_t*>(
      (reinterpret_cast<uintptr_t>(tile.scratch) + 63) & ~uintptr_t{63});
  uint32_t* const all_columns = weights + columns_stride;
  // Pixel (x, y) of the tile.
  const auto at = [&](int x, int y) {
    return tile.source + (y + margin) * tile.source_stride + x + margin;
  };
  const uint32_t full = static_cast<uint32_t>(tile.weights->table[0]);
  for (int y = 0; y < tile.height; ++y) {
    for (int x = 0; x < tile.width; ++x) {
      tile.weighted[y * kLocalMeansTileWidth + x] = full * at(0, y)[x];
      tile.sums[y * kLocalMeansTileWidth + x] = full;
    }
  }
  for (int dy = 0; dy <= reach; ++dy) {
    memset(all_columns, 0,
           sizeof(uint32_t) * static_cast<size_t>(columns_stride) *
               static_cast<size_t>(2 * reach + 1));
    for (int y = -dy; y < tile.height; ++y) {
      for (int dx = dy == 0 ? 1 : -reach; dx <= reach; ++dx) {
        // Both p and p + o may lie to the left or the right of the tile.
        const int begin = dx > 0 ? -dx : 0;
        const int end = dx < 0 ? tile.width - dx : tile.width;
        uint32_t* const columns = all_columns + (dx + reach) * columns_stride;
        const int wide = end - begin + 2 * radius;
        const int left = begin - radius;
        if (y == -dy) {
          for (int row = y - radius; row <= y + radius; ++row) {
            AddDifferences(at(left, row), at(left + dx, row + dy), wide,
                           columns);
          }
        } else {
          const int enter = y + radius;
          const int leave = y - radius - 1;
          SlideDifferences(at(left, enter), at(left + dx, enter + dy),
                           at(left, leave), at(left + dx, leave + dy), wide,
                           columns);
        }
        switch (size) {
          case 3:
            FindWeights<3>(columns, size, tile, end - begin, weights);
            break;
          case 5:
            FindWeights<5>(columns, size, tile, end - begin, weights);
            break;
          case 7:
            FindWeights<7>(columns, size, tile, end - begin, weights);
            break;
          default:
            FindWeights<0>(columns, size, tile, end - begin, weights);
            break;
        }
        if (y >= 0) {
          const int row = y * kLocalMeansTileWidth;
          AddWeighted(weights - begin, at(dx, y + dy), tile.width,
                      tile.weighted + row, tile.sums + row);
        }
        if (y + dy < tile.height) {
          const int row = (y + dy) * kLocalMeansTileWidth;
          AddWeighted(weights - begin - dx, at(-dx, y), tile.width,
                      tile.weighted + row, tile.sums + row);
        }
      }
    }
  }
}
