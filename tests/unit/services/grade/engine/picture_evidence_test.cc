// Which of two pictures a scan agrees with where they differ.
#include "services/grade/engine/picture_evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>

namespace sightline::grade {
namespace {

constexpr PixelSize kPage = {100, 140};
constexpr int kWidth = 1500;
constexpr int kHeight = 2100;

// Text-like blots that all pictures share, and `numbers` bars that lie flat or
// stand upright.
GrayImage Picture(bool upright, int numbers = 20) {
  GrayImage image(kWidth, kHeight);
  std::fill(image.data(), image.data() + image.size_bytes(), 245);
  const auto box = [&](int left, int top, int width, int height) {
    for (int y = top; y < top + height; ++y) {
      for (int x = left; x < left + width; ++x) image.row(y)[x] = 40;
    }
  };
  std::mt19937 random(3);
  for (int i = 0; i < 400; ++i) {
    box(600 + static_cast<int>(random() % 800),
        100 + static_cast<int>(random() % 1900), 6 + random() % 12, 5);
  }
  for (int i = 0; i < numbers; ++i) {
    if (upright) {
      box(215, 100 + i * 95, 8, 38);
    } else {
      box(200, 115 + i * 95, 38, 8);
    }
  }
  return image;
}

// `picture` at three quarters of its size, darker, and with noise.
GrayImage Scanned(const GrayImage& picture) {
  GrayImage scan(kWidth * 3 / 4, kHeight * 3 / 4);
  std::mt19937 random(5);
  for (int y = 0; y < scan.height(); ++y) {
    for (int x = 0; x < scan.width(); ++x) {
      const int gray = picture.row(y * 4 / 3)[x * 4 / 3];
      scan.row(y)[x] = static_cast<uint8_t>(20 + gray * 3 / 5 +
                                            static_cast<int>(random() % 30));
    }
  }
  return scan;
}

int Compare(const GrayImage& scan, const GrayImage& a, const GrayImage& b) {
  const GrayImage of_a = PageThumbnail(a);
  const GrayImage of_b = PageThumbnail(b);
  const Homography to_page = Homography::Scale(kPage.width / scan.width(),
                                               kPage.height / scan.height());
  return CompareByPicture(scan, {&of_a, kPage, to_page},
                          {&of_b, kPage, to_page});
}

TEST(CompareByPicture, AgreesWithTheOneThatIsShown) {
  const GrayImage flat = Picture(false);
  const GrayImage upright = Picture(true);
  EXPECT_GT(Compare(Scanned(flat), flat, upright), 0);
  EXPECT_LT(Compare(Scanned(flat), upright, flat), 0);
  EXPECT_GT(Compare(Scanned(upright), upright, flat), 0);
}

TEST(CompareByPicture, SaysNothingOfWhatIsTheSameOrNotThere) {
  const GrayImage flat = Picture(false);
  EXPECT_EQ(Compare(Scanned(flat), flat, flat), 0);
  EXPECT_EQ(Compare(Scanned(Picture(false, 0)), flat, Picture(true)), 0)
      << "the scan has neither";
  EXPECT_EQ(Compare(Scanned(flat), Picture(false, 1), Picture(true, 1)), 0)
      << "one place is not enough";
}

TEST(PageThumbnail, IsSmall) {
  const GrayImage thumbnail = PageThumbnail(Picture(false));
  EXPECT_EQ(thumbnail.height(), 1000);
  EXPECT_EQ(thumbnail.width(), 714);
  EXPECT_EQ(PageThumbnail(GrayImage(300, 200)).width(), 300);
}

}  // namespace
}  // namespace sightline::grade
