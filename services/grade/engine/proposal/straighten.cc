#include "services/grade/engine/proposal/straighten.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace sightline::grade {
namespace {

constexpr int kWhite = 255;

int PixelOrWhite(const GrayImage& image, int x, int y) {
  return x < 0 || y < 0 || x >= image.width() || y >= image.height()
             ? kWhite
             : image.row(y)[x];
}

}  // namespace

GrayImage Straightened(const GrayImage& page, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  const double middle_x = page.width() / 2.0;
  const double middle_y = page.height() / 2.0;
  GrayImage turned(page.width(), page.height());
  for (int y = 0; y < turned.height(); ++y) {
    uint8_t* row = turned.row(y);
    const double dy = y + 0.5 - middle_y;
    for (int x = 0; x < turned.width(); ++x) {
      const double dx = x + 0.5 - middle_x;
      // Where it was, as pixel centres.
      const double u = middle_x + cosine * dx - sine * dy - 0.5;
      const double v = middle_y + sine * dx + cosine * dy - 0.5;
      const int left = static_cast<int>(std::floor(u));
      const int top = static_cast<int>(std::floor(v));
      const double across = u - left;
      const double down = v - top;
      const double gray =
          (1 - down) * ((1 - across) * PixelOrWhite(page, left, top) +
                        across * PixelOrWhite(page, left + 1, top)) +
          down * ((1 - across) * PixelOrWhite(page, left, top + 1) +
                  across * PixelOrWhite(page, left + 1, top + 1));
      row[x] = static_cast<uint8_t>(std::clamp(gray + 0.5, 0.0, 255.0));
    }
  }
  return turned;
}

}  // namespace sightline::grade
