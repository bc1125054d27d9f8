#include "services/preprocess/engine/window_sums.h"

#include <algorithm>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess {

WindowSums::WindowSums(const GrayView& in, int size, bool with_squares,
                       const Kernels& kernels)
    : in_(in),
      size_(size),
      radius_(size / 2),
      with_squares_(with_squares),
      kernels_(kernels),
      columns_(static_cast<size_t>(in.width() + size - 1)),
      square_columns_(with_squares ? static_cast<size_t>(in.width() + size - 1)
                                   : 0),
      sums_(static_cast<size_t>(in.width())),
      squares_(with_squares ? static_cast<size_t>(in.width()) : 0) {}

int64_t WindowSums::Bytes(int width, int size, bool with_squares) {
  return int64_t{with_squares ? 15 : 7} * (width + size) + 256;
}

void WindowSums::Slide(const uint8_t* enter, const uint8_t* leave) {
  kernels_.slide(enter, leave, in_.width(), columns_.data() + radius_);
  if (with_squares_) {
    kernels_.slide_squares(enter, leave, in_.width(),
                           square_columns_.data() + radius_);
  }
}

void WindowSums::MoveTo(int y) {
  const int width = in_.width();
  const auto inside = [&](int row) {
    return in_.row(rules::ClampIndex(row, in_.height()));
  };
  if (is_first_) {
    is_first_ = false;
    const std::vector<uint8_t> zeros(static_cast<size_t>(width));
    for (int i = -radius_; i <= radius_; ++i) {
      Slide(inside(y + i), zeros.data());
    }
  } else {
    Slide(inside(y + radius_), inside(y - radius_ - 1));
  }
  std::fill_n(columns_.begin(), radius_, columns_[radius_]);
  std::fill_n(columns_.end() - radius_, radius_,
              columns_[static_cast<size_t>(radius_ + width - 1)]);
  kernels_.window_sums(columns_.data(), size_, width, sums_.data());
  if (with_squares_) {
    std::fill_n(square_columns_.begin(), radius_, square_columns_[radius_]);
    std::fill_n(square_columns_.end() - radius_, radius_,
                square_columns_[static_cast<size_t>(radius_ + width - 1)]);
    kernels_.window_sums_wide(square_columns_.data(), size_, width,
                              squares_.data());
  }
}

}  // namespace sightline::preprocess
