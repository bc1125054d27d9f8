// A page to print and write on.
//
// A page is luma at full resolution and chroma at half of it, as a JPEG keeps
// it. Coordinates are corner-based pixels of the luma.
#ifndef SIGHTLINE_TESTS_GENERATOR_CANVAS_H_
#define SIGHTLINE_TESTS_GENERATOR_CANVAS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"

namespace sightline::generator {

// A colour image as luma and chroma.
struct PageImage {
  GrayImage luma;
  // Cb and Cr, half the luma's size rounded up; 128 is neutral.
  Raster<2> chroma;

  PageImage() = default;
  // White. Both sides > 0.
  PageImage(int width, int height);
  PageImage Clone() const;
};

// Luma 0..255 and signed offsets of Cb and Cr.
struct Ink {
  int luma = 0;
  int cb = 0;
  int cr = 0;
};

// `image` as red, green and blue whose luma is image.luma (where no channel
// has to be clipped).
RgbImage ToRgb(const PageImage& image);

enum class Anchor { kLeft, kCenter, kRight };

// How a line of text looks: Hershey fonts, the only ones that come with OpenCV.
struct TextStyle {
  enum class Font { kPlain, kBold, kSerif, kSerifBold, kHandwriting };
  Font font = Font::kPlain;
  // Height of a capital letter, pixels. 10 pt at 300 dpi is about 30.
  double height = 30;
  Ink ink;
};

// Draws on a page, which must outlive it.
class Canvas {
 public:
  explicit Canvas(PageImage& page) : page_(page) {}

  int width() const { return page_.luma.width(); }
  int height() const { return page_.luma.height(); }

  void Line(PixelPoint from, PixelPoint to, double line_width, Ink ink);
  // The box from `top_left` to `bottom_right`, outline or filled.
  void Box(PixelPoint top_left, PixelPoint bottom_right, double line_width,
           Ink ink);
  void FillBox(PixelPoint top_left, PixelPoint bottom_right, Ink ink);
  // An ellipse in a box of `size` around `center`, the line inside the box.
  void Ellipse(PixelPoint center, PixelSize size, double line_width, Ink ink);
  void FillEllipse(PixelPoint center, PixelSize size, Ink ink);
  // The outline of an answer bubble.
  void Bubble(grade::BubbleShape shape, PixelPoint center, PixelSize size,
              double line_width, Ink ink);
  void Polygon(const std::vector<PixelPoint>& corners, Ink ink);

  // Text whose baseline is at `position`.
  void Text(absl::string_view text, PixelPoint position, Anchor anchor,
            const TextStyle& style);
  // Text centred on `center`, vertically too.
  void TextAround(absl::string_view text, PixelPoint center,
                  const TextStyle& style);
  static double TextWidth(absl::string_view text, const TextStyle& style);

 private:
  template <typename Draw>
  void OnBoth(Ink ink, const Draw& draw);

  PageImage& page_;
};

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_CANVAS_H_
