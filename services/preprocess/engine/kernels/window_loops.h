// Compiled once for every instruction set (kernels.h): sums over windows, and
// thresholds by them.

void Slide(const uint8_t* __restrict enter, const uint8_t* __restrict leave,
           int n, uint16_t* __restrict sums) {
  for (int x = 0; x < n; ++x) {
    sums[x] = static_cast<uint16_t>(sums[x] + enter[x] - leave[x]);
  }
}

void SlideSquares(const uint8_t* __restrict enter,
                  const uint8_t* __restrict leave, int n,
                  uint32_t* __restrict sums) {
  for (int x = 0; x < n; ++x) {
    sums[x] += static_cast<uint32_t>(enter[x] * enter[x]) -
               static_cast<uint32_t>(leave[x] * leave[x]);
  }
}

// Windows of any size from windows of 1, 2, 4, ...: as many passes as the size
// has bits.
template <typename Sum>
inline void WindowSumsOf(const Sum* __restrict sums, int size, int n,
                         uint32_t* __restrict out) {
  constexpr int kChunk = 1024;
  constexpr int kMaxSize = 256;
  uint32_t doubled[kChunk + kMaxSize];
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = rules::Smaller(kChunk, n - begin);
    uint32_t* __restrict to = out + begin;
    for (int x = 0; x < count + size - 1; ++x) doubled[x] = sums[begin + x];
    for (int x = 0; x < count; ++x) to[x] = 0;
    int done = 0;
    int valid = count + size - 1;
    for (int step = 1; step <= size; step *= 2) {
      if ((size & step) != 0) {
        const uint32_t* __restrict from = doubled + done;
        for (int x = 0; x < count; ++x) to[x] += from[x];
        done += step;
      }
      if (2 * step > size) break;
      valid -= step;
      SIGHTLINE_NO_ALIAS_AHEAD
      for (int x = 0; x < valid; ++x) doubled[x] += doubled[x + step];
    }
  }
}

void WindowSums(const uint16_t* sums, int size, int n, uint32_t* out) {
  WindowSumsOf(sums, size, n, out);
}
void WindowSumsWide(const uint32_t* sums, int size, int n, uint32_t* out) {
  WindowSumsOf(sums, size, n, out);
}

// Sums over up to 15 x 15 pixels fit 16 bits. The threshold of
// rules::IsAboveMean is bounded to where it still decides.
template <int kSize>
inline void SmallMeanThreshold(const uint16_t* __restrict columns,
                               const uint8_t* __restrict in, int delta,
                               uint8_t flip, int n, uint8_t* __restrict out) {
  constexpr uint16_t kArea = kSize * kSize;
  const int16_t shift = static_cast<int16_t>(delta);
  for (int x = 0; x < n; ++x) {
    uint16_t sum = 0;
    for (int i = 0; i < kSize; ++i) {
      sum = static_cast<uint16_t>(sum + columns[x + i]);
    }
    int16_t level = static_cast<int16_t>(in[x] + shift);
    level = level < 0 ? int16_t{0} : level;
    level = level > 256 ? int16_t{256} : level;
    uint16_t bound = static_cast<uint16_t>(
        static_cast<uint16_t>(level) * kArea + (kArea + 1) / 2);
    bound = bound < kArea ? kArea : bound;
    bound = static_cast<uint16_t>(bound - kArea);
    out[x] = static_cast<uint8_t>((sum < bound ? 255 : 0) ^ flip);
  }
}

void MeanThresholdRow(const uint16_t* columns, const uint8_t* in,
                      const MeanThreshold& rule, int n, uint8_t* out) {
  const uint8_t flip = rule.is_inverted ? 255 : 0;
  const int delta = rule.delta;
  switch (rule.size) {
    case 3:
      return SmallMeanThreshold<3>(columns, in, delta, flip, n, out);
    case 5:
      return SmallMeanThreshold<5>(columns, in, delta, flip, n, out);
    case 7:
      return SmallMeanThreshold<7>(columns, in, delta, flip, n, out);
    case 9:
      return SmallMeanThreshold<9>(columns, in, delta, flip, n, out);
    case 11:
      return SmallMeanThreshold<11>(columns, in, delta, flip, n, out);
    case 13:
      return SmallMeanThreshold<13>(columns, in, delta, flip, n, out);
    case 15:
      return SmallMeanThreshold<15>(columns, in, delta, flip, n, out);
    default:
      break;
  }
  constexpr int kChunk = 1024;
  uint32_t sums[kChunk];
  const int area = rule.size * rule.size;
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = rules::Smaller(kChunk, n - begin);
    WindowSums(columns + begin, rule.size, count, sums);
    const uint8_t* __restrict from = in + begin;
    uint8_t* __restrict to = out + begin;
    for (int x = 0; x < count; ++x) {
      const bool is_above =
          rules::IsAboveMean(from[x], static_cast<int>(sums[x]), area, delta);
      to[x] = static_cast<uint8_t>((is_above ? 255 : 0) ^ flip);
    }
  }
}

void LocalThresholdRow(const uint32_t* __restrict sums,
                       const uint32_t* __restrict squares,
                       const uint8_t* __restrict in, const LocalThreshold& rule,
                       int n, uint8_t* __restrict out) {
  const int area = rule.size * rule.size;
  const float inverse_area = 1.0f / static_cast<float>(area);
  const float k = rule.k;
  const float inverse_range = rule.inverse_range;
  const float darkest = rule.darkest;
  if (rule.is_wolf) {
    for (int x = 0; x < n; ++x) {
      const float mean =
          static_cast<float>(static_cast<int32_t>(sums[x])) * inverse_area;
      const float deviation = rules::LocalDeviation(
          rules::ScaledVariance(sums[x], squares[x], area), inverse_area);
      const float level =
          rules::WolfThreshold(mean, deviation, k, inverse_range, darkest);
      out[x] = static_cast<float>(in[x]) > level ? 255 : 0;
    }
    return;
  }
  for (int x = 0; x < n; ++x) {
    const float mean =
        static_cast<float>(static_cast<int32_t>(sums[x])) * inverse_area;
    const float deviation = rules::LocalDeviation(
        rules::ScaledVariance(sums[x], squares[x], area), inverse_area);
    const float level =
        rules::SauvolaThreshold(mean, deviation, k, inverse_range);
    out[x] = static_cast<float>(in[x]) > level ? 255 : 0;
  }
}

double LargestVariance(const uint32_t* __restrict sums,
                       const uint32_t* __restrict squares, int size, int n,
                       double largest) {
  const int area = size * size;
  for (int x = 0; x < n; ++x) {
    const double variance = rules::ScaledVariance(sums[x], squares[x], area);
    largest = variance > largest ? variance : largest;
  }
  return largest;
}
