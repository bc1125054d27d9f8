#include "services/georef/engine/segment/class_scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/generator/random.h"

namespace sightline::georef {
namespace {

// A score between cells, by the definition of bilinear interpolation.
double ScoreAt(const ScoreGrid& grid, int c, double u, double v) {
  u = std::clamp(u, 0.0, grid.width - 1.0);
  v = std::clamp(v, 0.0, grid.height - 1.0);
  const int x = std::min(static_cast<int>(u), std::max(grid.width - 2, 0));
  const int y = std::min(static_cast<int>(v), std::max(grid.height - 2, 0));
  const auto cell = [&](int cx, int cy) -> double {
    cx = std::min(cx, grid.width - 1);
    cy = std::min(cy, grid.height - 1);
    return grid.layout == TensorLayout::kChannelsFirst
               ? grid.scores[(c * grid.height + cy) * grid.width + cx]
               : grid.scores[(cy * grid.width + cx) * grid.classes + c];
  };
  const double s = u - x;
  const double t = v - y;
  return (cell(x, y) * (1 - s) + cell(x + 1, y) * s) * (1 - t) +
         (cell(x, y + 1) * (1 - s) + cell(x + 1, y + 1) * s) * t;
}

TEST(ClassScores, AreThoseOfTheDefinition) {
  generator::Random random(7);
  for (int trial = 0; trial < 60; ++trial) {
    const int classes = random.Integer(2, 7);
    const int stride = 1 << random.Integer(0, 3);
    const InputSize tile = {stride * random.Integer(1, 24),
                            stride * random.Integer(1, 24)};
    const double scale = trial % 2 == 0 ? 1 : random.Uniform(0.3, 2.5);
    const int width = std::max(1, static_cast<int>(tile.width / scale));
    const int height = std::max(1, static_cast<int>(tile.height / scale));
    std::vector<float> numbers;
    ScoreGrid grid;
    grid.classes = classes;
    grid.width = tile.width / stride;
    grid.height = tile.height / stride;
    grid.layout = trial % 3 == 0 ? TensorLayout::kChannelsLast
                                 : TensorLayout::kChannelsFirst;
    for (int i = 0; i < classes * grid.width * grid.height; ++i) {
      // Now and then far apart.
      numbers.push_back(
          static_cast<float>(random.Normal() * (trial % 5 == 0 ? 60 : 2)));
    }
    grid.scores = numbers.data();
    const TileSpan columns = {0, 0, width};
    const TileSpan rows = {0, 0, height};
    GrayImage labels(width, height);
    GrayImage confidence(width, height);
    WriteClasses(grid, columns, rows, tile, scale, labels, confidence);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        std::vector<double> scores(classes);
        for (int c = 0; c < classes; ++c) {
          scores[c] = ScoreAt(grid, c, (x + 0.5) * scale / stride - 0.5,
                              (y + 0.5) * scale / stride - 0.5);
        }
        const double best = *std::max_element(scores.begin(), scores.end());
        double sum = 0;
        for (const double score : scores) sum += std::exp(score - best);
        const int label = labels.row(y)[x];
        ASSERT_LT(label, classes);
        ASSERT_NEAR(scores[label], best, 1e-3) << trial;
        ASSERT_NEAR(confidence.row(y)[x], 255 / sum, 0.51 + 0.01) << trial;
      }
    }
  }
}

TEST(ClassScores, OfProbabilitiesAreTheConfidence) {
  const std::vector<float> numbers = {0.25f, 1.0f, 0.75f, 0.0f};
  ScoreGrid grid;
  grid.scores = numbers.data();
  grid.classes = 2;
  grid.width = 2;
  grid.height = 1;
  grid.meaning = OutputMeaning::kProbabilities;
  GrayImage labels(2, 1);
  GrayImage confidence(2, 1);
  WriteClasses(grid, {0, 0, 2}, {0, 0, 1}, {2, 1}, 1, labels, confidence);
  EXPECT_EQ(labels.row(0)[0], 1);
  EXPECT_EQ(labels.row(0)[1], 0);
  EXPECT_EQ(confidence.row(0)[0], 191);
  EXPECT_EQ(confidence.row(0)[1], 255);
}

TEST(ClassScores, OfEqualsTheFirstClassWins) {
  const std::vector<float> numbers = {1, 3, 3};
  ScoreGrid grid = {numbers.data(), 3, 1, 1};
  GrayImage labels(1, 1);
  GrayImage confidence(1, 1);
  WriteClasses(grid, {0, 0, 1}, {0, 0, 1}, {1, 1}, 1, labels, confidence);
  EXPECT_EQ(labels.row(0)[0], 1);
}

}  // namespace
}  // namespace sightline::georef
