#include <algorithm>
#include <limits>

#include "common/image/headers.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

constexpr int kImageWidth = 256;
constexpr int kImageLength = 257;
constexpr int kBitsPerSample = 258;
constexpr int kCompression = 259;
constexpr int kPhotometric = 262;
constexpr int kStripOffsets = 273;
constexpr int kOrientation = 274;
constexpr int kSamplesPerPixel = 277;
constexpr int kRowsPerStrip = 278;
constexpr int kStripByteCounts = 279;
constexpr int kPlanarConfiguration = 284;
constexpr int kColorMap = 320;
constexpr int kTileWidth = 322;
constexpr int kTileLength = 323;
constexpr int kTileOffsets = 324;
constexpr int kTileByteCounts = 325;
constexpr int kExtraSamples = 338;
constexpr int kSampleFormat = 339;
constexpr int kJpegTables = 347;

// Every tag that reading pixels needs; the rest of a directory (names, dates,
// colour profiles) is never looked at. Fill order, fax options, predictor and
// chroma subsampling are for the decompressor alone.
constexpr int kKnownTags[] = {kImageWidth,
                              kImageLength,
                              kBitsPerSample,
                              kCompression,
                              kPhotometric,
                              266,
                              kStripOffsets,
                              kOrientation,
                              kSamplesPerPixel,
                              kRowsPerStrip,
                              kStripByteCounts,
                              kPlanarConfiguration,
                              292,
                              293,
                              317,
                              kColorMap,
                              kTileWidth,
                              kTileLength,
                              kTileOffsets,
                              kTileByteCounts,
                              kExtraSamples,
                              kSampleFormat,
                              kJpegTables,
                              530};

// A scanner's feeder holds a few hundred sheets.
constexpr int kMaxPages = 10000;
constexpr uint64_t kEntryBytes = 12;
constexpr int kMaxSamplesPerPixel = 8;
// Larger tiles are allowed only where the image itself is larger.
constexpr int64_t kMaxTileSide = 1024;
constexpr uint32_t kMaxJpegTablesBytes = 64 << 10;

int TypeBytes(uint32_t type) {
  switch (type) {
    case 1:
    case 7:
      return 1;
    case 3:
      return 2;
    case 4:
      return 4;
    default:
      return 0;
  }
}

// A directory's place, its number of entries and the one that follows.
struct Directory {
  uint64_t at = 0;
  uint64_t entries = 0;
  uint64_t next = 0;
};

bool ReadDirectory(const ByteReader& in, uint64_t at, Directory& out) {
  if (!in.Has(at, 2)) return false;
  out.at = at;
  out.entries = in.U16(at);
  if (!in.Has(at + 2, out.entries * kEntryBytes + 4)) return false;
  out.next = in.U32(at + 2 + out.entries * kEntryBytes);
  return true;
}

// Walks the chain of directories: how many there are, and page `page`.
absl::Status WalkPages(const ByteReader& in, int page, Directory& wanted,
                       int& pages) {
  pages = 0;
  // Brent's cycle detection: a chain that returns to `anchor` never ends.
  uint64_t anchor = 0;
  int next_anchor = 1;
  for (uint64_t at = in.U32(4); at != 0;) {
    Directory directory;
    if (at == anchor || pages >= kMaxPages) {
      return HeaderInvalid(absl::StrCat(
          "the TIFF's pages form a circle, or are more than ", kMaxPages));
    }
    if (!ReadDirectory(in, at, directory)) return HeaderTruncated("TIFF");
    if (pages == page) wanted = directory;
    if (++pages == next_anchor) {
      anchor = at;
      next_anchor *= 2;
    }
    at = directory.next;
  }
  if (pages == 0) return HeaderInvalid("the TIFF has no page");
  if (page < 0 || page >= pages) {
    return Error(absl::StatusCode::kInvalidArgument, kImagePageOutOfRange)
        .Field("", absl::StrCat("page ", page, " is asked for, the TIFF has ",
                                pages, " (counted from 0)"))
        .With("page", absl::StrCat(page))
        .With("pages", absl::StrCat(pages));
  }
  return absl::OkStatus();
}

// Copies the known entries of `directory`, the first of each tag.
absl::Status ReadEntries(const ByteReader& in, const Directory& directory,
                         TiffPage& page) {
  size_t used = 0;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    TiffEntry entry;
    entry.entry_at = directory.at + 2 + i * kEntryBytes;
    entry.tag = static_cast<uint16_t>(in.U16(entry.entry_at));
    entry.type = static_cast<uint16_t>(in.U16(entry.entry_at + 2));
    entry.count = in.U32(entry.entry_at + 4);
    const bool is_known =
        std::find(std::begin(kKnownTags), std::end(kKnownTags), entry.tag) !=
        std::end(kKnownTags);
    if (!is_known || page.Find(entry.tag) != nullptr) continue;
    const uint64_t bytes =
        static_cast<uint64_t>(entry.count) * TypeBytes(entry.type);
    if (bytes == 0) {
      return HeaderInvalid(absl::StrCat("TIFF tag ", entry.tag, " has type ",
                                        entry.type, " and count ",
                                        entry.count));
    }
    entry.values_at =
        bytes <= 4 ? entry.entry_at + 8 : in.U32(entry.entry_at + 8);
    if (!in.Has(entry.values_at, bytes)) return HeaderTruncated("TIFF");
    page.entries[used++] = entry;
  }
  return absl::OkStatus();
}

