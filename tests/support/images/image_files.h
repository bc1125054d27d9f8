// Image files of every kind the decoders read, and of some they must refuse.
//
// The makers use the libraries' own writers, or write bytes by hand where no
// writer produces what is wanted. They abort on a mistake of the caller.
#ifndef SIGHTLINE_TESTS_SUPPORT_IMAGES_IMAGE_FILES_H_
#define SIGHTLINE_TESTS_SUPPORT_IMAGES_IMAGE_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/images/picture.h"

namespace sightline::testing {

// Numbers as bytes.
std::string LittleEndian16(uint32_t value);
std::string LittleEndian32(uint32_t value);
std::string BigEndian16(uint32_t value);
std::string BigEndian32(uint32_t value);

// An EXIF block with nothing but an orientation, from its TIFF header on.
std::string ExifBlock(int orientation, bool is_big_endian);

struct JpegOptions {
  int quality = 95;
  bool progressive = false;
  // Baseline, but each component in a scan of its own.
  bool separate_scans = false;
  bool arithmetic = false;
  // 4:4:4 instead of 4:2:0.
  bool full_chroma = false;
  // Colours stored as they are, without YCbCr.
  bool stores_rgb = false;
  int restart_rows = 0;
  // 0: no EXIF.
  int orientation = 0;
  bool exif_is_big_endian = false;
  // Of the JFIF header; 0: none is said.
  int dots_per_inch = 0;
};
// 1: gray, 3: colour, 4: CMYK (stored as YCCK, complemented, as Photoshop
// does).
std::string JpegFile(const Picture& picture, const JpegOptions& options = {});

struct PngOptions {
  // 1, 2, 4, 8 or 16; below 8 the highest bits of a gray sample are stored, at
  // 16 the sample is the high byte.
  int bit_depth = 8;
  bool interlaced = false;
  int orientation = 0;
  bool exif_is_big_endian = false;
  // Of gray pictures: stored as indices into these colours (3 bytes each), the
  // sample's highest bits being the index.
  std::vector<uint8_t> palette = {};
  // Opacity of the first palette entries; of gray and colour, {key}: samples
  // with this stored value in every channel are transparent.
  std::vector<uint8_t> transparency = {};
  // Bytes of IDAT chunks.
  int chunk_bytes = 8192;
  // 0: no pHYs chunk.
  int dots_per_metre = 0;
};
std::string PngFile(const Picture& picture, const PngOptions& options = {});
// One chunk with its check sum.
std::string PngChunk(const std::string& type, const std::string& data);

struct TiffOptions {
  // Numbers of tiff.h: 1 none, 2 fax rows, 3 G3, 4 G4, 5 LZW, 7 JPEG,
  // 8 deflate, 32773 PackBits.
  int compression = 1;
  // 1, 2, 4, 8 or 16; as in PngOptions.
  int bits = 8;
  bool white_is_zero = false;
  bool planar = false;
  // 0: strips.
  int tile_side = 0;
  int rows_per_strip = 16;
  int orientation = 0;
  bool is_big_endian = false;
  // As in PngOptions.
  std::vector<uint8_t> palette = {};
  bool has_premultiplied_alpha = false;
  // Resolutions across and down, written if the unit is not 0: 1 none, 2 inch,
  // 3 centimetre.
  double dots_x = 0;
  double dots_y = 0;
  int dots_unit = 0;
};
struct TiffPageFile {
  Picture picture;
  TiffOptions options;
};
std::string TiffFile(const std::vector<TiffPageFile>& pages);
std::string TiffFile(const Picture& picture, const TiffOptions& options = {});

struct WebpOptions {
  bool lossless = false;
  int quality = 95;
  // Written as an extended file with an EXIF chunk.
  int orientation = 0;
};
std::string WebpFile(const Picture& picture, const WebpOptions& options = {});

struct BmpOptions {
  // 1, 4, 8, 24 or 32; up to 8 a gray palette is written.
  int bits = 24;
  bool top_down = false;
  // The 12-byte header of OS/2.
  bool core_header = false;
  // Channel masks instead of the usual order, at 32 bits.
  bool bit_fields = false;
};
std::string BmpFile(const Picture& picture, const BmpOptions& options = {});

// Files of a few hundred bytes that declare this many pixels. The first part of
// their data is right.
std::string JpegBomb(int width, int height, bool progressive);
std::string PngBomb(int width, int height, bool interlaced);
std::string TiffBomb(int width, int height, int compression, bool tiled);
std::string WebpBomb(int width, int height, bool lossless);
std::string BmpBomb(int width, int height, int bits);

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_IMAGES_IMAGE_FILES_H_
