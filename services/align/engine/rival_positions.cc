#include "services/align/engine/rival_positions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace sightline::align {
namespace {

// Shapes nearer than this share of their smaller side are the same place.
constexpr double kSamePlace = 0.35;
// Shapes whose differences are counted; more are thinned out evenly.
constexpr size_t kMaxCounted = 400;
// Places tried for each turned arrangement of the bubbles.
constexpr int kShiftsPerTurn = 3;
// Shifts of one direction that are kept, the likeliest; who is farther off is
// led back by these.
constexpr int kMaxSameWay = 3;
// Cosine of the angle up to which directions are the same.
constexpr double kSameDirection = 0.999;

// Finds shapes near a point without looking at all of them.
class ShapeGrid {
 public:
  explicit ShapeGrid(const std::vector<PrintedShape>& shapes)
      : shapes_(shapes) {
    for (const PrintedShape& shape : shapes) {
      cell_ = std::max({cell_, shape.size.width, shape.size.height});
    }
    for (int i = 0; i < static_cast<int>(shapes.size()); ++i) {
      cells_[CellOf(shapes[i].center)].push_back(i);
    }
  }

  bool HasNear(PixelPoint p, double distance) const {
    const auto [column, row] = CellOf(p);
    for (int64_t dy = -1; dy <= 1; ++dy) {
      for (int64_t dx = -1; dx <= 1; ++dx) {
        const auto cell = cells_.find({column + dx, row + dy});
        if (cell == cells_.end()) continue;
        for (const int i : cell->second) {
          const PixelPoint& c = shapes_[i].center;
          if (std::hypot(c.x - p.x, c.y - p.y) <= distance) return true;
        }
      }
    }
    return false;
  }

 private:
  std::pair<int64_t, int64_t> CellOf(PixelPoint p) const {
    return {static_cast<int64_t>(std::floor(p.x / cell_)),
            static_cast<int64_t>(std::floor(p.y / cell_))};
  }
  const std::vector<PrintedShape>& shapes_;
  double cell_ = 1;
  std::map<std::pair<int64_t, int64_t>, std::vector<int>> cells_;
};

double SmallerSide(const PrintedShape& shape) {
  return std::min(shape.size.width, shape.size.height);
}

// Whether two shifts go the same way, however far; none goes no way.
bool SameWay(PixelPoint a, PixelPoint b) {
  const double lengths = std::hypot(a.x, a.y) * std::hypot(b.x, b.y);
  return lengths > 0 && a.x * b.x + a.y * b.y > kSameDirection * lengths;
}

// The shifts that take the most of `points` to shapes, by the fullest bins of
// all their differences; the most frequent first.
std::vector<PixelPoint> FrequentShifts(const std::vector<PixelPoint>& points,
                                       const std::vector<PrintedShape>& shapes,
                                       double min_overlap, int max_shifts) {
  struct Bin {
    int count = 0;
    double x = 0;
    double y = 0;
  };
  const size_t stride = points.size() / kMaxCounted + 1;
  double side = SmallerSide(shapes[0]);
  for (const PrintedShape& shape : shapes) {
    side = std::min(side, SmallerSide(shape));
  }
  std::map<std::pair<int64_t, int64_t>, Bin> bins;
  int counted = 0;
  for (size_t i = 0; i < points.size(); i += stride, ++counted) {
    for (const PrintedShape& shape : shapes) {
      const double dx = shape.center.x - points[i].x;
      const double dy = shape.center.y - points[i].y;
      Bin& bin = bins[{std::llround(dx / side), std::llround(dy / side)}];
      ++bin.count;
      bin.x += dx;
      bin.y += dy;
    }
  }
  std::vector<Bin> frequent;
  for (const auto& [key, bin] : bins) {
    if (bin.count >= min_overlap * counted) frequent.push_back(bin);
  }
  std::stable_sort(
      frequent.begin(), frequent.end(),
      [](const Bin& a, const Bin& b) { return a.count > b.count; });
  std::vector<PixelPoint> shifts;
  for (const Bin& bin : frequent) {
    if (static_cast<int>(shifts.size()) == max_shifts) break;
    const PixelPoint shift{bin.x / bin.count, bin.y / bin.count};
    // Of fifty rows a shift by ten still explains four fifths: they must not
    // leave out the shift by a column, which explains three quarters.
    const auto same_way =
        std::count_if(shifts.begin(), shifts.end(),
                      [&](PixelPoint other) { return SameWay(shift, other); });
    if (same_way < kMaxSameWay) shifts.push_back(shift);
  }
  return shifts;
}

std::vector<PixelPoint> Mapped(const std::vector<PrintedShape>& shapes,
                               const Homography& map) {
  std::vector<PixelPoint> points;
  for (const PrintedShape& shape : shapes) {
    points.push_back(map.Map(shape.center));
  }
  return points;
}

RivalPosition Compare(const std::vector<PrintedShape>& shapes,
                      const ShapeGrid& grid, PixelSize page,
                      const Homography& page_to_rival) {
  RivalPosition rival;
  rival.page_to_rival = page_to_rival;
  const Homography rival_to_page = *page_to_rival.Inverse();
  for (int i = 0; i < static_cast<int>(shapes.size()); ++i) {
    const double same = kSamePlace * SmallerSide(shapes[i]);
    if (!grid.HasNear(page_to_rival.Map(shapes[i].center), same)) {
      rival.ours.push_back(i);
    }
    const PixelPoint expected = rival_to_page.Map(shapes[i].center);
    const bool is_on_page = expected.x >= 0 && expected.y >= 0 &&
                            expected.x <= page.width &&
                            expected.y <= page.height;
    if (is_on_page && !grid.HasNear(expected, same)) {
      rival.theirs.push_back(expected);
      rival.theirs_shape.push_back(i);
    }
  }
  return rival;
}

}  // namespace

