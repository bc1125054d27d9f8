// Dots per inch, as files of every format say them or fail to.
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "common/image/sniff.h"
#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

void ExpectDots(const std::string& file, double x, double y) {
  const auto info = SniffImage(file);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_NEAR(info->dots_per_inch_x, x, 1e-9);
  EXPECT_NEAR(info->dots_per_inch_y, y, 1e-9);
}

// A JPEG of which the JFIF header says this.
std::string JfifFile(int unit, uint32_t x, uint32_t y) {
  std::string file = JpegFile(SmoothPicture(9, 9, 1));
  const size_t name = file.find("JFIF");
  EXPECT_NE(name, std::string::npos);
  return file.replace(
      name + 7, 5, static_cast<char>(unit) + BigEndian16(x) + BigEndian16(y));
}

struct Ratio {
  uint32_t numerator;
  uint32_t denominator;
};

// An EXIF block from its TIFF header on; `unit` is left out where it is none.
std::string ExifWithResolution(Ratio x, Ratio y, std::optional<int> unit) {
  const int entries = unit.has_value() ? 3 : 2;
  const uint32_t ratios = 8 + 2 + 12 * static_cast<uint32_t>(entries) + 4;
  std::string block = std::string("MM") + BigEndian16(42) + BigEndian32(8) +
                      BigEndian16(static_cast<uint32_t>(entries)) +
                      BigEndian16(282) + BigEndian16(5) + BigEndian32(1) +
                      BigEndian32(ratios) + BigEndian16(283) + BigEndian16(5) +
                      BigEndian32(1) + BigEndian32(ratios + 8);
  if (unit.has_value()) {
    block += BigEndian16(296) + BigEndian16(3) + BigEndian32(1) +
             BigEndian16(static_cast<uint32_t>(*unit)) + BigEndian16(0);
  }
  return block + BigEndian32(0) + BigEndian32(x.numerator) +
         BigEndian32(x.denominator) + BigEndian32(y.numerator) +
         BigEndian32(y.denominator);
}

std::string WithExif(const std::string& jpeg, const std::string& block) {
  const std::string segment = std::string("Exif\0\0", 6) + block;
  return jpeg.substr(0, 2) + "\xFF\xE1" +
         BigEndian16(static_cast<uint32_t>(segment.size() + 2)) + segment +
         jpeg.substr(2);
}

// A PNG with this chunk behind its header.
std::string PngWithChunk(const std::string& data) {
  const std::string file = PngFile(SmoothPicture(9, 9, 1));
  return file.substr(0, 33) + PngChunk("pHYs", data) + file.substr(33);
}

