// Compiled once for every instruction set (kernels.h): least, greatest and
// middle pixels.

void Minimum(const uint8_t* a, const uint8_t* b, int n, uint8_t* out) {
  for (int x = 0; x < n; ++x) out[x] = a[x] < b[x] ? a[x] : b[x];
}

void Maximum(const uint8_t* a, const uint8_t* b, int n, uint8_t* out) {
  for (int x = 0; x < n; ++x) out[x] = a[x] > b[x] ? a[x] : b[x];
}

// Windows of 1, 2, 4, ... pixels; the last is two overlapping ones.
template <bool kLeast>
inline void WindowExtreme(const uint8_t* __restrict in, int size, int n,
                          uint8_t* __restrict out) {
  constexpr int kChunk = 2048;
  constexpr int kMaxSize = 1024;
  uint8_t doubled[kChunk + kMaxSize];
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = rules::Smaller(kChunk, n - begin);
    int valid = count + size - 1;
    memcpy(doubled, in + begin, static_cast<size_t>(valid));
    int step = 1;
    for (; 2 * step <= size; step *= 2) {
      valid -= step;
      const uint8_t* const next = doubled + step;
      SIGHTLINE_NO_ALIAS_AHEAD
      for (int x = 0; x < valid; ++x) {
        doubled[x] = (kLeast ? doubled[x] < next[x] : doubled[x] > next[x])
                         ? doubled[x]
                         : next[x];
      }
    }
    const uint8_t* const last = doubled + size - step;
    uint8_t* __restrict to = out + begin;
    for (int x = 0; x < count; ++x) {
      to[x] = (kLeast ? doubled[x] < last[x] : doubled[x] > last[x])
                  ? doubled[x]
                  : last[x];
    }
  }
}

void WindowMinimum(const uint8_t* in, int size, int n, uint8_t* out) {
  WindowExtreme<true>(in, size, n, out);
}
void WindowMaximum(const uint8_t* in, int size, int n, uint8_t* out) {
  WindowExtreme<false>(in, size, n, out);
}

inline void CompareExchange(uint8_t* __restrict low, uint8_t* __restrict high,
                            int n) {
  for (int x = 0; x < n; ++x) {
    const uint8_t least = low[x] < high[x] ? low[x] : high[x];
    const uint8_t greatest = low[x] < high[x] ? high[x] : low[x];
    low[x] = least;
    high[x] = greatest;
  }
}

void SortRows(uint8_t* const* rows, const Comparator* comparators, int count,
              int n) {
  for (int i = 0; i < count; ++i) {
    CompareExchange(rows[comparators[i].low], rows[comparators[i].high], n);
  }
}

void Median(const uint8_t* const* columns, int size,
            const Comparator* comparators, int count, int result, int n,
            uint8_t* __restrict out) {
  // A vector register's worth of pixels, for each element of the window.
  constexpr int kChunk = 64;
  constexpr int kMaxElements = 81;
  alignas(64) uint8_t elements[kMaxElements][kChunk];
  for (int begin = 0; begin < n; begin += kChunk) {
    const int pixels = rules::Smaller(kChunk, n - begin);
    for (int rank = 0; rank < size; ++rank) {
      for (int column = 0; column < size; ++column) {
        memcpy(elements[rank * size + column], columns[rank] + begin + column,
               static_cast<size_t>(pixels));
      }
    }
    for (int i = 0; i < count; ++i) {
      const Comparator& comparator = comparators[i];
      uint8_t* __restrict low = elements[comparator.low];
      uint8_t* __restrict high = elements[comparator.high];
      if (!comparator.needs_high) {
        for (int x = 0; x < kChunk; ++x) {
          low[x] = low[x] < high[x] ? low[x] : high[x];
        }
      } else if (!comparator.needs_low) {
        for (int x = 0; x < kChunk; ++x) {
          high[x] = low[x] < high[x] ? high[x] : low[x];
        }
      } else {
        CompareExchange(low, high, kChunk);
      }
    }
    memcpy(out + begin, elements[result], static_cast<size_t>(pixels));
  }
}
