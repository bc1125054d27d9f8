#include "common/image/encode.h"

#include <algorithm>

#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

template <typename Image>
Image ToImage(const Picture& picture) {
  Image image(picture.width, picture.height);
  std::copy(picture.samples.begin(), picture.samples.end(), image.data());
  return image;
}

TEST(EncodePng, KeepsEverySample) {
  for (const auto& [width, height] :
       {std::pair(1, 1), std::pair(123, 77), std::pair(16, 3)}) {
    const Picture gray = NoisePicture(width, height, 1, 1);
    const Picture rgb = NoisePicture(width, height, 3, 2);
    for (const int compression : {0, 1, 6, 9}) {
      SCOPED_TRACE(compression);
      const auto gray_file = EncodePng(ToImage<GrayImage>(gray), compression);
      ASSERT_TRUE(gray_file.ok()) << gray_file.status();
      EXPECT_TRUE(Near(ToPicture(DecodeGray(*gray_file, {})->pixels), gray, 0));
      const auto rgb_file = EncodePng(ToImage<RgbImage>(rgb), compression);
      ASSERT_TRUE(rgb_file.ok()) << rgb_file.status();
      EXPECT_TRUE(Near(ToPicture(DecodeRgb(*rgb_file, {})->pixels), rgb, 0));
    }
  }
}

TEST(EncodeJpeg, ComesCloseAndSmallerWithLessQuality) {
  const Picture gray = SmoothPicture(200, 150, 1);
  const Picture rgb = SmoothPicture(200, 150, 3);
  size_t last_bytes = 0;
  for (const int quality : {10, 50, 90, 100}) {
    SCOPED_TRACE(quality);
    const auto gray_file = EncodeJpeg(ToImage<GrayImage>(gray), quality);
    ASSERT_TRUE(gray_file.ok()) << gray_file.status();
    EXPECT_EQ(SniffImage(*gray_file)->channels, 1);
    const auto rgb_file = EncodeJpeg(ToImage<RgbImage>(rgb), quality);
    ASSERT_TRUE(rgb_file.ok()) << rgb_file.status();
    EXPECT_EQ(SniffImage(*rgb_file)->channels, 3);
    EXPECT_GT(rgb_file->size(), last_bytes);
    last_bytes = rgb_file->size();
    if (quality >= 90) {
      EXPECT_LT(
          MeanDifference(ToPicture(DecodeGray(*gray_file, {})->pixels), gray),
          2);
      EXPECT_LT(
          MeanDifference(ToPicture(DecodeRgb(*rgb_file, {})->pixels), rgb), 3);
    }
  }
}

// More than the encoders' output buffers hold.
TEST(EncodeJpeg, WritesFilesOfManyBuffers) {
  const Picture noise = NoisePicture(700, 500, 3, 9);
  const auto file = EncodeJpeg(ToImage<RgbImage>(noise), 95);
  ASSERT_TRUE(file.ok());
  EXPECT_GT(file->size(), 200'000u);
  EXPECT_TRUE(DecodeRgb(*file, {}).ok());
}

TEST(Encode, RefusesWhatCannotBeWritten) {
  const GrayImage image = ToImage<GrayImage>(SmoothPicture(4, 4, 1));
  for (const int quality : {0, -1, 101}) {
    const absl::Status status = EncodeJpeg(image, quality).status();
    EXPECT_EQ(ReasonOf(status), kImageNotEncodable);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  }
  for (const int compression : {-1, 10}) {
    EXPECT_EQ(ReasonOf(EncodePng(image, compression).status()),
              kImageNotEncodable);
  }
  EXPECT_EQ(ReasonOf(EncodeJpeg(GrayImage(), 90).status()), kImageNotEncodable);
  EXPECT_EQ(ReasonOf(EncodePng(RgbImage()).status()), kImageNotEncodable);
  EXPECT_EQ(ReasonOf(EncodeJpeg(GrayImage(65501, 1), 90).status()),
            kImageNotEncodable);
}

}  // namespace
}  // namespace sightline::testing
