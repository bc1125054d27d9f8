#include "services/grade/engine/bubble_index.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace sightline::grade {
namespace {

// Boxes may overlap by this share of the page: rounding in layouts that were
// computed from other units.
constexpr double kTouchShare = 1e-6;

int FindRoot(std::vector<int>& parents, int i) {
  while (parents[i] != i) {
    parents[i] = parents[parents[i]];
    i = parents[i];
  }
  return i;
}

}  // namespace

BubbleIndex::BubbleIndex(PixelSize page, int expected) : page_(page) {
  // About one cell per box.
  const double side =
      std::sqrt(page.width * page.height / std::max(1, expected));
  columns_ = std::clamp(static_cast<int>(page.width / side), 1, 200);
  rows_ = std::clamp(static_cast<int>(page.height / side), 1, 200);
  cells_.resize(static_cast<size_t>(columns_) * rows_);
}

int BubbleIndex::Column(double x) const {
  return std::clamp(static_cast<int>(x / page_.width * columns_), 0,
                    columns_ - 1);
}

int BubbleIndex::Row(double y) const {
  return std::clamp(static_cast<int>(y / page_.height * rows_), 0, rows_ - 1);
}

std::optional<int> BubbleIndex::Add(PixelPoint center, PixelSize size) {
  const Box box = {center.x - size.width / 2, center.y - size.height / 2,
                   center.x + size.width / 2, center.y + size.height / 2};
  const double touch = kTouchShare * std::max(page_.width, page_.height);
  const int id = static_cast<int>(boxes_.size());
  std::optional<int> overlap;
  for (int row = Row(box.top); row <= Row(box.bottom); ++row) {
    for (int column = Column(box.left); column <= Column(box.right); ++column) {
      auto& cell = cells_[static_cast<size_t>(row) * columns_ + column];
      for (const int other : cell) {
        const Box& b = boxes_[other];
        if (box.left < b.right - touch && b.left < box.right - touch &&
            box.top < b.bottom - touch && b.top < box.bottom - touch &&
            (!overlap.has_value() || other < *overlap)) {
          overlap = other;
        }
      }
      cell.push_back(id);
    }
  }
  boxes_.push_back(box);
  return overlap;
}

std::vector<int> ClusterPoints(const std::vector<PixelPoint>& points,
                               PixelSize page, double reach,
                               int* cluster_count) {
  // Points in the same or in neighbouring cells belong together.
  const double cell =
      std::max(reach, std::max(page.width, page.height) / 1000.0);
  std::vector<int> parents(points.size());
  std::iota(parents.begin(), parents.end(), 0);
  std::map<std::pair<int, int>, int> first_in_cell;
  for (size_t i = 0; i < points.size(); ++i) {
    const int column = static_cast<int>(std::floor(points[i].x / cell));
    const int row = static_cast<int>(std::floor(points[i].y / cell));
    for (int y = row - 1; y <= row + 1; ++y) {
      for (int x = column - 1; x <= column + 1; ++x) {
        const auto found = first_in_cell.find({x, y});
        if (found == first_in_cell.end()) continue;
        parents[FindRoot(parents, static_cast<int>(i))] =
            FindRoot(parents, found->second);
      }
    }
    first_in_cell.try_emplace({column, row}, static_cast<int>(i));
  }
  std::vector<int> clusters(points.size());
  std::map<int, int> numbers;
  for (size_t i = 0; i < points.size(); ++i) {
    const int root = FindRoot(parents, static_cast<int>(i));
    clusters[i] = numbers.try_emplace(root, static_cast<int>(numbers.size()))
                      .first->second;
  }
  *cluster_count = static_cast<int>(numbers.size());
  return clusters;
}

}  // namespace sightline::grade
