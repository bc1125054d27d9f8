// Compares 64 labels at once: bit i of the answer stands for label i.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_LABEL_BITS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_LABEL_BITS_H_

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sightline::georef {

#if defined(__SSE2__)
inline uint64_t EqualBits16(__m128i a, __m128i b) {
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)));
}
inline __m128i Load16(const uint8_t* labels) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(labels));
}
#endif

// Labels that are `label`.
inline uint64_t EqualBits(const uint8_t* labels, uint8_t label) {
  uint64_t bits = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(label));
  for (int i = 0; i < 64; i += 16) {
    bits |= EqualBits16(Load16(labels + i), wanted) << i;
  }
#else
  for (int i = 0; i < 64; ++i) {
    bits |= static_cast<uint64_t>(labels[i] == label) << i;
  }
#endif
  return bits;
}

struct EqualToEither {
  uint64_t first;
  uint64_t second;
};

// Labels that are `first`, and those that are `second`.
inline EqualToEither EitherBits(const uint8_t* labels, uint8_t first,
                                uint8_t second) {
#if defined(__SSE2__)
  const __m128i firsts = _mm_set1_epi8(static_cast<char>(first));
  const __m128i seconds = _mm_set1_epi8(static_cast<char>(second));
  EqualToEither bits = {0, 0};
  for (int i = 0; i < 64; i += 16) {
    const __m128i sixteen = Load16(labels + i);
    bits.first |= EqualBits16(sixteen, firsts) << i;
    bits.second |= EqualBits16(sixteen, seconds) << i;
  }
  return bits;
#else
  return {EqualBits(labels, first), EqualBits(labels, second)};
#endif
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_LABEL_BITS_H_
