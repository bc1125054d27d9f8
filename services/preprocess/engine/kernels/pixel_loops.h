// Compiled once for every instruction set (kernels.h): loops that need a pixel
// and its nearest neighbours.

// Products of pairs: red and green, blue and nothing.
void Gray(const uint8_t* rgb, int n, uint8_t* out) {
  int x = 0;
#if defined(SIGHTLINE_KERNELS_AVX512)
  // Of 16 pixels: bytes 3 i and 3 i + 1, and 3 i + 2, each in 16 bits.
  alignas(64) uint8_t red_green_from[64];
  alignas(64) uint8_t blue_from[64];
  for (int i = 0; i < 64; ++i) {
    red_green_from[i] = static_cast<uint8_t>(i / 4 * 3 + i % 4 / 2);
    blue_from[i] = static_cast<uint8_t>(i / 4 * 3 + 2);
  }
  const __m512i red_green_index = _mm512_load_si512(red_green_from);
  const __m512i blue_index = _mm512_load_si512(blue_from);
  const __m512i red_green_weights =
      _mm512_set1_epi32(rules::kGreenWeight << 16 | rules::kRedWeight);
  const __m512i blue_weight = _mm512_set1_epi32(rules::kBlueWeight);
  const __m512i half = _mm512_set1_epi32(1 << 14);
  for (; 3 * x + 64 <= 3 * n; x += 16) {
    const __m512i bytes = _mm512_loadu_si512(rgb + 3 * x);
    const __m512i red_green = _mm512_maskz_permutexvar_epi8(
        0x5555555555555555, red_green_index, bytes);
    const __m512i blue =
        _mm512_maskz_permutexvar_epi8(0x1111111111111111, blue_index, bytes);
    const __m512i sum = _mm512_add_epi32(
        _mm512_add_epi32(_mm512_madd_epi16(red_green, red_green_weights), half),
        _mm512_madd_epi16(blue, blue_weight));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + x),
                     _mm512_cvtepi32_epi8(_mm512_srli_epi32(sum, 15)));
  }
#elif defined(SIGHTLINE_KERNELS_AVX2)
  const __m256i red_green_index = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const __m256i blue_index = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
  const __m256i red_green_weights =
      _mm256_set1_epi32(rules::kGreenWeight << 16 | rules::kRedWeight);
  const __m256i blue_weight = _mm256_set1_epi32(rules::kBlueWeight);
  const __m256i half = _mm256_set1_epi32(1 << 14);
  for (; 3 * x + 28 <= 3 * n; x += 8) {
    const __m256i bytes = _mm256_inserti128_si256(
        _mm256_castsi128_si256(
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(rgb + 3 * x))),
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(rgb + 3 * x + 12)), 1);
    const __m256i sum = _mm256_add_epi32(
        _mm256_add_epi32(
            _mm256_madd_epi16(_mm256_shuffle_epi8(bytes, red_green_index),
                              red_green_weights),
            half),
        _mm256_madd_epi16(_mm256_shuffle_epi8(bytes, blue_index), blue_weight));
    const __m256i gray = _mm256_srli_epi32(sum, 15);
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(gray),
                                           _mm256_extracti128_si256(gray, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + x),
                     _mm_packus_epi16(words, words));
  }
#endif
  for (; x < n; ++x) {
    out[x] = rules::Gray(rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]);
  }
}

void Map(const uint8_t* in, const uint8_t* table, int n, uint8_t* out) {
  int x = 0;
#if defined(SIGHTLINE_KERNELS_AVX512)
  __m512i parts[4];
  for (int i = 0; i < 4; ++i) parts[i] = _mm512_loadu_si512(table + 64 * i);
  for (; x + 64 <= n; x += 64) {
    const __m512i value = _mm512_loadu_si512(in + x);
    const __mmask64 upper = _mm512_movepi8_mask(value);
    _mm512_storeu_si512(
        out + x, _mm512_mask_blend_epi8(
                     upper, _mm512_permutex2var_epi8(parts[0], value, parts[1]),
                     _mm512_permutex2var_epi8(parts[2], value, parts[3])));
  }
#endif
  for (; x < n; ++x) out[x] = table[in[x]];
}

void Threshold(const uint8_t* __restrict in, int level, int n,
               uint8_t* __restrict out) {
  const uint8_t bound = static_cast<uint8_t>(level);
  for (int x = 0; x < n; ++x) out[x] = in[x] > bound ? 255 : 0;
}

void UnsharpRow(const uint8_t* __restrict in, const uint8_t* __restrict blurred,
                int amount, int threshold, int n, uint8_t* __restrict out) {
  for (int x = 0; x < n; ++x) {
    out[x] = rules::Unsharp(in[x], blurred[x], amount, threshold);
  }
}

