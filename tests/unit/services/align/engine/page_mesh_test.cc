#include "services/align/engine/page_mesh.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace sightline::align {
namespace {

constexpr PixelSize kPage = {1000, 1400};
constexpr double kUnit = 0.2;

PixelPoint Bend(PixelPoint p) {
  return {1.5 * std::sin(p.x / 160), 4 * std::sin(p.y / 220)};
}

// `count` sightings all over the page but for the lowest quarter.
std::vector<PageSighting> Sightings(int count, double noise, double wild) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> unit(0, 1);
  std::normal_distribution<double> error(0, noise);
  std::vector<PageSighting> sightings;
  for (int i = 0; i < count; ++i) {
    const PixelPoint p{1000 * unit(random), 1050 * unit(random)};
    PixelPoint d = Bend(p);
    d.x += error(random);
    d.y += error(random);
    if (unit(random) < wild)
      d = {20 * unit(random) - 10, 20 * unit(random) - 10};
    sightings.push_back({p, d});
  }
  return sightings;
}

TEST(PageMesh, FollowsTheBendWhereThereAreSightings) {
  const PageMesh mesh = FitMesh(Sightings(200, 0.3, 0.2), kPage, kUnit);
  ASSERT_FALSE(mesh.empty());
  EXPECT_EQ(mesh.displacements.size(),
            static_cast<size_t>(mesh.columns) * mesh.rows);
  double worst = 0;
  for (double y = 100; y < 1000; y += 50) {
    for (double x = 100; x < 950; x += 50) {
      const PixelPoint d = mesh.At({x, y});
      const PixelPoint truth = Bend({x, y});
      worst = std::max(worst, std::hypot(d.x - truth.x, d.y - truth.y));
    }
  }
  EXPECT_LT(worst, 1);
  EXPECT_GT(mesh.rms_before, 2);
  EXPECT_LT(mesh.rms_after, 0.6);
  // The wild ones are left out.
  EXPECT_GT(mesh.sightings, 140);
  EXPECT_LT(mesh.sightings, 175);
}

TEST(PageMesh, IsZeroWhereNothingIsKnown) {
  const PageMesh mesh = FitMesh(Sightings(200, 0.3, 0.2), kPage, kUnit);
  ASSERT_FALSE(mesh.empty());
  for (const double x : {0, 300, 1000}) {
    const PixelPoint d = mesh.At({x, 1400});
    EXPECT_EQ(d.x, 0);
    EXPECT_EQ(d.y, 0);
  }
}

TEST(PageMesh, IsEmptyForAFlatPageOrTooFewSightings) {
  std::vector<PageSighting> flat = Sightings(200, 0, 0);
  std::mt19937 random(3);
  std::normal_distribution<double> error(0, 0.3);
  for (PageSighting& sighting : flat) {
    sighting.displacement = {error(random), error(random)};
  }
  const PageMesh mesh = FitMesh(flat, kPage, kUnit);
  // Noise may be followed a little, never far.
  EXPECT_LT(std::hypot(mesh.At({500, 500}).x, mesh.At({500, 500}).y), 0.3);
  EXPECT_TRUE(FitMesh(Sightings(11, 0, 0), kPage, kUnit).empty());
  EXPECT_TRUE(FitMesh({}, kPage, kUnit).empty());
  EXPECT_EQ(PageMesh().At({3, 4}), PixelPoint());
}

}  // namespace
}  // namespace sightline::align
