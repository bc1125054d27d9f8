// Compiled once for every instruction set (kernels.h): loops that need a pixel
// and its nearest neighbours.

void Gray(const uint8_t* __restrict rgb, int n, uint8_t* __restrict out) {
  for (int x = 0; x < n; ++x) {
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

void Bilateral(const uint8_t* const* rows, int radius, const int* reach,
               const int* nearness, const int* likeness, int n,
               uint8_t* __restrict out) {
  constexpr int kChunk = 256;
  uint32_t weighted[kChunk];
  uint32_t sums[kChunk];
  const int size = 2 * radius + 1;
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = rules::Smaller(kChunk, n - begin);
    memset(weighted, 0, sizeof(weighted));
    memset(sums, 0, sizeof(sums));
    const uint8_t* __restrict centre = rows[radius] + begin + radius;
    for (int r = 0; r < size; ++r) {
      for (int c = radius - reach[r]; c <= radius + reach[r]; ++c) {
        const uint8_t* __restrict pixel = rows[r] + begin + c;
        const int near = nearness[r * size + c];
        for (int x = 0; x < count; ++x) {
          const int difference = pixel[x] - centre[x];
          const int weight = rules::BilateralWeight(
              near, likeness[difference < 0 ? -difference : difference]);
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
