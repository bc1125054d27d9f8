#include "common/image/sniff.h"
#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

constexpr int kNone = 1, kFaxRows = 2, kG3 = 3, kG4 = 4, kLzw = 5, kJpeg = 7,
              kDeflate = 8, kPackBits = 32773;

Picture Quantised(const Picture& picture, int bits) {
  Picture out = picture;
  const int most = (1 << bits) - 1;
  for (uint8_t& sample : out.samples) {
    sample = static_cast<uint8_t>((sample >> (8 - bits)) * 255 / most);
  }
  return out;
}

TEST(Tiff, ReadsOneBitPagesOfEveryCompressionAndPolarity) {
  const Picture picture = NoisePicture(123, 67, 1, 2);
  for (const int compression :
       {kNone, kFaxRows, kG3, kG4, kLzw, kDeflate, kPackBits}) {
    for (const bool white_is_zero : {false, true}) {
      for (const bool is_big_endian : {false, true}) {
        SCOPED_TRACE(::testing::Message()
                     << "compression " << compression << " white is zero "
                     << white_is_zero << " big endian " << is_big_endian);
        ExpectDecodesTo(TiffFile(picture, {.compression = compression,
                                           .bits = 1,
                                           .white_is_zero = white_is_zero,
                                           .is_big_endian = is_big_endian}),
                        Quantised(picture, 1), 0);
      }
    }
  }
}

TEST(Tiff, ReadsEveryDepthInStripsAndTiles) {
  for (const int bits : {2, 4, 8, 16}) {
    for (const int channels : {1, 2, 3, 4}) {
      if (bits < 8 && channels > 1) continue;
      for (const int tile_side : {0, 16, 64}) {
        for (const bool planar : {false, true}) {
          if (planar && channels == 1) continue;
          SCOPED_TRACE(::testing::Message()
                       << bits << " bits, " << channels << " channels, tiles "
                       << tile_side << (planar ? ", planar" : ""));
          const Picture picture = NoisePicture(75, 50, channels, 3);
          ExpectDecodesTo(
              TiffFile(picture, {.compression = kLzw,
                                 .bits = bits,
                                 .planar = planar,
                                 .tile_side = tile_side,
                                 .is_big_endian = bits == 16}),
              bits < 8 ? Quantised(picture, bits) : OverWhite(picture), 1);
        }
      }
    }
  }
}

TEST(Tiff, ReadsStripsOfAnyHeight) {
  const Picture picture = NoisePicture(40, 100, 3, 4);
  for (const int rows : {1, 7, 64, 100, 1000}) {
    for (const int compression : {kNone, kDeflate}) {
      SCOPED_TRACE(::testing::Message() << rows << " rows");
      ExpectDecodesTo(TiffFile(picture, {.compression = compression,
                                         .rows_per_strip = rows}),
                      picture, 0);
    }
  }
}

TEST(Tiff, ReadsJpegInside) {
  for (const int channels : {1, 3}) {
    for (const int tile_side : {0, 64}) {
      SCOPED_TRACE(::testing::Message() << channels << " " << tile_side);
      const Picture picture = SmoothPicture(130, 100, channels);
      const std::string file =
          TiffFile(picture, {.compression = kJpeg, .tile_side = tile_side});
      const auto decoded = DecodeRgb(file, {});
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_LT(MeanDifference(ToPicture(decoded->pixels), ToRgb(picture)), 3);
    }
  }
}

TEST(Tiff, ReadsPalettes) {
  const std::vector<uint8_t> colours = {10, 200, 30, 250, 0,  90,
                                        77, 77,  77, 5,   60, 180};
  for (const int bits : {2, 4, 8}) {
    SCOPED_TRACE(bits);
    const Picture noise = NoisePicture(45, 27, 1, 8);
    Picture indices = noise;
    Picture seen(45, 27, 3);
    for (int y = 0; y < 27; ++y) {
      for (int x = 0; x < 45; ++x) {
        const int index = noise.at(x, y) >> 6;
        indices.at(x, y) = static_cast<uint8_t>(index << (8 - bits));
        for (int c = 0; c < 3; ++c) {
          seen.at(x, y, c) = colours[3 * index + c];
        }
      }
    }
    ExpectDecodesTo(TiffFile(indices, {.bits = bits, .palette = colours}), seen,
                    0);
  }
}

