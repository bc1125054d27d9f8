#include "services/align/engine/marker_assignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "services/align/engine/plausibility.h"

namespace sightline::align {
namespace {

// Most marks that are combined: 16 give 1820 sets of four.
constexpr size_t kMaxCombined = 16;
// The sizes of the marks, brought to the page, may differ by this factor.
constexpr double kMaxSizeRatio = 1.8;

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

std::optional<Homography> MapFor(const std::vector<MarkerCandidate>& marks,
                                 const std::vector<PixelPoint>& centers) {
  if (marks.size() == 3) {
    return AffineThrough({marks[0].center, marks[1].center, marks[2].center},
                         {centers[0], centers[1], centers[2]});
  }
  return Homography::FromQuads(
      {marks[0].center, marks[1].center, marks[2].center, marks[3].center},
      {centers[0], centers[1], centers[2], centers[3]});
}

// 0 if the map is out of the question.
double ScoreOf(const Homography& map, const std::vector<MarkerCandidate>& marks,
               const std::vector<const Marker*>& markers, PixelSize page,
               PixelSize scan) {
  PlausibilityLimits limits;
  limits.max_axis_ratio = marks.size() == 3 ? 1.35 : 2;
  if (!WhyImplausible(map, page, scan, limits).empty()) return 0;
  double smallest = INFINITY;
  double largest = 0;
  double score = 0;
  for (size_t i = 0; i < marks.size(); ++i) {
    const PixelSize& size = markers[i]->size;
    const double on_page =
        marks[i].size * std::sqrt(std::abs(map.JacobianAt(marks[i].center)));
    const double ratio = on_page / ((size.width + size.height) / 2);
    smallest = std::min(smallest, ratio);
    largest = std::max(largest, ratio);
    score += marks[i].score / static_cast<double>(marks.size());
  }
  if (largest > kMaxSizeRatio * smallest) return 0;
  // The size that the layout says is likelier than others.
  const double off = std::abs(std::log(std::sqrt(largest * smallest)));
  return score * (smallest / largest) / (1 + off);
}

class Enumeration {
 public:
  Enumeration(const std::vector<Marker>& markers, PixelSize page,
              PixelSize scan)
      : markers_(markers), page_(page), scan_(scan) {}

  // All ways to assign `marks` to the markers `indices`, in their order
  // around the page.
  void Try(const std::vector<MarkerCandidate>& marks,
           const std::vector<int>& indices) {
    const size_t n = indices.size();
    for (size_t first = 0; first < n; ++first) {
      std::vector<PixelPoint> centers;
      std::vector<const Marker*> chosen;
      for (size_t i = 0; i < n; ++i) {
        chosen.push_back(&markers_[indices[(first + i) % n]]);
        centers.push_back(chosen.back()->center);
      }
      const std::optional<Homography> map = MapFor(marks, centers);
      if (!map.has_value()) continue;
      const double score = ScoreOf(*map, marks, chosen, page_, scan_);
      // Three marks say less than four.
      if (score > 0) found_.push_back({*map, n == 3 ? score / 2 : score});
    }
  }

  std::vector<MarkerAssignment> Best(int most) {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const MarkerAssignment& a, const MarkerAssignment& b) {
                       return a.score > b.score;
                     });
    if (static_cast<int>(found_.size()) > most) found_.resize(most);
    return std::move(found_);
  }

 private:
  const std::vector<Marker>& markers_;
  PixelSize page_;
  PixelSize scan_;
  std::vector<MarkerAssignment> found_;
};

}  // namespace

std::vector<MarkerAssignment> AssignMarkers(
    const std::vector<Marker>& markers,
    const std::vector<MarkerCandidate>& candidates, PixelSize page,
    PixelSize scan, int most) {
  const std::vector<int> outermost = OutermostMarkers(markers, page);
  Enumeration enumeration(markers, page, scan);
  const int n = static_cast<int>(std::min(candidates.size(), kMaxCombined));
  for (int a = 0; a < n; ++a) {
    for (int b = a + 1; b < n; ++b) {
      for (int c = b + 1; c < n; ++c) {
        const std::vector<MarkerCandidate> three =
            Clockwise({candidates[a], candidates[b], candidates[c]});
        if (outermost.size() == 3) {
          enumeration.Try(three, outermost);
        } else if (outermost.size() == 4 && n <= 8) {
          for (int left_out = 0; left_out < 4; ++left_out) {
            std::vector<int> indices = outermost;
            indices.erase(indices.begin() + left_out);
            enumeration.Try(three, indices);
          }
        }
        if (outermost.size() != 4) continue;
        for (int d = c + 1; d < n; ++d) {
          enumeration.Try(Clockwise({candidates[a], candidates[b],
                                     candidates[c], candidates[d]}),
                          outermost);
        }
      }
    }
  }
  return enumeration.Best(most);
}

}  // namespace sightline::align
