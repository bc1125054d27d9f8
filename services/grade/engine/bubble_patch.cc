#include "services/grade/engine/bubble_patch.h"

#include <algorithm>
#include <cmath>

namespace sightline::grade {
namespace {

// Scan pixels per sample beyond which something is wrong with the map: an A4
// page of 100 tiny bubbles at 20000 pixels a side stays below.
constexpr double kMaxPixelsPerSample = 400;
constexpr double kMinPixelsPerSample = 0.02;
// Subsamples per side: more would not change a mean that another 100 samples
// join.
constexpr int kMaxSubsamples = 3;

int BilinearAt(const GrayImage& scan, float x, float y) {
  // Corner-based to pixel centres.
  x -= 0.5f;
  y -= 0.5f;
  const int x0 = static_cast<int>(std::floor(x));
  const int y0 = static_cast<int>(std::floor(y));
  const float fx = x - x0;
  const float fy = y - y0;
  const int left = std::clamp(x0, 0, scan.width() - 1);
  const int right = std::clamp(x0 + 1, 0, scan.width() - 1);
  const uint8_t* top = scan.row(std::clamp(y0, 0, scan.height() - 1));
  const uint8_t* bottom = scan.row(std::clamp(y0 + 1, 0, scan.height() - 1));
  const float upper = top[left] + fx * (top[right] - top[left]);
  const float lower = bottom[left] + fx * (bottom[right] - bottom[left]);
  return static_cast<int>(upper + fy * (lower - upper) + 0.5f);
}

// The mean of n x n bilinear samples, for a patch that lies at least a pixel
// within the scan.
template <int n>
void SampleInside(const GrayImage& scan, const BubblePatch& patch, int width,
                  int height, uint8_t* out) {
  constexpr int kBits = 14;
  constexpr int kOne = 1 << kBits;
  const int64_t stride = scan.stride_bytes();
  const auto fixed = [](double value) {
    return static_cast<int>(std::lround(value * kOne));
  };
  const int step_x = fixed(patch.along_x.x);
  const int step_y = fixed(patch.along_x.y);
  // From a sample's centre to its subsamples.
  int offset_x[n * n];
  int offset_y[n * n];
  for (int k = 0; k < n * n; ++k) {
    const double u = (k % n + 0.5) / n - 0.5;
    const double v = (k / n + 0.5) / n - 0.5;
    offset_x[k] = fixed(u * patch.along_x.x + v * patch.along_y.x);
    offset_y[k] = fixed(u * patch.along_x.y + v * patch.along_y.y);
  }
  for (int j = 0; j < height; ++j) {
    const PixelPoint start = patch.ToScan(0.5, j + 0.5);
    int x = fixed(start.x - 0.5);
    int y = fixed(start.y - 0.5);
    for (int i = 0; i < width; ++i) {
      int sum = 0;
      for (int k = 0; k < n * n; ++k) {
        const int u = x + offset_x[k];
        const int v = y + offset_y[k];
        const uint8_t* p = scan.data() + (v >> kBits) * stride + (u >> kBits);
        const int fx = (u & (kOne - 1)) >> (kBits - 8);
        const int fy = (v & (kOne - 1)) >> (kBits - 8);
        const int upper = (p[0] << 8) + fx * (p[1] - p[0]);
        const int lower = (p[stride] << 8) + fx * (p[stride + 1] - p[stride]);
        sum += ((upper << 8) + fy * (lower - upper)) >> 8;
      }
      constexpr int kHalf = n * n * 128;
      *out++ = static_cast<uint8_t>((sum + kHalf) / (n * n * 256));
      x += step_x;
      y += step_y;
    }
  }
}

// The same at the scan's edges, which repeat.
void SampleAtEdge(const GrayImage& scan, const BubblePatch& patch, int width,
                  int height, int n, uint8_t* out) {
  for (int j = 0; j < height; ++j) {
    for (int i = 0; i < width; ++i) {
      int sum = 0;
      for (int k = 0; k < n * n; ++k) {
        const PixelPoint at =
            patch.ToScan(i + (k % n + 0.5) / n, j + (k / n + 0.5) / n);
        sum += BilinearAt(scan, static_cast<float>(at.x),
                          static_cast<float>(at.y));
      }
      *out++ = static_cast<uint8_t>((sum + n * n / 2) / (n * n));
    }
  }
}

}  // namespace

PatchFrame::PatchFrame(PixelSize bubble) {
  const double shorter = std::min(bubble.width, bubble.height);
  const double longer = std::max(bubble.width, bubble.height);
  pitch = std::max(shorter / kSamplesAcross, longer / kMaxSamplesAlong);
  half_width = bubble.width / pitch / 2;
  half_height = bubble.height / pitch / 2;
  width = 2 * (static_cast<int>(std::ceil(half_width)) + kMargin);
  height = 2 * (static_cast<int>(std::ceil(half_height)) + kMargin);
}

PatchFrame PatchFrame::Reaching(double x, double y) const {
  PatchFrame frame = *this;
  frame.width = 2 * static_cast<int>(std::ceil(x));
  frame.height = 2 * static_cast<int>(std::ceil(y));
  return frame;
}

void SamplePatch(const GrayImage& scan, const Homography& page_to_scan,
                 PixelPoint center, const PatchFrame& frame,
                 BubblePatch& patch) {
  patch.samples.resize(static_cast<size_t>(frame.width) * frame.height);
  patch.is_mapped = false;
  patch.is_inside = false;
  const PixelPoint middle = page_to_scan.Map(center);
  const PixelPoint right = page_to_scan.Map({center.x + frame.pitch, center.y});
  const PixelPoint below = page_to_scan.Map({center.x, center.y + frame.pitch});
  patch.along_x = {right.x - middle.x, right.y - middle.y};
  patch.along_y = {below.x - middle.x, below.y - middle.y};
  const double scale_x = std::hypot(patch.along_x.x, patch.along_x.y);
  const double scale_y = std::hypot(patch.along_y.x, patch.along_y.y);
  // Written so that not-a-number fails as well.
  if (!(scale_x > kMinPixelsPerSample && scale_x < kMaxPixelsPerSample &&
        scale_y > kMinPixelsPerSample && scale_y < kMaxPixelsPerSample &&
        middle.x >= 0 && middle.x <= scan.width() && middle.y >= 0 &&
        middle.y <= scan.height())) {
    return;
  }
  patch.is_mapped = true;
  patch.origin = {0, 0};
  const PixelPoint offset = patch.ToScan(frame.width / 2.0, frame.height / 2.0);
  patch.origin = {middle.x - offset.x, middle.y - offset.y};

  double left = middle.x, right_most = middle.x;
  double top = middle.y, bottom = middle.y;
  for (const double x : {0.0, double(frame.width)}) {
    for (const double y : {0.0, double(frame.height)}) {
      const PixelPoint corner = patch.ToScan(x, y);
      left = std::min(left, corner.x);
      right_most = std::max(right_most, corner.x);
      top = std::min(top, corner.y);
      bottom = std::max(bottom, corner.y);
    }
  }
  patch.is_inside = left >= 0 && top >= 0 && right_most <= scan.width() &&
                    bottom <= scan.height();
  const bool has_rim = left >= 1 && top >= 1 &&
                       right_most <= scan.width() - 2 &&
                       bottom <= scan.height() - 2;

  // A bilinear sample speaks for up to two pixels each way.
  const int n = std::clamp(
      static_cast<int>(std::ceil(std::max(scale_x, scale_y) / 2 - 0.25)), 1,
      kMaxSubsamples);
  uint8_t* out = patch.samples.data();
  // Fixed point holds coordinates below 2^17.
  if (!has_rim || scan.width() > 100000 || scan.height() > 100000) {
    SampleAtEdge(scan, patch, frame.width, frame.height, n, out);
  } else if (n == 1) {
    SampleInside<1>(scan, patch, frame.width, frame.height, out);
  } else if (n == 2) {
    SampleInside<2>(scan, patch, frame.width, frame.height, out);
  } else {
    SampleInside<3>(scan, patch, frame.width, frame.height, out);
  }
}

}  // namespace sightline::grade
