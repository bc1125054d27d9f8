#include "services/grade/engine/surroundings.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// A side reaches from this many bubbles off the centre to that many, and half a
// bubble to either side.
constexpr double kNear = 0.8;
constexpr double kFar = 2.0;
constexpr double kHalfBreadth = 0.5;
constexpr int kSteps = 6;
// What is lighter than this share of a side's points is its paper: the next
// bubbles lie there too, filled or not.
constexpr double kPaperQuantile = 0.85;
// Points of a side that must lie within the scan.
constexpr size_t kEnough = 12;

}  // namespace

std::optional<Surroundings> FindSurroundings(const GrayImage& scan,
                                             const Homography& page_to_scan,
                                             const Bubble& bubble) {
  constexpr int kSides[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  std::vector<uint8_t> papers;
  std::vector<uint8_t> points;
  for (const auto& [dx, dy] : kSides) {
    points.clear();
    for (int out = 0; out <= kSteps; ++out) {
      const double away = kNear + (kFar - kNear) * out / kSteps;
      for (int along = 0; along <= kSteps; ++along) {
        const double beside = kHalfBreadth * (2.0 * along / kSteps - 1);
        const PixelPoint at = page_to_scan.Map(
            {bubble.center.x + bubble.size.width * (dx * away + dy * beside),
             bubble.center.y + bubble.size.height * (dy * away + dx * beside)});
        // Also false for what has no place in the scan.
        if (!(at.x >= 0 && at.y >= 0 && at.x < scan.width() &&
              at.y < scan.height())) {
          continue;
        }
        points.push_back(
            scan.row(static_cast<int>(at.y))[static_cast<int>(at.x)]);
      }
    }
    if (points.size() < kEnough) continue;
    papers.push_back(Quantile(points, kPaperQuantile));
  }
  if (papers.size() < 2) return std::nullopt;
  std::sort(papers.begin(), papers.end());
  return Surroundings{static_cast<float>(papers[0]),
                      static_cast<float>(papers[1])};
}

}  // namespace sightline::grade
