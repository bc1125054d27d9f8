#include "services/align/engine/opencv_markers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "services/align/engine/opencv_pictures.h"

namespace sightline::align {
namespace {

// Whether there is ink at a point.
using Ink = std::function<bool(double x, double y)>;

// `ink` on white paper, each pixel as dark as the share of it that is inked.
GrayImage Draw(int width, int height, const Ink& ink) {
  constexpr int kSamples = 4;
  GrayImage image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int inked = 0;
      for (int j = 0; j < kSamples; ++j) {
        for (int i = 0; i < kSamples; ++i) {
          inked += ink(x + (i + 0.5) / kSamples, y + (j + 0.5) / kSamples);
        }
      }
      image.row(y)[x] =
          static_cast<uint8_t>(250 - 220 * inked / (kSamples * kSamples));
    }
  }
  return image;
}

Ink RingAt(PixelPoint center, double size) {
  return [=](double x, double y) {
    const double radius = std::hypot(x - center.x, y - center.y) / (size / 2);
    // Two rings and a dot.
    return radius < 0.25 || (radius > 0.4 && radius < 0.6) ||
           (radius > 0.8 && radius < 1);
  };
}

Ink SquareAt(PixelPoint center, double size) {
  return [=](double x, double y) {
    return std::max(std::abs(x - center.x), std::abs(y - center.y)) < size / 2;
  };
}

// A rule through (x, 100), 3 pixels thick.
bool IsOnRule(double y) { return y > 110 && y < 113; }

TEST(FindMarks, SeesAMarkThatARuleRunsInto) {
  const PixelPoint center{90.25, 100.5};
  for (const MarkerKind kind : {MarkerKind::kRing, MarkerKind::kSquare}) {
    for (const bool has_rule : {false, true}) {
      const Ink mark =
          kind == MarkerKind::kRing ? RingAt(center, 36) : SquareAt(center, 36);
      const GrayImage image = Draw(400, 200, [&](double x, double y) {
        return mark(x, y) || (has_rule && x > center.x && IsOnRule(y));
      });
      const auto marks = FindMarks(image, kind, 8, 70, 20);
      ASSERT_EQ(marks.size(), 1u)
          << "the inner ring is a part of it; rule: " << has_rule;
      EXPECT_NEAR(marks[0].center.x, center.x, 0.6);
      EXPECT_NEAR(marks[0].center.y, center.y, 0.6);
      EXPECT_NEAR(marks[0].size, 36, 2.5);
    }
  }
}

TEST(FindMarks, TellsRingsFromSquares) {
  const Ink ring = RingAt({60, 60}, 36);
  const Ink square = SquareAt({160, 60}, 36);
  const Ink box = [](double x, double y) {
    const double distance = std::max(std::abs(x - 260), std::abs(y - 60));
    return distance < 18 && distance > 15;
  };
  const GrayImage image = Draw(320, 120, [&](double x, double y) {
    return ring(x, y) || square(x, y) || box(x, y);
  });
  const auto rings = FindMarks(image, MarkerKind::kRing, 30, 70, 20);
  ASSERT_EQ(rings.size(), 1u);
  EXPECT_NEAR(rings[0].center.x, 60, 0.6);
  const auto squares = FindMarks(image, MarkerKind::kSquare, 30, 70, 20);
  ASSERT_EQ(squares.size(), 1u) << "an empty box is none";
  EXPECT_NEAR(squares[0].center.x, 160, 0.6);
}

TEST(FindMarks, KeepsTheLargest) {
  const GrayImage image = Draw(420, 100, [](double x, double y) {
    for (int i = 0; i < 8; ++i) {
      if (SquareAt({30.0 + 50 * i, 50}, 10 + 2 * i)(x, y)) return true;
    }
    return false;
  });
  const auto marks = FindMarks(image, MarkerKind::kSquare, 6, 60, 3);
  ASSERT_EQ(marks.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(marks[i].center.x, 30 + 50 * (7 - i), 0.6);
  }
}

// An L with a dot in a frame, around the origin, 1 wide.
bool IsEmblem(double x, double y) {
  const double edge = std::max(std::abs(x), std::abs(y));
  if (edge > 0.5) return false;
  if (edge > 0.43) return true;
  const bool is_l =
      x > -0.3 && x < 0.3 && y > -0.3 && y < 0.3 && (x < -0.1 || y > 0.1);
  return is_l || std::hypot(x - 0.18, y + 0.18) < 0.1;
}

TEST(FindIsolatedPictures, FindsThemInAnyTurn) {
  const GrayImage picture = Draw(90, 90, [](double x, double y) {
    return IsEmblem(x / 90 - 0.5, y / 90 - 0.5);
  });
  for (int degrees = 0; degrees < 360; degrees += 10) {
    const double cosine = std::cos(degrees * M_PI / 180);
    const double sine = std::sin(degrees * M_PI / 180);
    const GrayImage image = Draw(240, 120, [&](double x, double y) {
      const double u = (x - 70.25) / 32;
      const double v = (y - 60.5) / 32;
      return IsEmblem(u * cosine + v * sine, v * cosine - u * sine) ||
             RingAt({180, 60}, 32)(x, y);
    });
    const auto found = FindIsolatedPictures(image, picture, 10, 70, 0.7, 12);
    ASSERT_EQ(found.size(), 1u) << degrees;
    EXPECT_NEAR(found[0].center.x, 70.25, 0.8) << degrees;
    EXPECT_NEAR(found[0].center.y, 60.5, 0.8) << degrees;
    EXPECT_NEAR(found[0].size, 32, 2.5) << degrees;
    ASSERT_TRUE(found[0].quarter_turns.has_value()) << degrees;
    const double off =
        std::remainder(degrees - 90 * *found[0].quarter_turns, 360);
    EXPECT_LE(std::abs(off), 50) << degrees;
  }
}

TEST(FindIsolatedPictures, BearsAPictureThatIsMostlyPaper) {
  // A frame is smaller than the blur around its ink.
  const GrayImage picture = Draw(90, 90, [](double x, double y) {
    return SquareAt({45, 45}, 6)(x, y);
  });
  const GrayImage image = Draw(120, 120, [](double x, double y) {
    return SquareAt({60, 60}, 2)(x, y);
  });
  for (const MarkerCandidate& mark :
       FindIsolatedPictures(image, picture, 6, 70, 0, 12)) {
    EXPECT_GT(mark.size, 0);
    EXPECT_TRUE(std::isfinite(mark.score));
  }
  const GrayImage blank = Draw(40, 40, [](double, double) { return false; });
  EXPECT_TRUE(FindIsolatedPictures(image, blank, 6, 70, 0, 12).empty());
}

}  // namespace
}  // namespace sightline::align
