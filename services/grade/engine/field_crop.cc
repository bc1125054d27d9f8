#include "services/grade/engine/field_crop.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sightline::grade {
namespace {

constexpr uint8_t kOutside = 216;

// Between the centres of the four nearest pixels; -1 outside the scan.
double Sample(const GrayImage& scan, PixelPoint at) {
  if (!(at.x >= 0 && at.y >= 0 && at.x < scan.width() &&
        at.y < scan.height())) {
    return -1;
  }
  const double x = std::max(0.0, at.x - 0.5);
  const double y = std::max(0.0, at.y - 0.5);
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const int right = std::min(left + 1, scan.width() - 1);
  const int bottom = std::min(top + 1, scan.height() - 1);
  const double across = x - left;
  const double down = y - top;
  const uint8_t* upper = scan.row(top);
  const uint8_t* lower = scan.row(bottom);
  return (1 - down) * ((1 - across) * upper[left] + across * upper[right]) +
         down * ((1 - across) * lower[left] + across * lower[right]);
}

// The mean of n x n samples below a pixel of the picture; -1 outside.
double SamplePixel(const GrayImage& scan, const Homography& to_scan, int x,
                   int y, int n) {
  double sum = 0;
  int count = 0;
  for (int b = 0; b < n; ++b) {
    for (int a = 0; a < n; ++a) {
      const double value =
          Sample(scan, to_scan.Map({x + (a + 0.5) / n, y + (b + 0.5) / n}));
      if (value < 0) continue;
      sum += value;
      ++count;
    }
  }
  return count == 0 ? -1 : sum / count;
}

}  // namespace

Homography CropFrame::FromPage() const {
  return Homography::Scale(scale, scale) * Homography::Translation(-left, -top);
}

CropFrame CropFrameOf(const std::vector<Bubble>& bubbles, PixelSize page,
                      int max_side, const CropStyle& style) {
  double left = page.width;
  double top = page.height;
  double right = 0;
  double bottom = 0;
  double side = 0;
  for (const Bubble& bubble : bubbles) {
    left = std::min(left, bubble.center.x - bubble.size.width / 2);
    right = std::max(right, bubble.center.x + bubble.size.width / 2);
    top = std::min(top, bubble.center.y - bubble.size.height / 2);
    bottom = std::max(bottom, bubble.center.y + bubble.size.height / 2);
    side = std::max(side, std::sqrt(bubble.size.width * bubble.size.height));
  }
  const double margin = style.margin * side;
  left = std::max(0.0, left - margin);
  top = std::max(0.0, top - margin);
  right = std::min(page.width, right + margin);
  bottom = std::min(page.height, bottom + margin);
  CropFrame frame;
  frame.left = left;
  frame.top = top;
  const double width = right - left;
  const double height = bottom - top;
  frame.scale =
      std::min(style.bubble_pixels / side, max_side / std::max(width, height));
  const auto pixels = [&](double length) {
    return std::clamp(static_cast<int>(std::lround(length * frame.scale)), 1,
                      max_side);
  };
  frame.width = pixels(width);
  frame.height = pixels(height);
  return frame;
}

std::optional<GrayImage> CutField(const GrayImage& scan,
                                  const Homography& scan_to_page,
                                  const CropFrame& frame) {
  const std::optional<Homography> to_scan =
      (frame.FromPage() * scan_to_page).Inverse();
  if (!to_scan.has_value() || scan.empty()) return std::nullopt;
  const double density = std::sqrt(
      std::abs(to_scan->JacobianAt({frame.width / 2.0, frame.height / 2.0})));
  const int n = std::isfinite(density)
                    ? std::clamp(static_cast<int>(std::lround(density)), 1, 4)
                    : 1;
  GrayImage picture(frame.width, frame.height);
  bool is_seen = false;
  for (int y = 0; y < frame.height; ++y) {
    uint8_t* row = picture.row(y);
    for (int x = 0; x < frame.width; ++x) {
      const double value = SamplePixel(scan, *to_scan, x, y, n);
      is_seen |= value >= 0;
      row[x] = value < 0 ? kOutside : static_cast<uint8_t>(value + 0.5);
    }
  }
  if (!is_seen) return std::nullopt;
  return picture;
}

}  // namespace sightline::grade
