#include <tiffio.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "tests/support/images/image_files.h"

namespace sightline::testing {
namespace {

// A file in memory for libtiff.
struct MemoryFile {
  std::string bytes;
  uint64_t at = 0;
};

MemoryFile& FileOf(thandle_t handle) {
  return *static_cast<MemoryFile*>(handle);
}

tmsize_t Read(thandle_t handle, void* out, tmsize_t count) {
  MemoryFile& file = FileOf(handle);
  if (file.at >= file.bytes.size()) return 0;
  const auto bytes =
      std::min<size_t>(static_cast<size_t>(count), file.bytes.size() - file.at);
  std::memcpy(out, file.bytes.data() + file.at, bytes);
  file.at += bytes;
  return static_cast<tmsize_t>(bytes);
}

tmsize_t Write(thandle_t handle, void* in, tmsize_t count) {
  MemoryFile& file = FileOf(handle);
  const uint64_t end = file.at + static_cast<uint64_t>(count);
  if (file.bytes.size() < end) file.bytes.resize(end);
  std::memcpy(file.bytes.data() + file.at, in, static_cast<size_t>(count));
  file.at = end;
  return count;
}

toff_t Seek(thandle_t handle, toff_t offset, int whence) {
  MemoryFile& file = FileOf(handle);
  file.at = offset + (whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? file.at
                                           : file.bytes.size());
  return file.at;
}

int Close(thandle_t) { return 0; }
toff_t Size(thandle_t handle) { return FileOf(handle).bytes.size(); }

// Samples of a row, packed as the file stores them; one plane of them if
// `plane` is not -1.
std::vector<uint8_t> StoredRow(const TiffPageFile& page, int y, int plane) {
  const Picture& picture = page.picture;
  const int bits = page.options.bits;
  const bool is_inverted = page.options.white_is_zero;
  std::vector<uint8_t> levels;
  for (int x = 0; x < picture.width; ++x) {
    for (int c = 0; c < picture.channels; ++c) {
      if (plane >= 0 && c != plane) continue;
      const uint8_t sample = picture.at(x, y, c);
      levels.push_back(is_inverted ? static_cast<uint8_t>(255 - sample)
                                   : sample);
    }
  }
  if (bits == 8) return levels;
  if (bits == 16) {
    std::vector<uint8_t> out;
    for (const uint8_t level : levels) {
      // The machine's order, which libtiff turns into the file's.
      out.push_back(190);
      out.push_back(level);
    }
    return out;
  }
  std::vector<uint8_t> out((levels.size() * bits + 7) / 8);
  const size_t per_byte = 8 / bits;
  for (size_t i = 0; i < levels.size(); ++i) {
    out[i / per_byte] = static_cast<uint8_t>(
        out[i / per_byte] | (levels[i] >> (8 - bits))
                                << (8 - bits - i % per_byte * bits));
  }
  return out;
}

void SetTags(TIFF* tiff, const TiffPageFile& page) {
  const TiffOptions& options = page.options;
  const Picture& picture = page.picture;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, picture.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, picture.height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, options.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, picture.channels);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, options.compression);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, options.planar ? 2 : 1);
  int photometric = PHOTOMETRIC_RGB;
  if (!options.palette.empty()) {
    photometric = PHOTOMETRIC_PALETTE;
  } else if (picture.channels <= 2) {
    photometric =
        options.white_is_zero ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK;
  } else if (options.compression == COMPRESSION_JPEG) {
    photometric = PHOTOMETRIC_YCBCR;
  }
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, photometric);
  if (photometric == PHOTOMETRIC_YCBCR) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, 95);
  }
  if (picture.channels == 2 || picture.channels == 4) {
    const uint16_t kind[] = {static_cast<uint16_t>(
        options.has_premultiplied_alpha ? EXTRASAMPLE_ASSOCALPHA
                                        : EXTRASAMPLE_UNASSALPHA)};
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, kind);
  }
  if (!options.palette.empty()) {
    std::vector<uint16_t> planes[3];
    for (int c = 0; c < 3; ++c) {
      for (int i = 0; i < 1 << options.bits; ++i) {
        const size_t at = static_cast<size_t>(3 * i + c);
        const uint8_t value =
            at < options.palette.size() ? options.palette[at] : 0;
        planes[c].push_back(static_cast<uint16_t>(value * 257));
      }
    }
    TIFFSetField(tiff, TIFFTAG_COLORMAP, planes[0].data(), planes[1].data(),
                 planes[2].data());
  }
  if (options.orientation != 0) {
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, options.orientation);
  }
  if (options.dots_unit != 0) {
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, options.dots_x);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, options.dots_y);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, options.dots_unit);
  }
  if (options.tile_side != 0) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, options.tile_side);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, options.tile_side);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, options.rows_per_strip);
  }
}