void Laplacian(const uint8_t* __restrict above, const uint8_t* __restrict in,
               const uint8_t* __restrict below, bool with_diagonals, int amount,
               int n, uint8_t* __restrict out) {
  if (with_diagonals) {
    for (int x = 0; x < n; ++x) {
      const int neighbours = above[x - 1] + above[x] + above[x + 1] +
                             in[x - 1] + in[x + 1] + below[x - 1] + below[x] +
                             below[x + 1];
      out[x] = rules::LaplacianSharpened(in[x], neighbours, 8, amount);
    }
  } else {
    for (int x = 0; x < n; ++x) {
      const int neighbours = above[x] + in[x - 1] + in[x + 1] + below[x];
      out[x] = rules::LaplacianSharpened(in[x], neighbours, 4, amount);
    }
  }
}

// rules::Flattened() through float32: the quotient, where it is below 256, is
// at least 1 / (510 * 256) away from the next whole number unless it is one,
// which float32 tells apart.
void Flatten(const uint8_t* __restrict in, const uint8_t* __restrict background,
             int n, uint8_t* __restrict out) {
  for (int x = 0; x < n; ++x) {
    const int divisor = rules::Larger(background[x], 1);
    const float quotient = static_cast<float>(510 * in[x] + divisor) /
                           static_cast<float>(2 * divisor);
    out[x] =
        static_cast<uint8_t>(rules::Smaller(static_cast<int>(quotient), 255));
  }
}

int64_t Noise(const uint8_t* __restrict above, const uint8_t* __restrict in,
              const uint8_t* __restrict below, int n) {
  // A response is at most 2040: a row of 65,535 fits.
  int32_t sum = 0;
  for (int x = 1; x < n - 1; ++x) {
    sum += rules::NoiseResponse(above, in, below, x);
  }
  return sum;
}

// A table of weights, whole and by halves.
struct Likeness {
  explicit Likeness(const int* table) {
    for (int i = 0; i < 256; ++i) {
      words[i] = static_cast<uint16_t>(table[i]);
      halves[0][i] = static_cast<uint8_t>(table[i]);
      halves[1][i] = static_cast<uint8_t>(table[i] >> 8);
    }
  }
  uint16_t words[256];
  uint8_t halves[2][256];
};

// The weights of n <= 256 differences.
inline void FindLikeness(const uint8_t* differences, const Likeness& likeness,
                         int n, uint16_t* found) {
#if defined(SIGHTLINE_KERNELS_AVX512)
  // By halves: a lookup of bytes takes three instructions for 64 pixels.
  uint8_t bytes[2][256];
  Map(differences, likeness.halves[0], n, bytes[0]);
  Map(differences, likeness.halves[1], n, bytes[1]);
  for (int x = 0; x < n; ++x) {
    found[x] = static_cast<uint16_t>(bytes[0][x] | bytes[1][x] << 8);
  }
#else
  for (int x = 0; x < n; ++x) {
    found[x] = likeness.words[differences[x]];
  }
#endif
}

void Bilateral(const uint8_t* const* rows, int radius, const int* reach,
               const int* nearness, const int* likeness, int n,
               uint8_t* __restrict out) {
  constexpr int kChunk = 256;
  uint32_t weighted[kChunk];
  uint32_t sums[kChunk];
  uint8_t differences[kChunk];
  uint16_t likenesses[kChunk];
  const Likeness table(likeness);
  const int size = 2 * radius + 1;
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = rules::Smaller(kChunk, n - begin);
    memset(weighted, 0, sizeof(weighted));
    memset(sums, 0, sizeof(sums));
    const uint8_t* __restrict centre = rows[radius] + begin + radius;
    for (int r = 0; r < size; ++r) {
      for (int c = radius - reach[r]; c <= radius + reach[r]; ++c) {
        const uint8_t* __restrict pixel = rows[r] + begin + c;
        for (int x = 0; x < count; ++x) {
          differences[x] =
              static_cast<uint8_t>(pixel[x] > centre[x] ? pixel[x] - centre[x]
                                                        : centre[x] - pixel[x]);
        }
        FindLikeness(differences, table, count, likenesses);
        const int near = nearness[r * size + c];
        for (int x = 0; x < count; ++x) {
          const int weight = rules::BilateralWeight(near, likenesses[x]);
          weighted[x] += static_cast<uint32_t>(weight * pixel[x]);
          sums[x] += static_cast<uint32_t>(weight);
        }
      }
    }
    for (int x = 0; x < count; ++x) {
      out[begin + x] = rules::BilateralGray(weighted[x], sums[x]);
    }
  }
}
