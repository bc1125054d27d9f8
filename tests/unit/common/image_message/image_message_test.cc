#include "common/image_message/image_message.h"

#include <gtest/gtest.h>

#include <string>

#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "common/image_message/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

GrayImage Ramp(int width, int height) {
  GrayImage image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.row(y)[x] = static_cast<uint8_t>(255 * x / width);
    }
  }
  return image;
}

std::string Reason(const absl::Status& status) {
  return DetailsOf(status).value_or(ErrorDetails{}).reason;
}

std::string Field(const absl::Status& status) {
  const ErrorDetails details = DetailsOf(status).value_or(ErrorDetails{});
  return details.fields.empty() ? "no field" : details.fields[0].field;
}

TEST(ImageMessage, AFileAndRawPixelsGiveTheSame) {
  const GrayImage ramp = Ramp(120, 80);
  common::v1::Image file;
  file.set_encoded(*EncodePng(ramp));
  common::v1::Image raw;
  raw.mutable_gray()->set_width(120);
  raw.mutable_gray()->set_height(80);
  raw.mutable_gray()->set_data(ramp.data(), ramp.size_bytes());
  for (const common::v1::Image* message : {&file, &raw}) {
    const ImageSource source = ImageSource::Of(*message);
    const auto header = InspectImage(source, "scan", 0, {});
    ASSERT_TRUE(header.ok()) << header.status();
    EXPECT_EQ(header->info.width, 120);
    EXPECT_EQ(header->info.height, 80);
    EXPECT_EQ(header->is_raw, message == &raw);
    EXPECT_GE(header->decode_bytes, 120 * 80);
    const auto decoded = DecodeGrayMessage(source, "scan", 0, {});
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(decoded->reduction, 1);
    ASSERT_EQ(decoded->pixels.size_bytes(), ramp.size_bytes());
    EXPECT_EQ(
        std::memcmp(decoded->pixels.data(), ramp.data(), ramp.size_bytes()), 0);
  }
}

TEST(ImageMessage, ColourComesAsAFileOrAsPixels) {
  RgbImage image(31, 17);
  for (int64_t i = 0; i < image.size_bytes(); ++i) {
    image.data()[i] = static_cast<uint8_t>(i * 37);
  }
  common::v1::Image file;
  file.set_encoded(*EncodePng(image));
  common::v1::Image raw;
  raw.mutable_rgb()->set_width(31);
  raw.mutable_rgb()->set_height(17);
  raw.mutable_rgb()->set_data(image.data(), image.size_bytes());
  const auto gray_of_file =
      DecodeGrayMessage(ImageSource::Of(file), "frame", 0, {});
  ASSERT_TRUE(gray_of_file.ok()) << gray_of_file.status();
  for (const common::v1::Image* message : {&file, &raw}) {
    const ImageSource source = ImageSource::Of(*message);
    const auto header = InspectImage(source, "frame", 0, {});
    ASSERT_TRUE(header.ok()) << header.status();
    EXPECT_GE(header->decode_rgb_bytes, image.size_bytes());
    const auto rgb = DecodeRgbMessage(source, "frame", {});
    ASSERT_TRUE(rgb.ok()) << rgb.status();
    ASSERT_EQ(rgb->pixels.size_bytes(), image.size_bytes());
    EXPECT_EQ(std::memcmp(rgb->pixels.data(), image.data(), image.size_bytes()),
              0);
    const auto gray = DecodeGrayMessage(source, "frame", 0, {});
    ASSERT_TRUE(gray.ok()) << gray.status();
    EXPECT_EQ(std::memcmp(gray->pixels.data(), gray_of_file->pixels.data(),
                          gray->pixels.size_bytes()),
              0);
  }
  raw.mutable_rgb()->mutable_data()->pop_back();
  const auto cut = InspectImage(ImageSource::Of(raw), "frame", 0, {});
  EXPECT_EQ(Reason(cut.status()), kImageSizeMismatch);
  EXPECT_EQ(Field(cut.status()), "frame.rgb.data");
}

TEST(ImageMessage, GrayPixelsAreColourOfEqualChannels) {
  const GrayImage ramp = Ramp(20, 10);
  common::v1::Image raw;
  raw.mutable_gray()->set_width(20);
  raw.mutable_gray()->set_height(10);
  raw.mutable_gray()->set_data(ramp.data(), ramp.size_bytes());
  const auto rgb = DecodeRgbMessage(ImageSource::Of(raw), "frame", {});
  ASSERT_TRUE(rgb.ok()) << rgb.status();
  for (int64_t i = 0; i < ramp.size_bytes(); ++i) {
    for (int c = 0; c < 3; ++c) {
      ASSERT_EQ(rgb->pixels.data()[3 * i + c], ramp.data()[i]);
    }
  }
}

TEST(ImageMessage, ReducesFilesNotRawPixels) {
  common::v1::Image file;
  file.set_encoded(*EncodePng(Ramp(800, 400)));
  const auto decoded =
      DecodeGrayMessage(ImageSource::Of(file), "scan", 200, {});
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->reduction, 4);
  EXPECT_EQ(decoded->pixels.width(), 200);
}