TEST(Tiff, PutsPremultipliedAlphaOverWhite) {
  // Colour that has already been multiplied: half-transparent black is 0.
  Picture picture(20, 20, 4);
  Picture seen(20, 20, 3);
  for (int i = 0; i < 400; ++i) {
    picture.samples[4 * i] = 100;
    picture.samples[4 * i + 3] = 128;
    seen.samples[3 * i] = 227;
    seen.samples[3 * i + 1] = seen.samples[3 * i + 2] = 127;
  }
  ExpectDecodesTo(TiffFile(picture, {.has_premultiplied_alpha = true}), seen,
                  0);
}

TEST(Tiff, AppliesEveryOrientation) {
  const Picture picture = NoisePicture(53, 38, 1, 9);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    const std::string file = TiffFile(picture, {.orientation = orientation});
    const auto decoded = DecodeGray(file, ReducedBy(2, 53));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_TRUE(Near(ToPicture(decoded->pixels),
                     Averaged(Oriented(picture, orientation), 2), 0));
  }
}

TEST(Tiff, ReadsThePageThatIsAskedFor) {
  const Picture first = NoisePicture(30, 20, 1, 1);
  const Picture second = NoisePicture(41, 33, 3, 2);
  const Picture third = NoisePicture(64, 10, 1, 3);
  const std::string file =
      TiffFile({{first, {}},
                {second, {.compression = kLzw, .tile_side = 16}},
                {third, {.compression = kG4, .bits = 1, .orientation = 6}}});
  DecodeOptions options;
  options.page = 1;
  const auto decoded = DecodeRgb(file, options);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->info.pages, 3);
  EXPECT_TRUE(Near(ToPicture(decoded->pixels), second, 0));
  options.page = 2;
  const auto last = DecodeGray(file, options);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_TRUE(
      Near(ToPicture(last->pixels), Oriented(Quantised(third, 1), 6), 0));
  for (const int page : {3, -1}) {
    options.page = page;
    const absl::Status status = DecodeGray(file, options).status();
    EXPECT_EQ(ReasonOf(status), kImagePageOutOfRange);
    EXPECT_EQ(DetailsOf(status)->metadata.at("pages"), "3");
  }
}

// A directory of `entries` at offset 8, followed by `next`.
std::string Directory(const std::string& entries, uint32_t next) {
  return LittleEndian16(static_cast<uint32_t>(entries.size() / 12)) + entries +
         LittleEndian32(next);
}

std::string Entry(int tag, int type, uint32_t count, uint32_t value) {
  return LittleEndian16(tag) + LittleEndian16(type) + LittleEndian32(count) +
         LittleEndian32(value);
}

const std::string kTiffHeader = std::string("II*\0", 4) + LittleEndian32(8);

TEST(Tiff, RefusesPagesInACircle) {
  // The first page names itself, then two name each other.
  EXPECT_EQ(
      ReasonOf(
          SniffImage(kTiffHeader + Directory(Entry(256, 4, 1, 5), 8)).status()),
      kImageHeaderInvalid);
  const std::string one = Directory(Entry(256, 4, 1, 5), 26);
  const std::string two = Directory(Entry(256, 4, 1, 5), 8);
  ASSERT_EQ(one.size(), 18u);
  EXPECT_EQ(ReasonOf(SniffImage(kTiffHeader + one + two).status()),
            kImageHeaderInvalid);
}

