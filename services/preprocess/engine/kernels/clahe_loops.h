// Compiled once for every instruction set (kernels.h): CLAHE between four
// tables.

#if defined(SIGHTLINE_KERNELS_AVX512)

// 64 lookups in 256 bytes.
inline __m512i Lookup(const __m512i* table, __m512i index, __mmask64 upper) {
  return _mm512_mask_blend_epi8(
      upper, _mm512_permutex2var_epi8(table[0], index, table[1]),
      _mm512_permutex2var_epi8(table[2], index, table[3]));
}

template <int kQuarter>
inline __m512 Quarter(__m512i bytes) {
  return _mm512_cvtepi32_ps(
      _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bytes, kQuarter)));
}

template <int kQuarter>
inline __m128i ClaheQuarter(const __m512i* values, const ClaheSpan& span, int x,
                            __m512 y_share, __m512 y_rest) {
  const __m512 share = _mm512_loadu_ps(span.share + x + 16 * kQuarter);
  const __m512 rest = _mm512_loadu_ps(span.rest + x + 16 * kQuarter);
  const __m512 above =
      _mm512_add_ps(_mm512_mul_ps(Quarter<kQuarter>(values[0]), rest),
                    _mm512_mul_ps(Quarter<kQuarter>(values[1]), share));
  const __m512 below =
      _mm512_add_ps(_mm512_mul_ps(Quarter<kQuarter>(values[2]), rest),
                    _mm512_mul_ps(Quarter<kQuarter>(values[3]), share));
  // A blend of grays lies within 0..255.
  return _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(_mm512_add_ps(
      _mm512_mul_ps(above, y_rest), _mm512_mul_ps(below, y_share))));
}

#elif defined(SIGHTLINE_KERNELS_AVX2)

// A byte of each word, as float.
template <int kByte>
inline __m256 Byte(__m256i words) {
  return _mm256_cvtepi32_ps(_mm256_and_si256(
      _mm256_srli_epi32(words, 8 * kByte), _mm256_set1_epi32(255)));
}

#endif

void Clahe(const ClaheSpan& span, const uint8_t* in, int n, uint8_t* out) {
  int x = 0;
#if defined(SIGHTLINE_KERNELS_AVX512)
  __m512i tables[4][4];
  for (int t = 0; t < 4; ++t) {
    for (int i = 0; i < 4; ++i) {
      tables[t][i] = _mm512_loadu_si512(span.tables[t] + 64 * i);
    }
  }
  const __m512 y_share = _mm512_set1_ps(span.y.share);
  const __m512 y_rest = _mm512_set1_ps(span.y.rest);
  for (; x + 64 <= n; x += 64) {
    const __m512i index = _mm512_loadu_si512(in + x);
    const __mmask64 upper = _mm512_movepi8_mask(index);
    __m512i values[4];
    for (int t = 0; t < 4; ++t) values[t] = Lookup(tables[t], index, upper);
    __m128i* const to = reinterpret_cast<__m128i*>(out + x);
    _mm_storeu_si128(to, ClaheQuarter<0>(values, span, x, y_share, y_rest));
    _mm_storeu_si128(to + 1, ClaheQuarter<1>(values, span, x, y_share, y_rest));
    _mm_storeu_si128(to + 2, ClaheQuarter<2>(values, span, x, y_share, y_rest));
    _mm_storeu_si128(to + 3, ClaheQuarter<3>(values, span, x, y_share, y_rest));
  }
#elif defined(SIGHTLINE_KERNELS_AVX2)
  const __m256 y_share = _mm256_set1_ps(span.y.share);
  const __m256 y_rest = _mm256_set1_ps(span.y.rest);
  for (; x + 8 <= n; x += 8) {
    // One by one: gathering took 2.5 times as long (engine_bench, Zen 5).
    const uint32_t* const p = span.packed;
    const uint8_t* const v = in + x;
    const __m256i words =
        _mm256_setr_epi32(static_cast<int>(p[v[0]]), static_cast<int>(p[v[1]]),
                          static_cast<int>(p[v[2]]), static_cast<int>(p[v[3]]),
                          static_cast<int>(p[v[4]]), static_cast<int>(p[v[5]]),
                          static_cast<int>(p[v[6]]), static_cast<int>(p[v[7]]));
    const __m256 share = _mm256_loadu_ps(span.share + x);
    const __m256 rest = _mm256_loadu_ps(span.rest + x);
    const __m256 above = _mm256_add_ps(_mm256_mul_ps(Byte<0>(words), rest),
                                       _mm256_mul_ps(Byte<1>(words), share));
    const __m256 below = _mm256_add_ps(_mm256_mul_ps(Byte<2>(words), rest),
                                       _mm256_mul_ps(Byte<3>(words), share));
    const __m256i gray = _mm256_cvtps_epi32(_mm256_add_ps(
        _mm256_mul_ps(above, y_rest), _mm256_mul_ps(below, y_share)));
    const __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(gray),
                                           _mm256_extracti128_si256(gray, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + x),
                     _mm_packus_epi16(halves, halves));
  }
#endif
  for (; x < n; ++x) {
    const uint32_t word = span.packed[in[x]];
    rules::ClahePlace place;
    place.share = span.share[x];
    place.rest = span.rest[x];
    out[x] = rules::ClaheBlend(static_cast<uint8_t>(word),
                               static_cast<uint8_t>(word >> 8),
                               static_cast<uint8_t>(word >> 16),
                               static_cast<uint8_t>(word >> 24), place, span.y);
  }
}