TEST(ImageMessage, FailuresNameThePlaceInTheRequest) {
  common::v1::Image message;
  const auto inspect = [&](absl::string_view path) {
    return InspectImage(ImageSource::Of(message), path, 0, {}).status();
  };
  EXPECT_EQ(Reason(inspect("scan")), kImageEmpty);
  EXPECT_EQ(Field(inspect("layout.reference")), "layout.reference.encoded");
  message.set_encoded("no image");
  EXPECT_EQ(Reason(inspect("scan")), kImageFormatUnknown);
  EXPECT_EQ(Field(inspect("scan")), "scan.encoded");
  message.mutable_gray()->set_width(3);
  EXPECT_EQ(Reason(inspect("scan")), kImageSizeMismatch);
  EXPECT_EQ(Field(inspect("scan")), "scan.gray");
  message.mutable_gray()->set_height(3);
  EXPECT_EQ(Field(inspect("scan")), "scan.gray.data");

  ImageSource marker;
  marker.encoded = "no image";
  marker.member = "";
  EXPECT_EQ(Field(InspectImage(marker, "markers[2].image", 0, {}).status()),
            "markers[2].image");
}

TEST(ImageMessage, RawPixelsAreHeldToEveryLimit) {
  common::v1::Image message;
  message.mutable_gray()->set_width(60);
  message.mutable_gray()->set_height(50);
  message.mutable_gray()->set_data(std::string(3000, '\0'));
  const auto inspect = [&](const ImageLimits& limits) {
    return InspectImage(ImageSource::Of(message), "scan", 0, limits).status();
  };
  ImageLimits limits;
  limits.max_side_pixels = 60;
  limits.max_pixels = 3000;
  EXPECT_TRUE(inspect(limits).ok());
  limits.max_pixels = 2999;
  EXPECT_EQ(Reason(inspect(limits)), kImageTooLarge);
  EXPECT_EQ(Field(inspect(limits)), "scan.gray");
  limits.max_pixels = 3000;
  limits.max_side_pixels = 59;
  EXPECT_EQ(Reason(inspect(limits)), kImageTooLarge);
}

TEST(ImageMessage, DecodingFailuresNameItToo) {
  common::v1::Image message;
  const std::string png = *EncodePng(Ramp(300, 300));
  message.set_encoded(png.substr(0, png.size() / 2));
  const absl::Status status =
      DecodeGrayMessage(ImageSource::Of(message), "scan", 0, {}).status();
  EXPECT_EQ(Reason(status), kImageTruncated);
  EXPECT_EQ(Field(status), "scan.encoded");
}

TEST(ImageMessage, LimitsAreCheckedFromTheHeader) {
  common::v1::Image message;
  message.set_encoded(*EncodePng(Ramp(300, 200)));
  ImageLimits limits;
  limits.max_side_pixels = 299;
  const absl::Status side =
      InspectImage(ImageSource::Of(message), "scan", 0, limits).status();
  EXPECT_EQ(Reason(side), kImageTooLarge);
  EXPECT_EQ(Field(side), "scan.encoded");
  limits = {};
  limits.max_file_bytes = 10;
  EXPECT_EQ(
      Reason(
          InspectImage(ImageSource::Of(message), "scan", 0, limits).status()),
      kImageTooLarge);
}

TEST(ImageMessage, ChecksHowAnAnswerIsToBeWritten) {
  common::v1::ImageOutput output;
  EXPECT_TRUE(CheckOutput(output, "options.output").ok());
  for (const int quality : {1, 50, 100}) {
    output.set_quality(quality);
    EXPECT_TRUE(CheckOutput(output, "options.output").ok()) << quality;
  }
  for (const int quality : {-1, 101}) {
    output.set_quality(quality);
    const absl::Status status = CheckOutput(output, "options.output");
    EXPECT_EQ(Reason(status), kOutputInvalid) << quality;
    EXPECT_EQ(Field(status), "options.output.quality");
  }
  output.Clear();
  output.set_format(static_cast<common::v1::ImageFormat>(9));
  EXPECT_EQ(Field(CheckOutput(output, "output")), "output.format");
}

TEST(ImageMessage, WritesJpegUnlessPngIsAskedFor) {
  const GrayImage ramp = Ramp(64, 64);
  common::v1::ImageOutput output;
  const auto jpeg = EncodeMessage(ramp, output);
  ASSERT_TRUE(jpeg.ok()) << jpeg.status();
  EXPECT_EQ(jpeg->format(), common::v1::IMAGE_FORMAT_JPEG);
  EXPECT_EQ(jpeg->content(), *EncodeJpeg(ramp, 85));
  EXPECT_EQ(jpeg->width(), 64);
  EXPECT_EQ(jpeg->height(), 64);
  output.set_format(common::v1::IMAGE_FORMAT_PNG);
  const auto png = EncodeMessage(ramp, output);
  ASSERT_TRUE(png.ok()) << png.status();
  EXPECT_EQ(png->format(), common::v1::IMAGE_FORMAT_PNG);
  EXPECT_EQ(png->content().substr(1, 3), "PNG");
}

TEST(ImageMessage, AnImageWithoutPixelsIsNotWritten) {
  EXPECT_EQ(Reason(EncodeMessage(GrayImage(), {}).status()),
            kImageNotEncodable);
}

}  // namespace
}  // namespace sightline
