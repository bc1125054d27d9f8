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

// A register of pixels.
#if defined(SIGHTLINE_KERNELS_AVX512)
typedef uint8_t Pixels __attribute__((vector_size(64)));
#elif defined(SIGHTLINE_KERNELS_AVX2)
typedef uint8_t Pixels __attribute__((vector_size(32)));
#else
typedef uint8_t Pixels __attribute__((vector_size(16)));
#endif

inline Pixels Least(Pixels a, Pixels b) { return a < b ? a : b; }
inline Pixels Greatest(Pixels a, Pixels b) { return a < b ? b : a; }
inline Pixels Middle(Pixels a, Pixels b, Pixels c) {
  return Greatest(Least(a, b), Least(Greatest(a, b), c));
}

// One comparator after the other; elements stay in the nearest cache.
inline Pixels MedianOf(Pixels* elements, const Comparator* comparators,
                       int count, int result) {
  for (int i = 0; i < count; ++i) {
    const Comparator& comparator = comparators[i];
    const Pixels low = elements[comparator.low];
    const Pixels high = elements[comparator.high];
    elements[comparator.low] = Least(low, high);
    elements[comparator.high] = Greatest(low, high);
  }
  return elements[result];
}

// The middle one of the greatest least, the middle middle and the least
// greatest of three sorted columns.
inline Pixels MedianOfNine(const Pixels* e) {
  return Middle(Greatest(Greatest(e[0], e[1]), e[2]), Middle(e[3], e[4], e[5]),
                Least(Least(e[6], e[7]), e[8]));
}

void Median(const uint8_t* const* columns, int size,
            const Comparator* comparators, int count, int result, int n,
            uint8_t* __restrict out) {
  constexpr int kMaxElements = 81;
  constexpr int kChunk = sizeof(Pixels);
  Pixels elements[kMaxElements];
  for (int begin = 0; begin < n; begin += kChunk) {
    const int pixels = rules::Smaller(kChunk, n - begin);
    for (int rank = 0; rank < size; ++rank) {
      const uint8_t* const row = columns[rank] + begin;
      for (int column = 0; column < size; ++column) {
        Pixels& element = elements[rank * size + column];
        if (pixels == kChunk) {
          memcpy(&element, row + column, sizeof(element));
        } else {
          memset(&element, 0, sizeof(element));
          memcpy(&element, row + column, static_cast<size_t>(pixels));
        }
      }
    }
    const Pixels median = size == 3
                              ? MedianOfNine(elements)
                              : MedianOf(elements, comparators, count, result);
    memcpy(out + begin, &median, static_cast<size_t>(pixels));
  }
}
