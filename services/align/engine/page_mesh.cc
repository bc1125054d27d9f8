#include "services/align/engine/page_mesh.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>

namespace sightline::align {
namespace {

// Cells across the shorter side; the longer has as many of the same size.
constexpr int kCellsAcross = 8;
constexpr int kMaxCells = 24;
constexpr size_t kMinSightings = 12;
// Weights of a second difference between neighbours, and of a displacement
// itself, against a sighting.
constexpr double kStiffness = 0.06;
constexpr double kPull = 1e-4;
constexpr int kRounds = 6;
// Sightings this many times farther off than they are by chance count nothing.
constexpr double kCutOff = 4.5;
// A node is known if there are so many sightings within two cells, the nearer
// counting more.
constexpr double kEnough = 1;
// What a mesh must take away of the sightings' error to be worth having.
constexpr double kMinGain = 0.1;

// The four nodes around a point and their shares.
struct Place {
  std::array<int, 4> node;
  std::array<double, 4> share;
};

Place PlaceOf(const PageMesh& mesh, PixelPoint p) {
  const double x =
      std::clamp(p.x / mesh.page.width, 0.0, 1.0) * (mesh.columns - 1);
  const double y =
      std::clamp(p.y / mesh.page.height, 0.0, 1.0) * (mesh.rows - 1);
  const int column = std::min(static_cast<int>(x), mesh.columns - 2);
  const int row = std::min(static_cast<int>(y), mesh.rows - 2);
  const double fx = x - column;
  const double fy = y - row;
  const int first = row * mesh.columns + column;
  return {{first, first + 1, first + mesh.columns, first + mesh.columns + 1},
          {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy}};
}

// Adds the square of sum(factors * nodes) to the energy.
template <size_t n>
void AddEnergy(cv::Mat& matrix, const std::array<int, n>& nodes,
               const std::array<double, n>& factors, double weight) {
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      matrix.at<double>(nodes[i], nodes[j]) += weight * factors[i] * factors[j];
    }
  }
}

cv::Mat Stiffness(const PageMesh& mesh) {
  const int nodes = mesh.columns * mesh.rows;
  cv::Mat matrix = cv::Mat::zeros(nodes, nodes, CV_64F);
  const auto node = [&](int column, int row) {
    return row * mesh.columns + column;
  };
  const std::array<double, 3> bend = {1, -2, 1};
  for (int row = 0; row < mesh.rows; ++row) {
    for (int column = 0; column < mesh.columns; ++column) {
      matrix.at<double>(node(column, row), node(column, row)) += kPull;
      if (column + 2 < mesh.columns) {
        AddEnergy<3>(
            matrix,
            {node(column, row), node(column + 1, row), node(column + 2, row)},
            bend, kStiffness);
      }
      if (row + 2 < mesh.rows) {
        AddEnergy<3>(
            matrix,
            {node(column, row), node(column, row + 1), node(column, row + 2)},
            bend, kStiffness);
      }
      if (column + 1 < mesh.columns && row + 1 < mesh.rows) {
        AddEnergy<4>(matrix,
                     {node(column, row), node(column + 1, row),
                      node(column, row + 1), node(column + 1, row + 1)},
                     {1, -1, -1, 1}, 2 * kStiffness);
      }
    }
  }
  return matrix;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// How far each sighting is off.
std::vector<double> Misses(const PageMesh& mesh,
                           const std::vector<PageSighting>& sightings) {
  std::vector<double> misses;
  for (const PageSighting& sighting : sightings) {
    const PixelPoint d = mesh.At(sighting.on_page);
    misses.push_back(std::hypot(sighting.displacement.x - d.x,
                                sighting.displacement.y - d.y));
  }
  return misses;
}

void Solve(const cv::Mat& stiffness, const std::vector<PageSighting>& sightings,
           const std::vector<double>& weights, PageMesh& mesh) {
  cv::Mat matrix = stiffness.clone();
  cv::Mat right = cv::Mat::zeros(matrix.rows, 2, CV_64F);
  for (size_t i = 0; i < sightings.size(); ++i) {
    if (weights[i] <= 0) continue;
    const Place place = PlaceOf(mesh, sightings[i].on_page);
    AddEnergy<4>(matrix, place.node, place.share, weights[i]);
    for (int k = 0; k < 4; ++k) {
      double* row = right.ptr<double>(place.node[k]);
      row[0] += weights[i] * place.share[k] * sightings[i].displacement.x;
      row[1] += weights[i] * place.share[k] * sightings[i].displacement.y;
    }
  }
  cv::Mat solution;
  if (!cv::solve(matrix, right, solution, cv::DECOMP_CHOLESKY)) return;
  for (int i = 0; i < solution.rows; ++i) {
    mesh.displacements[i] = {solution.at<double>(i, 0),
                             solution.at<double>(i, 1)};
  }
}

// Far from every sighting the mesh is only guesswork.
void FadeUnknown(const std::vector<PageSighting>& sightings,
                 const std::vector<double>& weights, PageMesh& mesh) {
  const double cell = mesh.page.width / (mesh.columns - 1);
  for (int i = 0; i < mesh.columns * mesh.rows; ++i) {
    const PixelPoint at{i % mesh.columns * mesh.page.width / (mesh.columns - 1),
                        i / mesh.columns * mesh.page.height / (mesh.rows - 1)};
    double known = 0;
    for (size_t s = 0; s < sightings.size(); ++s) {
      const PixelPoint& p = sightings[s].on_page;
      const double cells = std::hypot(p.x - at.x, p.y - at.y) / cell;
      known += weights[s] * std::max(0.0, 1 - cells / 2);
    }
    const double share = std::min(1.0, known / kEnough);
    mesh.displacements[i].x *= share;
    mesh.displacements[i].y *= share;
  }
}

}  // namespace

