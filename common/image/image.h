// Pixels in memory.
//
// A Raster owns rows of 8-bit samples without padding. It is move-only, so
// that a copy of megabytes is always written out as Clone(). Row 0 is the top.
// Reading from several threads is safe.
#ifndef SIGHTLINE_COMMON_IMAGE_IMAGE_H_
#define SIGHTLINE_COMMON_IMAGE_IMAGE_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

namespace sightline {

template <int kChannels>
class Raster {
 public:
  static constexpr int channels = kChannels;

  // An empty image, 0 x 0.
  Raster() = default;
  // Uninitialised pixels. Both sides >= 0.
  Raster(int width, int height)
      : width_(width),
        height_(height),
        data_(std::make_unique_for_overwrite<uint8_t[]>(size_bytes())) {}

  Raster(Raster&& other) noexcept { *this = std::move(other); }
  Raster& operator=(Raster&& other) noexcept {
    width_ = std::exchange(other.width_, 0);
    height_ = std::exchange(other.height_, 0);
    data_ = std::move(other.data_);
    return *this;
  }

  Raster Clone() const {
    Raster copy(width_, height_);
    if (size_bytes() > 0) {
      std::memcpy(copy.data(), data(), static_cast<size_t>(size_bytes()));
    }
    return copy;
  }

  bool empty() const { return width_ == 0 || height_ == 0; }
  int width() const { return width_; }
  int height() const { return height_; }
  // Bytes from one row to the next.
  int64_t stride_bytes() const { return int64_t{width_} * kChannels; }
  int64_t size_bytes() const { return stride_bytes() * height_; }

  uint8_t* data() { return data_.get(); }
  const uint8_t* data() const { return data_.get(); }
  uint8_t* row(int y) { return data_.get() + y * stride_bytes(); }
  const uint8_t* row(int y) const { return data_.get() + y * stride_bytes(); }

 private:
  int width_ = 0;
  int height_ = 0;
  std::unique_ptr<uint8_t[]> data_;
};

// 0 = black, 255 = white.
using GrayImage = Raster<1>;
// Red, green, blue.
using RgbImage = Raster<3>;

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_IMAGE_H_
