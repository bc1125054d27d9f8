#include "services/grade/engine/canvas.h"

#include <algorithm>
#include <cmath>

#include "services/grade/engine/stroke_font.h"

namespace sightline::grade {
namespace {

constexpr double kPi = 3.14159265358979323846;
// Stroke thickness of text relative to the height of its capitals.
constexpr double kTextThickness = 0.13;

bool IsFinite(const Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) &&
         std::isfinite(box.right) && std::isfinite(box.bottom);
}

// Coverage of a pixel whose centre is `distance` from a line's middle.
double LineCoverage(double distance, double thickness) {
  return std::clamp(thickness / 2 + 0.5 - distance, 0.0, 1.0);
}

// Whether the place at `along` 0..1 of a closed line of this length is drawn.
bool IsDash(double along, double length, double thickness) {
  const double period = std::max(4.0, 5 * thickness);
  // A whole number of dashes closes without a seam; at least four show.
  const double dashes = std::max(4.0, std::round(length / period));
  const double phase = along * dashes;
  return phase - std::floor(phase) < 0.6;
}

double SegmentDistance(double x, double y, PixelPoint from, PixelPoint to) {
  const double dx = to.x - from.x;
  const double dy = to.y - from.y;
  const double square = dx * dx + dy * dy;
  const double t =
      square > 0 ? std::clamp(((x - from.x) * dx + (y - from.y) * dy) / square,
                              0.0, 1.0)
                 : 0;
  return std::hypot(x - from.x - t * dx, y - from.y - t * dy);
}

}  // namespace

void Canvas::Blend(int x, int y, double coverage, Colour colour) {
  uint8_t* pixel = image_.row(y) + 3 * x;
  const int weight = static_cast<int>(coverage * 256 + 0.5);
  const int ink[3] = {colour.red, colour.green, colour.blue};
  for (int c = 0; c < 3; ++c) {
    pixel[c] =
        static_cast<uint8_t>(pixel[c] + (ink[c] - pixel[c]) * weight / 256);
  }
}

template <typename Coverage>
void Canvas::Paint(const Box& bounds, Colour colour, Coverage coverage) {
  if (!IsFinite(bounds) || image_.empty()) return;
  const auto clip = [](double value, int size) {
    return static_cast<int>(std::clamp(value, 0.0, double(size)));
  };
  const int left = clip(std::floor(bounds.left), image_.width());
  const int right = clip(std::ceil(bounds.right), image_.width());
  const int top = clip(std::floor(bounds.top), image_.height());
  const int bottom = clip(std::ceil(bounds.bottom), image_.height());
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const double share = coverage(x + 0.5, y + 0.5);
      if (share > 0) Blend(x, y, share, colour);
    }
  }
}

void Canvas::FillBox(const Box& box, Colour colour) {
  Paint(box, colour, [&](double x, double y) {
    const double across =
        std::min(x + 0.5, box.right) - std::max(x - 0.5, box.left);
    const double down =
        std::min(y + 0.5, box.bottom) - std::max(y - 0.5, box.top);
    return std::clamp(across, 0.0, 1.0) * std::clamp(down, 0.0, 1.0);
  });
}

void Canvas::DrawEllipse(const Box& box, double thickness, Colour colour,
                         LineStyle style) {
  const PixelPoint center = box.center();
  const double a = box.width() / 2;
  const double b = box.height() / 2;
  if (!(a > 0 && b > 0)) return;
  const double length = kPi * (a + b);
  Paint(box.Grown(thickness / 2 + 1), colour, [&](double x, double y) {
    const double u = (x - center.x) / a;
    const double v = (y - center.y) / b;
    // First-order distance: the implicit function over its gradient.
    const double slope = 2 * std::hypot(u / a, v / b);
    if (slope < 1e-9) return 0.0;
    const double distance = std::abs(u * u + v * v - 1) / slope;
    const double coverage = LineCoverage(distance, thickness);
    if (coverage <= 0 || style == LineStyle::kSolid) return coverage;
    const double along = std::atan2(v, u) / (2 * kPi) + 0.5;
    return IsDash(along, length, thickness) ? coverage : 0.0;
  });
}

void Canvas::DrawBox(const Box& box, double corner, double thickness,
                     Colour colour, LineStyle style) {
  const PixelPoint center = box.center();
  corner = std::clamp(corner, 0.0, std::min(box.width(), box.height()) / 2);
  const double half_width = box.width() / 2 - corner;
  const double half_height = box.height() / 2 - corner;
  const double length = 2 * (box.width() + box.height());
  if (!(length > 0)) return;
  Paint(box.Grown(thickness / 2 + 1), colour, [&](double x, double y) {
    const double dx = std::abs(x - center.x) - half_width;
    const double dy = std::abs(y - center.y) - half_height;
    const double distance = std::hypot(std::max(dx, 0.0), std::max(dy, 0.0)) +
                            std::min(std::max(dx, dy), 0.0) - corner;
    const double coverage = LineCoverage(std::abs(distance), thickness);
    if (coverage <= 0 || style == LineStyle::kSolid) return coverage;
    // Along the sides, clockwise from the top left corner.
    const double u = std::clamp(x - box.left, 0.0, box.width());
    const double v = std::clamp(y - box.top, 0.0, box.height());
    double along;
    if (dx - corner > dy - corner) {
      along = x > center.x ? box.width() + v : length - v;
    } else {
      along = y < center.y ? u : box.width() + box.height() + box.width() - u;
    }
    return IsDash(along / length, length, thickness) ? coverage : 0.0;
  });
}

void Canvas::DrawLine(PixelPoint from, PixelPoint to, double thickness,
                      Colour colour) {
  const Box bounds = {std::min(from.x, to.x), std::min(from.y, to.y),
                      std::max(from.x, to.x), std::max(from.y, to.y)};
  Paint(bounds.Grown(thickness / 2 + 1), colour, [&](double x, double y) {
    return LineCoverage(SegmentDistance(x, y, from, to), thickness);
  });
}

void Canvas::DrawText(PixelPoint at, double height, absl::string_view text,
                      Colour colour) {
  const double unit = height / kCapitalHeight;
  const double thickness = std::max(1.0, kTextThickness * height);
  double pen = at.x;
  for (const char character : text) {
    if (character == ' ') {
      pen += kWordSpace * unit;
      continue;
    }
    const Glyph glyph = GlyphOf(character);
    const auto place = [&](GridPoint point) {
      return PixelPoint{pen + (point.x - glyph.left) * unit,
                        at.y + point.y * unit};
    };
    // One shape per letter: strokes that meet must not blend twice.
    const Box bounds = {pen, at.y, pen + (glyph.right - glyph.left) * unit,
                        at.y + 8 * unit};
    Paint(bounds.Grown(thickness / 2 + 1), colour, [&](double x, double y) {
      double distance = 1e9;
      for (const auto& stroke : glyph.strokes) {
        for (size_t i = 0; i + 1 < stroke.size(); ++i) {
          distance = std::min(distance, SegmentDistance(x, y, place(stroke[i]),
                                                        place(stroke[i + 1])));
        }
      }
      return LineCoverage(distance, thickness);
    });
    pen += (glyph.right - glyph.left + kLetterSpace) * unit;
  }
}

double Canvas::TextWidth(double height, absl::string_view text) {
  double width = 0;
  for (const char character : text) {
    if (character == ' ') {
      width += kWordSpace;
    } else {
      const Glyph glyph = GlyphOf(character);
      width += glyph.right - glyph.left + kLetterSpace;
    }
  }
  return width * height / kCapitalHeight;
}

}  // namespace sightline::grade
