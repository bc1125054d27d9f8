#include "services/align/engine/outermost_marks.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sightline::align {
namespace {

// The largest of the marks taken together to the smallest: a page seen at an
// angle shows its markers in different sizes.
constexpr double kSizeRange = 2;
// From one range of sizes to the next.
constexpr double kSizeStep = 1.3;
// Corners taken of one hull: a lattice of bubbles, too, has four that matter.
constexpr size_t kCornersOfHull = 6;

// Twice the signed area of the triangle.
double Turn(const MarkerCandidate& a, const MarkerCandidate& b,
            const MarkerCandidate& c) {
  return (b.center.x - a.center.x) * (c.center.y - a.center.y) -
         (b.center.y - a.center.y) * (c.center.x - a.center.x);
}

// The convex hull of `marks` (Andrew's monotone chain), which are moved there.
std::vector<MarkerCandidate> TakeHull(std::vector<MarkerCandidate>& marks) {
  std::sort(marks.begin(), marks.end(),
            [](const MarkerCandidate& a, const MarkerCandidate& b) {
              return std::make_pair(a.center.x, a.center.y) <
                     std::make_pair(b.center.x, b.center.y);
            });
  const int count = static_cast<int>(marks.size());
  std::vector<int> hull;
  const auto extend = [&](int i, size_t fixed) {
    while (hull.size() > fixed && Turn(marks[hull[hull.size() - 2]],
                                       marks[hull.back()], marks[i]) <= 0) {
      hull.pop_back();
    }
    hull.push_back(i);
  };
  for (int i = 0; i < count; ++i) extend(i, 1);
  const size_t half = hull.size();
  for (int i = count - 2; i >= 0; --i) extend(i, half);
  if (hull.size() > 1) hull.pop_back();

  std::vector<MarkerCandidate> taken;
  std::vector<bool> is_taken(marks.size(), false);
  for (const int i : hull) {
    taken.push_back(marks[i]);
    is_taken[i] = true;
  }
  std::vector<MarkerCandidate> rest;
  for (int i = 0; i < count; ++i) {
    if (!is_taken[i]) rest.push_back(marks[i]);
  }
  marks = std::move(rest);
  return taken;
}

// Drops the flattest corners of the polygon `hull` until `most` are left.
void KeepCorners(std::vector<MarkerCandidate>& hull, size_t most) {
  while (hull.size() > most) {
    const size_t n = hull.size();
    size_t flattest = 0;
    double least = INFINITY;
    for (size_t i = 0; i < n; ++i) {
      const double area =
          Turn(hull[(i + n - 1) % n], hull[i], hull[(i + 1) % n]);
      if (area < least) {
        least = area;
        flattest = i;
      }
    }
    hull.erase(hull.begin() + static_cast<int64_t>(flattest));
  }
}

std::vector<MarkerCandidate> Outermost(std::vector<MarkerCandidate> marks,
                                       size_t most) {
  std::vector<MarkerCandidate> outermost;
  while (!marks.empty() && outermost.size() < most) {
    std::vector<MarkerCandidate> hull = TakeHull(marks);
    KeepCorners(hull, std::min(kCornersOfHull, most - outermost.size()));
    outermost.insert(outermost.end(), hull.begin(), hull.end());
  }
  return outermost;
}

}  // namespace

std::vector<std::vector<MarkerCandidate>> OutermostOfEachSize(
    std::vector<MarkerCandidate> marks, int most) {
  std::sort(marks.begin(), marks.end(),
            [](const MarkerCandidate& a, const MarkerCandidate& b) {
              return a.size < b.size;
            });
  std::vector<std::vector<MarkerCandidate>> groups;
  auto last_end = marks.begin();
  for (auto begin = marks.begin(); begin != marks.end();) {
    const double least = begin->size;
    const auto beyond = [&](double factor) {
      return std::find_if(begin, marks.end(), [&](const MarkerCandidate& mark) {
        return mark.size > least * factor;
      });
    };
    const auto end = beyond(kSizeRange);
    // What ends where the one before did is a part of it.
    if (end != last_end && end - begin >= 2) {
      groups.push_back(
          Outermost({begin, end}, static_cast<size_t>(std::max(0, most))));
      last_end = end;
    }
    begin = beyond(kSizeStep);
  }
  return groups;
}

}  // namespace sightline::align
