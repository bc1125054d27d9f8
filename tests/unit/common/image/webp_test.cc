#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

TEST(Webp, ReadsLosslessFilesExactly) {
  for (const int channels : {3, 4}) {
    // Sides that the reductions divide, which libwebp scales, and that they
    // don't, which we do.
    for (const auto& [width, height] : {std::pair(64, 48), std::pair(61, 47)}) {
      SCOPED_TRACE(::testing::Message()
                   << channels << " channels, " << width << " x " << height);
      const Picture picture = NoisePicture(width, height, channels, 3);
      ExpectDecodesTo(WebpFile(picture, {.lossless = true}), OverWhite(picture),
                      2);
    }
  }
}

TEST(Webp, ReadsLossyFilesClosely) {
  for (const int channels : {1, 3, 4}) {
    for (const auto& [width, height] :
         {std::pair(160, 128), std::pair(157, 131)}) {
      SCOPED_TRACE(::testing::Message()
                   << channels << " channels, " << width << " x " << height);
      const Picture picture = SmoothPicture(width, height, channels);
      const std::string file = WebpFile(picture, {.quality = 98});
      for (const int reduction : {1, 2, 4, 8}) {
        SCOPED_TRACE(reduction);
        const Picture expected = Averaged(OverWhite(picture), reduction);
        const auto gray = DecodeGray(file, ReducedBy(reduction, width));
        ASSERT_TRUE(gray.ok()) << gray.status();
        EXPECT_LT(MeanDifference(ToPicture(gray->pixels), ToGray(expected)), 3);
        const auto rgb = DecodeRgb(file, ReducedBy(reduction, width));
        ASSERT_TRUE(rgb.ok()) << rgb.status();
        EXPECT_LT(MeanDifference(ToPicture(rgb->pixels), ToRgb(expected)), 4);
      }
    }
  }
}

TEST(Webp, AppliesEveryOrientation) {
  for (const int channels : {3, 4}) {
    for (const auto& [width, height] : {std::pair(53, 38), std::pair(56, 40)}) {
      const Picture picture = NoisePicture(width, height, channels, 9);
      for (int orientation = 1; orientation <= 8; ++orientation) {
        SCOPED_TRACE(orientation);
        ExpectDecodesTo(
            WebpFile(picture, {.lossless = true, .orientation = orientation}),
            Oriented(OverWhite(picture), orientation), 2);
      }
    }
  }
}

// Writes bits from the lowest of each byte upwards.
class BitWriter {
 public:
  void Put(uint32_t value, int count) {
    for (int i = 0; i < count; ++i) {
      if (at_ % 8 == 0) bytes_ += '\0';
      bytes_.back() = static_cast<char>(static_cast<uint8_t>(bytes_.back()) |
                                        (value >> i & 1) << at_ % 8);
      ++at_;
    }
  }
  // A prefix code whose only symbol is `symbol`.
  void PutSingleCode(uint32_t symbol) {
    Put(1, 1);  // Simple code.
    Put(0, 1);  // One symbol,
    Put(1, 1);  // of eight bits.
    Put(symbol, 8);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  uint64_t at_ = 0;
};

// A lossless file whose one entropy image pixel claims group `group`.
std::string FileOfGroups(uint32_t group) {
  BitWriter bits;
  bits.Put(0x2F, 8);
  bits.Put(7, 14);  // 8 x 8 pixels.
  bits.Put(7, 14);
  bits.Put(0, 4);  // No alpha, version 0.
  bits.Put(0, 1);  // No transform.
  bits.Put(0, 1);  // No colour cache.
  bits.Put(1, 1);  // Entropy groups,
  bits.Put(1, 3);  // in blocks of 8 x 8: one.
  bits.Put(0, 1);  // The entropy image has no colour cache either.
  bits.PutSingleCode(group & 255);  // Green.
  bits.PutSingleCode(group >> 8);   // Red.
  for (int i = 0; i < 3; ++i) bits.PutSingleCode(0);
  std::string data = bits.bytes() + std::string(200, '\x5A');
  if (data.size() % 2 != 0) data += '\0';
  const std::string chunk =
      "VP8L" + LittleEndian32(static_cast<uint32_t>(data.size())) + data;
  return "RIFF" + LittleEndian32(static_cast<uint32_t>(chunk.size() + 4)) +
         "WEBP" + chunk;
}

TEST(Webp, RefusesMoreEntropyGroupsThanMemoryIsMeantFor) {
  const absl::Status status = DecodeGray(FileOfGroups(60000), {}).status();
  EXPECT_EQ(ReasonOf(status), kImageFeatureUnsupported) << status;
  EXPECT_NE(status.message().find("60001"), absl::string_view::npos);
  // Few groups pass that check and fail for the rubbish that follows.
  EXPECT_NE(ReasonOf(DecodeGray(FileOfGroups(3), {}).status()),
            kImageFeatureUnsupported);
}

TEST(Webp, RefusesAnimationsAndCanvasesThatDisagree) {
  std::string file = WebpFile(SmoothPicture(20, 20, 3), {.orientation = 1});
  std::string animated = file;
  animated[20] = static_cast<char>(animated[20] | 2);
  EXPECT_EQ(ReasonOf(DecodeGray(animated, {}).status()),
            kImageFeatureUnsupported);
  file[24] = 40;
  EXPECT_EQ(ReasonOf(DecodeGray(file, {}).status()), kImageHeaderInvalid);
}

}  // namespace
}  // namespace sightline::testing
