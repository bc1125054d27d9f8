// Writes the seed files of the image fuzzers into a folder:
//   write_image_seeds build/fuzz/fuzz/seeds
// Each is a small file of one kind behind the byte that the fuzzers take their
// options from.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/support/images/image_files.h"

namespace {

using namespace sightline::testing;  // NOLINT: one program, one purpose.

class SeedWriter {
 public:
  explicit SeedWriter(const std::string& folder) : folder_(folder) {
    std::filesystem::create_directories(folder);
  }

  void Write(const std::string& name, const std::string& file) {
    // Gray in full, colour reduced.
    for (const char options : {'\0', '\x21'}) {
      std::ofstream out(
          folder_ + "/" + name + (options == 0 ? "_gray" : "_rgb"),
          std::ios::binary);
      out << options << file;
      ++count_;
    }
  }

  int count() const { return count_; }

 private:
  std::string folder_;
  int count_ = 0;
};

void WriteJpegs(SeedWriter& seeds) {
  const Picture gray = SmoothPicture(37, 29, 1);
  const Picture rgb = SmoothPicture(37, 29, 3);
  seeds.Write("jpeg_gray", JpegFile(gray));
  seeds.Write("jpeg_rgb", JpegFile(rgb, {.restart_rows = 1, .orientation = 6}));
  seeds.Write("jpeg_dots", JpegFile(gray, {.dots_per_inch = 300}));
  seeds.Write("jpeg_progressive", JpegFile(rgb, {.progressive = true}));
  seeds.Write("jpeg_scans", JpegFile(rgb, {.separate_scans = true}));
  seeds.Write("jpeg_arithmetic",
              JpegFile(rgb, {.progressive = true, .arithmetic = true}));
  seeds.Write("jpeg_stored_rgb",
              JpegFile(rgb, {.full_chroma = true, .stores_rgb = true}));
  seeds.Write("jpeg_cmyk", JpegFile(SmoothPicture(20, 20, 4)));
}

void WritePngs(SeedWriter& seeds) {
  const Picture gray = SmoothPicture(29, 23, 1);
  for (const int depth : {1, 2, 4, 8, 16}) {
    for (const bool interlaced : {false, true}) {
      const std::string name =
          "png_" + std::to_string(depth) + (interlaced ? "i" : "");
      seeds.Write(name, PngFile(gray, {.bit_depth = depth,
                                       .interlaced = interlaced,
                                       .transparency = {1}}));
    }
  }
  seeds.Write(
      "png_palette",
      PngFile(gray, {.bit_depth = 2,
                     .orientation = 5,
                     .palette = {0, 1, 2, 90, 80, 70, 200, 9, 5, 1, 2, 3},
                     .transparency = {9, 200}}));
  seeds.Write("png_dots", PngFile(gray, {.dots_per_metre = 11811}));
  seeds.Write("png_gray_alpha", PngFile(SmoothPicture(20, 9, 2)));
  seeds.Write("png_rgba", PngFile(SmoothPicture(20, 9, 4), {.bit_depth = 16}));
}

void WriteTiffs(SeedWriter& seeds) {
  const Picture gray = SmoothPicture(33, 21, 1);
  const Picture rgb = SmoothPicture(33, 21, 3);
  for (const int compression : {1, 2, 3, 4, 5, 8, 32773}) {
    seeds.Write("tiff_bits_" + std::to_string(compression),
                TiffFile(gray, {.compression = compression, .bits = 1}));
  }
  for (const int compression : {1, 5, 7, 8}) {
    seeds.Write("tiff_rgb_" + std::to_string(compression),
                TiffFile(rgb, {.compression = compression,
                               .rows_per_strip = 16,
                               .is_big_endian = true}));
    seeds.Write("tiff_tiles_" + std::to_string(compression),
                TiffFile(rgb, {.compression = compression, .tile_side = 16}));
  }
  for (const int unit : {1, 2, 3}) {
    seeds.Write(
        "tiff_dots_" + std::to_string(unit),
        TiffFile(gray, {.dots_x = 204, .dots_y = 98, .dots_unit = unit}));
  }
  seeds.Write("tiff_planar", TiffFile(rgb, {.bits = 16, .planar = true}));
  seeds.Write("tiff_palette",
              TiffFile(gray, {.bits = 4, .palette = {9, 8, 7, 200, 100, 50}}));
  seeds.Write("tiff_alpha", TiffFile(SmoothPicture(9, 9, 4),
                                     {.has_premultiplied_alpha = true}));
  seeds.Write("tiff_pages", TiffFile({{gray, {.orientation = 8}},
                                      {rgb, {.compression = 5}}}));
}

void WriteOthers(SeedWriter& seeds) {
  const Picture rgb = SmoothPicture(40, 24, 3);
  seeds.Write("webp_lossy", WebpFile(rgb, {.orientation = 7}));
  seeds.Write("webp_lossless", WebpFile(rgb, {.lossless = true}));
  seeds.Write("webp_noise",
              WebpFile(NoisePicture(40, 24, 3, 1), {.lossless = true}));
  seeds.Write("webp_alpha", WebpFile(SmoothPicture(40, 24, 4)));
  for (const int bits : {1, 4, 8, 24, 32}) {
    seeds.Write("bmp_" + std::to_string(bits),
                BmpFile(SmoothPicture(19, 11, 1), {.bits = bits}));
  }
  seeds.Write("bmp_core", BmpFile(rgb, {.core_header = true}));
  seeds.Write("bmp_fields",
              BmpFile(rgb, {.bits = 32, .top_down = true, .bit_fields = true}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_image_seeds FOLDER\n";
    return 2;
  }
  SeedWriter seeds(argv[1]);
  WriteJpegs(seeds);
  WritePngs(seeds);
  WriteTiffs(seeds);
  WriteOthers(seeds);
  std::cout << seeds.count() << " seeds in " << argv[1] << "\n";
  return 0;
}
