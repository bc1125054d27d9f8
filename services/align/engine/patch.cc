#include "services/align/engine/patch.h"

#include <algorithm>
#include <cmath>

namespace sightline::align {
namespace {

// What the fine search adds around the place that the coarse one found:
// a coarse pixel, and one more for the parabola's neighbours.
constexpr int kFineReach = 3;
// At most this much is searched finely at once; beyond, coarse first.
constexpr double kDirectReach = 4;

// What may lie beyond the scan's border, share of a patch's side: marks in the
// page's corners are often cut close.
constexpr double kOverhang = 0.12;

bool IsSquareInside(const ScanImages& scan, const AffineMap& frame_to_scan,
                    PixelPoint center, int side) {
  const double half = side * (0.5 - kOverhang);
  for (const double dx : {-half, half}) {
    for (const double dy : {-half, half}) {
      const PixelPoint p = frame_to_scan.Map({center.x + dx, center.y + dy});
      if (!(p.x >= 0 && p.y >= 0 && p.x <= scan.width() &&
            p.y <= scan.height())) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

void ReadSquare(ScanImages& scan, const AffineMap& frame_to_scan,
                PixelPoint center, double step, int side,
                std::vector<uint8_t>& out) {
  out.resize(static_cast<size_t>(side) * side);
  const ScanImages::Level level =
      scan.LevelFor(step * std::sqrt(frame_to_scan.AreaScale()));
  // Window (u, v) -> frame: center + step * (u - side / 2, v - side / 2).
  const double left = center.x - step * side / 2;
  const double top = center.y - step * side / 2;
  const PixelPoint origin = frame_to_scan.Map({left, top});
  AffineMap map;
  map.a = frame_to_scan.a * step * level.scale;
  map.b = frame_to_scan.b * step * level.scale;
  map.c = origin.x * level.scale;
  map.d = frame_to_scan.d * step * level.scale;
  map.e = frame_to_scan.e * step * level.scale;
  map.f = origin.y * level.scale;
  SampleWindow(level.view, map, side, out.data());
}

std::optional<PatchSighting> FindPatchAt(PixelPoint center, const Patch& patch,
                                         ScanImages& scan,
                                         const Homography& frame_to_scan,
                                         double reach) {
  const AffineMap near = AffineMap::Near(frame_to_scan, center);
  if (!IsSquareInside(scan, near, center, patch.fine.side())) {
    return std::nullopt;
  }
  std::vector<uint8_t> window;
  int fine_reach = static_cast<int>(std::ceil(reach));
  if (reach > kDirectReach && patch.coarse.has_value()) {
    const int coarse_reach =
        std::min(static_cast<int>(std::ceil(reach / 2)),
                 (Pattern::kMaxWindowSide - patch.coarse->side()) / 2);
    const int side = patch.coarse->side() + 2 * coarse_reach;
    ReadSquare(scan, near, center, 2, side, window);
    const PatternMatch match = patch.coarse->FindIn(window.data(), side);
    if (match.is_at_rim) return PatchSighting();
    // Whole pixels, so that the fine window's samples stay comparable.
    center.x += std::round(2 * match.dx);
    center.y += std::round(2 * match.dy);
    fine_reach = kFineReach;
  }
  fine_reach =
      std::min(fine_reach, (Pattern::kMaxWindowSide - patch.fine.side()) / 2);
  const int side = patch.fine.side() + 2 * fine_reach;
  ReadSquare(scan, near, center, 1, side, window);
  const PatternMatch match = patch.fine.FindIn(window.data(), side);
  if (match.is_at_rim) return PatchSighting();
  return PatchSighting{match.score,
                       near.Map({center.x + match.dx, center.y + match.dy})};
}

}  // namespace sightline::align
