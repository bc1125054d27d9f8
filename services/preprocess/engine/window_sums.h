// Sums and sums of squares of the pixels around each pixel, row by row.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_WINDOW_SUMS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_WINDOW_SUMS_H_

#include <cstdint>
#include <vector>

#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

// Neighbourhoods of size x size (odd, at most 255), replicated border. One
// thread's, for rows from some row on downwards.
class WindowSums {
 public:
  WindowSums(const GrayView& in, int size, bool with_squares,
             const Kernels& kernels);

  // The next row, or any row the first time.
  void MoveTo(int y);

  // Of each pixel of the row.
  const uint32_t* sums() const { return sums_.data(); }
  const uint32_t* squares() const { return squares_.data(); }

  static int64_t Bytes(int width, int size, bool with_squares);

 private:
  void Slide(const uint8_t* enter, const uint8_t* leave);

  const GrayView in_;
  const int size_;
  const int radius_;
  const bool with_squares_;
  const Kernels& kernels_;
  bool is_first_ = true;
  // Of columns, with radius_ replicated ones on each side.
  std::vector<uint16_t> columns_;
  std::vector<uint32_t> square_columns_;
  std::vector<uint32_t> sums_;
  std::vector<uint32_t> squares_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_WINDOW_SUMS_H_
