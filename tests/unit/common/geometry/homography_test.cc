#include "common/geometry/homography.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace sightline {
namespace {

void ExpectNear(PixelPoint actual, PixelPoint expected, double tolerance) {
  EXPECT_NEAR(actual.x, expected.x, tolerance);
  EXPECT_NEAR(actual.y, expected.y, tolerance);
}

// A page seen at an angle: no symmetry, a real vanishing line.
const Homography kTilted({1.1, 0.2, 30, -0.15, 0.9, 12, 1e-4, -2e-4, 1});

TEST(Homography, IsTheIdentityByDefault) {
  ExpectNear(Homography().Map({3.5, -7}), {3.5, -7}, 0);
}

TEST(Homography, ScalesAndTranslates) {
  ExpectNear(Homography::Scale(2, 0.5).Map({3, 8}), {6, 4}, 0);
  ExpectNear(Homography::Translation(-1, 10).Map({3, 8}), {2, 18}, 0);
}

TEST(Homography, AppliesTheRightFactorFirst) {
  const Homography both =
      Homography::Scale(2, 2) * Homography::Translation(1, 0);
  ExpectNear(both.Map({3, 4}), {8, 8}, 0);
  const PixelPoint point = {123, 456};
  const Homography other({0.9, -0.1, 5, 0.2, 1.2, -8, -1e-4, 3e-5, 1});
  ExpectNear((kTilted * other).Map(point), kTilted.Map(other.Map(point)), 1e-9);
}

TEST(Homography, InverseMapsBack) {
  const auto inverse = kTilted.Inverse();
  ASSERT_TRUE(inverse.has_value());
  for (const PixelPoint point :
       {PixelPoint{0, 0}, PixelPoint{1000, 0}, PixelPoint{333, 1414}}) {
    ExpectNear(inverse->Map(kTilted.Map(point)), point, 1e-8);
    ExpectNear(kTilted.Map(inverse->Map(point)), point, 1e-8);
  }
  EXPECT_DOUBLE_EQ((*inverse)[8], 1);
}

TEST(Homography, OfAFlatImageHasNoInverse) {
  EXPECT_FALSE(Homography::Scale(1, 0).Inverse().has_value());
  EXPECT_FALSE(Homography({1, 2, 3, 2, 4, 6, 0, 0, 1}).Inverse().has_value());
  EXPECT_FALSE(Homography({0, 0, 0, 0, 0, 0, 0, 0, 0}).Inverse().has_value());
  EXPECT_FALSE(Homography({NAN, 0, 0, 0, 1, 0, 0, 0, 1}).Inverse().has_value());
}

TEST(Homography, NormalizesWithoutChangingTheMap) {
  const Homography scaled({2.2, 0.4, 60, -0.3, 1.8, 24, 2e-4, -4e-4, 2});
  EXPECT_DOUBLE_EQ(scaled.Normalized()[8], 1);
  ExpectNear(scaled.Map({50, 60}), scaled.Normalized().Map({50, 60}), 1e-12);
  ExpectNear(scaled.Map({50, 60}), kTilted.Map({50, 60}), 1e-12);
  // Nothing to divide by.
  const Homography far({1, 0, 0, 0, 1, 0, 1, 0, 0});
  EXPECT_EQ(far.Normalized().values(), far.values());
}

TEST(Homography, FromQuadsFindsTheMapThatMadeThem) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> jitter(-200, 200);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    std::array<PixelPoint, 4> from = {PixelPoint{0, 0}, PixelPoint{2480, 0},
                                      PixelPoint{2480, 3508},
                                      PixelPoint{0, 3508}};
    std::array<PixelPoint, 4> to;
    for (int i = 0; i < 4; ++i) {
      // Any quarter turn, too.
      to[i] = {from[(i + round) % 4].x + jitter(random),
               from[(i + round) % 4].y + jitter(random)};
    }
    const auto map = Homography::FromQuads(from, to);
    ASSERT_TRUE(map.has_value());
    for (int i = 0; i < 4; ++i) ExpectNear(map->Map(from[i]), to[i], 1e-6);
    const auto back = Homography::FromQuads(to, from);
    ASSERT_TRUE(back.has_value());
    ExpectNear(back->Map(map->Map({700, 900})), {700, 900}, 1e-6);
  }
}

