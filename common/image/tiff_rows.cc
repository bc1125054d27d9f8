#include "common/image/tiff_rows.h"

#include <tiff.h>

#include <algorithm>
#include <cstring>

#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

constexpr int kAssociatedAlpha = EXTRASAMPLE_ASSOCALPHA;

uint8_t OverWhite(uint32_t value, uint32_t alpha, bool is_premultiplied) {
  const uint32_t covered =
      is_premultiplied ? value : (value * alpha + 127) / 255;
  return static_cast<uint8_t>(std::min<uint32_t>(covered + 255 - alpha, 255));
}

// Palette entries have 16 bits; some writers put 8-bit values there.
int PaletteShift(absl::string_view file, const TiffPage& page,
                 const TiffEntry& palette) {
  for (uint64_t i = 0; i < palette.count; ++i) {
    if (TiffValue(file, page.order, palette, i) > 255) return 8;
  }
  return 0;
}

}  // namespace

absl::StatusOr<TiffRowConverter> TiffRowConverter::Create(
    absl::string_view file, const TiffPage& page) {
  TiffRowConverter converter;
  converter.samples_ = page.samples_per_pixel;
  converter.bits_ = page.bits_per_sample;
  int colour_samples = 0;
  switch (page.photometric) {
    case PHOTOMETRIC_MINISWHITE:
      converter.flip_ = 255;
      [[fallthrough]];
    case PHOTOMETRIC_MINISBLACK:
      converter.colours_ =
          page.bits_per_sample <= 8 && page.samples_per_pixel == 1
              ? Colours::kLevels
              : Colours::kGray;
      converter.channels_ = 1;
      colour_samples = 1;
      break;
    case PHOTOMETRIC_PALETTE:
      converter.colours_ = Colours::kLevels;
      converter.channels_ = 3;
      colour_samples = 1;
      break;
    case PHOTOMETRIC_YCBCR:
      if (page.compression != COMPRESSION_JPEG) {
        return FeatureUnsupported("TIFF of YCbCr colours without JPEG");
      }
      [[fallthrough]];
    case PHOTOMETRIC_RGB:
      converter.colours_ = Colours::kRgb;
      converter.channels_ = 3;
      colour_samples = 3;
      break;
    case PHOTOMETRIC_SEPARATED:
      converter.colours_ = Colours::kCmyk;
      converter.channels_ = 3;
      colour_samples = 4;
      break;
    default:
      return FeatureUnsupported(
          absl::StrCat("TIFF of photometric kind ", page.photometric));
  }
  const bool is_palette = page.photometric == PHOTOMETRIC_PALETTE;
  if (page.samples_per_pixel < colour_samples ||
      (is_palette &&
       (page.samples_per_pixel != 1 || page.bits_per_sample > 8)) ||
      (page.photometric == PHOTOMETRIC_YCBCR && page.samples_per_pixel != 3)) {
    return FeatureUnsupported(absl::StrCat(
        "TIFF of ", page.samples_per_pixel, " samples of ",
        page.bits_per_sample, " bits and photometric kind ", page.photometric));
  }
  const bool has_alpha = page.extra_sample == kAssociatedAlpha ||
                         page.extra_sample == EXTRASAMPLE_UNASSALPHA;
  if (has_alpha && page.samples_per_pixel > colour_samples) {
    converter.alpha_sample_ = colour_samples;
    converter.is_premultiplied_ = page.extra_sample == kAssociatedAlpha;
  }
  converter.is_plain_ = page.bits_per_sample == 8 && !is_palette &&
                        converter.colours_ != Colours::kCmyk &&
                        converter.flip_ == 0 &&
                        page.samples_per_pixel == converter.channels_;
  if (converter.colours_ != Colours::kLevels) return converter;
  const int count = 1 << page.bits_per_sample;
  const TiffEntry* palette = page.Find(TIFFTAG_COLORMAP);
  if (is_palette && (palette == nullptr ||
                     palette->count < 3 * static_cast<uint32_t>(count))) {
    return HeaderInvalid("the TIFF's palette is missing or too short");
  }
  const int shift = is_palette ? PaletteShift(file, page, *palette) : 0;
  for (int i = 0; i < count; ++i) {
    for (int c = 0; c < 3; ++c) {
      // All reds, then all greens, then all blues.
      converter.levels_[i][c] = static_cast<uint8_t>(
          is_palette
              ? TiffValue(file, page.order, *palette, c * count + i) >> shift
              : (i * 255 / (count - 1)) ^ converter.flip_);
    }
  }
  if (page.bits_per_sample == 1) {
    for (int byte = 0; byte < 256; ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        converter.bytes_[byte][bit] =
            converter.levels_[(byte >> (7 - bit)) & 1][0];
      }
    }
  }
  return converter;
}

void TiffRowConverter::Convert(const uint8_t* in, int width,
                               uint8_t* out) const {
  if (is_plain_) {
    std::memcpy(out, in, row_bytes(width));
  } else if (colours_ != Colours::kLevels) {
    ConvertSamples(in, width, out);
  } else if (bits_ == 1 && channels_ == 1) {
    const int whole = width / 8;
    for (int i = 0; i < whole; ++i) {
      std::memcpy(out + 8 * i, bytes_[in[i]].data(), 8);
    }
    if (width % 8 != 0) {
      std::memcpy(out + 8 * whole, bytes_[in[whole]].data(), width % 8);
    }
  } else {
    ConvertLevels(in, width, out);
  }
}

void TiffRowConverter::ConvertLevels(const uint8_t* in, int width,
                                     uint8_t* out) const {
  const int per_byte = 8 / bits_;
  const int mask = (1 << bits_) - 1;
  for (int x = 0; x < width; ++x) {
    // The leftmost pixel is in the highest bits.
    const int shift = 8 - bits_ - x % per_byte * bits_;
    const int level = (in[x / per_byte] >> shift) & mask;
    std::memcpy(out + x * channels_, levels_[level].data(), channels_);
  }
}

void TiffRowConverter::ConvertSamples(const uint8_t* in, int width,
                                      uint8_t* out) const {
  const int bytes = bits_ / 8;
  const auto sample = [&](int x, int s) -> uint32_t {
    const uint8_t* at = in + (int64_t{x} * samples_ + s) * bytes;
    if (bytes == 1) return *at;
    uint16_t value;
    std::memcpy(&value, at, sizeof(value));
    return value >> 8;
  };
  for (int x = 0; x < width; ++x) {
    for (int c = 0; c < channels_; ++c) {
      uint32_t value = sample(x, c) ^ flip_;
      if (colours_ == Colours::kCmyk) {
        value = ((255 - value) * (255 - sample(x, 3)) + 127) / 255;
      }
      if (alpha_sample_ >= 0) {
        const uint32_t alpha = sample(x, alpha_sample_);
        // Premultiplied "white is zero" was multiplied before it was flipped.
        value = flip_ != 0 && is_premultiplied_
                    ? 255 - sample(x, c)
                    : OverWhite(value, alpha, is_premultiplied_);
      }
      out[x * channels_ + c] = static_cast<uint8_t>(value);
    }
  }
}

}  // namespace sightline::image_internal
