#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

TEST(Bmp, ReadsEveryDepthBothWaysUp) {
  for (const int bits : {1, 4, 8, 24, 32}) {
    for (const bool top_down : {false, true}) {
      for (const int width : {64, 61, 3}) {
        SCOPED_TRACE(::testing::Message() << bits << " bits, width " << width
                                          << (top_down ? ", top down" : ""));
        Picture picture = NoisePicture(width, 37, bits <= 8 ? 1 : 3, 5);
        const std::string file =
            BmpFile(picture, {.bits = bits, .top_down = top_down});
        if (bits < 8) {
          for (uint8_t& sample : picture.samples) {
            sample = static_cast<uint8_t>((sample >> (8 - bits)) * 255 /
                                          ((1 << bits) - 1));
          }
        }
        ExpectDecodesTo(file, picture, 0);
      }
    }
  }
}

TEST(Bmp, ReadsOldHeadersAndUsualMasks) {
  const Picture picture = NoisePicture(33, 21, 3, 6);
  ExpectDecodesTo(BmpFile(picture, {.core_header = true}), picture, 0);
  ExpectDecodesTo(BmpFile(picture, {.bits = 32, .bit_fields = true}), picture,
                  0);
}

TEST(Bmp, ReadsPalettesOfColours) {
  for (const int bits : {1, 4, 8}) {
    SCOPED_TRACE(bits);
    const Picture picture = NoisePicture(45, 20, 1, 7);
    std::string file = BmpFile(picture, {.bits = bits});
    // The palette follows the 14 + 40 bytes of header: blue, green, red, 0.
    Picture seen(45, 20, 3);
    for (int i = 0; i < 1 << bits; ++i) {
      const char entry[] = {static_cast<char>(255 - i), static_cast<char>(i),
                            static_cast<char>(7 * i), 0};
      file.replace(54 + 4 * i, 4, entry, 4);
    }
    for (int y = 0; y < 20; ++y) {
      for (int x = 0; x < 45; ++x) {
        const int index = picture.at(x, y) >> (8 - bits);
        seen.at(x, y, 0) = static_cast<uint8_t>(7 * index);
        seen.at(x, y, 1) = static_cast<uint8_t>(index);
        seen.at(x, y, 2) = static_cast<uint8_t>(255 - index);
      }
    }
    ExpectDecodesTo(file, seen, 0);
  }
}

TEST(Bmp, NamesWhatItDoesNotRead) {
  const std::string file = BmpFile(SmoothPicture(20, 20, 1), {.bits = 8});
  std::string runs = file;
  runs[30] = 1;
  const absl::Status status = DecodeGray(runs, {}).status();
  EXPECT_EQ(ReasonOf(status), kImageFeatureUnsupported);
  EXPECT_EQ(DetailsOf(status)->metadata.at("feature"),
            "BMP with run-length coding");
  std::string sixteen = file;
  sixteen[28] = 16;
  EXPECT_EQ(ReasonOf(DecodeGray(sixteen, {}).status()),
            kImageFeatureUnsupported);
  std::string masks =
      BmpFile(SmoothPicture(20, 20, 3), {.bits = 32, .bit_fields = true});
  masks.replace(54, 4, LittleEndian32(0xFF));
  EXPECT_EQ(ReasonOf(DecodeGray(masks, {}).status()), kImageFeatureUnsupported);
}

TEST(Bmp, RefusesHeadersThatCannotBe) {
  const std::string file = BmpFile(SmoothPicture(20, 20, 3));
  const auto with = [&](size_t at, const std::string& bytes) {
    std::string changed = file;
    changed.replace(at, bytes.size(), bytes);
    return ReasonOf(DecodeGray(changed, {}).status());
  };
  EXPECT_EQ(with(18, LittleEndian32(0)), kImageHeaderInvalid);
  EXPECT_EQ(with(18, LittleEndian32(0x80000000)), kImageHeaderInvalid);
  EXPECT_EQ(with(22, LittleEndian32(0x80000000)), kImageHeaderInvalid);
  EXPECT_EQ(with(28, LittleEndian16(7)), kImageHeaderInvalid);
  EXPECT_EQ(with(14, LittleEndian32(3)), kImageHeaderInvalid);
  EXPECT_EQ(with(10, LittleEndian32(20)), kImageHeaderInvalid);
  EXPECT_EQ(with(10, LittleEndian32(0xFFFFFFF0)), kImageTruncated);
}

TEST(Bmp, ShowsIndicesBeyondThePaletteAsBlack) {
  Picture picture = NoisePicture(20, 20, 1, 2);
  std::string file = BmpFile(picture, {.bits = 8});
  // The header counts 16 colours.
  file.replace(46, 4, LittleEndian32(16));
  for (uint8_t& sample : picture.samples) {
    if (sample >= 16) sample = 0;
  }
  ExpectDecodesTo(file, picture, 0);
}

}  // namespace
}  // namespace sightline::testing
