#include "services/grade/engine/proposal/reading_order.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace sightline::grade {
namespace {

// Columns that share this part of their width are one.
constexpr double kSameColumn = 0.6;

struct Strip {
  double from = 0;
  double to = 0;
  std::vector<int> members;
};

// Members in strips with free room between them, from the top or the left.
std::vector<Strip> Strips(const std::vector<Box>& boxes,
                          std::vector<int> members, bool across) {
  const auto from = [&](int i) {
    return across ? boxes[i].left : boxes[i].top;
  };
  const auto to = [&](int i) {
    return across ? boxes[i].right : boxes[i].bottom;
  };
  std::sort(members.begin(), members.end(), [&](int a, int b) {
    return from(a) != from(b) ? from(a) < from(b) : a < b;
  });
  std::vector<Strip> strips;
  for (const int m : members) {
    if (strips.empty() || from(m) >= strips.back().to) {
      strips.push_back({from(m), to(m), {}});
    }
    strips.back().to = std::max(strips.back().to, to(m));
    strips.back().members.push_back(m);
  }
  return strips;
}

bool HaveSameColumns(const std::vector<Strip>& a, const std::vector<Strip>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const double shared =
        std::min(a[i].to, b[i].to) - std::max(a[i].from, b[i].from);
    const double both =
        std::max(a[i].to, b[i].to) - std::min(a[i].from, b[i].from);
    if (shared < kSameColumn * both) return false;
  }
  return true;
}

void Append(const std::vector<Box>& boxes, const std::vector<int>& members,
            std::vector<int>& order) {
  if (members.size() <= 1) {
    order.insert(order.end(), members.begin(), members.end());
    return;
  }
  const std::vector<Strip> bands = Strips(boxes, members, false);
  for (size_t first = 0; first < bands.size();) {
    const std::vector<Strip> columns =
        Strips(boxes, bands[first].members, true);
    std::vector<int> together = bands[first].members;
    size_t next = first + 1;
    while (columns.size() > 1 && next < bands.size() &&
           HaveSameColumns(columns, Strips(boxes, bands[next].members, true))) {
      together.insert(together.end(), bands[next].members.begin(),
                      bands[next].members.end());
      ++next;
    }
    const std::vector<Strip> all = Strips(boxes, together, true);
    if (all.size() == 1 && together.size() == members.size()) {
      // Nothing separates them.
      std::sort(together.begin(), together.end(), [&](int a, int b) {
        return boxes[a].top != boxes[b].top     ? boxes[a].top < boxes[b].top
               : boxes[a].left != boxes[b].left ? boxes[a].left < boxes[b].left
                                                : a < b;
      });
      order.insert(order.end(), together.begin(), together.end());
    } else {
      for (const Strip& column : all) Append(boxes, column.members, order);
    }
    first = next;
  }
}

}  // namespace

std::vector<int> ReadingOrder(const std::vector<Box>& boxes) {
  std::vector<int> members(boxes.size());
  std::iota(members.begin(), members.end(), 0);
  std::vector<int> order;
  order.reserve(boxes.size());
  Append(boxes, members, order);
  return order;
}

}  // namespace sightline::grade
