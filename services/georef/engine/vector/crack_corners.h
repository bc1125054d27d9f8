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
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/bit_rows.h"

namespace sightline::georef {

inline constexpr uint32_t kNoCorner = 0xffffffff;

class CrackCorners {
 public:
  CrackCorners() : arrays_(0) {}

  // Finds the corners of `rows`, as many as there are up to `maximum`, which is
  // below kNoCorner - kSpare; forgets those of before, and keeps their memory.
  // Where there are more, found_all() is false and the rest is missing. Errors:
  // why `stop` stopped.
  absl::Status Find(const BitRows& rows, int64_t maximum,
                    const StopToken& stop);

  // False: size() is above the maximum.
  bool found_all() const { return found_all_; }

  uint32_t size() const { return size_; }
  int x(uint32_t corner) const { return arrays_.places[corner].x; }
  int y(uint32_t corner) const { return arrays_.places[corner].y; }

  // Where the crack from `corner` leads.
  uint32_t Horizontally(uint32_t corner) const { return corner ^ 1; }
  uint32_t Vertically(uint32_t corner) const {
    return arrays_.vertical[corner];
  }

  // The pixel to the lower right of the corner has the label.
  bool OpensOuterRing(uint32_t corner) const {
    return arrays_.kinds[corner] & kLabelBelow;
  }

  // The other corner at the same place; kNoCorner if there is none.
  uint32_t Twin(uint32_t corner) const {
    const uint8_t kind = arrays_.kinds[corner];
    if ((kind & (kFirstOfTwins | kSecondOfTwins)) == 0) return kNoCorner;
    return kind & kFirstOfTwins ? corner + 1 : corner - 1;
  }

  // Only for a corner from which cracks lead right and down: the upper corner
  // of the nearest vertical crack to the left, in the row of pixels below it.
  // kNoCorner if there is none.
  uint32_t LeftNeighbour(uint32_t corner) const { return arrays_.left[corner]; }

  // The most that Find() holds at once for `count` corners.
  static int64_t Bytes(int width, int64_t count);

  // Corners that a word of pixels can add.
  static constexpr int64_t kSpare = 128;

 private:
  static constexpr uint8_t kLabelBelow = 1;
  static constexpr uint8_t kFirstOfTwins = 2;
  static constexpr uint8_t kSecondOfTwins = 4;

  struct Place {
    uint16_t x;
    uint16_t y;
  };
  // Apart, so that a walk that jumps from line to line finds more of what it
  // reads in the same cache line. Not vectors: what is not written is not worth
  // clearing.
  struct Arrays {
    explicit Arrays(int64_t capacity);
    std::unique_ptr<Place[]> places;
    std::unique_ptr<uint32_t[]> vertical;
    std::unique_ptr<uint32_t[]> left;
    std::unique_ptr<uint8_t[]> kinds;
  };
  static constexpr int64_t kBytesPerCorner =
      sizeof(Place) + 2 * sizeof(uint32_t) + 1;

  class Writer;
  void AddLine(const BitRows& rows, int y);
  bool MakeRoom();

  int64_t maximum_ = 0;
  bool found_all_ = true;
  uint32_t size_ = 0;
  int64_t capacity_ = 0;
  Arrays arrays_;
  // For each x the upper corner of the vertical crack that reaches the line
  // from above, if one does.
  std::vector<uint32_t> open_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_CRACK_CORNERS_H_
