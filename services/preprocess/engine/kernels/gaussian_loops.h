// Compiled once for every instruction set (kernels.h): Gaussian sums.

// Weights sum to 256: sums stay below 2^16, so that intermediate wraps do no
// harm. Pixels at the same distance share a multiplication.
void GaussianRow(const uint8_t* __restrict in,
                 const uint16_t* __restrict weights, int taps, int n,
                 uint16_t* __restrict out) {
  const int radius = taps / 2;
  if (taps == 3) {
    const uint16_t side = weights[0];
    const uint16_t centre = weights[1];
    for (int x = 0; x < n; ++x) {
      const uint16_t pair = static_cast<uint16_t>(in[x] + in[x + 2]);
      out[x] = static_cast<uint16_t>(pair * side + in[x + 1] * centre);
    }
    return;
  }
  constexpr int kChunk = 1024;
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = rules::Smaller(kChunk, n - begin);
    uint16_t* __restrict to = out + begin;
    const uint8_t* __restrict from = in + begin;
    const uint16_t centre = weights[radius];
    for (int x = 0; x < count; ++x) {
      to[x] = static_cast<uint16_t>(from[x + radius] * centre);
    }
    for (int i = 0; i < radius; ++i) {
      const uint16_t weight = weights[i];
      if (weight == 0) continue;
      const uint8_t* __restrict left = from + i;
      const uint8_t* __restrict right = from + taps - 1 - i;
      for (int x = 0; x < count; ++x) {
        const uint16_t pair = static_cast<uint16_t>(left[x] + right[x]);
        to[x] = static_cast<uint16_t>(to[x] + pair * weight);
      }
    }
  }
}

// The column sum is 256 high + low, from the two bytes of each row sum; both
// parts fit 16 bits, and ((256 high + low) + 32768) >> 16 is
// (high + (low >> 8) + 128) >> 8 without a carry lost.
void GaussianColumn(const uint16_t* const* rows,
                    const uint16_t* __restrict weights, int taps, int n,
                    uint8_t* __restrict out) {
  const int radius = taps / 2;
  if (taps == 3) {
    const uint16_t* __restrict above = rows[0];
    const uint16_t* __restrict middle = rows[1];
    const uint16_t* __restrict below = rows[2];
    const uint16_t side = weights[0];
    const uint16_t centre = weights[1];
    for (int x = 0; x < n; ++x) {
      const uint16_t high_pair =
          static_cast<uint16_t>((above[x] >> 8) + (below[x] >> 8));
      const uint16_t low_pair =
          static_cast<uint16_t>((above[x] & 255) + (below[x] & 255));
      const uint16_t high = static_cast<uint16_t>(
          high_pair * side + static_cast<uint16_t>(middle[x] >> 8) * centre);
      const uint16_t low = static_cast<uint16_t>(
          low_pair * side + static_cast<uint16_t>(middle[x] & 255) * centre);
      const uint16_t sum =
          static_cast<uint16_t>(high + static_cast<uint16_t>(low >> 8) + 128);
      out[x] = static_cast<uint8_t>(sum >> 8);
    }
    return;
  }
  constexpr int kChunk = 512;
  uint16_t high[kChunk];
  uint16_t low[kChunk];
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = rules::Smaller(kChunk, n - begin);
    const uint16_t* __restrict middle = rows[radius] + begin;
    const uint16_t centre = weights[radius];
    for (int x = 0; x < count; ++x) {
      high[x] = static_cast<uint16_t>((middle[x] >> 8) * centre);
      low[x] = static_cast<uint16_t>((middle[x] & 255) * centre);
    }
    for (int i = 0; i < radius; ++i) {
      const uint16_t weight = weights[i];
      if (weight == 0) continue;
      const uint16_t* __restrict above = rows[i] + begin;
      const uint16_t* __restrict below = rows[taps - 1 - i] + begin;
      for (int x = 0; x < count; ++x) {
        const uint16_t high_pair =
            static_cast<uint16_t>((above[x] >> 8) + (below[x] >> 8));
        const uint16_t low_pair =
            static_cast<uint16_t>((above[x] & 255) + (below[x] & 255));
        high[x] = static_cast<uint16_t>(high[x] + high_pair * weight);
        low[x] = static_cast<uint16_t>(low[x] + low_pair * weight);
      }
    }
    uint8_t* __restrict to = out + begin;
    for (int x = 0; x < count; ++x) {
      const uint16_t sum = static_cast<uint16_t>(
          high[x] + static_cast<uint16_t>(low[x] >> 8) + 128);
      to[x] = static_cast<uint8_t>(sum >> 8);
    }
  }
}

