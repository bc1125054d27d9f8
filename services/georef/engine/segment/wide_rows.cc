#include "services/georef/engine/segment/wide_rows.h"

#include <bit>

// The loops are written once and compiled twice: for every processor, and for
// those with AVX2 and FMA.
#if defined(__x86_64__) && defined(__GNUC__)
#define SIGHTLINE_HAS_WIDE_ROWS 1
#else
#define SIGHTLINE_HAS_WIDE_ROWS 0
#endif
#define SIGHTLINE_ROW_LOOP inline __attribute__((always_inline))

namespace sightline::georef {
namespace {

// e^x for x <= 0, within 1.2e-4 of it: 2^x of the whole part by the exponent's
// bits, of the rest by a cubic that meets 1 and 2 at its ends. 255 such shares
// err by less than 0.03.
SIGHTLINE_ROW_LOOP float ExpOfNegative(float x) {
  constexpr float kLog2E = 1.44269504f;
  const float scaled = x * kLog2E;
  const float power = scaled > -125.0f ? scaled : -125.0f;
  // Towards zero: the rest is 0..-1, and one more makes it 1..0.
  const auto whole = static_cast<int32_t>(power) - 1;
  const float t = power - static_cast<float>(whole);
  const float cubic = 1 + t * (0.695570f + t * (0.226174f + t * 0.078256f));
  return std::bit_cast<float>(std::bit_cast<int32_t>(cubic) + (whole << 23));
}

// Of values 0..1, or beyond by a rounding.
SIGHTLINE_ROW_LOOP int32_t Byte(float share) {
  const float above = share > 0 ? share : 0;
  const float within = above < 1 ? above : 1;
  return static_cast<int32_t>(within * 255 + 0.5f);
}

// With a number of classes that the compiler knows all scores of a pixel stay
// in registers.
template <int kClasses>
SIGHTLINE_ROW_LOOP void ClassifyFew(const ClassRow& row) {
  const size_t width = row.width;
  const float* const __restrict scores = row.scores;
  int32_t* const __restrict labels = row.labels;
  int32_t* const __restrict confidence = row.confidence;
  for (size_t x = 0; x < width; ++x) {
    float best = scores[x];
    int32_t label = 0;
    // Those that are not the best.
    std::array<float, kClasses> others;
#pragma GCC unroll 8
    for (int c = 1; c < kClasses; ++c) {
      const float score = scores[c * width + x];
      const bool is_higher = score > best;
      label = is_higher ? c : label;
      others[c] = is_higher ? best : score;
      best = is_higher ? score : best;
    }
    labels[x] = label;
    float sum = 1;
#pragma GCC unroll 8
    for (int c = 1; c < kClasses; ++c) sum += ExpOfNegative(others[c] - best);
    confidence[x] = static_cast<int32_t>(255 / sum + 0.5f);
  }
}

// Of any number of classes: as many passes over the row.
SIGHTLINE_ROW_LOOP void ClassifyMany(const ClassRow& row) {
  const size_t width = row.width;
  float* const __restrict best = row.best;
  float* const __restrict sum = row.sum;
  int32_t* const __restrict labels = row.labels;
  int32_t* const __restrict confidence = row.confidence;
  for (size_t x = 0; x < width; ++x) best[x] = row.scores[x];
  for (size_t x = 0; x < width; ++x) labels[x] = 0;
  for (int c = 1; c < row.classes; ++c) {
    const float* const __restrict scores = row.scores + c * width;
    for (size_t x = 0; x < width; ++x) {
      const float score = scores[x];
      labels[x] = score > best[x] ? c : labels[x];
      best[x] = score > best[x] ? score : best[x];
    }
  }
  if (!row.is_logits) {
    for (size_t x = 0; x < width; ++x) confidence[x] = Byte(best[x]);
    return;
  }
  for (size_t x = 0; x < width; ++x) sum[x] = 0;
  for (int c = 0; c < row.classes; ++c) {
    const float* const __restrict scores = row.scores + c * width;
    for (size_t x = 0; x < width; ++x) {
      sum[x] += ExpOfNegative(scores[x] - best[x]);
    }
  }
  for (size_t x = 0; x < width; ++x) confidence[x] = Byte(1 / sum[x]);
}

SIGHTLINE_ROW_LOOP void Classify(const ClassRow& row) {
  if (row.is_logits && row.classes == 2) return ClassifyFew<2>(row);
  if (row.is_logits && row.classes == 3) return ClassifyFew<3>(row);
  if (row.is_logits && row.classes == 4) return ClassifyFew<4>(row);
  ClassifyMany(row);
}

SIGHTLINE_ROW_LOOP void Merge(const int32_t* __restrict even,
                              const int32_t* __restrict odd, size_t count,
                              uint8_t* __restrict out) {
  for (size_t i = 0; i < count; ++i) {
    out[2 * i] = static_cast<uint8_t>(even[i]);
    out[2 * i + 1] = static_cast<uint8_t>(odd[i]);
  }
}

SIGHTLINE_ROW_LOOP void Interpolate(const float* a, const float* b,
                                    float weight, size_t count,
                                    float* __restrict out) {
  for (size_t i = 0; i < count; ++i) out[i] = a[i] + weight * (b[i] - a[i]);
}

SIGHTLINE_ROW_LOOP void Normalise(const PixelRow& row) {
  const uint8_t* const __restrict in = row.pixels;
  float* const __restrict first = row.planes[0];
  float* const __restrict second = row.planes[1];
  float* const __restrict third = row.planes[2];
  const std::array<float, 3> factor = row.factor;
  const std::array<float, 3> offset = row.offset;
  for (size_t x = 0; x < row.width; ++x) {
    first[x] = in[3 * x] * factor[0] + offset[0];
    second[x] = in[3 * x + 1] * factor[1] + offset[1];
    third[x] = in[3 * x + 2] * factor[2] + offset[2];
  }
}

#if SIGHTLINE_HAS_WIDE_ROWS
const bool kIsWide =
    __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");

__attribute__((target("avx2,fma"))) void ClassifyWide(const ClassRow& row) {
  Classify(row);
}
__attribute__((target("avx2,fma"))) void InterpolateWide(
    const float* a, const float* b, float weight, size_t count, float* out) {
  Interpolate(a, b, weight, count, out);
}
__attribute__((target("avx2,fma"))) void MergeWide(const int32_t* even,
                                                   const int32_t* odd,
                                                   size_t count, uint8_t* out) {
  Merge(even, odd, count, out);
}
__attribute__((target("avx2,fma"))) void NormaliseWide(const PixelRow& row) {
  Normalise(row);
}
#endif

}  // namespace

void ClassifyRow(const ClassRow& row) {
#if SIGHTLINE_HAS_WIDE_ROWS
  if (kIsWide) return ClassifyWide(row);
#endif
  Classify(row);
}

void Between(const float* a, const float* b, float weight, size_t count,
             float* out) {
#if SIGHTLINE_HAS_WIDE_ROWS
  if (kIsWide) return InterpolateWide(a, b, weight, count, out);
#endif
  Interpolate(a, b, weight, count, out);
}

void Interleave(const int32_t* even, const int32_t* odd, size_t count,
                uint8_t* out) {
#if SIGHTLINE_HAS_WIDE_ROWS
  if (kIsWide) return MergeWide(even, odd, count, out);
#endif
  Merge(even, odd, count, out);
}

void NormaliseRow(const PixelRow& row) {
#if SIGHTLINE_HAS_WIDE_ROWS
  if (kIsWide) return NormaliseWide(row);
#endif
  Normalise(row);
}

}  // namespace sightline::georef
