#include "services/align/engine/printed_patterns.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "services/align/engine/opencv_image.h"

namespace sightline::align {
namespace {

constexpr uint8_t kPaper = 255;
// Below this a bubble's outline and inside can't be told apart, pixels.
constexpr double kMinBubble = 6;
// A solid mark is seen smaller.
constexpr double kMinSolid = 3.5;
// Above, a window around it would be too large to search.
constexpr double kMaxBubble = 100;
// Width of an outline, share of the smaller side. At least a pixel.
constexpr double kLineShare = 0.1;
// The part of a ring's radius that is taken for black.
constexpr double kRingShare = 0.25;
// Paper around a marker, share of its size.
constexpr double kMarkerMargin = 0.12;
constexpr double kMinMarker = 8;
constexpr double kMaxMarker = 120;

// A square of gray values with a choice of those to compare.
struct Drawing {
  explicit Drawing(int side)
      : side(side), pixels(side * side, kPaper), is_compared(side * side, 0) {}
  int side;
  std::vector<uint8_t> pixels;
  std::vector<uint8_t> is_compared;
};

// Distance from the outline of a shape around the origin: negative inside.
double FromOutline(ShapeKind kind, PixelSize size, double x, double y) {
  const double a = size.width / 2;
  const double b = size.height / 2;
  if (kind == ShapeKind::kEllipse) {
    // First-order distance: (f - 1) / |gradient| with f = (x/a)^2 + (y/b)^2
    // taken as sqrt(f) to stay even near the centre.
    const double radius = std::hypot(x / a, y / b);
    if (radius < 1e-6) return -std::min(a, b);
    const double gradient = std::hypot(x / (a * a), y / (b * b)) / radius;
    return (radius - 1) / gradient;
  }
  const double dx = std::abs(x) - a;
  const double dy = std::abs(y) - b;
  if (dx > 0 && dy > 0) return std::hypot(dx, dy);
  return std::max(dx, dy);
}

// 1 on a line of the given width around 0, falling to 0 over a pixel.
double LineCover(double distance, double width) {
  return std::clamp(width / 2 + 0.5 - std::abs(distance), 0.0, 1.0);
}

std::optional<Patch> AsPatch(const Drawing& fine, const Drawing* coarse) {
  std::optional<Pattern> pattern =
      Pattern::Create(fine.side, fine.pixels, fine.is_compared);
  if (!pattern.has_value()) return std::nullopt;
  Patch patch{PixelPoint{}, *std::move(pattern), std::nullopt};
  if (coarse != nullptr) {
    patch.coarse =
        Pattern::Create(coarse->side, coarse->pixels, coarse->is_compared);
  }
  return patch;
}

int OddSide(double extent) {
  return 2 * static_cast<int>(std::ceil((extent - 1) / 2)) + 1;
}

Drawing DrawOutline(ShapeKind kind, PixelSize size, double margin) {
  const double line =
      std::max(1.0, kLineShare * std::min(size.width, size.height));
  const int side =
      OddSide(std::max(size.width, size.height) + 2 * margin + line);
  Drawing drawing(side);
  for (int j = 0; j < side; ++j) {
    for (int i = 0; i < side; ++i) {
      const double x = i + 0.5 - side / 2.0;
      const double y = j + 0.5 - side / 2.0;
      const double distance = FromOutline(kind, size, x, y);
      // Beyond its line the inside may be blank, a letter or a mark.
      const bool is_inside =
          distance < -(line / 2 + 0.5) && kind != ShapeKind::kSolid;
      const bool is_far = distance > margin + line / 2;
      // Brackets leave the middle of the upper and lower side open.
      const bool is_open = kind == ShapeKind::kBrackets &&
                           std::abs(x) < size.width / 4 &&
                           std::abs(y) > size.height / 4;
      if (is_inside || is_far || is_open) continue;
      drawing.is_compared[j * side + i] = 1;
      const double cover = kind == ShapeKind::kSolid
                               ? std::clamp(0.5 - distance, 0.0, 1.0)
                               : LineCover(distance, line);
      drawing.pixels[j * side + i] =
          static_cast<uint8_t>(std::lround(kPaper * (1 - cover)));
    }
  }
  return drawing;
}

Drawing DrawImage(const GrayImage& image, PixelSize size) {
  const int width = std::max(3, static_cast<int>(std::lround(size.width)));
  const int height = std::max(3, static_cast<int>(std::lround(size.height)));
  const GrayImage scaled = Resized(image, width, height);
  const int side = OddSide(std::max(width, height) * (1 + 2 * kMarkerMargin));
  Drawing drawing(side);
  std::fill(drawing.is_compared.begin(), drawing.is_compared.end(), 1);
  // The marker's centre on the middle pixel's: an even marker sits half a
  // pixel off, so it is sampled rather than copied.
  const AffineMap to_image{1, 0, width / 2.0 - side / 2.0,
                           0, 1, height / 2.0 - side / 2.0};
  SampleWindow(scaled, to_image, side, drawing.pixels.data());
  for (int j = 0; j < side; ++j) {
    for (int i = 0; i < side; ++i) {
      const PixelPoint p = to_image.Map({i + 0.5, j + 0.5});
      if (p.x < 0 || p.y < 0 || p.x > width || p.y > height) {
        drawing.pixels[j * side + i] = kPaper;
      }
    }
  }
  return drawing;
}

Drawing DrawMark(MarkerKind kind, PixelSize size) {
  const double extent = std::max(size.width, size.height);
  const int side = OddSide(extent * (1 + 4 * kMarkerMargin));
  Drawing drawing(side);
  const bool is_ring = kind == MarkerKind::kRing;
  const ShapeKind shape = is_ring ? ShapeKind::kEllipse : ShapeKind::kRectangle;
  const double rim =
      is_ring ? kRingShare * std::min(size.width, size.height) / 2 : extent;
  for (int j = 0; j < side; ++j) {
    for (int i = 0; i < side; ++i) {
      const double distance =
          FromOutline(shape, size, i + 0.5 - side / 2.0, j + 0.5 - side / 2.0);
      if (distance < -rim) continue;
      drawing.is_compared[j * side + i] = 1;
      drawing.pixels[j * side + i] = static_cast<uint8_t>(
          std::lround(kPaper * std::clamp(distance + 0.5, 0.0, 1.0)));
    }
  }
  return drawing;
}

}  // namespace

std::optional<Patch> OutlinePatch(ShapeKind kind, PixelSize size,
                                  double margin) {
  if (std::min(size.width, size.height) <
          (kind == ShapeKind::kSolid ? kMinSolid : kMinBubble) ||
      std::max(size.width, size.height) > kMaxBubble) {
    return std::nullopt;
  }
  // An outline is thin, and is only searched between its neighbours: at half
  // the resolution there is little left to find.
  return AsPatch(DrawOutline(kind, size, margin), nullptr);
}

std::optional<Patch> MarkerPatch(const Marker& marker, PixelSize size) {
  if (std::min(size.width, size.height) < kMinMarker ||
      std::max(size.width, size.height) > kMaxMarker) {
    return std::nullopt;
  }
  const PixelSize half{size.width / 2, size.height / 2};
  if (marker.kind == MarkerKind::kRing || marker.kind == MarkerKind::kSquare) {
    const Drawing coarse = DrawMark(marker.kind, half);
    return AsPatch(DrawMark(marker.kind, size), &coarse);
  }
  if (marker.image.empty()) return std::nullopt;
  const Drawing coarse = DrawImage(marker.image, half);
  return AsPatch(DrawImage(marker.image, size), &coarse);
}

}  // namespace sightline::align
