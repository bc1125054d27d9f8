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
};

// `upper` and `lower`: the two rows' words; the carries are the last pixels of
// the words before and are moved on.
inline CornerWord CornersOf(uint64_t upper, uint64_t lower,
                            uint64_t& upper_carry, uint64_t& lower_carry) {
  const uint64_t above = upper ^ ((upper << 1) | upper_carry);
  const uint64_t below = lower ^ ((lower << 1) | lower_carry);
  upper_carry = upper >> 63;
  lower_carry = lower >> 63;
  return {above, below, (above ^ below) | (above & below & (upper ^ lower))};
}

// A frame of pixels without the label surrounds the mask: one row above and
// below it, and at least one pixel to its right.
class BitRows {
 public:
  BitRows(int width, int height);

  // Sets the bits of the pixels that have `label`. `mask` has the size given
  // to the constructor. Errors: why `stop` stopped.
  absl::Status Fill(const LabelMask& mask, uint8_t label,
                    const StopToken& stop);

  // Corners of all outlines; one where four pixels meet crosswise counts
  // twice.
  int64_t CountCorners() const;

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

  int width_;
  int height_;
  int words_per_row_;
  std::vector<uint64_t> bits_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_BIT_ROWS_H_
