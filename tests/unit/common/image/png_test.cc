#include <tuple>

#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

// What a picture becomes that is stored with `bits` a sample.
Picture Quantised(const Picture& picture, int bits) {
  Picture out = picture;
  const int most = (1 << bits) - 1;
  for (uint8_t& sample : out.samples) {
    sample = static_cast<uint8_t>((sample >> (8 - bits)) * 255 / most);
  }
  return out;
}

TEST(Png, ReducesEveryLayoutToTheMeansOfBlocks) {
  for (const int channels : {1, 2, 3, 4}) {
    for (const auto& [width, height] :
         {std::pair(64, 48), std::pair(61, 47), std::pair(9, 33)}) {
      for (const bool interlaced : {false, true}) {
        SCOPED_TRACE(::testing::Message()
                     << channels << " channels, " << width << " x " << height
                     << (interlaced ? ", interlaced" : ""));
        const Picture picture = NoisePicture(width, height, channels, 7);
        ExpectDecodesTo(PngFile(picture, {.interlaced = interlaced}),
                        OverWhite(picture), 1);
      }
    }
  }
}

TEST(Png, KeepsGraySamplesExactly) {
  const Picture picture = NoisePicture(123, 77, 1, 3);
  const auto decoded = DecodeGray(PngFile(picture), {});
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_TRUE(Near(ToPicture(decoded->pixels), picture, 0));
}

TEST(Png, ReadsEveryBitDepth) {
  const Picture picture = NoisePicture(59, 31, 1, 5);
  for (const int bits : {1, 2, 4, 8}) {
    for (const bool interlaced : {false, true}) {
      SCOPED_TRACE(::testing::Message() << bits << " bits");
      ExpectDecodesTo(
          PngFile(picture, {.bit_depth = bits, .interlaced = interlaced}),
          Quantised(picture, bits), 0);
    }
  }
}

TEST(Png, TakesTheHighByteOfSixteenBits) {
  for (const int channels : {1, 2, 3, 4}) {
    SCOPED_TRACE(channels);
    const Picture picture = NoisePicture(33, 21, channels, 6);
    ExpectDecodesTo(PngFile(picture, {.bit_depth = 16}), OverWhite(picture), 1);
  }
}

TEST(Png, ReadsPalettesOfEveryDepthWithTransparency) {
  const std::vector<uint8_t> colours = {10, 200, 30, 250, 0,  90,
                                        77, 77,  77, 5,   60, 180};
  const Picture picture = NoisePicture(45, 27, 1, 8);
  for (const int bits : {2, 4, 8}) {
    SCOPED_TRACE(bits);
    // Only the first four indices have a colour.
    Picture indices = picture;
    Picture seen(picture.width, picture.height, 4);
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) {
        const int index = picture.at(x, y) >> 6;
        indices.at(x, y) = static_cast<uint8_t>(index << (8 - bits));
        for (int c = 0; c < 3; ++c) {
          seen.at(x, y, c) = colours[3 * index + c];
        }
        seen.at(x, y, 3) = index == 0 ? 100 : 255;
      }
    }
    ExpectDecodesTo(
        PngFile(indices,
                {.bit_depth = bits, .palette = colours, .transparency = {100}}),
        OverWhite(seen), 1);
  }
}

TEST(Png, ShowsAKeyColourAsWhite) {
  for (const int bits : {4, 8, 16}) {
    for (const int channels : {1, 3}) {
      if (bits == 4 && channels == 3) continue;
      SCOPED_TRACE(::testing::Message() << bits << " bits, " << channels);
      Picture picture = SmoothPicture(32, 20, channels);
      PngOptions options = {.bit_depth = bits, .transparency = {3}};
      Picture seen = picture;
      for (int y = 0; y < 10; ++y) {
        for (int x = 0; x < 10; ++x) {
          for (int c = 0; c < channels; ++c) {
            picture.at(x, y, c) = bits == 4 ? 3 << 4 : 3;
            seen.at(x, y, c) = 255;
          }
        }
      }
      if (bits == 4) {
        for (uint8_t& sample : picture.samples) {
          if (sample >> 4 == 3) sample = 3 << 4;
        }
        seen = Quantised(picture, 4);
        for (size_t i = 0; i < seen.samples.size(); ++i) {
          if (picture.samples[i] >> 4 == 3) seen.samples[i] = 255;
        }
      }
      // At 16 bits the key is the whole sample, 3: no stored sample (high byte
      // 3, low byte 200 and more) is equal to it.
      if (bits == 16) seen = picture;
      ExpectDecodesTo(PngFile(picture, options), seen, 1);
    }
  }
}

