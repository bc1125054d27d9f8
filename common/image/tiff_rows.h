// Rows of a TIFF page to 8-bit gray or colour. Internal to common/image.
#ifndef SIGHTLINE_COMMON_IMAGE_TIFF_ROWS_H_
#define SIGHTLINE_COMMON_IMAGE_TIFF_ROWS_H_

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/headers.h"

namespace sightline::image_internal {

class TiffRowConverter {
 public:
  // Errors: IMAGE_FEATURE_UNSUPPORTED (a combination of colours and samples
  // that is not read), IMAGE_HEADER_INVALID (a palette too short).
  static absl::StatusOr<TiffRowConverter> Create(absl::string_view file,
                                                 const TiffPage& page);

  // Bytes of a row of `width` pixels with all samples, as libtiff gives it.
  size_t row_bytes(int width) const {
    return (static_cast<size_t>(width) * samples_ * bits_ + 7) / 8;
  }
  // 1 or 3.
  int channels() const { return channels_; }

  // `in`: row_bytes(width), 16-bit samples in the machine's byte order.
  // `out`: width * channels().
  void Convert(const uint8_t* in, int width, uint8_t* out) const;

 private:
  enum class Colours { kLevels, kGray, kRgb, kCmyk };

  void ConvertLevels(const uint8_t* in, int width, uint8_t* out) const;
  void ConvertSamples(const uint8_t* in, int width, uint8_t* out) const;

  Colours colours_ = Colours::kLevels;
  int samples_ = 1;
  int bits_ = 1;
  int channels_ = 1;
  // Stored as it is wanted: 8-bit gray or colour and nothing else.
  bool is_plain_ = false;
  // 0 where black is zero, 255 where white is.
  uint8_t flip_ = 0;
  // -1: none; else the sample that holds it.
  int alpha_sample_ = -1;
  bool is_premultiplied_ = false;
  // Of each value of a single sample of up to 8 bits, its colour.
  std::array<std::array<uint8_t, 3>, 256> levels_ = {};
  // Of each byte of 1-bit pixels, eight gray values.
  std::array<std::array<uint8_t, 8>, 256> bytes_ = {};
};

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_TIFF_ROWS_H_
