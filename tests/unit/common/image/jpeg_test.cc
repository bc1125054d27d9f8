#include <cmath>

#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

// Worst sample and mean: scaling in the DCT domain is not a mean of blocks, so
// that edges may differ; a shift by a quarter of a pixel would show in the
// mean.
constexpr int kTolerance = 24;
constexpr double kMeanTolerance = 1.5;

TEST(Jpeg, ReducesInPlace) {
  for (const int channels : {1, 3}) {
    for (const auto& [width, height] :
         {std::pair(320, 256), std::pair(317, 251), std::pair(65, 130)}) {
      for (const bool progressive : {false, true}) {
        SCOPED_TRACE(::testing::Message()
                     << channels << " channels, " << width << " x " << height
                     << (progressive ? " prog" : ""));
        const Picture picture = SmoothPicture(width, height, channels);
        const std::string file =
            JpegFile(picture, {.quality = 98, .progressive = progressive});
        for (const int reduction : {1, 2, 4, 8}) {
          SCOPED_TRACE(reduction);
          const DecodeOptions options =
              ReducedBy(reduction, std::max(width, height));
          const auto gray = DecodeGray(file, options);
          ASSERT_TRUE(gray.ok()) << gray.status();
          ASSERT_EQ(gray->reduction, reduction);
          const Picture expected = Averaged(ToGray(picture), reduction);
          EXPECT_TRUE(Near(ToPicture(gray->pixels), expected, kTolerance));
          EXPECT_LT(MeanDifference(ToPicture(gray->pixels), expected),
                    kMeanTolerance);
          const auto rgb = DecodeRgb(file, options);
          ASSERT_TRUE(rgb.ok()) << rgb.status();
          const Picture colours = Averaged(ToRgb(picture), reduction);
          EXPECT_LT(MeanDifference(ToPicture(rgb->pixels), colours), 2.5);
        }
      }
    }
  }
}

// The centre of mass of a dark dot, in full-resolution pixels, corner-based.
struct Centre {
  double x = 0, y = 0;
};

Centre DarkCentre(const Picture& image, int reduction) {
  double mass = 0, x_sum = 0, y_sum = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double darkness = 255 - image.at(x, y);
      mass += darkness;
      x_sum += darkness * (x + 0.5);
      y_sum += darkness * (y + 0.5);
    }
  }
  return {x_sum / mass * reduction, y_sum / mass * reduction};
}

// A soft dark dot on white.
Picture Dot(int width, int height, double x0, double y0) {
  Picture picture(width, height, 1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double d2 = std::pow(x + 0.5 - x0, 2) + std::pow(y + 0.5 - y0, 2);
      picture.at(x, y) =
          static_cast<uint8_t>(std::lround(255 - 240 * std::exp(-d2 / 200)));
    }
  }
  return picture;
}

TEST(Jpeg, KeepsCornerBasedCoordinatesAtEveryReduction) {
  const std::string file = JpegFile(Dot(200, 160, 71.3, 90), {.quality = 100});
  for (const int reduction : {1, 2, 4, 8}) {
    SCOPED_TRACE(reduction);
    const auto decoded = DecodeGray(file, ReducedBy(reduction, 200));
    ASSERT_TRUE(decoded.ok());
    const Centre centre = DarkCentre(ToPicture(decoded->pixels), reduction);
    EXPECT_NEAR(centre.x, 71.3, 0.15);
    EXPECT_NEAR(centre.y, 90, 0.15);
  }
}

TEST(Jpeg, ReadsEveryKindOfStream) {
  const Picture picture = SmoothPicture(150, 101, 3);
  const JpegOptions kinds[] = {
      {.separate_scans = true},
      {.full_chroma = true},
      {.full_chroma = true, .stores_rgb = true},
      {.restart_rows = 1},
  };
  for (const JpegOptions& options : kinds) {
    SCOPED_TRACE(&options - kinds);
    const std::string file = JpegFile(picture, options);
    const auto gray = DecodeGray(file, {});
    ASSERT_TRUE(gray.ok()) << gray.status();
    EXPECT_TRUE(Near(ToPicture(gray->pixels), ToGray(picture), kTolerance));
    const auto rgb = DecodeRgb(file, ReducedBy(2, 150));
    ASSERT_TRUE(rgb.ok()) << rgb.status();
    EXPECT_LT(MeanDifference(ToPicture(rgb->pixels), Averaged(picture, 2)),
              2.5);
  }
}

