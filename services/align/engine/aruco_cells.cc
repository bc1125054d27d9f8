#include "services/align/engine/aruco_cells.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sightline::align {
namespace {

// Points of a cell that are read, each way, and the part of it they cover: its
// rim is blurred with its neighbours.
constexpr int kProbes = 3;
constexpr double kCovered = 0.5;
// Gray levels between black and white cells below which nothing is read, and
// the same as a share of the white.
constexpr double kMinContrast = 20;
constexpr double kMinContrastShare = 0.2;
// Share of the border's cells that must be black.
constexpr double kMinBorder = 0.8;

double At(const GrayView& scan, PixelPoint p) {
  const double x = std::clamp<double>(p.x - 0.5, 0, scan.width - 1);
  const double y = std::clamp<double>(p.y - 0.5, 0, scan.height - 1);
  const int x0 = static_cast<int>(x);
  const int y0 = static_cast<int>(y);
  const int x1 = std::min(x0 + 1, scan.width - 1);
  const uint8_t* top = scan.row(y0);
  const uint8_t* bottom = scan.row(std::min(y0 + 1, scan.height - 1));
  const double fx = x - x0;
  const double upper = top[x0] + (top[x1] - top[x0]) * fx;
  const double lower = bottom[x0] + (bottom[x1] - bottom[x0]) * fx;
  return upper + (lower - upper) * (y - y0);
}

// The level that parts `levels` best in two (Otsu, on the few values
// themselves); nullopt if the parts hardly differ.
std::optional<double> Threshold(std::vector<double> levels) {
  std::sort(levels.begin(), levels.end());
  const double count = static_cast<double>(levels.size());
  double sum = 0;
  for (const double level : levels) sum += level;
  double below = 0;
  double best = -1;
  double threshold = 0;
  double contrast = 0;
  double white = 0;
  for (size_t i = 1; i < levels.size(); ++i) {
    below += levels[i - 1];
    const double n = static_cast<double>(i);
    const double dark = below / n;
    const double light = (sum - below) / (count - n);
    const double variance = n * (count - n) * (light - dark) * (light - dark);
    if (variance <= best) continue;
    best = variance;
    threshold = (levels[i - 1] + levels[i]) / 2;
    contrast = light - dark;
    white = light;
  }
  if (contrast < std::max(kMinContrast, kMinContrastShare * white)) {
    return std::nullopt;
  }
  return threshold;
}

}  // namespace

std::optional<uint64_t> ReadCells(const GrayView& scan,
                                  const Homography& cells_to_scan, int side) {
  const int across = side + 2;
  std::vector<double> levels;
  for (int row = 0; row < across; ++row) {
    for (int column = 0; column < across; ++column) {
      double level = 0;
      for (int i = 0; i < kProbes * kProbes; ++i) {
        const double u = 0.5 + kCovered * ((i % kProbes + 0.5) / kProbes - 0.5);
        const double v = 0.5 + kCovered * ((i / kProbes + 0.5) / kProbes - 0.5);
        const PixelPoint p = cells_to_scan.Map({column + u, row + v});
        // Written so that a NaN is outside.
        if (!(p.x >= 0 && p.y >= 0 && p.x <= scan.width &&
              p.y <= scan.height)) {
          return std::nullopt;
        }
        level += At(scan, p) / (kProbes * kProbes);
      }
      levels.push_back(level);
    }
  }
  const std::optional<double> threshold = Threshold(levels);
  if (!threshold.has_value()) return std::nullopt;
  uint64_t cells = 0;
  int black = 0;
  for (int row = 0; row < across; ++row) {
    for (int column = 0; column < across; ++column) {
      const bool is_white = levels[row * across + column] > *threshold;
      const bool is_border =
          std::min(row, column) == 0 || std::max(row, column) == across - 1;
      if (is_border) {
        black += !is_white;
      } else {
        cells = cells << 1 | (is_white ? 1 : 0);
      }
    }
  }
  if (black < kMinBorder * 4 * (across - 1)) return std::nullopt;
  return cells;
}

}  // namespace sightline::align
