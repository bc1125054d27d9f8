#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "common/image/decoders.h"
#include "common/image/image_error.h"
#include "common/image/tiff_rows.h"

namespace sightline::image_internal {
namespace {

// The file as libtiff sees it: the bytes as they are and, behind them, a
// directory of our own with nothing but the entries that ReadTiffPage() knows
// and has checked. A hostile directory can make libtiff allocate the same
// megabytes once for every of its 65535 entries; this one can't.
class TiffSource {
 public:
  TiffSource(absl::string_view file, const TiffPage& page)
      : file_(file), directory_at_((file.size() + 1) & ~uint64_t{1}) {
    std::vector<TiffEntry> entries;
    for (const TiffEntry& entry : page.entries) {
      if (entry.tag != 0) entries.push_back(entry);
    }
    std::sort(
        entries.begin(), entries.end(),
        [](const TiffEntry& a, const TiffEntry& b) { return a.tag < b.tag; });
    const char count = static_cast<char>(entries.size());
    const bool is_big = page.order == ByteOrder::kBigEndian;
    directory_ = is_big ? std::string{0, count} : std::string{count, 0};
    for (const TiffEntry& entry : entries) {
      directory_.append(file.data() + entry.entry_at, 12);
    }
    directory_.append(4, '\0');  // No further page.
  }

  uint64_t directory_at() const { return directory_at_; }
  uint64_t size() const { return directory_at_ + directory_.size(); }

  // Bytes between the file's end and the directory are zero.
  size_t Read(char* out, size_t count) {
    size_t done = 0;
    while (done < count && at_ < size()) {
      absl::string_view part("", 1);
      if (at_ < file_.size()) {
        part = file_.substr(at_);
      } else if (at_ >= directory_at_) {
        part = absl::string_view(directory_).substr(at_ - directory_at_);
      }
      const size_t bytes = std::min(part.size(), count - done);
      std::memcpy(out + done, part.data(), bytes);
      done += bytes;
      at_ += bytes;
    }
    return done;
  }

  uint64_t Seek(uint64_t offset, int whence) {
    const uint64_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? at_
                                               : size();
    at_ = base + offset;
    return at_;
  }

  // What libtiff complained of first.
  std::string message;
  // Complaints from here on are about pixels.
  bool reads_pixels = false;
  bool is_damaged = false;

 private:
  absl::string_view file_;
  uint64_t directory_at_;
  std::string directory_;
  uint64_t at_ = 0;
};

TiffSource& SourceOf(void* handle) { return *static_cast<TiffSource*>(handle); }

// libtiff is C and lets a callback's exceptions pass at best by luck.
void KeepMessage(TiffSource& source, const char* format, va_list arguments) {
  char text[200];
  std::vsnprintf(text, sizeof(text), format, arguments);
  try {
    if (source.message.empty()) source.message = text;
  } catch (const std::bad_alloc&) {
  }
}

int OnError(TIFF*, void* user_data, const char*, const char* format,
            va_list arguments) {
  TiffSource& source = SourceOf(user_data);
  KeepMessage(source, format, arguments);
  source.is_damaged = source.reads_pixels;
  return 1;
}

// The fax and JPEG decoders go on after damage and only warn of it. A sheet
// with rows made up must not be graded.
int OnWarning(TIFF*, void* user_data, const char*, const char* format,
              va_list arguments) {
  TiffSource& source = SourceOf(user_data);
  const bool is_harmless = std::strstr(format, "Old-style LZW") != nullptr;
  if (!source.reads_pixels || is_harmless) return 1;
  KeepMessage(source, format, arguments);
  source.is_damaged = true;
  return 1;
}

tmsize_t OnRead(thandle_t handle, void* out, tmsize_t count) {
  return static_cast<tmsize_t>(
      SourceOf(handle).Read(static_cast<char*>(out),
                            static_cast<size_t>(std::max<tmsize_t>(count, 0))));
}
tmsize_t OnWrite(thandle_t, void*, tmsize_t) { return 0; }
toff_t OnSeek(thandle_t handle, toff_t offset, int whence) {
  return SourceOf(handle).Seek(offset, whence);
}
int OnClose(thandle_t) { return 0; }
toff_t OnSize(thandle_t handle) { return SourceOf(handle).size(); }

struct TiffCloser {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffHandle = std::unique_ptr<TIFF, TiffCloser>;

TiffHandle Open(TiffSource& source, int64_t memory_limit) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  if (options == nullptr) return nullptr;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options,
                                      static_cast<tmsize_t>(memory_limit));
  TIFFOpenOptionsSetErrorHandlerExtR(options, OnError, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, OnWarning, &source);
  // r: read; h: not the first directory; m: not mapped.
  TiffHandle tiff(TIFFClientOpenExt("", "rhm", &source, OnRead, OnWrite, OnSeek,
                                    OnClose, OnSize, nullptr, nullptr,
                                    options));
  TIFFOpenOptionsFree(options);
  return tiff;
}

absl::Status CheckCompression(const TiffPage& page) {
  switch (page.compression) {
    case COMPRESSION_NONE:
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4:
    case COMPRESSION_LZW:
    case COMPRESSION_PACKBITS:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
      return absl::OkStatus();
    case COMPRESSION_JPEG:
      if (page.is_planar) {
        return FeatureUnsupported("TIFF of JPEG planes");
      }
      return absl::OkStatus();
    default:
      return FeatureUnsupported(
          absl::StrCat("TIFF with compression ", page.compression));
  }
}

class TiffDecoder {
 public:
  TiffDecoder(absl::string_view file, const TiffPage& page, TiffSource& source,
              TIFF* tiff)
      : file_(file), page_(page), source_(source), tiff_(tiff) {}