TEST(Jpeg, ReadsCmyk) {
  // Ink of one kind, and black over it to the right.
  Picture ink(64, 64, 4);
  Picture seen(64, 64, 3);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      ink.at(x, y, 0) = 200;
      ink.at(x, y, 3) = static_cast<uint8_t>(x * 4);
      for (int c = 0; c < 3; ++c) {
        seen.at(x, y, c) =
            static_cast<uint8_t>((255 - ink.at(x, y, c)) * (255 - x * 4) / 255);
      }
    }
  }
  const std::string file = JpegFile(ink, {.quality = 100});
  const auto rgb = DecodeRgb(file, {});
  ASSERT_TRUE(rgb.ok()) << rgb.status();
  EXPECT_TRUE(Near(ToPicture(rgb->pixels), seen, 8));
  const auto gray = DecodeGray(file, {});
  ASSERT_TRUE(gray.ok()) << gray.status();
  EXPECT_TRUE(Near(ToPicture(gray->pixels), ToGray(seen), 8));
}

TEST(Jpeg, AppliesEveryOrientation) {
  // Sides that every reduction divides, and that none does: mirrored, those
  // begin with an incomplete block.
  for (const auto& [width, height] : {std::pair(120, 88), std::pair(117, 91)}) {
    const Picture picture = SmoothPicture(width, height, 3);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Picture seen = Oriented(picture, orientation);
      for (const int reduction : {1, 2, 4, 8}) {
        SCOPED_TRACE(::testing::Message()
                     << width << " x " << height << " orientation "
                     << orientation << " by " << reduction);
        const std::string file =
            JpegFile(picture, {.quality = 98,
                               .orientation = orientation,
                               .exif_is_big_endian = reduction == 2});
        const DecodeOptions options = ReducedBy(reduction, width);
        const auto gray = DecodeGray(file, options);
        ASSERT_TRUE(gray.ok()) << gray.status();
        EXPECT_EQ(gray->info.orientation, orientation);
        const Picture expected = Averaged(ToGray(seen), reduction);
        EXPECT_TRUE(Near(ToPicture(gray->pixels), expected, kTolerance));
        EXPECT_LT(MeanDifference(ToPicture(gray->pixels), expected),
                  kMeanTolerance);
        const auto rgb = DecodeRgb(file, options);
        ASSERT_TRUE(rgb.ok());
        EXPECT_LT(
            MeanDifference(ToPicture(rgb->pixels), Averaged(seen, reduction)),
            2.5);
      }
    }
  }
}

TEST(Jpeg, KeepsCornerBasedCoordinatesInEveryOrientation) {
  // 199 and 157 are divided by no reduction.
  const Picture stored = Dot(199, 157, 71.3, 90);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Centre full = DarkCentre(Oriented(stored, orientation), 1);
    const std::string file =
        JpegFile(stored, {.quality = 100, .orientation = orientation});
    for (const int reduction : {1, 2, 4, 8}) {
      SCOPED_TRACE(::testing::Message()
                   << "orientation " << orientation << " by " << reduction);
      const auto decoded = DecodeGray(file, ReducedBy(reduction, 199));
      ASSERT_TRUE(decoded.ok());
      const Centre centre = DarkCentre(ToPicture(decoded->pixels), reduction);
      EXPECT_NEAR(centre.x, full.x, 0.15);
      EXPECT_NEAR(centre.y, full.y, 0.15);
    }
  }
}