// What no page can have, as ratios of dots to the inch.
constexpr Ratio kNonsense[] = {{0, 1},      {1, 0},          {0, 0},
                               {300, 0},    {1, 2},          {100'001, 1},
                               {72, 1'000}, {0xFFFFFFFF, 1}, {1, 0xFFFFFFFF}};

TEST(Resolution, IsUnknownWhereFilesDoNotSay) {
  for (const std::string& file :
       {JpegFile(SmoothPicture(9, 9, 1)), PngFile(SmoothPicture(9, 9, 1)),
        TiffFile(SmoothPicture(9, 9, 1)), BmpFile(SmoothPicture(9, 9, 3)),
        WebpFile(SmoothPicture(9, 9, 3))}) {
    ExpectDots(file, 0, 0);
  }
}

TEST(Resolution, IsReadFromJfif) {
  ExpectDots(JfifFile(1, 300, 150), 300, 150);
  ExpectDots(JfifFile(2, 118, 59), 118 * 2.54, 59 * 2.54);
  // The shape of pixels and no size.
  ExpectDots(JfifFile(0, 300, 150), 0, 0);
  ExpectDots(JfifFile(3, 300, 150), 0, 0);
  ExpectDots(JfifFile(1, 0, 65535), 0, 65535);
  ExpectDots(JfifFile(2, 65535, 1), 0, 2.54);
}

TEST(Resolution, IsReadFromExifWhereJfifIsSilent) {
  const std::string exif = ExifWithResolution({600, 2}, {1999, 10}, 2);
  ExpectDots(WithExif(JfifFile(0, 1, 1), exif), 300, 199.9);
  ExpectDots(WithExif(JfifFile(1, 72, 72), exif), 72, 72);
  ExpectDots(
      WithExif(JfifFile(0, 1, 1), ExifWithResolution({100, 1}, {50, 1}, 3)),
      254, 127);
  // Inches are the default; 1 and 0 are no units.
  ExpectDots(WithExif(JfifFile(0, 1, 1),
                      ExifWithResolution({100, 1}, {50, 1}, std::nullopt)),
             100, 50);
  for (const int unit : {0, 1, 4}) {
    ExpectDots(WithExif(JfifFile(0, 1, 1),
                        ExifWithResolution({100, 1}, {50, 1}, unit)),
               0, 0);
  }
}

TEST(Resolution, IsReadFromPng) {
  ExpectDots(PngFile(SmoothPicture(9, 9, 1), {.dots_per_metre = 11811}),
             11811 * 0.0254, 11811 * 0.0254);
  ExpectDots(PngWithChunk(BigEndian32(4000) + BigEndian32(8000) + '\1'), 101.6,
             203.2);
  ExpectDots(PngWithChunk(BigEndian32(4000) + BigEndian32(8000) + '\0'), 0, 0);
  ExpectDots(PngWithChunk(BigEndian32(0) + BigEndian32(0xFFFFFFFF) + '\1'), 0,
             0);
  ExpectDots(PngWithChunk(BigEndian32(4000)), 0, 0);
  ExpectDots(PngWithChunk(""), 0, 0);
}

TEST(Resolution, IsReadFromPngBesideExif) {
  const std::string file = PngFile(SmoothPicture(9, 9, 1),
                                   {.orientation = 6, .dots_per_metre = 4000});
  ExpectDots(file, 101.6, 101.6);
  EXPECT_EQ(SniffImage(file)->orientation, 6);
}

TEST(Resolution, IsReadFromTiff) {
  for (const bool is_big_endian : {false, true}) {
    const auto file = [&](double x, double y, int unit) {
      return TiffFile(SmoothPicture(9, 9, 1), {.is_big_endian = is_big_endian,
                                               .dots_x = x,
                                               .dots_y = y,
                                               .dots_unit = unit});
    };
    ExpectDots(file(204, 98, 2), 204, 98);
    ExpectDots(file(100, 50, 3), 254, 127);
    ExpectDots(file(300, 300, 1), 0, 0);
  }
}

TEST(Resolution, OfTheAskedTiffPageIsRead) {
  const std::string file = TiffFile(
      {{SmoothPicture(9, 9, 1), {.dots_x = 200, .dots_y = 200, .dots_unit = 2}},
       {SmoothPicture(9, 9, 1), {}},
       {SmoothPicture(9, 9, 1),
        {.dots_x = 600, .dots_y = 600, .dots_unit = 2}}});
  EXPECT_EQ(SniffImage(file, 0)->dots_per_inch_x, 200);
  EXPECT_EQ(SniffImage(file, 1)->dots_per_inch_x, 0);
  EXPECT_EQ(SniffImage(file, 2)->dots_per_inch_x, 600);
}

TEST(Resolution, OfNonsenseIsUnknownAndNoFailure) {
  const std::string tiff = TiffFile(
      SmoothPicture(9, 9, 1), {.dots_x = 300, .dots_y = 150, .dots_unit = 2});
  const size_t entry =
      tiff.find(LittleEndian16(282) + LittleEndian16(5) + LittleEndian32(1));
  ASSERT_NE(entry, std::string::npos);
  const auto value_at = static_cast<uint8_t>(tiff[entry + 8]) +
                        256u * static_cast<uint8_t>(tiff[entry + 9]);
  for (const Ratio& bad : kNonsense) {
    SCOPED_TRACE(::testing::Message()
                 << bad.numerator << " / " << bad.denominator);
    ExpectDots(
        WithExif(JfifFile(0, 1, 1), ExifWithResolution(bad, {300, 1}, 2)), 0,
        300);
    std::string file = tiff;
    file.replace(
        value_at, 8,
        LittleEndian32(bad.numerator) + LittleEndian32(bad.denominator));
    ExpectDots(file, 0, 150);
  }
  // Of another type, and far outside of the file.
  std::string file = tiff;
  file.replace(entry + 2, 2, LittleEndian16(4));
  ExpectDots(file, 0, 150);
  file = tiff;
  file.replace(entry + 8, 4, LittleEndian32(0xFFFFFFF8));
  ExpectDots(file, 0, 150);
}

}  // namespace
}  // namespace sightline::testing
