#include "services/georef/engine/segment/tiling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/generator/random.h"

namespace sightline::georef {
namespace {

ModelInput InputOf(InputSizeRange range) {
  ModelInput input;
  input.size_range = range;
  return input;
}

// What every tiling of an axis promises.
void ExpectCovers(const std::vector<TileSpan>& spans, int side, double scale,
                  int tile, int overlap) {
  ASSERT_FALSE(spans.empty());
  EXPECT_EQ(spans.front().first, 0);
  EXPECT_EQ(spans.front().start, 0);
  EXPECT_EQ(spans.back().last, side);
  const int shared = std::min(overlap, tile / 2);
  for (size_t i = 0; i < spans.size(); ++i) {
    EXPECT_LE(spans[i].first, spans[i].last);
    // All its pixels lie within the tile.
    EXPECT_GE((spans[i].first + 0.5) * scale, spans[i].start);
    EXPECT_LE((spans[i].last - 0.5) * scale, spans[i].start + tile);
    if (i == 0) continue;
    EXPECT_EQ(spans[i].first, spans[i - 1].last);
    EXPECT_LE(spans[i].start, spans[i - 1].start + tile - shared);
    // No pixel is nearer to a seam's far edge than half of what is shared, up
    // to the rounding to whole pixels.
    const double seam = spans[i].first * scale;
    EXPECT_GE(seam - spans[i].start, shared / 2.0 - scale);
    EXPECT_GE(spans[i - 1].start + tile - seam, shared / 2.0 - scale);
  }
  // No tile hangs over more than it must.
  if (spans.size() > 1) {
    EXPECT_LE(spans.back().start + tile, std::ceil(side * scale));
  }
}

TEST(Tiling, CoversEveryPixelOnceWhateverTheSizes) {
  generator::Random random(1);
  for (int trial = 0; trial < 3000; ++trial) {
    const int step = random.Integer(1, 64);
    const int minimum = step * random.Integer(1, 4);
    const ModelInput input =
        InputOf({minimum, minimum + step * random.Integer(0, 20), step});
    const int width = random.Integer(1, 5000);
    const int height = random.Integer(1, 5000);
    const int overlap = random.Integer(0, 100);
    const double scale = std::exp(random.Uniform(-3, 2));
    SCOPED_TRACE(testing::Message()
                 << width << " x " << height << " at " << scale << ", overlap "
                 << overlap << ", tiles " << minimum << ".."
                 << input.size_range->maximum << " by " << step);
    const Tiling tiling =
        PlanTiling(input, input.LargestSize(), width, height, scale, overlap);
    ASSERT_TRUE(input.Takes(tiling.tile));
    ExpectCovers(tiling.columns, width, scale, tiling.tile.width, overlap);
    ExpectCovers(tiling.rows, height, scale, tiling.tile.height, overlap);
    if (HasFailure()) return;
  }
}

TEST(Tiling, TakesTheSmallestTileThatCovers) {
  const ModelInput input = InputOf({64, 512, 32});
  Tiling tiling = PlanTiling(input, {512, 512}, 300, 200, 1, 64);
  EXPECT_EQ(tiling.tile, (InputSize{320, 224}));
  EXPECT_EQ(tiling.tiles(), 1);
  // Two tiles of 352 cover 640 as well as two of 512 would.
  tiling = PlanTiling(input, {512, 512}, 640, 40, 1, 64);
  EXPECT_EQ(tiling.tile, (InputSize{352, 64}));
  EXPECT_EQ(tiling.tiles(), 2);
  // No larger than memory was measured for.
  tiling = PlanTiling(input, {256, 128}, 640, 400, 1, 0);
  EXPECT_LE(tiling.tile.width, 256);
  EXPECT_LE(tiling.tile.height, 128);
}

TEST(Tiling, TakesTheCheapestOfFixedSizes) {
  ModelInput input;
  input.sizes = {{512, 512}, {256, 256}, {512, 256}};
  EXPECT_EQ(PlanTiling(input, {512, 512}, 200, 200, 1, 32).tile,
            (InputSize{256, 256}));
  EXPECT_EQ(PlanTiling(input, {512, 512}, 500, 200, 1, 32).tile,
            (InputSize{512, 256}));
  EXPECT_EQ(PlanTiling(input, {512, 512}, 500, 500, 1, 32).tile,
            (InputSize{512, 512}));
  EXPECT_EQ(PlanTiling(input, {256, 256}, 500, 500, 1, 32).tile,
            (InputSize{256, 256}));
}

}  // namespace
}  // namespace sightline::georef
