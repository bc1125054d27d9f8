// Files that are cut, lie, or claim to be enormous.
#include <sys/resource.h>

#include <map>
#include <random>

#include "absl/strings/match.h"
#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

// One file of every way a decoder can go.
std::map<std::string, std::string> FilesOfEveryKind(int side) {
  const Picture gray = NoisePicture(side, side - 3, 1, 1);
  const Picture rgb = NoisePicture(side, side - 3, 3, 2);
  const Picture rgba = NoisePicture(side, side - 3, 4, 3);
  return {
      {"jpeg gray", JpegFile(gray)},
      {"jpeg colour", JpegFile(rgb)},
      {"jpeg progressive", JpegFile(rgb, {.progressive = true})},
      {"jpeg scans", JpegFile(rgb, {.separate_scans = true})},
      {"jpeg cmyk", JpegFile(rgba)},
      {"png gray", PngFile(gray)},
      {"png rgba", PngFile(rgba)},
      {"png interlaced", PngFile(rgb, {.interlaced = true})},
      {"png one bit", PngFile(gray, {.bit_depth = 1})},
      {"tiff none", TiffFile(gray)},
      {"tiff g3", TiffFile(gray, {.compression = 3, .bits = 1})},
      {"tiff g4", TiffFile(gray, {.compression = 4, .bits = 1})},
      {"tiff lzw", TiffFile(rgb, {.compression = 5})},
      {"tiff jpeg", TiffFile(rgb, {.compression = 7})},
      {"tiff tiles", TiffFile(rgb, {.compression = 8, .tile_side = 16})},
      {"tiff planes", TiffFile(rgb, {.compression = 5, .planar = true})},
      {"webp lossy", WebpFile(rgb)},
      {"webp lossless", WebpFile(rgb, {.lossless = true})},
      {"webp alpha", WebpFile(rgba)},
      {"bmp", BmpFile(rgb)},
      {"bmp palette", BmpFile(gray, {.bits = 4})},
  };
}

TEST(DamagedFiles, CutAnywhereAreNeverTakenForWhole) {
  for (const auto& [name, file] : FilesOfEveryKind(120)) {
    ASSERT_TRUE(DecodeGray(file, {}).ok())
        << name << ": " << DecodeGray(file, {}).status();
    for (int percent = 0; percent < 100; percent += 5) {
      SCOPED_TRACE(::testing::Message() << name << " at " << percent << " %");
      const std::string cut = file.substr(0, file.size() * percent / 100);
      for (const int reduction : {1, 4}) {
        const absl::Status status =
            DecodeGray(cut, ReducedBy(reduction, 120)).status();
        ASSERT_FALSE(status.ok());
        const std::string reason = ReasonOf(status);
        if (percent == 0) {
          EXPECT_EQ(reason, kImageEmpty);
        } else {
          EXPECT_EQ(reason, kImageTruncated) << status;
          EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
        }
        EXPECT_FALSE(DecodeRgb(cut, ReducedBy(reduction, 120)).ok());
      }
    }
  }
}

TEST(DamagedFiles, ReportRowsWithinTheImage) {
  for (const auto& [name, file] : FilesOfEveryKind(120)) {
    SCOPED_TRACE(name);
    const auto details = DetailsOf(
        DecodeGray(file.substr(0, file.size() * 8 / 10), {}).status());
    ASSERT_TRUE(details.has_value());
    // Files whose header comes last lose it and can't say.
    if (details->metadata.count("rows") == 0) {
      EXPECT_TRUE(absl::StartsWith(name, "tiff"));
      continue;
    }
    const int rows = std::stoi(details->metadata.at("rows"));
    EXPECT_GE(rows, 0);
    EXPECT_LE(rows, 117);
    EXPECT_EQ(details->metadata.at("height"), "117");
  }
}

