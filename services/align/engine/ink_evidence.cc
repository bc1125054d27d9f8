#include "services/align/engine/ink_evidence.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "services/align/engine/patch.h"

namespace sightline::align {
namespace {

// The surroundings reach this much beyond the box, share of its sides.
constexpr double kSurroundings = 0.35;
// Between box and surroundings nothing is measured: printing is not exact.
constexpr double kGap = 0.1;
// Darkening, relative to the paper, that counts as full evidence. A printed
// letter darkens its box by 5 to 15 %.
constexpr double kFullEvidence = 0.08;
// A paper darker than this tells nothing.
constexpr double kMinPaper = 16;
constexpr int kMaxSide = 96;

}  // namespace

double InkEvidence(ScanImages& scan, const Homography& frame_to_scan,
                   PixelPoint center, PixelSize size) {
  const double extent =
      std::max(size.width, size.height) * (1 + 2 * kSurroundings);
  // Large bubbles are read coarsely: 96 samples a side will do.
  const double step = std::max(1.0, extent / kMaxSide);
  const int side = static_cast<int>(std::ceil(extent / step));
  std::vector<uint8_t> window;
  ReadSquare(scan, AffineMap::Near(frame_to_scan, center), center, step, side,
             window);
  double inside = 0;
  double around = 0;
  int inside_count = 0;
  int around_count = 0;
  std::vector<uint8_t> levels;
  for (int j = 0; j < side; ++j) {
    const double y = std::abs(j + 0.5 - side / 2.0) * step / size.height;
    for (int i = 0; i < side; ++i) {
      const double x = std::abs(i + 0.5 - side / 2.0) * step / size.width;
      const double distance = std::max(x, y);
      if (distance > 0.5 + kSurroundings) continue;
      const uint8_t level = window[j * side + i];
      levels.push_back(level);
      if (distance <= 0.5) {
        inside += level;
        ++inside_count;
      } else if (distance >= 0.5 + kGap) {
        around += level;
        ++around_count;
      }
    }
  }
  if (inside_count == 0 || around_count == 0) return 0;
  const auto paper = levels.begin() + levels.size() * 9 / 10;
  std::nth_element(levels.begin(), paper, levels.end());
  if (*paper < kMinPaper) return 0;
  const double darkening =
      (around / around_count - inside / inside_count) / *paper;
  return std::clamp(darkening / kFullEvidence, 0.0, 1.0);
}

}  // namespace sightline::align
