// Black-and-white pages to TIFF, PNG and bits, and back by our own decoders.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/image/encode.h"
#include "common/image/headers.h"
#include "tests/unit/common/image/image_matchers.h"

namespace sightline::testing {
namespace {

struct Format {
  const char* name;
  std::function<absl::StatusOr<std::string>(const GrayImage&)> encode;
};

const std::vector<Format>& FileFormats() {
  static const auto& formats = *new std::vector<Format>{
      {"TIFF", [](const GrayImage& page) { return EncodeTiffG4(page, 300); }},
      {"PNG", [](const GrayImage& page) { return EncodeBilevelPng(page); }},
      {"fast PNG",
       [](const GrayImage& page) { return EncodeBilevelPng(page, 1, 300); }}};
  return formats;
}

// A page of `black` for true.
GrayImage Page(int width, int height,
               const std::function<bool(int x, int y)>& black) {
  GrayImage page(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) page.row(y)[x] = black(x, y) ? 0 : 255;
  }
  return page;
}

// Pages that make coders do all they can: nothing, noise of several densities,
// runs that move sideways from row to row, alternation.
std::vector<GrayImage> PagesOf(int width, int height, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<GrayImage> pages;
  pages.push_back(Page(width, height, [](int, int) { return false; }));
  pages.push_back(Page(width, height, [](int, int) { return true; }));
  pages.push_back(
      Page(width, height, [](int x, int y) { return (x + y) % 2 == 0; }));
  for (const uint32_t share : {2u, 50u, 5000u}) {
    pages.push_back(
        Page(width, height, [&](int, int) { return random() % share == 0; }));
  }
  for (const int step : {1, 3, 4}) {
    pages.push_back(Page(width, height, [&](int x, int y) {
      return (x + step * y) / (1 + step) % 3 == 0;
    }));
  }
  return pages;
}

std::string BitsOf(const GrayImage& page) {
  std::string bits;
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      if (x % 8 == 0) bits.push_back('\0');
      if (page.row(y)[x] != 0) {
        bits.back() = static_cast<char>(bits.back() | 0x80 >> x % 8);
      }
    }
  }
  return bits;
}

void ExpectRoundTrip(const GrayImage& page) {
  DecodeOptions options;
  options.limits.max_side_pixels = 70'000;
  for (const Format& format : FileFormats()) {
    SCOPED_TRACE(format.name);
    const auto file = format.encode(page);
    ASSERT_TRUE(file.ok()) << file.status();
    const auto decoded = DecodeGray(*file, options);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    ASSERT_EQ(decoded->pixels.width(), page.width());
    ASSERT_EQ(decoded->pixels.height(), page.height());
    EXPECT_TRUE(std::equal(page.data(), page.data() + page.size_bytes(),
                           decoded->pixels.data()));
  }
  const auto bits = PackBilevel(page);
  ASSERT_TRUE(bits.ok()) << bits.status();
  EXPECT_TRUE(*bits == BitsOf(page));
}

