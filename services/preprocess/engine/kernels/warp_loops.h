// Compiled once for every instruction set (kernels.h): bilinear blends of an
// affine warp, by pixel_rules/affine.h.

inline uint8_t WarpedPixel(const WarpSpan& span, int x) {
  const int place_x = rules::AffinePlace(span.base_x, span.steps_x[x]);
  const int place_y = rules::AffinePlace(span.base_y, span.steps_y[x]);
  const uint8_t* const above =
      span.pixels + (place_y >> 5) * span.stride + (place_x >> 5);
  const uint8_t* const below = above + span.stride;
  return rules::AffineBlend(above[0], above[1], below[0], below[1],
                            place_x & 31, place_y & 31);
}

#if defined(SIGHTLINE_KERNELS_AVX2) || defined(SIGHTLINE_KERNELS_AVX512)

// Of what lies `count` pixels apart: the rectangle in the page whose pixels are
// above left of a blend. Coordinates rise or fall along a span.
struct WarpReach {
  WarpReach(const WarpSpan& span, int x, int count) {
    const int last = x + count - 1;
    const int from_x = rules::AffinePlace(span.base_x, span.steps_x[x]) >> 5;
    const int from_y = rules::AffinePlace(span.base_y, span.steps_y[x]) >> 5;
    const int to_x = rules::AffinePlace(span.base_x, span.steps_x[last]) >> 5;
    const int to_y = rules::AffinePlace(span.base_y, span.steps_y[last]) >> 5;
    left = rules::Smaller(from_x, to_x);
    top = rules::Smaller(from_y, to_y);
    columns = rules::Larger(from_x, to_x) - left;
    rows = rules::Larger(from_y, to_y) - top;
    origin = span.pixels + top * span.stride + left;
  }
  int left;
  int top;
  // To the last one: 0 for a single column or row.
  int columns;
  int rows;
  const uint8_t* origin;
};

// Eight places.
inline __m256i WarpPlaces(int base, const int* steps) {
  return _mm256_srai_epi32(
      _mm256_add_epi32(
          _mm256_set1_epi32(base),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(steps))),
      5);
}

inline __m128i WarpLoad(const uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

// Eight places, as 16-bit distances from where the reach begins.
inline __m128i WarpNear(__m256i places, int begin) {
  const __m256i near = _mm256_sub_epi32(places, _mm256_set1_epi32(begin * 32));
  return _mm_packs_epi32(_mm256_castsi256_si128(near),
                         _mm256_extracti128_si256(near, 1));
}

// Eight pixels from three rows of 16 bytes: what deskewing needs.
inline void WarpEightNear(const WarpSpan& span, const WarpReach& reach, int x,
                          uint8_t* out) {
  const __m128i near_x =
      WarpNear(WarpPlaces(span.base_x, span.steps_x + x), reach.left);
  const __m128i near_y =
      WarpNear(WarpPlaces(span.base_y, span.steps_y + x), reach.top);
  const __m128i fraction = _mm_set1_epi16(31);
  const __m128i whole = _mm_set1_epi16(32);
  const __m128i column = _mm_srli_epi16(near_x, 5);
  // Bytes `column` and `column` + 1, and their weights.
  const __m128i pairs = _mm_add_epi16(
      _mm_or_si128(column, _mm_slli_epi16(column, 8)), _mm_set1_epi16(0x100));
  const __m128i right = _mm_and_si128(near_x, fraction);
  const __m128i weights =
      _mm_add_epi16(_mm_sub_epi16(_mm_slli_epi16(right, 8), right), whole);
  const uint8_t* const second = reach.origin + span.stride;
  const uint8_t* const third = second + reach.rows * span.stride;
  const __m128i sums[3] = {
      _mm_maddubs_epi16(_mm_shuffle_epi8(WarpLoad(reach.origin), pairs),
                        weights),
      _mm_maddubs_epi16(_mm_shuffle_epi8(WarpLoad(second), pairs), weights),
      _mm_maddubs_epi16(_mm_shuffle_epi8(WarpLoad(third), pairs), weights)};
  const __m128i is_lower = _mm_cmpgt_epi16(near_y, fraction);
  const __m128i above = _mm_blendv_epi8(sums[0], sums[1], is_lower);
  const __m128i below = _mm_blendv_epi8(sums[1], sums[2], is_lower);
  const __m128i down = _mm_and_si128(near_y, fraction);
  const __m128i up = _mm_sub_epi16(whole, down);
  const __m128i half = _mm_set1_epi32(512);
  const __m128i low =
      _mm_add_epi32(_mm_madd_epi16(_mm_unpacklo_epi16(above, below),
                                   _mm_unpacklo_epi16(up, down)),
                    half);
  const __m128i high =
      _mm_add_epi32(_mm_madd_epi16(_mm_unpackhi_epi16(above, below),
                                   _mm_unpackhi_epi16(up, down)),
                    half);
  const __m128i words =
      _mm_packus_epi32(_mm_srli_epi32(low, 10), _mm_srli_epi32(high, 10));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out + x),
                   _mm_packus_epi16(words, words));
}