// A register of floats; sums stay in a few of them from the first tap to the
// last, which compilers do not see by themselves.
#if defined(SIGHTLINE_KERNELS_AVX512)
typedef float Floats __attribute__((vector_size(64)));
#elif defined(SIGHTLINE_KERNELS_AVX2)
typedef float Floats __attribute__((vector_size(32)));
#else
typedef float Floats __attribute__((vector_size(16)));
#endif
inline constexpr int kFloats = sizeof(Floats) / sizeof(float);

inline void LoadFloats(const float* from, Floats& to) {
  memcpy(&to, from, sizeof(to));
}

// Sums of kRegisters registers at column x. `tap(i)`: element 0 of what tap i
// reads; weights as FloatRow() has them.
template <int kRegisters, typename Tap>
inline void FloatSums(const Tap& tap, const float* weights, int taps, int x,
                      float* out) {
  const int radius = taps / 2;
  Floats sums[kRegisters];
  for (int r = 0; r < kRegisters; ++r) {
    LoadFloats(tap(radius) + x + r * kFloats, sums[r]);
    sums[r] = weights[radius] * sums[r];
  }
  for (int i = radius - 1; i >= 0; --i) {
    const float* const near = tap(i) + x;
    const float* const far = tap(taps - 1 - i) + x;
    const float weight = weights[i];
    for (int r = 0; r < kRegisters; ++r) {
      Floats a;
      Floats b;
      LoadFloats(near + r * kFloats, a);
      LoadFloats(far + r * kFloats, b);
      sums[r] += weight * (a + b);
    }
  }
  memcpy(out + x, sums, sizeof(sums));
}

template <typename Tap>
inline void AllFloatSums(const Tap& tap, const float* weights, int taps, int n,
                         float* out) {
  constexpr int kRegisters = 4;
  const int radius = taps / 2;
  int x = 0;
  for (; x + kRegisters * kFloats <= n; x += kRegisters * kFloats) {
    FloatSums<kRegisters>(tap, weights, taps, x, out);
  }
  for (; x + kFloats <= n; x += kFloats) {
    FloatSums<1>(tap, weights, taps, x, out);
  }
  for (; x < n; ++x) {
    float sum = weights[radius] * tap(radius)[x];
    for (int i = radius - 1; i >= 0; --i) {
      sum += weights[i] * (tap(i)[x] + tap(taps - 1 - i)[x]);
    }
    out[x] = sum;
  }
}

void FloatRow(const float* in, const float* weights, int taps, int n,
              float* out) {
  AllFloatSums([=](int i) { return in + i; }, weights, taps, n, out);
}

void FloatColumn(const float* const* rows, const float* weights, int taps,
                 int n, float* out) {
  AllFloatSums([=](int i) { return rows[i]; }, weights, taps, n, out);
}

void FloatThreshold(const uint8_t* __restrict in, const float* __restrict mean,
                    const MeanThreshold& rule, int n, uint8_t* __restrict out) {
  const uint8_t flip = rule.is_inverted ? 255 : 0;
  const int delta = rule.delta;
  // Adding and taking away 1.5 * 2^23 rounds to the nearest integer, halves to
  // the even one.
  constexpr float kRound = 12582912.0f;
  for (int x = 0; x < n; ++x) {
    const float rounded = (mean[x] + kRound) - kRound;
    const int difference = in[x] - static_cast<int>(rounded);
    out[x] = static_cast<uint8_t>((difference > -delta ? 255 : 0) ^ flip);
  }
}
