#include "services/georef/engine/vector/bit_rows.h"

#include <algorithm>
#include <bit>

#include "common/status/status_macros.h"
#include "services/georef/engine/vector/label_bits.h"

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

}  // namespace

void BitRows::Resize(int width, int height) {
  width_ = width;
  height_ = height;
  words_per_row_ = WordsPerRow(width);
  bits_.resize(static_cast<size_t>(words_per_row_) * (height + 2));
  std::fill_n(bits_.begin(), words_per_row_, 0);
  std::fill_n(bits_.end() - words_per_row_, words_per_row_, 0);
}

absl::Status BitRows::Fill(const LabelMask& mask, uint8_t label,
                           const StopToken& stop) {
  for (int y = 0; y < height_; ++y) {
    if (y % kRowsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
    const uint8_t* labels = mask.labels + y * mask.stride;
    uint64_t* words = &bits_[Index(y)];
    int x = 0;
    for (; x + 64 <= width_; x += 64) *words++ = EqualBits(labels + x, label);
    *words = PartialWord(labels + x, width_ - x, label);
  }
  return absl::OkStatus();
}

int64_t BitRows::CountCorners(int step) const {
  int64_t count = 0;
  for (int y = 0; y <= height_; y += step) {
    const uint64_t* upper = Row(y - 1);
    const uint64_t* lower = Row(y);
    uint64_t upper_carry = 0;
    uint64_t lower_carry = 0;
    for (int i = 0;; ++i) {
      i = SkipWordsWithoutCorners(upper, lower, i, words_per_row_, upper_carry,
                                  lower_carry);
      if (i == words_per_row_) break;
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