TEST(DamagedFiles, FlippedBytesNeverCrash) {
  std::mt19937 random(20240607);
  for (const auto& [name, file] : FilesOfEveryKind(60)) {
    for (int round = 0; round < 60; ++round) {
      std::string damaged = file;
      for (int i = 0; i < 3; ++i) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      DecodeOptions options = ReducedBy(1 << round % 4, 60);
      options.limits.max_side_pixels = 2000;
      const absl::Status gray = DecodeGray(damaged, options).status();
      EXPECT_NE(gray.code(), absl::StatusCode::kInternal)
          << name << ", round " << round << ": " << gray;
      const absl::Status rgb = DecodeRgb(damaged, options).status();
      EXPECT_NE(rgb.code(), absl::StatusCode::kInternal)
          << name << ", round " << round << ": " << rgb;
    }
  }
}

std::map<std::string, std::string> Bombs(int side) {
  return {
      {"jpeg", JpegBomb(side, side, false)},
      {"jpeg progressive", JpegBomb(side, side, true)},
      {"png", PngBomb(side, side, false)},
      {"png interlaced", PngBomb(side, side, true)},
      {"tiff", TiffBomb(side, side, 1, false)},
      {"tiff lzw", TiffBomb(side, side, 5, false)},
      {"tiff g4", TiffBomb(side, side, 4, false)},
      {"tiff tiles", TiffBomb(side, side, 8, true)},
      {"bmp 1", BmpBomb(side, side, 1)},
      {"bmp", BmpBomb(side, side, 24)},
  };
}

int64_t PeakKilobytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(DecompressionBombs, AreRefusedByTheirHeader) {
  auto bombs = Bombs(60000);
  // The format itself ends at 16383.
  bombs["webp"] = WebpBomb(16383, 16383, false);
  bombs["webp lossless"] = WebpBomb(16383, 16383, true);
  const int64_t before = PeakKilobytes();
  for (const auto& [name, file] : bombs) {
    SCOPED_TRACE(name);
    EXPECT_LT(file.size(), 5000u);
    const absl::Status status = DecodeGray(file, {}).status();
    EXPECT_EQ(ReasonOf(status), kImageTooLarge) << status;
    EXPECT_EQ(ReasonOf(DecodeRgb(file, {}).status()), kImageTooLarge);
  }
  EXPECT_LT(PeakKilobytes() - before, 4096);
}

TEST(DecompressionBombs, WithinTheLimitsEndWhereTheirDataEnds) {
  auto bombs = Bombs(12000);
  bombs["webp"] = WebpBomb(12000, 12000, false);
  bombs["webp lossless"] = WebpBomb(12000, 12000, true);
  for (const auto& [name, file] : bombs) {
    SCOPED_TRACE(name);
    const absl::Status status = DecodeGray(file, ReducedBy(8, 12000)).status();
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.code(), absl::StatusCode::kInternal) << status;
  }
}

TEST(TinyImages, AreReadWhateverTheReduction) {
  const Picture gray = NoisePicture(1, 1, 1, 1);
  const std::map<std::string, std::string> files = {
      {"jpeg", JpegFile(gray, {.quality = 100})},
      {"jpeg progressive",
       JpegFile(gray, {.quality = 100, .progressive = true})},
      {"png", PngFile(gray)},
      {"png interlaced", PngFile(gray, {.interlaced = true})},
      {"tiff", TiffFile(gray)},
      {"tiff tiles", TiffFile(gray, {.tile_side = 16})},
      {"webp", WebpFile(gray, {.lossless = true})},
      {"bmp", BmpFile(gray, {.bits = 8})},
  };
  for (const auto& [name, file] : files) {
    SCOPED_TRACE(name);
    for (const int min_long_side : {0, 1}) {
      DecodeOptions options;
      options.min_long_side = min_long_side;
      const auto decoded = DecodeGray(file, options);
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_TRUE(Near(ToPicture(decoded->pixels), gray, 2));
    }
  }
}

// Inputs that a fuzzer found, each with what went wrong.
TEST(FuzzerFindings, StayMended) {
  const std::string files[] = {
      // Looking for "WEBP" behind the end.
      std::string("RIFF\0\0", 6),
  };
  for (const std::string& file : files) {
    EXPECT_FALSE(DecodeGray(file, {}).ok());
    EXPECT_FALSE(DecodeRgb(file, {}).ok());
  }
}

}  // namespace
}  // namespace sightline::testing
