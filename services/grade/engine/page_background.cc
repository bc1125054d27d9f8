#include "services/grade/engine/page_background.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "services/grade/engine/canvas.h"

namespace sightline::grade {
namespace {

constexpr Colour kOutside = {215, 217, 220};

// Scan pixels under an image pixel's centre: the mean of n x n samples.
int SampleScan(const GrayImage& scan, const Homography& to_scan, double x,
               double y, int n) {
  int sum = 0;
  int count = 0;
  for (int b = 0; b < n; ++b) {
    for (int a = 0; a < n; ++a) {
      const PixelPoint at =
          to_scan.Map({x + (a + 0.5) / n - 0.5, y + (b + 0.5) / n - 0.5});
      if (!(at.x >= 0 && at.y >= 0 && at.x < scan.width() &&
            at.y < scan.height())) {
        continue;
      }
      const double u = std::max(0.0, at.x - 0.5);
      const double v = std::max(0.0, at.y - 0.5);
      const int left = static_cast<int>(u);
      const int top = static_cast<int>(v);
      const int right = std::min(left + 1, scan.width() - 1);
      const int bottom = std::min(top + 1, scan.height() - 1);
      const double fx = u - left;
      const double fy = v - top;
      const uint8_t* upper = scan.row(top);
      const uint8_t* lower = scan.row(bottom);
      sum += static_cast<int>(
          (1 - fy) * ((1 - fx) * upper[left] + fx * upper[right]) +
          fy * ((1 - fx) * lower[left] + fx * lower[right]) + 0.5);
      ++count;
    }
  }
  return count == 0 ? -1 : sum / count;
}

}  // namespace

void DrawPageBackground(const GrayImage& scan, const Homography& to_scan,
                        int top, RgbImage& image) {
  const int height = image.height() - top;
  const PixelPoint middle = {image.width() / 2.0, height / 2.0};
  const double scale = std::sqrt(std::abs(to_scan.JacobianAt(middle)));
  const int n = std::isfinite(scale)
                    ? std::clamp(static_cast<int>(std::lround(scale)), 1, 3)
                    : 1;
  std::array<int, 256> counts{};
  int total = 0;
  for (int y = 0; y < height; ++y) {
    uint8_t* row = image.row(top + y);
    for (int x = 0; x < image.width(); ++x) {
      const int gray = SampleScan(scan, to_scan, x + 0.5, y + 0.5, n);
      uint8_t* pixel = row + 3 * x;
      if (gray < 0) {
        // Not paper: told from it by a trace of colour until it is painted.
        pixel[0] = kOutside.red;
        pixel[1] = kOutside.green;
        pixel[2] = kOutside.blue;
        continue;
      }
      pixel[0] = pixel[1] = pixel[2] = static_cast<uint8_t>(gray);
      ++counts[gray];
      ++total;
    }
  }
  // Paper becomes white, whatever the light; then everything is lightened so
  // that the colours stand out.
  int white = 255;
  for (int left = total / 10; white > 1; --white) {
    left -= counts[white];
    if (left < 0) break;
  }
  std::array<uint8_t, 256> light{};
  for (int gray = 0; gray < 256; ++gray) {
    const double relative = std::min(1.0, double(gray) / white);
    light[gray] = static_cast<uint8_t>(255 - 150 * (1 - relative) + 0.5);
  }
  for (int y = 0; y < height; ++y) {
    uint8_t* row = image.row(top + y);
    for (int x = 0; x < image.width(); ++x) {
      uint8_t* pixel = row + 3 * x;
      if (pixel[0] != pixel[1]) continue;
      pixel[0] = pixel[1] = pixel[2] = light[pixel[0]];
    }
  }
}

}  // namespace sightline::grade