std::vector<RivalPosition> FindRivalPositions(
    const std::vector<PrintedShape>& shapes, PixelSize page, double min_overlap,
    int max_shifts) {
  std::vector<RivalPosition> rivals;
  const double w = page.width;
  const double h = page.height;
  const ShapeGrid grid(shapes);
  const Homography page_turns[] = {
      Homography({-1, 0, w, 0, -1, h, 0, 0, 1}),
      Homography({0, w / h, 0, -h / w, 0, h, 0, 0, 1}),
      Homography({0, -w / h, w, h / w, 0, 0, 0, 0, 1})};
  for (const Homography& turn : page_turns) {
    rivals.push_back(Compare(shapes, grid, page, turn));
  }
  if (shapes.empty()) return rivals;
  // A block of bubbles turned around its own middle is the same block, and
  // lies elsewhere on the page only by twice the distance of the two middles.
  const Homography turns[] = {page_turns[0], page_turns[1], page_turns[2],
                              Homography({0, 1, 0, -1, 0, 0, 0, 0, 1}),
                              Homography({0, -1, 0, 1, 0, 0, 0, 0, 1})};
  for (const Homography& turn : turns) {
    for (const PixelPoint& shift : FrequentShifts(
             Mapped(shapes, turn), shapes, min_overlap, kShiftsPerTurn)) {
      rivals.push_back(
          Compare(shapes, grid, page,
                  Homography::Translation(shift.x, shift.y) * turn));
    }
  }
  for (const PixelPoint& shift : FrequentShifts(
           Mapped(shapes, Homography()), shapes, min_overlap, max_shifts + 1)) {
    // The most frequent shift is none.
    if (std::hypot(shift.x, shift.y) < SmallerSide(shapes[0]) / 2) continue;
    rivals.push_back(
        Compare(shapes, grid, page, Homography::Translation(shift.x, shift.y)));
  }
  return rivals;
}

}  // namespace sightline::align