TEST(Tiff, RefusesEntriesOutsideOfTheFile) {
  const std::string far = kTiffHeader + Directory(Entry(273, 4, 9, 4000), 0);
  EXPECT_EQ(ReasonOf(SniffImage(far).status()), kImageTruncated);
  const std::string huge =
      kTiffHeader + Directory(Entry(273, 4, 0xFFFFFFFF, 0), 0);
  EXPECT_EQ(ReasonOf(SniffImage(huge).status()), kImageTruncated);
}

TEST(Tiff, CountsRowsOfAFileThatEndsInItsStrips) {
  // The directory first, then the strips: as some scanners write it.
  const int width = 50, height = 40, rows = 10;
  std::string offsets, counts, pixels;
  constexpr int kEntries = 8;
  const uint32_t lists = 8 + 2 + kEntries * 12 + 4;
  const uint32_t data = lists + 32;
  for (int i = 0; i < 4; ++i) {
    offsets += LittleEndian32(data + i * width * rows);
    counts += LittleEndian32(width * rows);
    pixels += std::string(width * rows, static_cast<char>(i * 60));
  }
  const std::string file =
      kTiffHeader +
      Directory(Entry(256, 4, 1, width) + Entry(257, 4, 1, height) +
                    Entry(258, 3, 1, 8) + Entry(259, 3, 1, 1) +
                    Entry(262, 3, 1, 1) + Entry(273, 4, 4, lists) +
                    Entry(278, 4, 1, rows) + Entry(279, 4, 4, lists + 16),
                0) +
      offsets + counts + pixels;
  const auto whole = DecodeGray(file, {});
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->pixels.row(35)[7], 180);
  const absl::Status status =
      DecodeGray(file.substr(0, file.size() - 600), {}).status();
  ASSERT_EQ(ReasonOf(status), kImageTruncated);
  EXPECT_EQ(DetailsOf(status)->metadata.at("rows"), "20");
}

TEST(Tiff, RefusesDamagedFaxData) {
  for (const int compression : {kG3, kG4, kFaxRows}) {
    SCOPED_TRACE(compression);
    const Picture picture = NoisePicture(200, 100, 1, 5);
    const std::string file = TiffFile(
        picture,
        {.compression = compression, .bits = 1, .rows_per_strip = 100});
    int refused = 0;
    for (size_t at = 100; at < 1000; at += 90) {
      std::string damaged = file;
      damaged.replace(at, 4, std::string(4, '\0'));
      const auto decoded = DecodeGray(damaged, {});
      if (!decoded.ok()) {
        EXPECT_EQ(ReasonOf(decoded.status()), kImageCorrupt);
        ++refused;
      }
    }
    // Four zero bytes are no valid code of any of the three.
    EXPECT_EQ(refused, 10);
  }
}

TEST(Tiff, NamesWhatItDoesNotRead) {
  const std::string file = TiffFile(SmoothPicture(20, 20, 1));
  const auto with_tag = [&](int tag, uint32_t value) {
    std::string changed = file;
    const size_t at = changed.find(LittleEndian16(tag) + LittleEndian16(3) +
                                   LittleEndian32(1));
    EXPECT_NE(at, std::string::npos);
    changed.replace(at + 8, 4, LittleEndian32(value));
    return changed;
  };
  struct Case {
    int tag;
    uint32_t value;
  };
  for (const Case& c : {Case{258, 12}, Case{259, 34712}, Case{259, 6},
                        Case{262, 8}, Case{277, 9}}) {
    SCOPED_TRACE(::testing::Message() << c.tag << " = " << c.value);
    const absl::Status status =
        DecodeGray(with_tag(c.tag, c.value), {}).status();
    EXPECT_EQ(ReasonOf(status), kImageFeatureUnsupported) << status;
    EXPECT_FALSE(DetailsOf(status)->metadata.at("feature").empty());
  }
  const std::string big_tiff = std::string("II+\0", 4) + std::string(20, '\0');
  EXPECT_EQ(ReasonOf(DecodeGray(big_tiff, {}).status()),
            kImageFeatureUnsupported);
}

}  // namespace
}  // namespace sightline::testing
