#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "common/image/decoders.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

using Palette = std::array<std::array<uint8_t, 3>, 256>;

// Blue, green, red in the file; indices beyond it are black.
Palette ReadPalette(absl::string_view file, const BmpHeader& header) {
  const ByteReader in(file, ByteOrder::kLittleEndian);
  Palette palette = {};
  for (int i = 0; i < header.palette_entries; ++i) {
    const uint64_t at =
        header.palette_at + uint64_t{1} * i * header.palette_entry_bytes;
    for (int c = 0; c < 3; ++c) {
      palette[i][c] = static_cast<uint8_t>(in.U8(at + 2 - c));
    }
  }
  return palette;
}

bool IsGray(const Palette& palette) {
  return std::all_of(palette.begin(), palette.end(), [](const auto& colour) {
    return colour[0] == colour[1] && colour[0] == colour[2];
  });
}

template <int kChannels>
void ConvertIndices(const uint8_t* in, int width, int bits,
                    const Palette& palette, uint8_t* out) {
  const int per_byte = 8 / bits;
  const int mask = (1 << bits) - 1;
  for (int x = 0; x < width; ++x) {
    // The leftmost pixel is in the highest bits.
    const int shift = 8 - bits - x % per_byte * bits;
    const int index = (in[x / per_byte] >> shift) & mask;
    std::memcpy(out + kChannels * x, palette[index].data(), kChannels);
  }
}

// The fourth byte of 32-bit pixels is meant as padding far more often than as
// transparency: it is left out.
void ConvertBgr(const uint8_t* in, int width, int bytes, uint8_t* out) {
  for (int x = 0; x < width; ++x) {
    out[3 * x] = in[bytes * x + 2];
    out[3 * x + 1] = in[bytes * x + 1];
    out[3 * x + 2] = in[bytes * x];
  }
}

}  // namespace

int64_t BmpBytes(const ImageInfo& info, int reduction) {
  // The words of a failure count, too.
  constexpr int64_t kFixed = 16 << 10;
  return kFixed + int64_t{info.width} * 3 +
         RowSink::Bytes(info.width, reduction, info.orientation);
}

absl::Status DecodeBmp(absl::string_view file, int reduction,
                       const Canvas& canvas) {
  const absl::StatusOr<BmpHeader> read = ReadBmpHeader(file);
  if (!read.ok()) return read.status();
  const BmpHeader& header = *read;
  const ImageInfo& info = header.info;
  const ByteReader in(file, ByteOrder::kLittleEndian);
  const Palette palette = ReadPalette(file, header);
  const bool has_palette = header.bits_per_pixel <= 8;
  const int channels = has_palette && IsGray(palette) ? 1 : 3;
  RowSink sink({info.width, info.height, channels}, reduction, canvas);
  std::vector<uint8_t> converted(static_cast<size_t>(info.width) * channels);
  // The last row may lack its padding.
  const uint64_t used_bytes =
      (uint64_t{1} * info.width * header.bits_per_pixel + 7) / 8;
  for (int y = 0; y < info.height; ++y) {
    const int stored = header.is_top_down ? y : info.height - 1 - y;
    const uint64_t at =
        header.pixels_at + uint64_t{1} * stored * header.row_bytes;
    if (!in.Has(at, used_bytes)) {
      // Of a bottom-up file the first rows are missing: what came is counted.
      const uint64_t there =
          file.size() > header.pixels_at ? file.size() - header.pixels_at : 0;
      return PixelsTruncated("BMP",
                             static_cast<int>(std::min<uint64_t>(
                                 there / header.row_bytes, info.height)),
                             info.height);
    }
    const auto* row = reinterpret_cast<const uint8_t*>(file.data() + at);
    if (!has_palette) {
      ConvertBgr(row, info.width, header.bits_per_pixel / 8, converted.data());
    } else if (channels == 1) {
      ConvertIndices<1>(row, info.width, header.bits_per_pixel, palette,
                        converted.data());
    } else {
      ConvertIndices<3>(row, info.width, header.bits_per_pixel, palette,
                        converted.data());
    }
    sink.AddRow(converted.data());
  }
  return absl::OkStatus();
}

}  // namespace sightline::image_internal
