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

// A register of pixels.
#if defined(SIGHTLINE_KERNELS_AVX512)
typedef uint8_t Pixels __attribute__((vector_size(64)));
#elif defined(SIGHTLINE_KERNELS_AVX2)
typedef uint8_t Pixels __attribute__((vector_size(32)));
#else
typedef uint8_t Pixels __attribute__((vector_size(16)));
#endif

inline void Exchange(Pixels& low, Pixels& high) {
  const Pixels least = low < high ? low : high;
  high = low < high ? high : low;
  low = least;
}

// Compares what the network says, one after the other; unrolled, so that
// elements live in registers and comparisons that do not matter vanish.
template <const ComparatorNetwork& kNetwork, size_t... kIndex>
inline void Exchange(Pixels* elements, std::index_sequence<kIndex...>) {
  [[maybe_unused]] const int in_order[] = {
      (Exchange(elements[kNetwork.comparators[kIndex].low],
                elements[kNetwork.comparators[kIndex].high]),
       0)...};
}

inline constexpr ComparatorNetwork kSort3 = SortingNetwork(3);
inline constexpr ComparatorNetwork kSort5 = SortingNetwork(5);
inline constexpr ComparatorNetwork kSort7 = SortingNetwork(7);
inline constexpr ComparatorNetwork kSort9 = SortingNetwork(9);
inline constexpr ComparatorNetwork kMedian3 = MedianNetwork(3);
inline constexpr ComparatorNetwork kMedian5 = MedianNetwork(5);
inline constexpr ComparatorNetwork kMedian7 = MedianNetwork(7);
inline constexpr ComparatorNetwork kMedian9 = MedianNetwork(9);

// A register's worth of a row of which `pixels` are left.
inline void Load(const uint8_t* from, int pixels, Pixels& to) {
  if (pixels >= static_cast<int>(sizeof(Pixels))) {
    memcpy(&to, from, sizeof(Pixels));
  } else {
    memset(&to, 0, sizeof(Pixels));
    memcpy(&to, from, static_cast<size_t>(pixels));
  }
}
inline void Store(const Pixels& from, int pixels, uint8_t* to) {
  memcpy(to, &from,
         static_cast<size_t>(
             rules::Smaller(pixels, static_cast<int>(sizeof(Pixels)))));
}

template <const ComparatorNetwork& kNetwork, int kSize>
inline void SortRowsOf(uint8_t* const* rows, int n) {
  for (int x = 0; x < n; x += static_cast<int>(sizeof(Pixels))) {
    Pixels elements[kSize];
    for (int i = 0; i < kSize; ++i) Load(rows[i] + x, n - x, elements[i]);
    Exchange<kNetwork>(
        elements,
        std::make_index_sequence<static_cast<size_t>(kNetwork.count)>());
    for (int i = 0; i < kSize; ++i) Store(elements[i], n - x, rows[i] + x);
  }
}

void SortRows(uint8_t* const* rows, int size, int n) {
  switch (size) {
    case 3:
      return SortRowsOf<kSort3, 3>(rows, n);
    case 5:
      return SortRowsOf<kSort5, 5>(rows, n);
    case 7:
      return SortRowsOf<kSort7, 7>(rows, n);
    default:
      return SortRowsOf<kSort9, 9>(rows, n);
  }
}

template <const ComparatorNetwork& kNetwork, int kSize>
inline void MedianOf(const uint8_t* const* columns, int n, uint8_t* out) {
  for (int x = 0; x < n; x += static_cast<int>(sizeof(Pixels))) {
    Pixels elements[kSize * kSize];
    for (int rank = 0; rank < kSize; ++rank) {
      for (int column = 0; column < kSize; ++column) {
        Load(columns[rank] + x + column, n - x,
             elements[rank * kSize + column]);
      }
    }
    Exchange<kNetwork>(
        elements,
        std::make_index_sequence<static_cast<size_t>(kNetwork.count)>());
    Store(elements[kNetwork.result], n - x, out + x);
  }
}

void Median(const uint8_t* const* columns, int size, int n, uint8_t* out) {
  switch (size) {
    case 3:
      return MedianOf<kMedian3, 3>(columns, n, out);
    case 5:
      return MedianOf<kMedian5, 5>(columns, n, out);
    case 7:
      return MedianOf<kMedian7, 7>(columns, n, out);
    default:
      return MedianOf<kMedian9, 9>(columns, n, out);
  }
}
