#include <cstdio>
#include <cstdlib>

// libjpeg needs <cstdio> before it.
#include <jpeglib.h>

#include "tests/support/images/image_files.h"

namespace sightline::testing {
namespace {

void WriteScansOfOneComponent(jpeg_compress_struct& compress) {
  static const jpeg_scan_info kScans[] = {
      {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
  compress.scan_info = kScans;
  compress.num_scans = compress.num_components;
}

// The complement, with the key as it is: what Photoshop calls YCCK.
std::vector<uint8_t> Complement(const Picture& picture) {
  std::vector<uint8_t> out = picture.samples;
  for (uint8_t& sample : out) sample = static_cast<uint8_t>(255 - sample);
  return out;
}

}  // namespace

std::string JpegFile(const Picture& picture, const JpegOptions& options) {
  jpeg_compress_struct compress = {};
  jpeg_error_mgr errors;
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&compress, &bytes, &size);
  compress.image_width = static_cast<JDIMENSION>(picture.width);
  compress.image_height = static_cast<JDIMENSION>(picture.height);
  compress.input_components = picture.channels;
  compress.in_color_space = picture.channels == 1   ? JCS_GRAYSCALE
                            : picture.channels == 3 ? JCS_RGB
                                                    : JCS_CMYK;
  jpeg_set_defaults(&compress);
  if (picture.channels == 4) jpeg_set_colorspace(&compress, JCS_YCCK);
  if (options.stores_rgb) jpeg_set_colorspace(&compress, JCS_RGB);
  jpeg_set_quality(&compress, options.quality, TRUE);
  if (options.full_chroma) {
    compress.comp_info[0].h_samp_factor = 1;
    compress.comp_info[0].v_samp_factor = 1;
  }
  compress.arith_code = options.arithmetic ? TRUE : FALSE;
  compress.restart_in_rows = options.restart_rows;
  if (options.progressive) jpeg_simple_progression(&compress);
  if (options.separate_scans) WriteScansOfOneComponent(compress);
  if (options.dots_per_inch > 0) {
    compress.density_unit = 1;
    compress.X_density = static_cast<UINT16>(options.dots_per_inch);
    compress.Y_density = static_cast<UINT16>(options.dots_per_inch);
  }
  const std::vector<uint8_t> samples =
      picture.channels == 4 ? Complement(picture) : picture.samples;
  jpeg_start_compress(&compress, TRUE);
  if (options.orientation != 0) {
    const std::string exif =
        std::string("Exif\0\0", 6) +
        ExifBlock(options.orientation, options.exif_is_big_endian);
    jpeg_write_marker(&compress, JPEG_APP0 + 1,
                      reinterpret_cast<const JOCTET*>(exif.data()),
                      static_cast<unsigned>(exif.size()));
  }
  const size_t stride = static_cast<size_t>(picture.width) * picture.channels;
  while (compress.next_scanline < compress.image_height) {
    JSAMPROW row =
        const_cast<JSAMPROW>(samples.data() + compress.next_scanline * stride);
    jpeg_write_scanlines(&compress, &row, 1);
  }
  jpeg_finish_compress(&compress);
  jpeg_destroy_compress(&compress);
  std::string file(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return file;
}

std::string JpegBomb(int width, int height, bool progressive) {
  JpegOptions options;
  options.progressive = progressive;
  std::string file = JpegFile(SmoothPicture(16, 16, 3), options);
  // Height and width follow length and precision in the frame header.
  const size_t frame = file.find(progressive ? "\xFF\xC2" : "\xFF\xC0");
  if (frame == std::string::npos) std::abort();
  file.replace(frame + 5, 4,
               BigEndian16(static_cast<uint32_t>(height)) +
                   BigEndian16(static_cast<uint32_t>(width)));
  return file;
}

}  // namespace sightline::testing
