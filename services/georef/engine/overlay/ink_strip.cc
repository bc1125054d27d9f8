#include "services/georef/engine/overlay/ink_strip.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sightline::georef {
namespace {

// Gray levels between background and ink below which there is nothing to read.
constexpr int kLeastContrast = 24;
// Of the way from background to ink, what still counts as background.
constexpr double kClearOfBackground = 0.45;

uint8_t InkOfPixel(const uint8_t* p, int channels, OverlayInk ink) {
  if (channels == 1) return ink == OverlayInk::kDark ? 255 - p[0] : p[0];
  switch (ink) {
    case OverlayInk::kLight:
      return std::min({p[0], p[1], p[2]});
    case OverlayInk::kDark:
      return 255 - std::max({p[0], p[1], p[2]});
    case OverlayInk::kRed:
      return p[0];
    case OverlayInk::kGreen:
      return p[1];
    case OverlayInk::kBlue:
      return p[2];
  }
  return 0;
}

// Columns `left`..`left + width` of a frame's row, the edges going on.
void InkRow(const OverlayFrame& frame, OverlayInk ink, int y, int left,
            int width, uint8_t* out) {
  const uint8_t* row =
      frame.pixels + std::clamp(y, 0, frame.height - 1) * frame.stride_bytes;
  const int begin = std::clamp(-left, 0, width);
  const int end = std::clamp(frame.width - left, begin, width);
  const uint8_t* p = row + int64_t{left + begin} * frame.channels;
  for (int x = begin; x < end; ++x, p += frame.channels) {
    out[x] = InkOfPixel(p, frame.channels, ink);
  }
  const uint8_t first = InkOfPixel(row, frame.channels, ink);
  const uint8_t last = InkOfPixel(
      row + int64_t{frame.width - 1} * frame.channels, frame.channels, ink);
  std::fill(out, out + begin, first);
  std::fill(out + end, out + width, last);
}

// Bilinear, corner-based: the sample of pixel i lies at i + 0.5.
double SampleAt(const GrayImage& image, double x, double y) {
  const double u = std::clamp(x - 0.5, 0.0, image.width() - 1.0);
  const double v = std::clamp(y - 0.5, 0.0, image.height() - 1.0);
  const int left = std::min(static_cast<int>(u), image.width() - 2);
  const int top = std::min(static_cast<int>(v), image.height() - 2);
  const double a = u - left;
  const double b = v - top;
  const uint8_t* upper = image.row(top) + left;
  const uint8_t* lower = image.row(top + 1) + left;
  return (1 - b) * ((1 - a) * upper[0] + a * upper[1]) +
         b * ((1 - a) * lower[0] + a * lower[1]);
}

}  // namespace

GrayImage InkStrip(const OverlayFrame& frame, OverlayInk ink,
                   const OverlayBox& box, double scale) {
  if (scale == 1) {
    GrayImage strip(box.width, box.height);
    for (int y = 0; y < box.height; ++y) {
      InkRow(frame, ink, box.top + y, box.left, box.width, strip.row(y));
    }
    return strip;
  }
  const int left = static_cast<int>(std::floor(box.left * scale)) - 2;
  const int top = static_cast<int>(std::floor(box.top * scale)) - 2;
  GrayImage source(static_cast<int>(std::ceil(box.width * scale)) + 5,
                   static_cast<int>(std::ceil(box.height * scale)) + 5);
  for (int y = 0; y < source.height(); ++y) {
    InkRow(frame, ink, top + y, left, source.width(), source.row(y));
  }
  GrayImage strip(box.width, box.height);
  for (int y = 0; y < box.height; ++y) {
    for (int x = 0; x < box.width; ++x) {
      double sum = 0;
      for (const double v : {0.25, 0.75}) {
        for (const double u : {0.25, 0.75}) {
          sum += SampleAt(source, (box.left + x + u) * scale - left,
                          (box.top + y + v) * scale - top);
        }
      }
      strip.row(y)[x] = static_cast<uint8_t>(sum / 4 + 0.5);
    }
  }
  return strip;
}

GrayImage InkAlone(const GrayImage& strip, int margin) {
  int counts[256] = {};
  int total = 0;
  for (int y = margin; y < strip.height() - margin; ++y) {
    for (int x = margin; x < strip.width() - margin; ++x) {
      ++counts[strip.row(y)[x]];
      ++total;
    }
  }
  const auto level_of = [&](double share) {
    int seen = 0;
    int level = 0;
    while (level < 255 && (seen += counts[level]) < share * total) ++level;
    return level;
  };
  const int background = level_of(0.5);
  const int ink = level_of(0.98);
  if (ink - background < kLeastContrast) return strip.Clone();
  const double low = background + kClearOfBackground * (ink - background);
  uint8_t toned[256];
  for (int level = 0; level < 256; ++level) {
    const double share = std::clamp((level - low) / (ink - low), 0.0, 1.0);
    toned[level] = static_cast<uint8_t>(255 * share + 0.5);
  }
  GrayImage alone(strip.width(), strip.height());
  for (int64_t i = 0; i < strip.size_bytes(); ++i) {
    alone.data()[i] = toned[strip.data()[i]];
  }
  return alone;
}

}  // namespace sightline::georef