TEST(Jpeg, RefusesDamagedDataInsteadOfFillingItIn) {
  const Picture picture = NoisePicture(200, 200, 1, 1);
  std::string file = JpegFile(picture, {.restart_rows = 1});
  // A marker that ends the data of a row too early.
  file.replace(file.size() / 2, 2, "\xFF\xD3");
  EXPECT_EQ(ReasonOf(DecodeGray(file, {}).status()), kImageCorrupt);
}

TEST(Jpeg, RefusesAHeaderThatDeclaresMoreRowsThanCome) {
  std::string file = JpegFile(SmoothPicture(160, 160, 1));
  const size_t frame = file.find("\xFF\xC0");
  file.replace(frame + 5, 2, BigEndian16(320));
  const absl::Status status = DecodeGray(file, ReducedBy(2, 320)).status();
  ASSERT_EQ(ReasonOf(status), kImageTruncated);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  const int rows = std::stoi(DetailsOf(status)->metadata.at("rows"));
  EXPECT_GE(rows, 144);
  EXPECT_LE(rows, 176);
}

TEST(Jpeg, AcceptsAFileThatOnlyLacksItsEndMarker) {
  for (const bool progressive : {false, true}) {
    std::string file =
        JpegFile(SmoothPicture(160, 160, 3), {.progressive = progressive});
    file.resize(file.size() - 2);
    const auto decoded = DecodeGray(file, {});
    EXPECT_TRUE(decoded.ok()) << decoded.status();
  }
}

TEST(Jpeg, RefusesProgressiveDataCutBetweenScans) {
  const std::string file =
      JpegFile(SmoothPicture(160, 160, 3), {.progressive = true});
  // The last scan begins at the last FF DA.
  const size_t last_scan = file.rfind("\xFF\xDA");
  const absl::Status status =
      DecodeGray(file.substr(0, last_scan), {}).status();
  EXPECT_EQ(ReasonOf(status), kImageTruncated);
}

TEST(Jpeg, RefusesSeparateScansCutBetweenComponents) {
  const std::string file =
      JpegFile(SmoothPicture(160, 160, 3), {.separate_scans = true});
  const size_t last_scan = file.rfind("\xFF\xDA");
  EXPECT_EQ(ReasonOf(DecodeGray(file.substr(0, last_scan), {}).status()),
            kImageTruncated);
  EXPECT_EQ(
      ReasonOf(DecodeGray(file.substr(0, last_scan) + "\xFF\xD9", {}).status()),
      kImageTruncated);
}

TEST(Jpeg, RefusesHundredsOfScans) {
  // A scan may be sent again and again; each goes over the whole image.
  const std::string file =
      JpegFile(SmoothPicture(160, 160, 3), {.separate_scans = true});
  const size_t last_scan = file.rfind("\xFF\xDA");
  const std::string scan = file.substr(last_scan, file.size() - 2 - last_scan);
  const auto with_scans = [&](int count) {
    std::string many = file.substr(0, file.size() - 2);
    for (int i = 0; i < count; ++i) many += scan;
    return DecodeGray(many + "\xFF\xD9", {}).status();
  };
  EXPECT_TRUE(with_scans(50).ok()) << with_scans(50);
  EXPECT_EQ(ReasonOf(with_scans(300)), kImageFeatureUnsupported);
}

TEST(Jpeg, NamesWhatItDoesNotRead) {
  EXPECT_EQ(
      ReasonOf(DecodeGray(
                   JpegFile(SmoothPicture(32, 32, 1), {.arithmetic = true}), {})
                   .status()),
      kImageFeatureUnsupported);
  // 12-bit and lossless frames.
  std::string file = JpegFile(SmoothPicture(32, 32, 1));
  const size_t frame = file.find("\xFF\xC0");
  std::string twelve = file;
  twelve[frame + 4] = 12;
  EXPECT_EQ(ReasonOf(DecodeGray(twelve, {}).status()),
            kImageFeatureUnsupported);
  file[frame + 1] = '\xC3';
  EXPECT_EQ(ReasonOf(DecodeGray(file, {}).status()), kImageFeatureUnsupported);
}

}  // namespace
}  // namespace sightline::testing
