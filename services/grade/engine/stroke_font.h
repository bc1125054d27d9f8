// Letters as strokes, for captions on annotated pages.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_STROKE_FONT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_STROKE_FONT_H_

#include <vector>

namespace sightline::grade {

// A point on the letter grid: x 0 to 4, y 0 (top of capitals) to 6 (baseline)
// and 8 (below the line).
struct GridPoint {
  int x = 0;
  int y = 0;
};

struct Glyph {
  // Each a polyline; one of a single place is a dot.
  std::vector<std::vector<GridPoint>> strokes;
  // Columns that the strokes use.
  int left = 0;
  int right = 0;
};

// The glyph of an ASCII character; a small box for those without one.
Glyph GlyphOf(char character);

// Height of capitals on the grid, and the free columns between letters.
inline constexpr double kCapitalHeight = 6;
inline constexpr double kLetterSpace = 1.8;
inline constexpr double kWordSpace = 2.6;

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_STROKE_FONT_H_
