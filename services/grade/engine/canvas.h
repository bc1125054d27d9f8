// Anti-aliased drawing on colour images: the few shapes that an annotated
// page needs.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_CANVAS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_CANVAS_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"

namespace sightline::grade {

struct Colour {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
  bool operator==(const Colour&) const = default;
};

// An upright box, image pixels, corner-based.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
  PixelPoint center() const { return {(left + right) / 2, (top + bottom) / 2}; }
  Box Grown(double by) const {
    return {left - by, top - by, right + by, bottom + by};
  }
};

enum class LineStyle { kSolid, kDashed };

// Draws on an image that outlives it. What lies outside the image is clipped;
// shapes whose coordinates are not finite are not drawn. Not thread-safe.
class Canvas {
 public:
  explicit Canvas(RgbImage& image) : image_(image) {}

  void FillBox(const Box& box, Colour colour);
  // Lines of `thickness` pixels, centred on the shape.
  void DrawEllipse(const Box& box, double thickness, Colour colour,
                   LineStyle style = LineStyle::kSolid);
  // `corner`: radius of the rounded corners.
  void DrawBox(const Box& box, double corner, double thickness, Colour colour,
               LineStyle style = LineStyle::kSolid);
  // With round ends.
  void DrawLine(PixelPoint from, PixelPoint to, double thickness,
                Colour colour);
  // ASCII text whose capitals are `height` pixels high, its first letter's top
  // left corner at `at`. What the font lacks is drawn as a small box.
  void DrawText(PixelPoint at, double height, absl::string_view text,
                Colour colour);
  // How wide that text is.
  static double TextWidth(double height, absl::string_view text);

 private:
  // Blends `colour` over pixel (x, y), which must be within the image.
  void Blend(int x, int y, double coverage, Colour colour);
  // Calls coverage(x, y) with the centre of every pixel within `bounds`.
  template <typename Coverage>
  void Paint(const Box& bounds, Colour colour, Coverage coverage);

  RgbImage& image_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_CANVAS_H_
