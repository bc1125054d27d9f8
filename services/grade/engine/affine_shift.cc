#include "services/grade/engine/affine_shift.h"

#include <cmath>
#include <cstddef>

namespace sightline::grade {
namespace {

constexpr int kIterations = 6;

double Determinant(const double (&m)[3][3]) {
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
         m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

// Solves a * result = b by Cramer's rule; all zero if `a` is singular.
void Cramer(const double (&a)[3][3], const double (&b)[3],
            double (&result)[3]) {
  const double all = Determinant(a);
  for (int k = 0; k < 3; ++k) {
    double replaced[3][3];
    for (int r = 0; r < 3; ++r) {
      for (int c = 0; c < 3; ++c) replaced[r][c] = c == k ? b[r] : a[r][c];
    }
    result[k] = all != 0 ? Determinant(replaced) / all : 0;
  }
}

}  // namespace

AffineShift::AffineShift(const std::vector<Tile>& tiles, double spread) {
  for (const Tile& tile : tiles) {
    origin_.x += tile.center.x / tiles.size();
    origin_.y += tile.center.y / tiles.size();
  }
  std::vector<double> weights(tiles.size());
  for (size_t i = 0; i < tiles.size(); ++i) weights[i] = tiles[i].score;
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    Solve(tiles, weights, spread);
    for (size_t i = 0; i < tiles.size(); ++i) {
      const auto [x, y] = At(tiles[i].center);
      const double away =
          std::hypot(x - tiles[i].found.x, y - tiles[i].found.y);
      // A tile two samples off counts a fifth.
      weights[i] = tiles[i].score / (1 + away * away);
    }
  }
}

PixelPoint AffineShift::At(PixelPoint place) const {
  const double u = place.x - origin_.x;
  const double v = place.y - origin_.y;
  return {x_[0] + x_[1] * u + x_[2] * v, y_[0] + y_[1] * u + y_[2] * v};
}

// Normal equations with a ridge on the slopes.
void AffineShift::Solve(const std::vector<Tile>& tiles,
                        const std::vector<double>& weights, double spread) {
  double a[3][3] = {};
  double bx[3] = {};
  double by[3] = {};
  double total = 1e-12;
  for (size_t i = 0; i < tiles.size(); ++i) {
    const double basis[3] = {1, tiles[i].center.x - origin_.x,
                             tiles[i].center.y - origin_.y};
    for (int r = 0; r < 3; ++r) {
      for (int c = 0; c < 3; ++c) a[r][c] += weights[i] * basis[r] * basis[c];
      bx[r] += weights[i] * basis[r] * tiles[i].found.x;
      by[r] += weights[i] * basis[r] * tiles[i].found.y;
    }
    total += weights[i];
  }
  a[0][0] += 1e-12;
  a[1][1] += total * spread * spread;
  a[2][2] += total * spread * spread;
  Cramer(a, bx, x_);
  Cramer(a, by, y_);
}

}  // namespace sightline::grade
