#include "services/georef/engine/vector/crack_corners.h"

#include <bit>

#include "common/status/status_macros.h"

namespace sightline::georef {
namespace {

constexpr int kLinesPerPoll = 64;

int HighestBit(uint64_t word) { return 63 - std::countl_zero(word); }

}  // namespace

CrackCorners::CrackCorners(int64_t count)
    : x_(count),
      y_(count),
      vertical_(count),
      left_(count, kNoCorner),
      kinds_(count) {}

uint32_t CrackCorners::Add(int x, int y, uint8_t kind) {
  const uint32_t corner = size_++;
  x_[corner] = static_cast<uint16_t>(x);
  y_[corner] = static_cast<uint16_t>(y);
  kinds_[corner] = kind;
  return corner;
}

void CrackCorners::Join(uint32_t upper, uint32_t lower) {
  vertical_[upper] = lower;
  vertical_[lower] = upper;
}

// `open`: for each x the upper corner of the vertical crack that reaches the
// line from above, if one does; brought up to date from left to right.
void CrackCorners::AddLine(const BitRows& rows, int y,
                           std::vector<uint32_t>& open) {
  const uint64_t* upper = rows.Row(y - 1);
  const uint64_t* lower = rows.Row(y);
  uint64_t upper_carry = 0;
  uint64_t lower_carry = 0;
  int last_crack = -1;
  for (int i = 0; i < rows.words_per_row(); ++i) {
    const CornerWord word =
        CornersOf(upper[i], lower[i], upper_carry, lower_carry);
    for (uint64_t rest = word.corners; rest != 0; rest &= rest - 1) {
      const int bit = std::countr_zero(rest);
      const uint64_t here = uint64_t{1} << bit;
      const int x = i * 64 + bit;
      const bool above = word.above & here;
      const bool below = word.below & here;
      const bool label_below = lower[i] & here;
      const uint8_t kind = label_below ? kLabelBelow : 0;
      uint32_t opening;  // the corner from which a crack leads down
      if (above && below) {
        const uint32_t reaching = open[x];
        if (label_below) {  // the pixels to the upper left and lower right
          Join(reaching, Add(x, y, kFirstOfTwins));
          opening = Add(x, y, kSecondOfTwins | kind);
        } else {  // the pixels to the lower left and upper right
          opening = Add(x, y, kFirstOfTwins);
          Join(reaching, Add(x, y, kSecondOfTwins));
        }
      } else if (above) {
        Join(open[x], Add(x, y, kind));
        continue;
      } else {
        opening = Add(x, y, kind);
      }
      open[x] = opening;
      const uint64_t cracks_before = word.below & (here - 1);
      const int left =
          cracks_before ? i * 64 + HighestBit(cracks_before) : last_crack;
      if (left >= 0) left_[opening] = open[left];
    }
    if (word.below) last_crack = i * 64 + HighestBit(word.below);
  }
}

absl::StatusOr<CrackCorners> CrackCorners::Create(const BitRows& rows,
                                                  int64_t count,
                                                  const StopToken& stop) {
  CrackCorners corners(count);
  std::vector<uint32_t> open(rows.width() + 1, kNoCorner);
  for (int y = 0; y <= rows.height(); ++y) {
    if (y % kLinesPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
    corners.AddLine(rows, y, open);
  }
  return corners;
}

int64_t CrackCorners::Bytes(int width, int64_t count) {
  return 4 * (int64_t{width} + 1) + 13 * count;
}

}  // namespace sightline::georef
