#include "services/align/engine/sampling.h"

#include <algorithm>
#include <cmath>

namespace sightline::align {

AffineMap AffineMap::Near(const Homography& map, PixelPoint at) {
  const double w = map[6] * at.x + map[7] * at.y + map[8];
  const PixelPoint value = map.Map(at);
  AffineMap affine;
  affine.a = (map[0] - map[6] * value.x) / w;
  affine.b = (map[1] - map[7] * value.x) / w;
  affine.d = (map[3] - map[6] * value.y) / w;
  affine.e = (map[4] - map[7] * value.y) / w;
  affine.c = value.x - affine.a * at.x - affine.b * at.y;
  affine.f = value.y - affine.d * at.x - affine.e * at.y;
  return affine;
}

double AffineMap::AreaScale() const { return std::abs(a * e - b * d); }

namespace {

// 16.16 fixed point; the caller has made sure that every sample has its four
// neighbours.
void SampleInterior(const GrayView& source, const AffineMap& map, int side,
                    uint8_t* out) {
  constexpr double kOne = 65536;
  const int step_x = static_cast<int>(std::lround(map.a * kOne));
  const int step_y = static_cast<int>(std::lround(map.d * kOne));
  for (int j = 0; j < side; ++j) {
    const PixelPoint start = map.Map({0.5, j + 0.5});
    int x = static_cast<int>(std::lround((start.x - 0.5) * kOne));
    int y = static_cast<int>(std::lround((start.y - 0.5) * kOne));
    uint8_t* row = out + j * side;
    for (int i = 0; i < side; ++i, x += step_x, y += step_y) {
      const uint8_t* p = source.row(y >> 16) + (x >> 16);
      const int fx = (x >> 8) & 255;
      const int fy = (y >> 8) & 255;
      const int top = p[0] * (256 - fx) + p[1] * fx;
      const uint8_t* q = p + source.stride_bytes;
      const int bottom = q[0] * (256 - fx) + q[1] * fx;
      row[i] = static_cast<uint8_t>(
          (top * (256 - fy) + bottom * fy + (1 << 15)) >> 16);
    }
  }
}

void SampleClamped(const GrayView& source, const AffineMap& map, int side,
                   uint8_t* out) {
  const double max_x = source.width - 1;
  const double max_y = source.height - 1;
  for (int j = 0; j < side; ++j) {
    for (int i = 0; i < side; ++i) {
      const PixelPoint p = map.Map({i + 0.5, j + 0.5});
      const double x = std::clamp(p.x - 0.5, 0.0, max_x);
      const double y = std::clamp(p.y - 0.5, 0.0, max_y);
      const int x0 = static_cast<int>(x);
      const int y0 = static_cast<int>(y);
      const int x1 = std::min(x0 + 1, source.width - 1);
      const uint8_t* top = source.row(y0);
      const uint8_t* bottom = source.row(std::min(y0 + 1, source.height - 1));
      const double fx = x - x0;
      const double fy = y - y0;
      const double upper = top[x0] + (top[x1] - top[x0]) * fx;
      const double lower = bottom[x0] + (bottom[x1] - bottom[x0]) * fx;
      out[j * side + i] =
          static_cast<uint8_t>(upper + (lower - upper) * fy + 0.5);
    }
  }
}

}  // namespace

void SampleWindow(const GrayView& source, const AffineMap& window_to_source,
                  int side, uint8_t* out) {
  const double far = side;
  const PixelPoint corners[] = {
      window_to_source.Map({0, 0}), window_to_source.Map({far, 0}),
      window_to_source.Map({0, far}), window_to_source.Map({far, far})};
  bool interior = true;
  for (const PixelPoint& corner : corners) {
    interior &= corner.x >= 2 && corner.y >= 2 &&
                corner.x <= source.width - 3 && corner.y <= source.height - 3;
  }
  // 16.16 holds coordinates below 32768.
  if (interior && source.width < 32000 && source.height < 32000) {
    SampleInterior(source, window_to_source, side, out);
  } else {
    SampleClamped(source, window_to_source, side, out);
  }
}

}  // namespace sightline::align