// Eight pixels from anywhere, by words of four pixels.
inline void WarpEightGathered(const WarpSpan& span, const WarpReach& reach,
                              int x, uint8_t* out) {
  const __m256i places_x = WarpPlaces(span.base_x, span.steps_x + x);
  const __m256i places_y = WarpPlaces(span.base_y, span.steps_y + x);
  const __m256i offsets = _mm256_add_epi32(
      _mm256_mullo_epi32(_mm256_sub_epi32(_mm256_srai_epi32(places_y, 5),
                                          _mm256_set1_epi32(reach.top)),
                         _mm256_set1_epi32(static_cast<int>(span.stride))),
      _mm256_sub_epi32(_mm256_srai_epi32(places_x, 5),
                       _mm256_set1_epi32(reach.left)));
  const __m256i fraction = _mm256_set1_epi32(31);
  const __m256i whole = _mm256_set1_epi32(32);
  const __m256i right = _mm256_and_si256(places_x, fraction);
  const __m256i weights = _mm256_add_epi32(
      _mm256_sub_epi32(_mm256_slli_epi32(right, 8), right), whole);
  const __m256i down = _mm256_and_si256(places_y, fraction);
  // Weights of the two pixels beyond are 0.
  const __m256i above = _mm256_maddubs_epi16(
      _mm256_i32gather_epi32(reinterpret_cast<const int*>(reach.origin),
                             offsets, 1),
      weights);
  const __m256i below = _mm256_maddubs_epi16(
      _mm256_i32gather_epi32(
          reinterpret_cast<const int*>(reach.origin + span.stride), offsets, 1),
      weights);
  const __m256i sums =
      _mm256_madd_epi16(_mm256_or_si256(above, _mm256_slli_epi32(below, 16)),
                        _mm256_or_si256(_mm256_sub_epi32(whole, down),
                                        _mm256_slli_epi32(down, 16)));
  const __m256i gray =
      _mm256_srli_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(512)), 10);
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(gray),
                                         _mm256_extracti128_si256(gray, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out + x),
                   _mm_packus_epi16(words, words));
}

inline void WarpEight(const WarpSpan& span, int x, uint8_t* out) {
  const WarpReach reach(span, x, 8);
  if (reach.rows <= 1 && reach.columns <= 14 && reach.left + 16 <= span.width) {
    WarpEightNear(span, reach, x, out);
  } else if (reach.left + reach.columns + 4 <= span.width &&
             (reach.rows + 1) * span.stride <= INT32_MAX) {
    WarpEightGathered(span, reach, x, out);
  } else {
    for (int i = x; i < x + 8; ++i) out[i] = WarpedPixel(span, i);
  }
}
#endif