// What decoding has to hold beside rows and result. In floating point: a
// header may declare 2^31 pixels a side.
int64_t HeldBytes(absl::string_view file, const TiffPage& page) {
  const TiffEntry* counts =
      page.Find(page.is_tiled ? kTileByteCounts : kStripByteCounts);
  const int64_t blocks = page.blocks();
  uint32_t largest_coded = 0;
  for (int64_t i = 0; i < blocks; ++i) {
    largest_coded = std::max(
        largest_coded,
        TiffValue(file, page.order, *counts, static_cast<uint64_t>(i)));
  }
  // No strip can be longer than the file. libtiff holds the coded block, and
  // offsets and byte counts as 64-bit numbers with one 32-bit list at a time
  // while it reads them.
  double held = std::min<double>(largest_coded, file.size()) + 20.0 * blocks;
  if (page.is_tiled || page.is_planar) {
    // One decoded block of every plane.
    const double samples = page.samples_per_pixel;
    held += (page.block_width * samples * page.bits_per_sample / 8 + samples) *
            page.block_height;
    // A row of blocks as 8-bit pixels.
    const double channels = page.info.channels >= 3 ? 3 : 1;
    held += (1.0 * page.info.width + page.block_width) * channels *
            page.block_height;
  }
  constexpr double kMostBytes = 1e18;
  return static_cast<int64_t>(std::min(held, kMostBytes));
}

// The numbers of a page, from its entries.
class PageReader {
 public:
  PageReader(absl::string_view file, TiffPage& page)
      : file_(file), page_(page) {}

  absl::Status Read() {
    const uint32_t width = Value(kImageWidth, 0);
    const uint32_t height = Value(kImageLength, 0);
    constexpr uint32_t kMaxSide = std::numeric_limits<int32_t>::max();
    if (width == 0 || height == 0 || width > kMaxSide || height > kMaxSide) {
      return HeaderInvalid(absl::StrCat("the TIFF page declares ", width, " x ",
                                        height, " pixels"));
    }
    ImageInfo& info = page_.info;
    info.width = static_cast<int>(width);
    info.height = static_cast<int>(height);
    const uint32_t orientation = Value(kOrientation, 1);
    info.orientation = orientation >= 1 && orientation <= 8
                           ? static_cast<int>(orientation)
                           : 1;
    page_.compression = static_cast<int>(Value(kCompression, 1));
    page_.photometric = static_cast<int>(Value(kPhotometric, 0));
    absl::Status status = ReadSamples();
    if (status.ok()) status = ReadBlocks();
    if (!status.ok()) return status;
    info.held_bytes = HeldBytes(file_, page_);
    return absl::OkStatus();
  }

 private:
  uint32_t Value(int tag, uint32_t missing, uint64_t index = 0) const {
    const TiffEntry* entry = page_.Find(tag);
    return entry == nullptr ? missing
                            : TiffValue(file_, page_.order, *entry, index);
  }

