// Paints small answer sheets for tests: printed bubbles, marks of several
// kinds, and what scanners and cameras do to them.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_PAGE_PAINTER_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_PAGE_PAINTER_H_

#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

enum class MarkStyle { kSolid, kScribble, kCross, kErased, kDot };

// How a sheet is printed. Lengths in scan pixels.
struct PrintStyle {
  // Scan pixels per page unit.
  double scale = 2;
  uint8_t paper = 244;
  uint8_t line = 60;
  double line_thickness = 1.6;
  bool letters = true;
  double letter_share = 0.5;
  // The print lies this far from where the layout says, page units, and is
  // larger than the layout's bubbles by this factor.
  PixelPoint offset = {};
  double size = 1;
};

class PagePainter {
 public:
  // Paper with the bubbles of `sheet`, which outlives the painter.
  PagePainter(const Sheet& sheet, const PrintStyle& style, uint32_t seed = 1);

  // Marks the bubble `value` of field `label`; `darkness` 0..1.
  void Mark(absl::string_view label, absl::string_view value,
            MarkStyle style = MarkStyle::kScribble, double darkness = 0.8);
  // Marks every value of `answer` (one character each).
  void MarkAnswer(absl::string_view label, absl::string_view answer,
                  MarkStyle style = MarkStyle::kScribble,
                  double darkness = 0.8);

  // What scanners and cameras do, in the order of the calls.
  void Shade(double left_gain, double right_gain);
  // A shadow over everything right of scan column `at` share of the width,
  // leaning by half its height; its edge is `softness` shares wide.
  void CastShadow(double at, double softness, double gain);
  // Moves the page's middle down by `by` scan pixels, its sides not at all.
  void Bend(double by);
  void Blur(int radius);
  void AddNoise(double sigma);
  void MakeBlackAndWhite(int threshold);
  // Paints a box of page units over with `gray`.
  void Cover(PixelPoint center, PixelSize size, uint8_t gray);

  // The scan, and the map from its pixels to page units.
  GrayImage Scan() const { return gray_.Clone(); }
  Homography scan_to_page() const;
  // The scan seen from elsewhere: page corners land at these pixels of an
  // image of this size.
  GrayImage Seen(const Homography& page_to_view, int width, int height) const;

 private:
  const Bubble& Find(absl::string_view label, absl::string_view value) const;
  // Box of a bubble's print, scan pixels: left, top, width, height.
  struct Place {
    double left, top, width, height;
  };
  Place PlaceOf(const Bubble& bubble) const;

  const Sheet& sheet_;
  PrintStyle style_;
  std::mt19937 random_;
  GrayImage gray_;
};

// A sheet of `rows` questions q1.. with values A to E in two columns, 14-unit
// bubbles, and a roll number of 4 digits; page 620 x 877.
SheetLayout ExamLayout(int rows, BubbleShape shape = BubbleShape::kEllipse);

}  // namespace sightline::grade

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_PAGE_PAINTER_H_
