#include "services/align/engine/marker_assignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "services/align/engine/orientation.h"
#include "services/align/engine/plausibility.h"

namespace sightline::align {
namespace {

// Most marks of a group that are combined: 24 give 10,626 sets of four.
constexpr size_t kMaxCombined = 24;
// Marks may be this much larger or smaller, relative to the distances between
// them, than the layout says.
constexpr double kMaxSizeError = 2;
// The sizes of the marks, brought to the page, may differ by this factor.
constexpr double kMaxSizeRatio = 1.8;
// Foreshortening, see PlausibilityLimits; three marks or two show none.
constexpr double kMaxAxisRatio = 2;
constexpr double kMaxAxisRatioOfThree = 1.35;
// A picture's turn is known to a quarter, and pages lie askew: radians.
constexpr double kMaxTurnError = 0.9;
// Assignments that differ by less, share of the page's width, are the same.
constexpr double kSameAssignment = 0.004;

// Indices of the outermost markers, clockwise from the top left; fewer where
// one is outermost in two directions.
std::vector<int> OutermostMarkers(const std::vector<Marker>& markers,
                                  PixelSize page) {
  constexpr double kDirections[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  std::vector<int> outermost;
  for (const auto& [dx, dy] : kDirections) {
    int best = 0;
    double farthest = -INFINITY;
    for (int i = 0; i < static_cast<int>(markers.size()); ++i) {
      const double distance = dx * markers[i].center.x / page.width +
                              dy * markers[i].center.y / page.height;
      if (distance > farthest) {
        farthest = distance;
        best = i;
      }
    }
    if (std::find(outermost.begin(), outermost.end(), best) ==
        outermost.end()) {
      outermost.push_back(best);
    }
  }
  return outermost;
}

// Sorted clockwise on the screen around their middle.
std::vector<MarkerCandidate> Clockwise(std::vector<MarkerCandidate> marks) {
  PixelPoint middle;
  for (const MarkerCandidate& mark : marks) {
    middle.x += mark.center.x / static_cast<double>(marks.size());
    middle.y += mark.center.y / static_cast<double>(marks.size());
  }
  std::sort(marks.begin(), marks.end(),
            [&](const MarkerCandidate& a, const MarkerCandidate& b) {
              return std::atan2(a.center.y - middle.y, a.center.x - middle.x) <
                     std::atan2(b.center.y - middle.y, b.center.x - middle.x);
            });
  return marks;
}

// A marker as it is compared.
struct Corner {
  PixelPoint center;
  double size = 0;
  // The first marker that looks the same.
  int look = 0;
};

// The affine map given by three points, as a homography.
std::optional<Homography> AffineThrough(const std::array<PixelPoint, 3>& from,
                                        const std::array<PixelPoint, 3>& to) {
  // The fourth corner of the parallelogram makes it a map of quads.
  const auto fourth = [](const std::array<PixelPoint, 3>& p) {
    return PixelPoint{p[0].x + p[2].x - p[1].x, p[0].y + p[2].y - p[1].y};
  };
  return Homography::FromQuads({from[0], from[1], from[2], fourth(from)},
                               {to[0], to[1], to[2], fourth(to)});
}

// Scaled and turned, as two points give it.
std::optional<Homography> SimilarityThrough(
    const std::array<PixelPoint, 2>& from,
    const std::array<PixelPoint, 2>& to) {
  // A third corner to the right of the way makes it an affine map.
  const auto third = [](const std::array<PixelPoint, 2>& p) {
    return PixelPoint{p[1].x - (p[1].y - p[0].y), p[1].y + (p[1].x - p[0].x)};
  };
  return AffineThrough({from[0], from[1], third(from)},
                       {to[0], to[1], third(to)});
}

std::optional<Homography> MapFor(const std::vector<MarkerCandidate>& marks,
                                 const std::vector<Corner>& markers) {
  std::array<PixelPoint, 4> from;
  std::array<PixelPoint, 4> to;
  for (size_t i = 0; i < marks.size(); ++i) {
    from[i] = marks[i].center;
    to[i] = markers[i].center;
  }
  switch (marks.size()) {
    case 2:
      return SimilarityThrough({from[0], from[1]}, {to[0], to[1]});
    case 3:
      return AffineThrough({from[0], from[1], from[2]}, {to[0], to[1], to[2]});
    default:
      return Homography::FromQuads(from, to);
  }
}

// Whether the page's rightward direction at a mark has the mark's turn.
bool TurnsAgree(const Homography& scan_to_page, const MarkerCandidate& mark,
                PixelSize page) {
  if (!mark.quarter_turns.has_value()) return true;
  const Homography page_to_scan = *scan_to_page.Inverse();
  const PixelPoint at = scan_to_page.Map(mark.center);
  const PixelPoint right = page_to_scan.Map({at.x + 0.01 * page.width, at.y});
  // Clockwise, as y points downwards.
  const double angle =
      std::atan2(right.y - mark.center.y, right.x - mark.center.x) -
      *mark.quarter_turns * M_PI / 2;
  return std::abs(std::remainder(angle, 2 * M_PI)) < kMaxTurnError;
}

// How well the marks' sizes and looks fit; 0 if they don't. `markers` are those
// that the marks are taken for.
double ScoreOf(const Homography& map, const std::vector<MarkerCandidate>& marks,
               const std::vector<Corner>& markers, PixelSize page) {
  double smallest = INFINITY;
  double largest = 0;
  double score = 0;
  for (size_t i = 0; i < marks.size(); ++i) {
    if (!TurnsAgree(map, marks[i], page)) return 0;
    const double on_page =
        marks[i].size * std::sqrt(std::abs(map.JacobianAt(marks[i].center)));
    const double ratio = on_page / markers[i].size;
    smallest = std::min(smallest, ratio);
    largest = std::max(largest, ratio);
    score += marks[i].score / static_cast<double>(marks.size());
  }
  if (!(largest <= kMaxSizeRatio * smallest)) return 0;
  // The size that the layout says is likelier than others.
  const double off = std::abs(std::log(std::sqrt(largest * smallest)));
  return score * (smallest / largest) / (1 + off);
}

// Two to four marks or markers, clockwise.
template <typename Mark>
struct Polygon {
  std::vector<Mark> corners;
  // Its perimeter relative to the corners' mean size: nearly the same from
  // wherever it is seen.
  double extent = 0;
};

template <typename Mark>
Polygon<Mark> MakePolygon(std::vector<Mark> corners) {
  double perimeter = 0;
  double size = 0;
  const size_t n = corners.size();
  for (size_t i = 0; i < n; ++i) {
    const PixelPoint& a = corners[i].center;
    const PixelPoint& b = corners[(i + 1) % n].center;
    perimeter += std::hypot(a.x - b.x, a.y - b.y);
    size += corners[i].size / static_cast<double>(n);
  }
  return {std::move(corners), perimeter / size};
}

// Calls `use` with each choice of `count` of `items`, in their order.
template <typename Item, typename Use>
void ForEachChoice(const std::vector<Item>& items, size_t count, const Use& use,
                   size_t begin = 0, const std::vector<Item>& chosen = {}) {
  if (chosen.size() == count) {
    use(chosen);
    return;
  }
  for (size_t i = begin; i < items.size(); ++i) {
    std::vector<Item> more = chosen;
    more.push_back(items[i]);
    ForEachChoice(items, count, use, i + 1, more);
  }
}

class Enumeration {
 public:
  Enumeration(const std::vector<Marker>& markers, int count, PixelSize page,
              PixelSize scan)
      : count_(count), page_(page), scan_(scan) {
    std::vector<Corner> corners;
    for (const int i : OutermostMarkers(markers, page)) {
      const Marker& marker = markers[i];
      int look = 0;
      while (!LookSame(markers[look], marker)) ++look;
      corners.push_back(
          {marker.center, (marker.size.width + marker.size.height) / 2, look});
    }
    ForEachChoice(corners, count_, [&](const std::vector<Corner>& chosen) {
      polygons_.push_back(MakePolygon(chosen));
    });
  }

  // All ways to assign some of `marks` to markers.
  void Try(std::vector<MarkerCandidate> marks) {
    marks.resize(std::min(marks.size(), kMaxCombined));
    ForEachChoice(
        marks, count_, [&](const std::vector<MarkerCandidate>& chosen) {
          const Polygon<MarkerCandidate> seen = MakePolygon(Clockwise(chosen));
          for (const Polygon<Corner>& printed : polygons_) {
            const double error = seen.extent / printed.extent;
            if (error > kMaxSizeError || error < 1 / kMaxSizeError) continue;
            TryEachTurn(seen.corners, printed.corners);
          }
        });
  }

  // The best that are plausible, which is asked last because it takes longest.
  std::vector<MarkerAssignment> Best(int most) {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const MarkerAssignment& a, const MarkerAssignment& b) {
                       return a.score > b.score;
                     });
    PlausibilityLimits limits;
    limits.max_axis_ratio = count_ < 4 ? kMaxAxisRatioOfThree : kMaxAxisRatio;
    std::vector<MarkerAssignment> best;
    for (const MarkerAssignment& assignment : found_) {
      if (static_cast<int>(best.size()) == most) break;
      const Homography& map = assignment.scan_to_page;
      const bool is_known = std::any_of(
          best.begin(), best.end(), [&](const MarkerAssignment& other) {
            return IsSame(map, other.scan_to_page, scan_, page_);
          });
      if (!is_known && WhyImplausible(map, page_, scan_, limits).empty()) {
        best.push_back(assignment);
      }
    }
    return best;
  }

