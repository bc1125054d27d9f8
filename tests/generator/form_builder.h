// Prints the parts that forms are made of and keeps the books on them.
#ifndef SIGHTLINE_TESTS_GENERATOR_FORM_BUILDER_H_
#define SIGHTLINE_TESTS_GENERATOR_FORM_BUILDER_H_

#include <string>
#include <vector>

#include "tests/generator/canvas.h"
#include "tests/generator/form.h"
#include "tests/generator/random.h"

namespace sightline::generator {

// How a form's bubbles and text are printed.
struct PrintStyle {
  grade::BubbleShape shape = grade::BubbleShape::kEllipse;
  PixelSize bubble = {56, 56};
  double line_width = 3;
  // Values are printed inside the bubbles, or above them.
  bool values_inside = true;
  Ink outline;
  Ink value;
  Ink text;
  TextStyle::Font font = TextStyle::Font::kPlain;
  TextStyle::Font heading_font = TextStyle::Font::kSerifBold;
};

// What is printed beside the fields of a block.
struct GridOptions {
  // One per field, on the side of its first bubble; may be fewer.
  std::vector<std::string> captions;
  double caption_height = 32;
};

class FormBuilder {
 public:
  // A blank page of `width` x `height` pixels at 300 dpi.
  FormBuilder(FormFamily family, uint64_t seed, int width, int height);
  FormBuilder(const FormBuilder&) = delete;
  FormBuilder& operator=(const FormBuilder&) = delete;

  Canvas& canvas() { return canvas_; }
  PrintStyle& style() { return style_; }
  Random& random() { return random_; }
  int width() const { return canvas_.width(); }
  int height() const { return canvas_.height(); }

  // Draws a style at random: shape, letters inside or above, gray or colour.
  void ChooseStyle();

  // Title, subtitle and a rule below; returns the y below them.
  double Header(const std::string& title, const std::string& subtitle);
  // A line at the foot of the page.
  void Footer(const std::string& text);
  // A labelled box to write in by hand.
  void NameBox(PixelPoint top_left, PixelSize size,
               const std::vector<std::string>& captions);
  // A paragraph of instructions; with `examples`, printed right and wrong
  // marks below it. Returns the y below it.
  double Instructions(PixelPoint top_left, double width, int lines,
                      bool examples);
  // Digit columns labelled `label`1.. `label`n, combined as `label`, with
  // boxes for the written digits above; origin is the first bubble.
  void DigitGrid(const std::string& label, const std::string& caption,
                 int digits, PixelPoint origin, double value_gap,
                 double field_gap);
  // Prints `block` (pixels; labels are ranges such as "q1..15") and adds it to
  // the layout.
  void Block(const grade::FieldBlock& block, const GridOptions& options = {});
  // Prints a field whose bubbles are placed one by one (pixels).
  void Single(const grade::Field& field);
  // Markers of `kind` at the four corners of a box `inset` from the page's
  // edges.
  void CornerMarkers(align::MarkerKind kind, PixelPoint inset, double size);
  // `count` black dashes of `mark` from `first` on, `step` apart.
  void TimingMarks(PixelPoint first, PixelPoint step, int count,
                   PixelSize mark);

  // The finished form. `units_per_pixel` scales every coordinate that leaves.
  // Questions of the key: every field whose label begins with 'q'.
  PrintedForm Finish(const std::string& name, double units_per_pixel) &&;

 private:
  void PrintBubble(const grade::Bubble& bubble);

  PrintedForm form_;
  Canvas canvas_;
  Random random_;
  PrintStyle style_;
};

// first, first + 1, ... as text, each behind `prefix`.
std::vector<std::string> Numbered(const std::string& prefix, int first,
                                  int count);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_FORM_BUILDER_H_
