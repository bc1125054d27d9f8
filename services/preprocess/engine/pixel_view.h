// Pixels that somebody else owns.
//
// A view is a few words, copied at will. Rows may be apart by more than their
// length, so that a part of an image is a view too: Part().
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_VIEW_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_VIEW_H_

#include <cstdint>

#include "common/image/image.h"

namespace sightline::preprocess {

template <int kChannels>
class PixelView {
 public:
  PixelView() = default;
  // `pixels`: row 0 is the top; rows begin `stride_bytes` apart.
  PixelView(const uint8_t* pixels, int width, int height, int64_t stride_bytes)
      : pixels_(pixels),
        width_(width),
        height_(height),
        stride_bytes_(stride_bytes) {}
  PixelView(const Raster<kChannels>& image)  // NOLINT: a view of it.
      : PixelView(image.data(), image.width(), image.height(),
                  image.stride_bytes()) {}

  int width() const { return width_; }
  int height() const { return height_; }
  int64_t stride_bytes() const { return stride_bytes_; }
  const uint8_t* row(int y) const { return pixels_ + y * stride_bytes_; }

  // The part whose top left pixel is (x, y); it must lie inside.
  PixelView Part(int x, int y, int width, int height) const {
    return PixelView(row(y) + int64_t{x} * kChannels, width, height,
                     stride_bytes_);
  }

 private:
  const uint8_t* pixels_ = nullptr;
  int width_ = 0;
  int height_ = 0;
  int64_t stride_bytes_ = 0;
};

// 0 = black, 255 = white.
using GrayView = PixelView<1>;
// Red, green, blue.
using RgbView = PixelView<3>;

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_VIEW_H_