  // Contiguous strips: row by row, so that the strip's size does not matter.
  absl::Status ReadStrips(const TiffRowConverter& converter, RowSink& sink) {
    const int width = page_.info.width, height = page_.info.height;
    const size_t row_bytes = converter.row_bytes(width);
    if (TIFFScanlineSize(tiff_) != static_cast<tmsize_t>(row_bytes)) {
      return HeaderInvalid("the TIFF's rows have an unexpected size");
    }
    std::vector<uint8_t> raw(row_bytes);
    std::vector<uint8_t> row(static_cast<size_t>(width) * converter.channels());
    for (int y = 0; y < height; ++y) {
      if (y % page_.block_height == 0) {
        const absl::Status status = CheckBlock(y / page_.block_height, y);
        if (!status.ok()) return status;
      }
      if (TIFFReadScanline(tiff_, raw.data(), static_cast<uint32_t>(y), 0) !=
              1 ||
          source_.is_damaged) {
        return Corrupt("TIFF", source_.message);
      }
      converter.Convert(raw.data(), width, row.data());
      sink.AddRow(row.data());
    }
    return absl::OkStatus();
  }

  // Tiles, or strips of one plane each: a row of blocks at a time.
  absl::Status ReadBlocks(const TiffRowConverter& converter, RowSink& sink) {
    const int width = page_.info.width, height = page_.info.height;
    const int across = (width + page_.block_width - 1) / page_.block_width;
    const int planes = page_.is_planar ? page_.samples_per_pixel : 1;
    const size_t block_bytes = static_cast<size_t>(
        page_.is_tiled ? TIFFTileSize(tiff_) : TIFFStripSize(tiff_));
    const size_t plane_row_bytes =
        converter.row_bytes(page_.block_width) / planes;
    if (block_bytes != plane_row_bytes * page_.block_height) {
      return HeaderInvalid("the TIFF's blocks have an unexpected size");
    }
    const size_t stride = static_cast<size_t>(width) * converter.channels();
    std::vector<uint8_t> raw(block_bytes * planes);
    std::vector<uint8_t> band(stride * page_.block_height);
    std::vector<uint8_t> interleaved(planes > 1 ? plane_row_bytes * planes : 0);
    for (int y = 0; y < height; y += page_.block_height) {
      const int rows = std::min(page_.block_height, height - y);
      for (int column = 0; column < across; ++column) {
        const int64_t block = int64_t{y / page_.block_height} * across + column;
        const absl::Status status = ReadBlock(block, planes, y, raw);
        if (!status.ok()) return status;
        const int x = column * page_.block_width;
        const int columns = std::min(page_.block_width, width - x);
        for (int row = 0; row < rows; ++row) {
          const uint8_t* from = raw.data() + row * plane_row_bytes;
          if (planes > 1) {
            Interleave(from, block_bytes, planes, columns, interleaved);
            from = interleaved.data();
          }
          converter.Convert(from, columns,
                            band.data() + row * stride +
                                static_cast<size_t>(x) * converter.channels());
        }
      }
      for (int row = 0; row < rows; ++row) {
        sink.AddRow(band.data() + row * stride);
      }
    }
    return absl::OkStatus();
  }

