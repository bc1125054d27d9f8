#include "services/georef/engine/vector/bit_rows.h"

#include <bit>

#include "common/status/status_macros.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sightline::georef {
namespace {

constexpr int kRowsPerPoll = 64;

int WordsPerRow(int width) { return width / 64 + 1; }

uint64_t PartialWord(const uint8_t* labels, int count, uint8_t label) {
  uint64_t bits = 0;
  for (int i = 0; i < count; ++i) {
    bits |= static_cast<uint64_t>(labels[i] == label) << i;
  }
  return bits;
}

#if defined(__SSE2__)
uint64_t FullWord(const uint8_t* labels, uint8_t label) {
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(label));
  uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const __m128i pixels =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(labels + 16 * i));
    const auto equal = static_cast<uint32_t>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(pixels, wanted)));
    bits |= static_cast<uint64_t>(equal) << (16 * i);
  }
  return bits;
}
#else
uint64_t FullWord(const uint8_t* labels, uint8_t label) {
  return PartialWord(labels, 64, label);
}
#endif

}  // namespace

BitRows::BitRows(int width, int height)
    : width_(width),
      height_(height),
      words_per_row_(WordsPerRow(width)),
      bits_(static_cast<size_t>(words_per_row_) * (height + 2)) {}

absl::Status BitRows::Fill(const LabelMask& mask, uint8_t label,
                           const StopToken& stop) {
  for (int y = 0; y < height_; ++y) {
    if (y % kRowsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
    const uint8_t* labels = mask.labels + y * mask.stride;
    uint64_t* words = &bits_[Index(y)];
    int x = 0;
    for (; x + 64 <= width_; x += 64) *words++ = FullWord(labels + x, label);
    *words = PartialWord(labels + x, width_ - x, label);
  }
  return absl::OkStatus();
}

int64_t BitRows::CountCorners() const {
  int64_t count = 0;
  for (int y = 0; y <= height_; ++y) {
    const uint64_t* upper = Row(y - 1);
    const uint64_t* lower = Row(y);
    uint64_t upper_carry = 0;
    uint64_t lower_carry = 0;
    for (int i = 0; i < words_per_row_; ++i) {
      // Most words of most masks lie within one region or outside all.
      if (upper[i] == lower[i] && upper_carry == lower_carry) {
        upper_carry = lower_carry = upper[i] >> 63;
        continue;
      }
      const CornerWord word =
          CornersOf(upper[i], lower[i], upper_carry, lower_carry);
      count += std::popcount(word.corners) +
               std::popcount(word.corners & word.above & word.below);
    }
  }
  return count;
}

int64_t BitRows::Bytes(int width, int height) {
  return int64_t{8} * WordsPerRow(width) * (height + 2);
}

}  // namespace sightline::georef