  absl::Status ReadSamples() {
    const uint32_t samples = Value(kSamplesPerPixel, 1);
    const uint32_t bits = Value(kBitsPerSample, 1);
    if (samples == 0 || samples > kMaxSamplesPerPixel) {
      return FeatureUnsupported(
          absl::StrCat("TIFF of ", samples, " samples a pixel"));
    }
    const TiffEntry* all_bits = page_.Find(kBitsPerSample);
    for (uint64_t i = 1; all_bits != nullptr && i < all_bits->count && i < 8;
         ++i) {
      if (Value(kBitsPerSample, bits, i) != bits) {
        return FeatureUnsupported("TIFF of differently deep samples");
      }
    }
    if (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16) {
      return FeatureUnsupported(
          absl::StrCat("TIFF of ", bits, " bits a sample"));
    }
    if (bits < 8 && samples > 1) {
      return FeatureUnsupported(
          absl::StrCat("TIFF of ", samples, " samples of ", bits, " bits"));
    }
    if (Value(kSampleFormat, 1) != 1) {
      return FeatureUnsupported("TIFF of signed or floating-point samples");
    }
    page_.samples_per_pixel = static_cast<int>(samples);
    page_.bits_per_sample = static_cast<int>(bits);
    page_.is_planar = samples > 1 && Value(kPlanarConfiguration, 1) == 2;
    if (page_.Find(kExtraSamples) != nullptr) {
      page_.extra_sample = static_cast<int>(Value(kExtraSamples, 0));
    }
    constexpr int kPalette = 3;
    page_.info.channels =
        page_.photometric == kPalette ? 3 : static_cast<int>(samples);
    for (const TiffEntry& entry : page_.entries) {
      // Lists have a length that follows from the page; nothing else is long.
      const bool is_list =
          entry.tag == kStripOffsets || entry.tag == kStripByteCounts ||
          entry.tag == kTileOffsets || entry.tag == kTileByteCounts;
      const uint32_t most = entry.tag == kColorMap     ? 3u << 16
                            : entry.tag == kJpegTables ? kMaxJpegTablesBytes
                                                       : 16;
      if (!is_list && entry.count > most) {
        return HeaderInvalid(absl::StrCat("TIFF tag ", entry.tag, " has ",
                                          entry.count, " values"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadBlocks() {
    const ImageInfo& info = page_.info;
    page_.is_tiled = page_.Find(kTileWidth) != nullptr;
    if (page_.is_tiled) {
      const int64_t tile_width = Value(kTileWidth, 0);
      const int64_t tile_height = Value(kTileLength, 0);
      if (tile_width == 0 || tile_height == 0) {
        return HeaderInvalid("the TIFF's tiles have no size");
      }
      if (tile_width > std::max<int64_t>(kMaxTileSide, info.width + 15) ||
          tile_height > std::max<int64_t>(kMaxTileSide, info.height + 15)) {
        return HeaderInvalid(absl::StrCat("the TIFF's tiles of ", tile_width,
                                          " x ", tile_height,
                                          " pixels are larger than its image"));
      }
      page_.block_width = static_cast<int>(tile_width);
      page_.block_height = static_cast<int>(tile_height);
    } else {
      const uint32_t rows =
          Value(kRowsPerStrip, static_cast<uint32_t>(info.height));
      if (rows == 0) return HeaderInvalid("the TIFF's strips have no rows");
      page_.block_width = info.width;
      page_.block_height =
          static_cast<int>(std::min(rows, static_cast<uint32_t>(info.height)));
    }
    const TiffEntry* offsets =
        page_.Find(page_.is_tiled ? kTileOffsets : kStripOffsets);
    const TiffEntry* counts =
        page_.Find(page_.is_tiled ? kTileByteCounts : kStripByteCounts);
    const int64_t blocks = page_.blocks();
    if (offsets == nullptr || counts == nullptr || offsets->count < blocks ||
        counts->count < blocks) {
      return HeaderInvalid(absl::StrCat(
          "the TIFF page needs ", blocks, page_.is_tiled ? " tiles" : " strips",
          " and does not say where they all are"));
    }
    return absl::OkStatus();
  }

  absl::string_view file_;
  TiffPage& page_;
};

}  // namespace

const TiffEntry* TiffPage::Find(int tag) const {
  for (const TiffEntry& entry : entries) {
    if (entry.tag == 0) return nullptr;
    if (entry.tag == tag) return &entry;
  }
  return nullptr;
}

int64_t TiffPage::blocks() const {
  const int64_t across = (int64_t{info.width} + block_width - 1) / block_width;
  const int64_t down = (int64_t{info.height} + block_height - 1) / block_height;
  // A list has 32-bit many entries at most: more need not be told apart, and
  // the product must not overflow.
  constexpr int64_t kMost = int64_t{1} << 40;
  return std::min(across * down, kMost) * (is_planar ? samples_per_pixel : 1);
}

uint32_t TiffValue(absl::string_view file, ByteOrder order,
                   const TiffEntry& entry, uint64_t index) {
  if (index >= entry.count) return 0;
  const ByteReader in(file, order);
  switch (TypeBytes(entry.type)) {
    case 1:
      return in.U8(entry.values_at + index);
    case 2:
      return in.U16(entry.values_at + 2 * index);
    case 4:
      return in.U32(entry.values_at + 4 * index);
    default:
      return 0;
  }
}

absl::StatusOr<TiffPage> ReadTiffPage(absl::string_view file, int page) {
  TiffPage result;
  result.order = file.substr(0, 1) == "I" ? ByteOrder::kLittleEndian
                                          : ByteOrder::kBigEndian;
  const ByteReader in(file, result.order);
  if (!in.Has(0, 8)) return HeaderTruncated("TIFF");
  if (in.U16(2) == 43) return FeatureUnsupported("BigTIFF");
  result.info.format = FileFormat::kTiff;
  Directory directory;
  absl::Status status = WalkPages(in, page, directory, result.info.pages);
  if (status.ok()) status = ReadEntries(in, directory, result);
  if (status.ok()) status = PageReader(file, result).Read();
  if (!status.ok()) return status;
  const Resolution resolution = DirectoryResolution(in, directory.at);
  result.info.dots_per_inch_x = resolution.x;
  result.info.dots_per_inch_y = resolution.y;
  return result;
}

}  // namespace sightline::image_internal
