// Strokes of pencils and pens on a page.
#ifndef SIGHTLINE_TESTS_GENERATOR_PEN_H_
#define SIGHTLINE_TESTS_GENERATOR_PEN_H_

#include <vector>

#include "common/geometry/homography.h"
#include "tests/generator/canvas.h"
#include "tests/generator/random.h"

namespace sightline::generator {

// A thing to write with. Strokes take light away: print shows through.
struct Pen {
  // Share of the light that a full stroke swallows, 0..1.
  double darkness = 0.7;
  // Stroke width, pixels at 300 dpi.
  double width = 6;
  // Paper grain in the stroke: 0 none (pen), 1 strong (pencil).
  double grain = 0.5;
  // Colour of the stroke.
  int cb = 0;
  int cr = 0;
};

using Stroke = std::vector<PixelPoint>;

// Draws `strokes` on `page`; `blur` softens them, as rubbing does.
void DrawStrokes(PageImage& page, const std::vector<Stroke>& strokes,
                 const Pen& pen, double blur, Random& random);

// A box that a person fills in: back-and-forth strokes over `coverage` of it,
// round as the box's ellipse if `round`.
std::vector<Stroke> Scribble(PixelPoint center, PixelSize size, double coverage,
                             double stroke_width, bool round, Random& random);
std::vector<Stroke> Tick(PixelPoint center, PixelSize size, Random& random);
std::vector<Stroke> Cross(PixelPoint center, PixelSize size, Random& random);
// Illegible handwriting along a line that begins at `start`.
std::vector<Stroke> Handwriting(PixelPoint start, double length, double height,
                                Random& random);
// A digit as people write it, in a box around `center`.
std::vector<Stroke> Digit(int digit, PixelPoint center, PixelSize size,
                          Random& random);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_PEN_H_
