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

// A register of pixels; g++ 12 does not make a minimum of a choice by itself
// for each of them.
#if defined(SIGHTLINE_KERNELS_AVX512)
typedef __m512i Pixels;
inline Pixels Least(Pixels a, Pixels b) { return _mm512_min_epu8(a, b); }
inline Pixels Greatest(Pixels a, Pixels b) { return _mm512_max_epu8(a, b); }
inline Pixels Load(const uint8_t* from) { return _mm512_loadu_si512(from); }
inline void Store(Pixels pixels, uint8_t* to) {
  _mm512_storeu_si512(to, pixels);
}
#elif defined(SIGHTLINE_KERNELS_AVX2)
typedef __m256i Pixels;
inline Pixels Least(Pixels a, Pixels b) { return _mm256_min_epu8(a, b); }
inline Pixels Greatest(Pixels a, Pixels b) { return _mm256_max_epu8(a, b); }
inline Pixels Load(const uint8_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
inline void Store(Pixels pixels, uint8_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), pixels);
}
#else
typedef uint8_t Pixels __attribute__((vector_size(16)));
inline Pixels Least(Pixels a, Pixels b) { return a < b ? a : b; }
inline Pixels Greatest(Pixels a, Pixels b) { return a < b ? b : a; }
inline Pixels Load(const uint8_t* from) {
  Pixels pixels;
  memcpy(&pixels, from, sizeof(pixels));
  return pixels;
}
inline void Store(Pixels pixels, uint8_t* to) {
  memcpy(to, &pixels, sizeof(pixels));
}
#endif

inline void Exchange(Pixels& low, Pixels& high) {
  const Pixels least = Least(low, high);
  high = Greatest(low, high);
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

inline constexpr ComparatorNetwork kSort5 = SortingNetwork(5);
inline constexpr ComparatorNetwork kSort7 = SortingNetwork(7);
inline constexpr ComparatorNetwork kSort9 = SortingNetwork(9);
inline constexpr ComparatorNetwork kMedian5 = MedianNetwork(5);
inline constexpr ComparatorNetwork kMedian7 = MedianNetwork(7);
inline constexpr ComparatorNetwork kMedian9 = MedianNetwork(9);

inline constexpr int kLanes = sizeof(Pixels);

template <const ComparatorNetwork& kNetwork, size_t... kRow>
inline void SortRowsOf(uint8_t* const* rows, int n,
                       std::index_sequence<kRow...>) {
  for (int x = 0; x < n; x += kLanes) {
    Pixels elements[] = {Load(rows[kRow] + x)...};
    Exchange<kNetwork>(
        elements,
        std::make_index_sequence<static_cast<size_t>(kNetwork.count)>());
    (Store(elements[kRow], rows[kRow] + x), ...);
  }
}

void SortRows(uint8_t* const* rows, int size, int n) {
  switch (size) {
    case 5:
      return SortRowsOf<kSort5>(rows, n, std::make_index_sequence<5>());
    case 7:
      return SortRowsOf<kSort7>(rows, n, std::make_index_sequence<7>());
    default:
      return SortRowsOf<kSort9>(rows, n, std::make_index_sequence<9>());
  }
}

template <const ComparatorNetwork& kNetwork, size_t kSize, size_t... kElement>
inline void MedianOf(const uint8_t* const* columns, int n, uint8_t* out,
                     std::index_sequence<kElement...>) {
  for (int x = 0; x < n; x += kLanes) {
    Pixels elements[] = {
        Load(columns[kElement / kSize] + x + kElement % kSize)...};
    Exchange<kNetwork>(
        elements,
        std::make_index_sequence<static_cast<size_t>(kNetwork.count)>());
    const Pixels median = elements[kNetwork.result];
    if (n - x >= kLanes) {
      Store(median, out + x);
    } else {
      memcpy(out + x, &median, static_cast<size_t>(n - x));
    }
  }
}

inline uint8_t MedianAtEdge(const uint8_t* above, const uint8_t* in,
                            const uint8_t* below, int left, int x, int right) {
  uint8_t pixels[9] = {above[left], above[x], above[right],
                       in[left],    in[x],    in[right],
                       below[left], below[x], below[right]};
  for (int i = 1; i < 9; ++i) {
    for (int j = i; j > 0 && pixels[j] < pixels[j - 1]; --j) {
      std::swap(pixels[j], pixels[j - 1]);
    }
  }
  return pixels[4];
}

// A column of three pixels, sorted.
struct SortedColumn {
  SortedColumn(const uint8_t* above, const uint8_t* in, const uint8_t* below) {
    low = Load(above);
    middle = Load(in);
    high = Load(below);
    Exchange(low, middle);
    Exchange(middle, high);
    Exchange(low, middle);
  }
  Pixels low;
  Pixels middle;
  Pixels high;
};

inline Pixels MiddleOf(Pixels a, Pixels b, Pixels c) {
  Exchange(a, b);
  return Greatest(a, Least(b, c));
}

// Of nine pixels, the median is that of the greatest of the least, the middle
// of the middle and the least of the greatest of the columns.
inline void MedianOfNine(const uint8_t* above, const uint8_t* in,
                         const uint8_t* below, uint8_t* out) {
  const SortedColumn a(above - 1, in - 1, below - 1);
  const SortedColumn b(above, in, below);
  const SortedColumn c(above + 1, in + 1, below + 1);
  Store(MiddleOf(Greatest(Greatest(a.low, b.low), c.low),
                 MiddleOf(a.middle, b.middle, c.middle),
                 Least(Least(a.high, b.high), c.high)),
        out);
}

void MedianOfRows(const uint8_t* above, const uint8_t* in, const uint8_t* below,
                  int n, uint8_t* out) {
  const int last = n - 1;
  out[0] = MedianAtEdge(above, in, below, 0, 0, rules::Smaller(1, last));
  int x = 1;
  for (; x + kLanes <= last; x += kLanes) {
    MedianOfNine(above + x, in + x, below + x, out + x);
  }
  if (x < last && last > kLanes) {
    // Some of them once more.
    x = last - kLanes;
    MedianOfNine(above + x, in + x, below + x, out + x);
    x = last;
  }
  for (; x < n; ++x) {
    out[x] =
        MedianAtEdge(above, in, below, x - 1, x, rules::Smaller(x + 1, last));
  }
}

void Median(const uint8_t* const* columns, int size, int n, uint8_t* out) {
  switch (size) {
    case 5:
      return MedianOf<kMedian5, 5>(columns, n, out,
                                   std::make_index_sequence<25>());
    case 7:
      return MedianOf<kMedian7, 7>(columns, n, out,
                                   std::make_index_sequence<49>());
    default:
      return MedianOf<kMedian9, 9>(columns, n, out,
                                   std::make_index_sequence<81>());
  }
}