TEST(Homography, FromQuadsWorksOnUnitSquaresAndSmallOnes) {
  const std::array<PixelPoint, 4> unit = {PixelPoint{0, 0}, PixelPoint{1, 0},
                                          PixelPoint{1, 1}, PixelPoint{0, 1}};
  std::array<PixelPoint, 4> to;
  for (int i = 0; i < 4; ++i) to[i] = kTilted.Map(unit[i]);
  const auto map = Homography::FromQuads(unit, to);
  ASSERT_TRUE(map.has_value());
  for (int i = 0; i < 9; ++i) EXPECT_NEAR((*map)[i], kTilted[i], 1e-9);
}

TEST(Homography, FromQuadsRefusesThreePointsOnALine) {
  const std::array<PixelPoint, 4> square = {
      PixelPoint{0, 0}, PixelPoint{100, 0}, PixelPoint{100, 100},
      PixelPoint{0, 100}};
  const std::array<PixelPoint, 4> line = {PixelPoint{0, 0}, PixelPoint{50, 0},
                                          PixelPoint{100, 0},
                                          PixelPoint{0, 100}};
  const std::array<PixelPoint, 4> same = {PixelPoint{5, 5}, PixelPoint{5, 5},
                                          PixelPoint{100, 100},
                                          PixelPoint{0, 100}};
  for (const auto& degenerate : {line, same}) {
    EXPECT_FALSE(Homography::FromQuads(degenerate, square).has_value());
    EXPECT_FALSE(Homography::FromQuads(square, degenerate).has_value());
  }
}

TEST(Homography, FromQuadsRefusesPointsThatAreNoNumbers) {
  const std::array<PixelPoint, 4> square = {
      PixelPoint{0, 0}, PixelPoint{100, 0}, PixelPoint{100, 100},
      PixelPoint{0, 100}};
  auto bad = square;
  bad[2].x = NAN;
  EXPECT_FALSE(Homography::FromQuads(bad, square).has_value());
  EXPECT_FALSE(Homography::FromQuads(square, bad).has_value());
  bad[2].x = INFINITY;
  EXPECT_FALSE(Homography::FromQuads(bad, square).has_value());
  EXPECT_FALSE(Homography::FromQuads(square, bad).has_value());
}

TEST(Homography, MapsTheVanishingLineToNonFinitePoints) {
  const Homography map({1, 0, 0, 0, 1, 0, 0.01, 0, 1});
  EXPECT_FALSE(std::isfinite(map.Map({-100, 5}).x));
}

TEST(Homography, JacobianIsTheAreaScale) {
  EXPECT_DOUBLE_EQ(Homography::Scale(2, 3).JacobianAt({7, 9}), 6);
  EXPECT_DOUBLE_EQ(Homography::Scale(-1, 1).JacobianAt({7, 9}), -1);
  // Against differences.
  const PixelPoint at = {400, 250};
  constexpr double kStep = 1e-4;
  const PixelPoint left = kTilted.Map({at.x - kStep, at.y});
  const PixelPoint right = kTilted.Map({at.x + kStep, at.y});
  const PixelPoint up = kTilted.Map({at.x, at.y - kStep});
  const PixelPoint down = kTilted.Map({at.x, at.y + kStep});
  const double measured = ((right.x - left.x) * (down.y - up.y) -
                           (right.y - left.y) * (down.x - up.x)) /
                          (4 * kStep * kStep);
  EXPECT_NEAR(kTilted.JacobianAt(at), measured, 1e-5);
}

}  // namespace
}  // namespace sightline