PixelPoint PageMesh::At(PixelPoint page_point) const {
  if (empty()) return {};
  const Place place = PlaceOf(*this, page_point);
  PixelPoint sum;
  for (int k = 0; k < 4; ++k) {
    sum.x += place.share[k] * displacements[place.node[k]].x;
    sum.y += place.share[k] * displacements[place.node[k]].y;
  }
  return sum;
}

PageMesh FitMesh(const std::vector<PageSighting>& sightings, PixelSize page,
                 double unit) {
  if (sightings.size() < kMinSightings) return {};
  PageMesh mesh;
  mesh.page = page;
  const double cell = std::min(page.width, page.height) / kCellsAcross;
  const auto nodes = [&](double side) {
    return std::min(kMaxCells, static_cast<int>(std::lround(side / cell))) + 1;
  };
  mesh.columns = nodes(page.width);
  mesh.rows = nodes(page.height);
  mesh.displacements.resize(static_cast<size_t>(mesh.columns) * mesh.rows);
  const cv::Mat stiffness = Stiffness(mesh);
  std::vector<double> weights(sightings.size(), 1);
  for (int round = 0; round < kRounds; ++round) {
    Solve(stiffness, sightings, weights, mesh);
    const std::vector<double> misses = Misses(mesh, sightings);
    const double spread = std::max(unit, 1.5 * Median(misses));
    for (size_t i = 0; i < sightings.size(); ++i) {
      const double u = misses[i] / (kCutOff * spread);
      weights[i] = u < 1 ? (1 - u * u) * (1 - u * u) : 0;
    }
  }
  FadeUnknown(sightings, weights, mesh);

  const std::vector<double> misses = Misses(mesh, sightings);
  double before = 0;
  double after = 0;
  for (size_t i = 0; i < sightings.size(); ++i) {
    if (weights[i] <= 0) continue;
    const PixelPoint& d = sightings[i].displacement;
    before += d.x * d.x + d.y * d.y;
    after += misses[i] * misses[i];
    ++mesh.sightings;
  }
  if (mesh.sightings < static_cast<int>(kMinSightings)) return {};
  mesh.rms_before = std::sqrt(before / mesh.sightings);
  mesh.rms_after = std::sqrt(after / mesh.sightings);
  if (mesh.rms_after > (1 - kMinGain) * mesh.rms_before) return {};
  return mesh;
}

}  // namespace sightline::align
