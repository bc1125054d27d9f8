// The corners of all outlines of a label, linked: from each of them a straight
// crack between pixels leads horizontally to one corner and vertically to
// another.
//
// Corners are numbered from left to right and from top to bottom. On each line
// they therefore pair off: a horizontal crack joins the corners 2i and 2i + 1.
// Where four pixels meet crosswise there are two corners, numbered one after
// the other, each turning around one of the two pixels that have the label:
// pixels are never connected through such a point.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CRACK_CORNERS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CRACK_CORNERS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/bit_rows.h"

namespace sightline::georef {

inline constexpr uint32_t kNoCorner = 0xffffffff;

class CrackCorners {
 public:
  // `count`: what rows.CountCorners() says, below kNoCorner. Errors: why
  // `stop` stopped.
  static absl::StatusOr<CrackCorners> Create(const BitRows& rows, int64_t count,
                                             const StopToken& stop);

  uint32_t size() const { return size_; }
  int x(uint32_t corner) const { return x_[corner]; }
  int y(uint32_t corner) const { return y_[corner]; }

  // Where the crack from `corner` leads.
  uint32_t Horizontally(uint32_t corner) const { return corner ^ 1; }
  uint32_t Vertically(uint32_t corner) const { return vertical_[corner]; }

  // The pixel to the lower right of the corner has the label.
  bool OpensOuterRing(uint32_t corner) const {
    return kinds_[corner] & kLabelBelow;
  }

  // The other corner at the same place; kNoCorner if there is none.
  uint32_t Twin(uint32_t corner) const {
    if (kinds_[corner] & kFirstOfTwins) return corner + 1;
    if (kinds_[corner] & kSecondOfTwins) return corner - 1;
    return kNoCorner;
  }

  // For a corner from which cracks lead right and down: the upper corner of
  // the nearest vertical crack to the left, in the row of pixels below it.
  // kNoCorner if there is none.
  uint32_t LeftNeighbour(uint32_t corner) const { return left_[corner]; }

  static int64_t Bytes(int width, int64_t count);

 private:
  static constexpr uint8_t kLabelBelow = 1;
  static constexpr uint8_t kFirstOfTwins = 2;
  static constexpr uint8_t kSecondOfTwins = 4;

  explicit CrackCorners(int64_t count);
  uint32_t Add(int x, int y, uint8_t kind);
  void Join(uint32_t upper, uint32_t lower);
  void AddLine(const BitRows& rows, int y, std::vector<uint32_t>& open);

  uint32_t size_ = 0;
  std::vector<uint16_t> x_;
  std::vector<uint16_t> y_;
  std::vector<uint32_t> vertical_;
  std::vector<uint32_t> left_;
  std::vector<uint8_t> kinds_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CRACK_CORNERS_H_