 private:
  // Whether the file holds the whole block; `y` is its first row.
  absl::Status CheckBlock(int64_t block, int y) const {
    const auto value = [&](int tag) -> uint64_t {
      const TiffEntry* entry = page_.Find(tag);
      return entry == nullptr ? 0
                              : TiffValue(file_, page_.order, *entry,
                                          static_cast<uint64_t>(block));
    };
    const uint64_t at =
        value(page_.is_tiled ? TIFFTAG_TILEOFFSETS : TIFFTAG_STRIPOFFSETS);
    const uint64_t bytes = value(page_.is_tiled ? TIFFTAG_TILEBYTECOUNTS
                                                : TIFFTAG_STRIPBYTECOUNTS);
    if (at + bytes > file_.size()) {
      return PixelsTruncated("TIFF", y, page_.info.height);
    }
    if (page_.compression != COMPRESSION_JPEG) return absl::OkStatus();
    // libjpeg would hold a progressive image's coefficients, whatever size the
    // stream inside declares.
    const auto jpeg = ReadJpegHeader(file_.substr(at, bytes));
    if (!jpeg.ok()) return jpeg.status();
    if (jpeg->needs_whole_image) {
      return FeatureUnsupported("TIFF of progressive JPEG");
    }
    return absl::OkStatus();
  }

  absl::Status ReadBlock(int64_t block, int planes, int y,
                         std::vector<uint8_t>& raw) {
    const int64_t blocks_a_plane = page_.blocks() / planes;
    const size_t bytes = raw.size() / planes;
    for (int plane = 0; plane < planes; ++plane) {
      const int64_t index = block + plane * blocks_a_plane;
      const absl::Status status = CheckBlock(index, y);
      if (!status.ok()) return status;
      uint8_t* out = raw.data() + plane * bytes;
      const auto size = static_cast<tmsize_t>(bytes);
      const tmsize_t got =
          page_.is_tiled ? TIFFReadEncodedTile(
                               tiff_, static_cast<uint32_t>(index), out, size)
                         : TIFFReadEncodedStrip(
                               tiff_, static_cast<uint32_t>(index), out, size);
      if (got < 0 || source_.is_damaged) {
        return Corrupt("TIFF", source_.message);
      }
    }
    return absl::OkStatus();
  }

  // Gathers one row of samples that lie `plane_bytes` apart.
  void Interleave(const uint8_t* from, size_t plane_bytes, int planes,
                  int columns, std::vector<uint8_t>& out) const {
    const int bytes = page_.bits_per_sample / 8;
    for (int plane = 0; plane < planes; ++plane) {
      for (int x = 0; x < columns; ++x) {
        std::memcpy(out.data() + (x * planes + plane) * bytes,
                    from + plane * plane_bytes + x * bytes, bytes);
      }
    }
  }

  absl::string_view file_;
  const TiffPage& page_;
  TiffSource& source_;
  TIFF* tiff_;
};

}  // namespace

int64_t TiffBytes(const ImageInfo& info, int reduction) {
  // libtiff's structures and a codec's tables (LZW 80 KB, JPEG 90 KB).
  constexpr int64_t kFixed = 384 << 10;
  // Run lengths of a fax row, rows before and after conversion, and rows of
  // blocks inside libjpeg.
  const int64_t width = info.width + 64;
  return kFixed + info.held_bytes + width * (32 + 96 * info.channels) +
         RowSink::Bytes(info.width, reduction, info.orientation);
}

absl::Status DecodeTiff(absl::string_view file, int page_index, int reduction,
                        const Canvas& canvas) {
  const absl::StatusOr<TiffPage> read = ReadTiffPage(file, page_index);
  if (!read.ok()) return read.status();
  const TiffPage& page = *read;
  absl::Status status = CheckCompression(page);
  if (!status.ok()) return status;
  const auto converter = TiffRowConverter::Create(file, page);
  if (!converter.ok()) return converter.status();
  TiffSource source(file, page);
  const TiffHandle tiff = Open(source, TiffBytes(page.info, reduction));
  if (tiff == nullptr ||
      TIFFSetSubDirectory(tiff.get(), source.directory_at()) != 1) {
    return HeaderInvalid(
        absl::StrCat("the TIFF page is refused: ", source.message));
  }
  if (page.compression == COMPRESSION_JPEG &&
      page.photometric == PHOTOMETRIC_YCBCR) {
    TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  source.reads_pixels = true;
  source.message.clear();
  TiffDecoder decoder(file, page, source, tiff.get());
  RowSink sink({page.info.width, page.info.height, converter->channels()},
               reduction, canvas);
  return page.is_tiled || page.is_planar ? decoder.ReadBlocks(*converter, sink)
                                         : decoder.ReadStrips(*converter, sink);
}

}  // namespace sightline::image_internal
