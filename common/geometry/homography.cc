#include "common/geometry/homography.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sightline {

Homography Homography::Scale(double x, double y) {
  return Homography({x, 0, 0, 0, y, 0, 0, 0, 1});
}

Homography Homography::Translation(double x, double y) {
  return Homography({1, 0, x, 0, 1, y, 0, 0, 1});
}

std::optional<Homography> Homography::FromQuads(
    const std::array<PixelPoint, 4>& from,
    const std::array<PixelPoint, 4>& to) {
  // Eight linear equations in the eight unknowns of the map with m[8] = 1
  // (Hartley & Zisserman, Multiple View Geometry, 2nd ed., section 4.1),
  // solved by Gaussian elimination with partial pivoting.
  double a[8][9];
  for (int i = 0; i < 4; ++i) {
    const auto [x, y] = from[i];
    const auto [u, v] = to[i];
    const double rows[2][9] = {{x, y, 1, 0, 0, 0, -u * x, -u * y, u},
                               {0, 0, 0, x, y, 1, -v * x, -v * y, v}};
    std::copy(rows[0], rows[0] + 9, a[2 * i]);
    std::copy(rows[1], rows[1] + 9, a[2 * i + 1]);
  }
  for (int column = 0; column < 8; ++column) {
    int pivot = column;
    for (int row = column + 1; row < 8; ++row) {
      if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
    }
    if (std::abs(a[pivot][column]) < 1e-9) return std::nullopt;
    std::swap_ranges(a[column], a[column] + 9, a[pivot]);
    for (int row = 0; row < 8; ++row) {
      if (row == column) continue;
      const double factor = a[row][column] / a[column][column];
      for (int k = column; k < 9; ++k) a[row][k] -= factor * a[column][k];
    }
  }
  std::array<double, 9> m;
  for (int i = 0; i < 8; ++i) m[i] = a[i][8] / a[i][i];
  m[8] = 1;
  const Homography result(m);
  if (!result.Inverse().has_value()) return std::nullopt;
  return result;
}

PixelPoint Homography::Map(PixelPoint p) const {
  const double w = 1 / (m_[6] * p.x + m_[7] * p.y + m_[8]);
  return {(m_[0] * p.x + m_[1] * p.y + m_[2]) * w,
          (m_[3] * p.x + m_[4] * p.y + m_[5]) * w};
}

Homography Homography::operator*(const Homography& first) const {
  std::array<double, 9> out;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      double sum = 0;
      for (int k = 0; k < 3; ++k) {
        sum += m_[row * 3 + k] * first.m_[k * 3 + column];
      }
      out[row * 3 + column] = sum;
    }
  }
  return Homography(out);
}

std::optional<Homography> Homography::Inverse() const {
  const auto& m = m_;
  const std::array<double, 9> adjugate = {
      m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8],
      m[1] * m[5] - m[2] * m[4], m[5] * m[6] - m[3] * m[8],
      m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
      m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7],
      m[0] * m[4] - m[1] * m[3]};
  const double determinant =
      m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6];
  if (!std::isfinite(determinant) || std::abs(determinant) < 1e-300) {
    return std::nullopt;
  }
  std::array<double, 9> out;
  for (int i = 0; i < 9; ++i) out[i] = adjugate[i] / determinant;
  return Homography(out).Normalized();
}

Homography Homography::Normalized() const {
  if (m_[8] == 0) return *this;
  std::array<double, 9> out;
  for (int i = 0; i < 9; ++i) out[i] = m_[i] / m_[8];
  out[8] = 1;
  return Homography(out);
}

double Homography::JacobianAt(PixelPoint p) const {
  // For a projective map the Jacobian's determinant is det(M) / w^3.
  const double w = m_[6] * p.x + m_[7] * p.y + m_[8];
  const double determinant = m_[0] * (m_[4] * m_[8] - m_[5] * m_[7]) -
                             m_[1] * (m_[3] * m_[8] - m_[5] * m_[6]) +
                             m_[2] * (m_[3] * m_[7] - m_[4] * m_[6]);
  return determinant / (w * w * w);
}

}  // namespace sightline
