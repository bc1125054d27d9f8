#include "services/align/engine/marker_assignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include "services/align/engine/plausibility.h"

namespace sightline::align {
namespace {

// Most marks that are combined: 16 give 1820 sets of four.
constexpr size_t kMaxCombined = 16;
// The sizes of the marks, brought to the page, may differ by this factor.
constexpr double kMaxSizeRatio = 1.8;
// Foreshortening, see PlausibilityLimits; three marks show none.
constexpr double kMaxAxisRatio = 2;
constexpr double kMaxAxisRatioOfThree = 1.35;
// A picture's turn is known to a quarter, and pages lie askew: radians.
constexpr double kMaxTurnError = 0.9;

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
               const std::vector<const Marker*>& markers, PixelSize page) {
  double smallest = INFINITY;
  double largest = 0;
  double score = 0;
  for (size_t i = 0; i < marks.size(); ++i) {
    if (!TurnsAgree(map, marks[i], page)) return 0;
    const PixelSize& size = markers[i]->size;
    const double on_page =
        marks[i].size * std::sqrt(std::abs(map.JacobianAt(marks[i].center)));
    const double ratio = on_page / ((size.width + size.height) / 2);
    smallest = std::min(smallest, ratio);
    largest = std::max(largest, ratio);
    score += marks[i].score / static_cast<double>(marks.size());
  }
  if (!(largest <= kMaxSizeRatio * smallest)) return 0;
  // The size that the layout says is likelier than others.
  const double off = std::abs(std::log(std::sqrt(largest * smallest)));
  return score * (smallest / largest) / (1 + off);
}

class Enumeration {
 public:
  Enumeration(const std::vector<Marker>& markers, PixelSize page,
              PixelSize scan)
      : markers_(markers), page_(page), scan_(scan) {
    for (size_t i = 0; i < markers.size(); ++i) {
      size_t first = 0;
      while (!LookSame(markers[first], markers[i])) ++first;
      looks_.push_back(static_cast<int>(first));
    }
  }

  // All ways to assign `marks` to the markers `indices`, in their order
  // around the page.
  void Try(const std::vector<MarkerCandidate>& marks,
           const std::vector<int>& indices) {
    const size_t n = indices.size();
    for (size_t first = 0; first < n; ++first) {
      std::vector<PixelPoint> centers;
      std::vector<const Marker*> chosen;
      bool looks_agree = true;
      for (size_t i = 0; i < n; ++i) {
        const int index = indices[(first + i) % n];
        chosen.push_back(&markers_[index]);
        centers.push_back(chosen.back()->center);
        looks_agree &= looks_[index] == marks[i].marker;
      }
      if (!looks_agree) continue;
      const std::optional<Homography> map = MapFor(marks, centers);
      if (!map.has_value()) continue;
      const double score = ScoreOf(*map, marks, chosen, page_);
      if (score > 0) (n == 3 ? of_three_ : of_four_).push_back({*map, score});
    }
  }

  // The best that are plausible, which is asked last because it takes longest.
  std::vector<MarkerAssignment> Best(int most) {
    std::vector<MarkerAssignment> best;
    for (std::vector<MarkerAssignment>* found : {&of_four_, &of_three_}) {
      std::stable_sort(
          found->begin(), found->end(),
          [](const MarkerAssignment& a, const MarkerAssignment& b) {
            return a.score > b.score;
          });
      PlausibilityLimits limits;
      limits.max_axis_ratio =
          found == &of_three_ ? kMaxAxisRatioOfThree : kMaxAxisRatio;
      int kept = 0;
      for (const MarkerAssignment& assignment : *found) {
        if (kept == most) break;
        if (!WhyImplausible(assignment.scan_to_page, page_, scan_, limits)
                 .empty()) {
          continue;
        }
        best.push_back(assignment);
        ++kept;
      }
    }
    return best;
  }

 private:
  const std::vector<Marker>& markers_;
  PixelSize page_;
  PixelSize scan_;
  // For each marker the first one that looks the same.
  std::vector<int> looks_;
  std::vector<MarkerAssignment> of_four_;
  std::vector<MarkerAssignment> of_three_;
};

}  // namespace

bool LookSame(const Marker& a, const Marker& b) {
  return a.kind == b.kind && a.image.width() == b.image.width() &&
         a.image.height() == b.image.height() &&
         (a.image.empty() || std::memcmp(a.image.data(), b.image.data(),
                                         a.image.size_bytes()) == 0);
}

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
        } else if (outermost.size() == 4) {
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