TEST(Png, AppliesEveryOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool is_big_endian : {false, true}) {
      for (const bool interlaced : {false, true}) {
        SCOPED_TRACE(orientation);
        const Picture picture = NoisePicture(53, 38, 3, 9);
        const std::string file =
            PngFile(picture, {.interlaced = interlaced,
                              .orientation = orientation,
                              .exif_is_big_endian = is_big_endian});
        // Blocks begin at the corner that is seen.
        for (const int reduction : {1, 2, 4, 8}) {
          const auto decoded = DecodeRgb(file, ReducedBy(reduction, 53));
          ASSERT_TRUE(decoded.ok()) << decoded.status();
          EXPECT_EQ(decoded->info.orientation, orientation);
          EXPECT_TRUE(Near(ToPicture(decoded->pixels),
                           Averaged(Oriented(picture, orientation), reduction),
                           1));
        }
      }
    }
  }
}

TEST(Png, RefusesAWrongCheckSum) {
  const Picture picture = NoisePicture(40, 40, 1, 4);
  std::string file = PngFile(picture, {.chunk_bytes = 256});
  // A bit of the compressed data in the middle of the file.
  file[file.size() / 2] = static_cast<char>(file[file.size() / 2] ^ 4);
  EXPECT_EQ(ReasonOf(DecodeGray(file, {}).status()), kImageCorrupt);
  // The sum of the last data chunk.
  file = PngFile(picture);
  const size_t end = file.find("IEND");
  file[end - 5] = static_cast<char>(file[end - 5] ^ 1);
  EXPECT_EQ(ReasonOf(DecodeGray(file, {}).status()), kImageCorrupt);
}

TEST(Png, RefusesAHeaderThatDeclaresMoreOrLessThanThereIs) {
  const std::string file = PngFile(SmoothPicture(40, 40, 1));
  const auto declare = [&](uint32_t width, uint32_t height) {
    return file.substr(0, 8) +
           PngChunk("IHDR", BigEndian32(width) + BigEndian32(height) +
                                file.substr(24, 5)) +
           file.substr(33);
  };
  const absl::Status more = DecodeGray(declare(40, 60), {}).status();
  EXPECT_EQ(ReasonOf(more), kImageTruncated);
  EXPECT_EQ(DetailsOf(more)->metadata.at("rows"), "40");
  EXPECT_EQ(DetailsOf(more)->metadata.at("height"), "60");
  EXPECT_EQ(ReasonOf(DecodeGray(declare(40, 30), {}).status()), kImageCorrupt);
  EXPECT_FALSE(DecodeGray(declare(30, 40), {}).ok());
}

TEST(Png, IgnoresTextAndProfilesHoweverLarge) {
  const Picture picture = SmoothPicture(20, 20, 1);
  const std::string file = PngFile(picture);
  const std::string text(1 << 20, 'x');
  const std::string with_text =
      file.substr(0, 33) + PngChunk("tEXt", std::string("a\0", 2) + text) +
      PngChunk("iCCP", std::string("a\0\0", 3) + text) + file.substr(33);
  const auto decoded = DecodeGray(with_text, {});
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_TRUE(Near(ToPicture(decoded->pixels), picture, 0));
}

TEST(Png, AcceptsAFileThatOnlyLacksItsEndChunk) {
  const Picture picture = SmoothPicture(20, 20, 1);
  std::string file = PngFile(picture);
  file.resize(file.size() - 12);
  EXPECT_TRUE(DecodeGray(file, {}).ok());
}

}  // namespace
}  // namespace sightline::testing
