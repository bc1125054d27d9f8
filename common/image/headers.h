// The headers of the five formats, read without a library, an allocation or a
// loop that the file could make endless. Internal to common/image.
//
// What a reader finds out beyond ImageInfo (where a BMP's rows lie, how a TIFF
// page is cut into strips) is kept for the decoder, so that both can't
// disagree about the file.
#ifndef SIGHTLINE_COMMON_IMAGE_HEADERS_H_
#define SIGHTLINE_COMMON_IMAGE_HEADERS_H_

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/byte_reader.h"
#include "common/image/resolution.h"
#include "common/image/sniff.h"

namespace sightline::image_internal {

// EXIF orientation (1..8) of an EXIF block that begins with its TIFF header
// ("II*" or "MM*"); 1 if there is none or it is damaged.
int ExifOrientation(absl::string_view exif);
// Dots per inch of such a block.
Resolution ExifResolution(absl::string_view exif);

absl::StatusOr<ImageInfo> ReadJpegHeader(absl::string_view file);
absl::StatusOr<ImageInfo> ReadPngHeader(absl::string_view file);

// A lossless WebP may bring up to 65536 sets of code tables, which libwebp
// allocates before it knows whether it will use them: a gigabyte from a file of
// 200 KB. libwebp's encoder wrote 20 for a photo of 13 Mpixel at its highest
// effort; files with many more are refused (CheckWebpEntropyGroups).
inline constexpr int kMaxWebpEntropyGroups = 512;
// Tables of one set with the largest colour cache, and their pointers.
inline constexpr int kWebpEntropyGroupBytes = 24 << 10;

struct WebpHeader {
  ImageInfo info;
  // VP8L: every pixel exact, the decoder holds the whole image.
  bool is_lossless = false;
  bool has_alpha = false;
  // Entropy-coded VP8L data without its 5-byte header: the image of a lossless
  // file, or a lossy file's alpha channel. Empty if there is none.
  absl::string_view lossless_stream;
};
absl::StatusOr<WebpHeader> ReadWebpHeader(absl::string_view file);
// Reads the lossless bitstream as far as the number of its code tables.
// Errors: IMAGE_CORRUPT, IMAGE_FEATURE_UNSUPPORTED (more than
// kMaxWebpEntropyGroups). Allocates up to a quarter of a byte a pixel.
absl::Status CheckWebpEntropyGroups(const WebpHeader& header);

struct BmpHeader {
  ImageInfo info;
  int bits_per_pixel = 24;
  bool is_top_down = false;
  // Where the palette and the rows begin, and what they take.
  uint64_t palette_at = 0;
  int palette_entries = 0;
  int palette_entry_bytes = 4;
  uint64_t pixels_at = 0;
  int64_t row_bytes = 0;
};
absl::StatusOr<BmpHeader> ReadBmpHeader(absl::string_view file);

// An entry of a TIFF directory.
struct TiffEntry {
  uint16_t tag = 0;
  // 1 BYTE, 3 SHORT, 4 LONG, 7 UNDEFINED.
  uint16_t type = 0;
  uint32_t count = 0;
  // Where the values lie, and where the 12-byte entry itself does.
  uint64_t values_at = 0;
  uint64_t entry_at = 0;
};

// One page of a TIFF.
struct TiffPage {
  ImageInfo info;
  ByteOrder order = ByteOrder::kLittleEndian;
  int bits_per_sample = 1;
  int samples_per_pixel = 1;
  int compression = 1;
  int photometric = 0;
  // Each sample in strips or tiles of its own.
  bool is_planar = false;
  bool is_tiled = false;
  // Size of a strip or a tile in pixels; of a strip, the image's width and
  // RowsPerStrip.
  int block_width = 0;
  int block_height = 0;
  // Type of the first extra sample: 0 unknown, 1 premultiplied alpha, 2 alpha;
  // -1 where there is none.
  int extra_sample = -1;
  // The known entries; a zero tag ends them. Offsets, byte counts and palette
  // are read from here.
  std::array<TiffEntry, 24> entries;

  // The entry of `tag`, or nullptr.
  const TiffEntry* Find(int tag) const;
  // Number of blocks, over all planes.
  int64_t blocks() const;
};
// Number `index` of an entry's values; 0 past its end or the file's.
uint32_t TiffValue(absl::string_view file, ByteOrder order,
                   const TiffEntry& entry, uint64_t index);
absl::StatusOr<TiffPage> ReadTiffPage(absl::string_view file, int page);

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_HEADERS_H_