 private:
  // The first mark may be any of the markers; the others follow.
  void TryEachTurn(const std::vector<MarkerCandidate>& marks,
                   std::vector<Corner> markers) {
    for (size_t turn = 0; turn < markers.size(); ++turn) {
      std::rotate(markers.begin(), markers.begin() + 1, markers.end());
      const bool looks_agree =
          std::equal(marks.begin(), marks.end(), markers.begin(),
                     [](const MarkerCandidate& mark, const Corner& marker) {
                       return mark.marker == marker.look;
                     });
      if (!looks_agree) continue;
      const std::optional<Homography> map = MapFor(marks, markers);
      if (!map.has_value()) continue;
      const double score = ScoreOf(*map, marks, markers, page_);
      if (score > 0) found_.push_back({*map, score});
    }
  }

  size_t count_;
  PixelSize page_;
  PixelSize scan_;
  // What `count_` marks may be.
  std::vector<Polygon<Corner>> polygons_;
  std::vector<MarkerAssignment> found_;
};

}  // namespace

bool LookSame(const Marker& a, const Marker& b) {
  return a.kind == b.kind && a.image.width() == b.image.width() &&
         a.image.height() == b.image.height() &&
         (a.image.empty() || std::memcmp(a.image.data(), b.image.data(),
                                         a.image.size_bytes()) == 0);
}

bool IsSame(const Homography& a, const Homography& b, PixelSize scan,
            PixelSize page) {
  double most = 0;
  for (const PixelPoint& corner : CornersOf(scan)) {
    const PixelPoint p = a.Map(corner);
    const PixelPoint q = b.Map(corner);
    most = std::max(most, std::hypot(p.x - q.x, p.y - q.y));
  }
  return most < kSameAssignment * page.width;
}

std::vector<MarkerAssignment> AssignMarkers(
    const std::vector<Marker>& markers,
    const std::vector<std::vector<MarkerCandidate>>& groups, int count,
    PixelSize page, PixelSize scan, int most) {
  Enumeration enumeration(markers, count, page, scan);
  for (const std::vector<MarkerCandidate>& group : groups) {
    enumeration.Try(group);
  }
  return enumeration.Best(most);
}

}  // namespace sightline::align
