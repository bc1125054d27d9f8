// Compiled once for every instruction set (kernels.h): linear and cubic
// scaling, by pixel_rules/resize.h.

#if defined(SIGHTLINE_KERNELS_AVX2) || defined(SIGHTLINE_KERNELS_AVX512)
inline __m128i LoadReach(const uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
#endif

#if defined(SIGHTLINE_KERNELS_AVX512)
typedef __m512i ScaleWords;
// What makes four groups of results, each in its own lane.
inline ScaleWords ScaleSource(const uint8_t* row, const int* groups) {
  const ScaleWords two = _mm512_castsi256_si512(_mm256_inserti128_si256(
      _mm256_castsi128_si256(LoadReach(row + groups[0])),
      LoadReach(row + groups[1]), 1));
  return _mm512_inserti32x4(
      _mm512_inserti32x4(two, LoadReach(row + groups[2]), 2),
      LoadReach(row + groups[3]), 3);
}
inline ScaleWords ScaleLoad(const void* from) {
  return _mm512_loadu_si512(from);
}
// Moves what is picked by `bytes`.
inline ScaleWords ScaleMoved(ScaleWords places, int bytes) {
  return _mm512_add_epi8(places,
                         _mm512_set1_epi16(static_cast<int16_t>(bytes)));
}
inline ScaleWords ScaleSums(ScaleWords source, ScaleWords places,
                            const int16_t* weights) {
  return _mm512_madd_epi16(_mm512_shuffle_epi8(source, places),
                           ScaleLoad(weights));
}
inline void StoreSixteenths(ScaleWords sums, int16_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                      _mm512_cvtepi32_epi16(_mm512_srli_epi32(sums, 4)));
}
inline void StoreTotal(ScaleWords a, ScaleWords b, int* to) {
  _mm512_storeu_si512(to, _mm512_add_epi32(a, b));
}
#elif defined(SIGHTLINE_KERNELS_AVX2)
typedef __m256i ScaleWords;
// What makes two groups of results, each in its own lane.
inline ScaleWords ScaleSource(const uint8_t* row, const int* groups) {
  return _mm256_inserti128_si256(
      _mm256_castsi128_si256(LoadReach(row + groups[0])),
      LoadReach(row + groups[1]), 1);
}
inline ScaleWords ScaleLoad(const void* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
// Moves what is picked by `bytes`.
inline ScaleWords ScaleMoved(ScaleWords places, int bytes) {
  return _mm256_add_epi8(places,
                         _mm256_set1_epi16(static_cast<int16_t>(bytes)));
}
inline ScaleWords ScaleSums(ScaleWords source, ScaleWords places,
                            const int16_t* weights) {
  return _mm256_madd_epi16(_mm256_shuffle_epi8(source, places),
                           ScaleLoad(weights));
}
inline void StoreSixteenths(ScaleWords sums, int16_t* to) {
  const __m256i sixteenths = _mm256_srli_epi32(sums, 4);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                   _mm_packs_epi32(_mm256_castsi256_si128(sixteenths),
                                   _mm256_extracti128_si256(sixteenths, 1)));
}
inline void StoreTotal(ScaleWords a, ScaleWords b, int* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_add_epi32(a, b));
}
#endif

void LinearRow(const ScaleColumns& columns, const uint8_t* row, int n,
               int16_t* out) {
  int x = 0;
#if defined(SIGHTLINE_KERNELS_AVX2) || defined(SIGHTLINE_KERNELS_AVX512)
  constexpr int kResults = sizeof(ScaleWords) / 4;
  if (columns.groups != nullptr) {
    for (; x + kResults <= n; x += kResults) {
      const ScaleWords source =
          ScaleSource(row, columns.groups + x / kScaleGroup);
      StoreSixteenths(ScaleSums(source, ScaleLoad(columns.places + 4 * x),
                                columns.weights + 2 * x),
                      out + x);
    }
  }
#endif
  for (; x < n; ++x) {
    const uint8_t* const from = row + columns.first[x];
    const int16_t* const weights = columns.weights + 2 * x;
    out[x] = static_cast<int16_t>(
        (from[0] * weights[0] + from[1] * weights[1]) >> 4);
  }
}

void LinearColumn(const int16_t* __restrict upper,
                  const int16_t* __restrict lower, int upper_weight,
                  int lower_weight, int n, uint8_t* __restrict out) {
  const int16_t above = static_cast<int16_t>(upper_weight);
  const int16_t below = static_cast<int16_t>(lower_weight);
  for (int x = 0; x < n; ++x) {
    out[x] = rules::LinearBlend(upper[x], lower[x], above, below);
  }
}

void CubicRow(const ScaleColumns& columns, const uint8_t* row, int n,
              int* out) {
  int x = 0;
#if defined(SIGHTLINE_KERNELS_AVX2) || defined(SIGHTLINE_KERNELS_AVX512)
  constexpr int kResults = sizeof(ScaleWords) / 4;
  if (columns.groups != nullptr) {
    for (; x + kResults <= n; x += kResults) {
      const ScaleWords source =
          ScaleSource(row, columns.groups + x / kScaleGroup);
      const ScaleWords places = ScaleLoad(columns.places + 4 * x);
      StoreTotal(ScaleSums(source, places, columns.weights + 2 * x),
                 ScaleSums(source, ScaleMoved(places, 2),
                           columns.right_weights + 2 * x),
                 out + x);
    }
  }
#endif
  for (; x < n; ++x) {
    const uint8_t* const from = row + columns.first[x];
    const int16_t* const left = columns.weights + 2 * x;
    const int16_t* const right = columns.right_weights + 2 * x;
    out[x] = from[0] * left[0] + from[1] * left[1] + from[2] * right[0] +
             from[3] * right[1];
  }
}

void CubicColumn(const int* const* rows, const int* weights, int n,
                 uint8_t* __restrict out) {
  const int* __restrict first = rows[0];
  const int* __restrict second = rows[1];
  const int* __restrict third = rows[2];
  const int* __restrict fourth = rows[3];
  const int a = weights[0];
  const int b = weights[1];
  const int c = weights[2];
  const int d = weights[3];
  for (int x = 0; x < n; ++x) {
    out[x] = rules::CubicGray(first[x] * a + second[x] * b + third[x] * c +
                              fourth[x] * d);
  }
}