void WriteStrips(TIFF* tiff, const TiffPageFile& page) {
  const int planes = page.options.planar ? page.picture.channels : 1;
  for (int plane = 0; plane < planes; ++plane) {
    for (int y = 0; y < page.picture.height; ++y) {
      std::vector<uint8_t> row =
          StoredRow(page, y, page.options.planar ? plane : -1);
      if (TIFFWriteScanline(tiff, row.data(), static_cast<uint32_t>(y),
                            static_cast<uint16_t>(plane)) != 1) {
        std::abort();
      }
    }
  }
}

void WriteTiles(TIFF* tiff, const TiffPageFile& page) {
  const Picture& picture = page.picture;
  const int side = page.options.tile_side;
  const int planes = page.options.planar ? picture.channels : 1;
  const int samples = page.options.planar ? 1 : picture.channels;
  const size_t pixel_bits = static_cast<size_t>(samples) * page.options.bits;
  const size_t row_bytes = side * pixel_bits / 8;
  for (int plane = 0; plane < planes; ++plane) {
    for (int y = 0; y < picture.height; y += side) {
      for (int x = 0; x < picture.width; x += side) {
        std::vector<uint8_t> tile(row_bytes * side);
        for (int j = 0; j < side && y + j < picture.height; ++j) {
          const std::vector<uint8_t> row =
              StoredRow(page, y + j, page.options.planar ? plane : -1);
          const size_t from = x * pixel_bits / 8;
          std::memcpy(tile.data() + j * row_bytes, row.data() + from,
                      std::min(row_bytes, row.size() - from));
        }
        if (TIFFWriteTile(tiff, tile.data(), static_cast<uint32_t>(x),
                          static_cast<uint32_t>(y), 0,
                          static_cast<uint16_t>(plane)) < 0) {
          std::abort();
        }
      }
    }
  }
}

void Silent(const char*, const char*, va_list) {}

}  // namespace

std::string TiffFile(const std::vector<TiffPageFile>& pages) {
  TIFFSetWarningHandler(Silent);
  MemoryFile file;
  const bool is_big = pages.front().options.is_big_endian;
  TIFF* tiff = TIFFClientOpen("memory", is_big ? "wb" : "wl", &file, Read,
                              Write, Seek, Close, Size, nullptr, nullptr);
  if (tiff == nullptr) std::abort();
  for (const TiffPageFile& page : pages) {
    SetTags(tiff, page);
    if (page.options.tile_side != 0) {
      WriteTiles(tiff, page);
    } else {
      WriteStrips(tiff, page);
    }
    if (TIFFWriteDirectory(tiff) != 1) std::abort();
  }
  TIFFClose(tiff);
  return file.bytes;
}

std::string TiffFile(const Picture& picture, const TiffOptions& options) {
  return TiffFile({TiffPageFile{picture, options}});
}

std::string TiffBomb(int width, int height, int compression, bool tiled) {
  // Written by hand: a directory first, one block behind it that all entries
  // of the offset list would name, were the list there.
  const auto entry = [](int tag, int type, uint32_t count, uint32_t value) {
    return LittleEndian16(tag) + LittleEndian16(type) + LittleEndian32(count) +
           LittleEndian32(value);
  };
  const uint32_t w = static_cast<uint32_t>(width);
  const uint32_t h = static_cast<uint32_t>(height);
  constexpr int kEntries = 9;
  const uint32_t data = 8 + 2 + kEntries * 12 + 4;
  std::string file = "II*" + std::string(1, '\0') + LittleEndian32(8) +
                     LittleEndian16(kEntries + (tiled ? 1 : 0));
  file += entry(256, 4, 1, w) + entry(257, 4, 1, h) + entry(258, 3, 1, 8) +
          entry(259, 3, 1, static_cast<uint32_t>(compression)) +
          entry(262, 3, 1, 1);
  if (tiled) {
    file += entry(277, 3, 1, 1) + entry(322, 4, 1, (w + 15) / 16 * 16) +
            entry(323, 4, 1, (h + 15) / 16 * 16) + entry(324, 4, 1, data) +
            entry(325, 4, 1, 64);
  } else {
    file += entry(273, 4, 1, data) + entry(277, 3, 1, 1) + entry(278, 4, 1, h) +
            entry(279, 4, 1, 64);
  }
  file += LittleEndian32(0) + std::string(64 + 12, '\x55');
  return file;
}

}  // namespace sightline::testing
