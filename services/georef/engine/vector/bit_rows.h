// The pixels of one label as bits, 64 a word: what the corners of outlines are
// found from, and how many there are.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_BIT_ROWS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_BIT_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// Word by word, where outlines turn between two rows of pixels. Bit b of each
// word stands for the pixel corner to the left of pixel b.
struct CornerWord {
  // The outline runs vertically above the corner; below it.
  uint64_t above;
  uint64_t below;
  // The outline turns here: it runs on one side only, or four pixels meet of
  // which two opposite ones have the label.
  uint64_t corners;
  // Of these, where cracks of a ring lead right and down from its corner: only
  // there can the topmost, leftmost corner of a ring be. The pixel to the lower
  // right is unlike the other three, or has the label in common with the one
  // across.
  uint64_t starts;
};

// `upper` and `lower`: the two rows' words; the carries are the last pixels of
// the words before and are moved on.
inline CornerWord CornersOf(uint64_t upper, uint64_t lower,
                            uint64_t& upper_carry, uint64_t& lower_carry) {
  const uint64_t upper_left = (upper << 1) | upper_carry;
  const uint64_t above = upper ^ upper_left;
  const uint64_t below = lower ^ ((lower << 1) | lower_carry);
  const uint64_t crosswise = above & below & (upper ^ lower);
  upper_carry = upper >> 63;
  lower_carry = lower >> 63;
  return {
      above, below, (above ^ below) | crosswise,
      ((lower ^ upper) & (lower ^ upper_left) & below) | (crosswise & lower)};
}

// The first word from `word` on in which outlines may turn between two rows of
// `count` words; `count` if there is none. `upper_carry` and `lower_carry` are
// set to the last pixels of the words before it. Most words of most masks lie
// within one region or outside all.
inline int SkipWordsWithoutCorners(const uint64_t* upper, const uint64_t* lower,
                                   int word, int count, uint64_t& upper_carry,
                                   uint64_t& lower_carry) {
  if (upper_carry != lower_carry) return word;
  const int first = word;
  while (word + 4 <= count &&
         ((upper[word] ^ lower[word]) | (upper[word + 1] ^ lower[word + 1]) |
          (upper[word + 2] ^ lower[word + 2]) |
          (upper[word + 3] ^ lower[word + 3])) == 0) {
    word += 4;
  }
  while (word < count && upper[word] == lower[word]) ++word;
  if (word > first) upper_carry = lower_carry = upper[word - 1] >> 63;
  return word;
}

// A frame of pixels without the label surrounds the mask: one row above and
// below it, and at least one pixel to its right.
class BitRows {
 public:
  // For masks of this size from now on; keeps the memory of larger ones. What
  // the bits are is left open.
  void Resize(int width, int height);

  // Sets the bits of the pixels that have `label`. `mask` has the size given
  // to Resize(). Errors: why `stop` stopped.
  absl::Status Fill(const LabelMask& mask, uint8_t label,
                    const StopToken& stop);
  // The bits of the row of pixels `y` to be set by the caller, word by word;
  // those of the last word from the width on must be 0.
  uint64_t* MutableRow(int y) { return &bits_[Index(y)]; }

  // Corners of outlines on every `step`th line between rows; one where four
  // pixels meet crosswise counts twice.
  int64_t CountCorners(int step) const;

  // Words of the row of pixels `y`, -1..height.
  const uint64_t* Row(int y) const { return &bits_[Index(y)]; }
  int words_per_row() const { return words_per_row_; }
  int width() const { return width_; }
  int height() const { return height_; }

  static int64_t Bytes(int width, int height);

 private:
  size_t Index(int y) const {
    return static_cast<size_t>(y + 1) * words_per_row_;
  }

  int width_ = 0;
  int height_ = 0;
  int words_per_row_ = 0;
  std::vector<uint64_t> bits_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_BIT_ROWS_H_