#if defined(SIGHTLINE_KERNELS_AVX512)
// The lower halves of 32 places, less where the reach begins.
inline __m512i WarpNear32(int base, const int* steps, int begin) {
  alignas(64) static constexpr uint16_t kLowerHalves[32] = {
      0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
      32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62};
  const __m512i bases = _mm512_set1_epi32(base);
  const __m512i low =
      _mm512_srai_epi32(_mm512_add_epi32(bases, _mm512_loadu_si512(steps)), 5);
  const __m512i high = _mm512_srai_epi32(
      _mm512_add_epi32(bases, _mm512_loadu_si512(steps + 16)), 5);
  const __m512i words =
      _mm512_permutex2var_epi16(low, _mm512_load_si512(kLowerHalves), high);
  return _mm512_sub_epi16(words,
                          _mm512_set1_epi16(static_cast<int16_t>(begin * 32)));
}

// 32 pixels from a few rows of up to 64 bytes.
inline void WarpNearRows(const WarpSpan& span, const WarpReach& reach, int x,
                         uint8_t* out) {
  const __m512i near_x = WarpNear32(span.base_x, span.steps_x + x, reach.left);
  const __m512i near_y = WarpNear32(span.base_y, span.steps_y + x, reach.top);
  const __m512i fraction = _mm512_set1_epi16(31);
  const __m512i whole = _mm512_set1_epi16(32);
  const __m512i column = _mm512_srli_epi16(near_x, 5);
  const __m512i pairs =
      _mm512_add_epi16(_mm512_or_si512(column, _mm512_slli_epi16(column, 8)),
                       _mm512_set1_epi16(0x100));
  const __m512i right = _mm512_and_si512(near_x, fraction);
  const __m512i weights = _mm512_add_epi16(
      _mm512_sub_epi16(_mm512_slli_epi16(right, 8), right), whole);
  const __m512i row = _mm512_srli_epi16(near_y, 5);
  const __mmask64 needed = ~uint64_t{0} >> (62 - reach.columns);
  const uint8_t* from = reach.origin;
  __m512i upper =
      _mm512_permutexvar_epi8(pairs, _mm512_maskz_loadu_epi8(needed, from));
  __m512i above = upper;
  __m512i below = upper;
  for (int i = 0; i <= reach.rows; ++i) {
    from += span.stride;
    const __m512i lower =
        _mm512_permutexvar_epi8(pairs, _mm512_maskz_loadu_epi8(needed, from));
    const __mmask32 is_here = _mm512_cmpeq_epi16_mask(
        row, _mm512_set1_epi16(static_cast<int16_t>(i)));
    above = _mm512_mask_mov_epi16(above, is_here, upper);
    below = _mm512_mask_mov_epi16(below, is_here, lower);
    upper = lower;
  }
  above = _mm512_maddubs_epi16(above, weights);
  below = _mm512_maddubs_epi16(below, weights);
  const __m512i down = _mm512_and_si512(near_y, fraction);
  const __m512i up = _mm512_sub_epi16(whole, down);
  const __m512i half = _mm512_set1_epi32(512);
  const __m512i low =
      _mm512_add_epi32(_mm512_madd_epi16(_mm512_unpacklo_epi16(above, below),
                                         _mm512_unpacklo_epi16(up, down)),
                       half);
  const __m512i high =
      _mm512_add_epi32(_mm512_madd_epi16(_mm512_unpackhi_epi16(above, below),
                                         _mm512_unpackhi_epi16(up, down)),
                       half);
  const __m512i words = _mm512_packus_epi32(_mm512_srli_epi32(low, 10),
                                            _mm512_srli_epi32(high, 10));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + x),
                      _mm512_cvtepi16_epi8(words));
}
#endif

void Warp(const WarpSpan& span, int n, uint8_t* out) {
  int x = 0;
#if defined(SIGHTLINE_KERNELS_AVX512)
  for (; x + 32 <= n; x += 32) {
    const WarpReach reach(span, x, 32);
    if (reach.rows <= 6 && reach.columns <= 62) {
      WarpNearRows(span, reach, x, out);
    } else {
      for (int i = x; i < x + 32; i += 8) WarpEight(span, i, out);
    }
  }
#endif
#if defined(SIGHTLINE_KERNELS_AVX2) || defined(SIGHTLINE_KERNELS_AVX512)
  for (; x + 8 <= n; x += 8) WarpEight(span, x, out);
#endif
  for (; x < n; ++x) out[x] = WarpedPixel(span, x);
}
