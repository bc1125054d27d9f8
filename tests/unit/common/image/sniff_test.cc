#include "common/image/sniff.h"

#include <map>

#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

TEST(SniffImage, ReadsWhatEveryHeaderDeclares) {
  const Picture gray = SmoothPicture(70, 50, 1);
  const Picture rgb = SmoothPicture(70, 50, 3);
  struct Case {
    const char* name;
    std::string file;
    FileFormat format;
    int channels;
    int orientation;
    bool needs_whole_image;
  };
  const Case cases[] = {
      {"jpeg", JpegFile(rgb, {.orientation = 6}), FileFormat::kJpeg, 3, 6,
       false},
      {"progressive", JpegFile(gray, {.progressive = true}), FileFormat::kJpeg,
       1, 1, true},
      {"scans", JpegFile(rgb, {.separate_scans = true}), FileFormat::kJpeg, 3,
       1, true},
      {"png", PngFile(rgb, {.orientation = 3}), FileFormat::kPng, 3, 3, false},
      {"interlaced", PngFile(gray, {.interlaced = true}), FileFormat::kPng, 1,
       1, true},
      {"tiff", TiffFile(gray, {.compression = 4, .bits = 1, .orientation = 8}),
       FileFormat::kTiff, 1, 8, false},
      {"big tiff order", TiffFile(rgb, {.is_big_endian = true}),
       FileFormat::kTiff, 3, 1, false},
      {"webp", WebpFile(rgb, {.orientation = 5}), FileFormat::kWebp, 3, 5,
       false},
      {"lossless webp", WebpFile(rgb, {.lossless = true}), FileFormat::kWebp, 3,
       1, true},
      {"bmp", BmpFile(rgb), FileFormat::kBmp, 3, 1, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto info = SniffImage(c.file);
    ASSERT_TRUE(info.ok()) << info.status();
    EXPECT_EQ(info->format, c.format);
    EXPECT_EQ(info->width, 70);
    EXPECT_EQ(info->height, 50);
    EXPECT_EQ(info->channels, c.channels);
    EXPECT_EQ(info->orientation, c.orientation);
    EXPECT_EQ(info->pages, 1);
    EXPECT_EQ(info->needs_whole_image, c.needs_whole_image);
    EXPECT_EQ(info->oriented_width(), c.orientation >= 5 ? 50 : 70);
    EXPECT_EQ(info->oriented_height(), c.orientation >= 5 ? 70 : 50);
  }
}

TEST(SniffImage, RefusesWhatIsNoImage) {
  EXPECT_EQ(ReasonOf(SniffImage("").status()), kImageEmpty);
  for (const std::string& file :
       {std::string("hello"), std::string("%PDF-1.7"), std::string("GIF89a"),
        std::string("\xFF"), std::string("RIFF"), std::string("RIFF\0\0", 6),
        std::string("RIFF....WAVE"), std::string("MM"), std::string("II"),
        std::string(1000, '\0'), std::string("MMORPG")}) {
    SCOPED_TRACE(file);
    EXPECT_EQ(ReasonOf(SniffImage(file).status()), kImageFormatUnknown);
  }
}

TEST(SniffImage, NamesTheEmptyFieldPath) {
  const auto details = DetailsOf(SniffImage("hello").status());
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->fields.size(), 1u);
  EXPECT_EQ(details->fields[0].field, "");
  const absl::Status named =
      PrefixFields(SniffImage("hello").status(), "scan.encoded");
  EXPECT_EQ(DetailsOf(named)->fields[0].field, "scan.encoded");
}

TEST(SniffImage, RefusesPagesOfFormatsWithoutPages) {
  const absl::Status status =
      SniffImage(PngFile(SmoothPicture(5, 5, 1)), 1).status();
  EXPECT_EQ(ReasonOf(status), kImagePageOutOfRange);
}

TEST(SniffImage, TakesDamagedExifForNone) {
  for (const int orientation : {0, 9, 65535}) {
    JpegOptions options = {.orientation = 1};
    std::string file = JpegFile(SmoothPicture(9, 9, 1), options);
    const size_t exif = file.find(ExifBlock(1, false));
    ASSERT_NE(exif, std::string::npos);
    const std::string block = ExifBlock(orientation, false);
    file.replace(exif, block.size(), block);
    const auto info = SniffImage(file);
    ASSERT_TRUE(info.ok()) << info.status();
    EXPECT_EQ(info->orientation, 1);
    // A directory far outside of the block.
    file.replace(exif + 4, 4, LittleEndian32(0xFFFFFFF0));
    EXPECT_EQ(SniffImage(file)->orientation, 1);
  }
}

TEST(CheckLimits, NamesTheDemandAndTheLimit) {
  ImageInfo info;
  info.width = 3000;
  info.height = 2000;
  ImageLimits limits = {
      .max_file_bytes = 100, .max_side_pixels = 3000, .max_pixels = 6'000'000};
  EXPECT_TRUE(CheckLimits(info, 100, limits).ok());
  const absl::Status bytes = CheckLimits(info, 101, limits);
  EXPECT_EQ(ReasonOf(bytes), kImageTooLarge);
  EXPECT_EQ(DetailsOf(bytes)->metadata.at("demand"), "101");
  EXPECT_EQ(DetailsOf(bytes)->metadata.at("limit"), "100");
  limits.max_side_pixels = 2999;
  const absl::Status side = CheckLimits(info, 100, limits);
  EXPECT_EQ(DetailsOf(side)->metadata.at("demand"), "3000");
  EXPECT_EQ(DetailsOf(side)->metadata.at("unit"), "pixels");
  limits.max_side_pixels = 3000;
  limits.max_pixels = 5'999'999;
  EXPECT_EQ(DetailsOf(CheckLimits(info, 100, limits))->metadata.at("demand"),
            "6000000");
}

TEST(ReductionFor, IsTheLargestThatLeavesEnough) {
  ImageInfo info;
  info.width = 2480;
  info.height = 3508;
  EXPECT_EQ(ReductionFor(info, 0), 1);
  EXPECT_EQ(ReductionFor(info, 4000), 1);
  EXPECT_EQ(ReductionFor(info, 1755), 1);
  EXPECT_EQ(ReductionFor(info, 1754), 2);
  EXPECT_EQ(ReductionFor(info, 878), 2);
  EXPECT_EQ(ReductionFor(info, 877), 4);
  EXPECT_EQ(ReductionFor(info, 439), 8);
  EXPECT_EQ(ReductionFor(info, 1), 8);
  EXPECT_EQ(ReductionFor(info, -5), 1);
}

}  // namespace
}  // namespace sightline::testing