TEST(EncodeBilevel, KeepsEveryPixelOfEverySize) {
  uint32_t seed = 0;
  for (const auto& [width, height] : std::vector<std::pair<int, int>>{
           {1, 1},
           {1, 2},
           {1, 100},
           {2, 1},
           {7, 5},
           {8, 8},
           {9, 3},
           {31, 33},
           {63, 9},
           {64, 9},
           {65, 9},
           {127, 201},
           {1000, 77},
           // Around the longest runs that codes have: 63, 1728, 2560.
           {1727, 3},
           {1729, 3},
           {2559, 3},
           {2561, 3},
           {2625, 3},
           {5184, 3},
           // Long sides.
           {60'000, 1},
           {60'001, 3},
           {1, 60'000},
           {3, 60'001}}) {
    for (const GrayImage& page : PagesOf(width, height, ++seed)) {
      SCOPED_TRACE(::testing::Message()
                   << width << " x " << height << ", seed " << seed);
      ExpectRoundTrip(page);
    }
  }
}

TEST(EncodeBilevel, KeepsEveryPixelOfRandomPages) {
  std::mt19937 random(20);
  for (int round = 0; round < 300; ++round) {
    const int width = 1 + static_cast<int>(random() % 200);
    const int height = 1 + static_cast<int>(random() % 30);
    const uint32_t share = 1 + random() % 40;
    SCOPED_TRACE(::testing::Message() << "round " << round);
    ExpectRoundTrip(
        Page(width, height, [&](int, int) { return random() % share == 0; }));
  }
}

TEST(EncodeTiffG4, WritesWhatFaxesAre) {
  const GrayImage page = PagesOf(321, 123, 1)[3].Clone();
  const auto file = EncodeTiffG4(page, 204);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto tiff = image_internal::ReadTiffPage(*file, 0);
  ASSERT_TRUE(tiff.ok()) << tiff.status();
  EXPECT_EQ(tiff->compression, 4);
  EXPECT_EQ(tiff->photometric, 0) << "white is zero";
  EXPECT_EQ(tiff->bits_per_sample, 1);
  EXPECT_EQ(tiff->samples_per_pixel, 1);
  EXPECT_EQ(tiff->blocks(), 1) << "strips";
  EXPECT_EQ(tiff->info.pages, 1);
  EXPECT_EQ(tiff->info.orientation, 1);
  EXPECT_EQ(tiff->info.dots_per_inch_x, 204);
  EXPECT_EQ(tiff->info.dots_per_inch_y, 204);
  EXPECT_EQ(*file, *EncodeTiffG4(page, 204)) << "the same bytes every time";
}

TEST(EncodeTiffG4, IsSmallForPagesOfPrint) {
  // Lines of blocks, as of text, on 3 % of the page.
  const GrayImage page = Page(2480, 3508, [](int x, int y) {
    return y % 60 < 20 && x % 40 < 16 && (x / 40 + y / 60) % 6 == 0;
  });
  const auto file = EncodeTiffG4(page, 300);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_LT(file->size(), 120'000u);
  EXPECT_LT(file->capacity(), 2 * file->size());
}

TEST(EncodeBilevelPng, WritesOneBitOfGray) {
  const auto file = EncodeBilevelPng(PagesOf(30, 20, 1)[3], 6, 300);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)[24], 1) << "bit depth";
  EXPECT_EQ((*file)[25], 0) << "gray";
  EXPECT_NEAR(SniffImage(*file)->dots_per_inch_x, 300, 0.01);
}

TEST(PackBilevel, HasTheLeftmostPixelInTheHighestBitAndOneForWhite) {
  const GrayImage page = Page(
      10, 2, [](int x, int y) { return y == 0 ? x == 1 : x != 0 && x != 9; });
  const auto bits = PackBilevel(page);
  ASSERT_TRUE(bits.ok());
  EXPECT_EQ(*bits, std::string("\xBF\xC0\x80\x40", 4));
}

TEST(EncodeBilevel, RefusesGraysAndSaysWhere) {
  const auto expect_refusal = [](const absl::Status& status, int count, int x,
                                 int y, int value) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    ASSERT_EQ(ReasonOf(status), kImageNotBilevel) << status;
    const auto details = DetailsOf(status);
    EXPECT_EQ(details->metadata.at("pixels"), std::to_string(count));
    EXPECT_EQ(details->metadata.at("x"), std::to_string(x));
    EXPECT_EQ(details->metadata.at("y"), std::to_string(y));
    EXPECT_EQ(details->metadata.at("value"), std::to_string(value));
    EXPECT_NE(status.message().find("threshold"), absl::string_view::npos);
  };
  for (const int width : {1, 7, 8, 9, 17}) {
    for (int x = 0; x < width; ++x) {
      for (const int value : {1, 2, 127, 128, 253, 254}) {
        SCOPED_TRACE(::testing::Message()
                     << "width " << width << ", x " << x << ", " << value);
        GrayImage page =
            Page(width, 3, [](int x, int y) { return (x + y) % 2 == 0; });
        page.row(1)[x] = static_cast<uint8_t>(value);
        for (const Format& format : FileFormats()) {
          expect_refusal(format.encode(page).status(), 1, x, 1, value);
        }
        page.row(2)[0] = 100;
        expect_refusal(PackBilevel(page).status(), 2, x, 1, value);
      }
    }
  }
}

// Every value of a byte but two.
TEST(EncodeBilevel, KnowsEveryGray) {
  for (int value = 0; value < 256; ++value) {
    GrayImage page(8, 1);
    std::fill_n(page.data(), 8, uint8_t{255});
    page.data()[3] = static_cast<uint8_t>(value);
    EXPECT_EQ(PackBilevel(page).ok(), value == 0 || value == 255) << value;
  }
}

TEST(EncodeBilevel, RefusesWhatCannotBeWritten) {
  const GrayImage empty;
  for (const Format& format : FileFormats()) {
    EXPECT_EQ(ReasonOf(format.encode(empty).status()), kImageNotEncodable);
  }
  EXPECT_EQ(ReasonOf(PackBilevel(empty).status()), kImageNotEncodable);
  const GrayImage page = Page(4, 4, [](int, int) { return true; });
  for (const double dots :
       {-1.0, 0.5, 100'001.0, std::numeric_limits<double>::quiet_NaN(),
        std::numeric_limits<double>::infinity()}) {
    SCOPED_TRACE(dots);
    EXPECT_EQ(ReasonOf(EncodeTiffG4(page, dots).status()), kImageNotEncodable);
    EXPECT_EQ(ReasonOf(EncodeBilevelPng(page, 6, dots).status()),
              kImageNotEncodable);
    EXPECT_EQ(ReasonOf(EncodePng(page, 6, dots).status()), kImageNotEncodable);
    EXPECT_EQ(ReasonOf(EncodeJpeg(page, 90, dots).status()),
              kImageNotEncodable);
  }
  for (const int compression : {-1, 10}) {
    EXPECT_EQ(ReasonOf(EncodeBilevelPng(page, compression).status()),
              kImageNotEncodable);
  }
}

TEST(Encode, KeepsTheDotsPerInch) {
  const GrayImage page = Page(20, 10, [](int, int) { return false; });
  const RgbImage colour(20, 10);
  for (const double dots : {1.0, 72.0, 199.9, 300.0, 1200.0, 100'000.0}) {
    SCOPED_TRACE(dots);
    const auto dots_of = [](const absl::StatusOr<std::string>& file) {
      EXPECT_TRUE(file.ok()) << file.status();
      const auto info = SniffImage(*file);
      EXPECT_TRUE(info.ok()) << info.status();
      EXPECT_EQ(info->dots_per_inch_x, info->dots_per_inch_y);
      return info->dots_per_inch_x;
    };
    EXPECT_NEAR(dots_of(EncodeTiffG4(page, dots)), dots, 1e-4 * dots);
    EXPECT_NEAR(dots_of(EncodeBilevelPng(page, 6, dots)), dots, 0.0254);
    EXPECT_NEAR(dots_of(EncodePng(colour, 6, dots)), dots, 0.0254);
    // Whole numbers, above 65535 of dots per centimetre.
    EXPECT_NEAR(dots_of(EncodeJpeg(page, 90, dots)), dots,
                dots > 65535 ? 1.27 : 0.5);
    EXPECT_NEAR(dots_of(EncodeJpeg(colour, 90, dots)), dots,
                dots > 65535 ? 1.27 : 0.5);
  }
  EXPECT_EQ(SniffImage(*EncodeTiffG4(page, 0))->dots_per_inch_x, 0);
  EXPECT_EQ(SniffImage(*EncodePng(page))->dots_per_inch_x, 0);
  EXPECT_EQ(SniffImage(*EncodeJpeg(page, 90))->dots_per_inch_x, 0);
}

}  // namespace
}  // namespace sightline::testing
