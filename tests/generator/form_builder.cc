#include "tests/generator/form_builder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sightline::generator {
namespace {

const std::vector<std::string>& InstructionLines() {
  static const auto& lines = *new std::vector<std::string>{
      "Use a soft pencil or a black pen. Fill each bubble completely.",
      "Mark one answer for each question unless told otherwise.",
      "Erase cleanly any mark that you wish to change.",
      "Do not fold, staple or tear this sheet.",
      "Write your name and number in the boxes above.",
      "Marks outside the bubbles are not counted.",
      "The examiner may ask you to repeat an unreadable sheet.",
      "Keep the margins of this page free of any writing."};
  return lines;
}

// Steps from one value, and one field, to the next.
struct Steps {
  PixelPoint value;
  PixelPoint field;
};

PixelPoint Step(grade::Direction direction, double gap) {
  switch (direction) {
    case grade::Direction::kRightToLeft:
      return {-gap, 0};
    case grade::Direction::kTopToBottom:
      return {0, gap};
    case grade::Direction::kBottomToTop:
      return {0, -gap};
    default:
      return {gap, 0};
  }
}

Steps StepsOf(const grade::FieldBlock& block) {
  using grade::Direction;
  const bool digits = block.kind == grade::FieldKind::kInteger;
  Direction value = block.value_direction;
  if (value == Direction::kDefault) {
    value = digits ? Direction::kTopToBottom : Direction::kLeftToRight;
  }
  Direction field = block.field_direction;
  if (field == Direction::kDefault) {
    field = digits ? Direction::kLeftToRight : Direction::kTopToBottom;
  }
  return {Step(value, block.value_gap), Step(field, block.field_gap)};
}

// "q1..15" -> q1 ... q15. The generator's own reading of ranges: what it
// checks must not decide what is right.
std::vector<std::string> Expand(const std::vector<std::string>& labels) {
  std::vector<std::string> all;
  for (const std::string& label : labels) {
    const size_t dots = label.find("..");
    if (dots == std::string::npos) {
      all.push_back(label);
      continue;
    }
    const size_t digits = label.find_first_of("0123456789");
    const int first = std::stoi(label.substr(digits, dots - digits));
    const int last = std::stoi(label.substr(dots + 2));
    for (const std::string& one :
         Numbered(label.substr(0, digits), first, last - first + 1)) {
      all.push_back(one);
    }
  }
  return all;
}

}  // namespace

std::vector<std::string> Numbered(const std::string& prefix, int first,
                                  int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i)
    all.push_back(absl::StrCat(prefix, first + i));
  return all;
}

FormBuilder::FormBuilder(FormFamily family, uint64_t seed, int width,
                         int height)
    : canvas_(form_.print), random_(Random(seed).For(FormFamilyName(family))) {
  form_.family = family;
  form_.seed = seed;
  form_.print = PageImage(width, height);
}

void FormBuilder::ChooseStyle() {
  using Font = TextStyle::Font;
  style_.shape = random_.Chance(0.75) ? grade::BubbleShape::kEllipse
                                      : grade::BubbleShape::kRectangle;
  style_.values_inside = random_.Chance(0.75);
  style_.line_width = random_.Integer(2, 4);
  style_.font = random_.Chance(0.5) ? Font::kPlain : Font::kSerif;
  style_.heading_font =
      style_.font == Font::kPlain ? Font::kBold : Font::kSerifBold;
  const int text = random_.Integer(15, 45);
  style_.text = {text, 0, 0};
  // Black, gray, or a dropout colour as scanner forms have.
  const int kind = random_.Integer(0, 3);
  if (kind <= 1) {
    style_.outline = {random_.Integer(30, 90), 0, 0};
  } else if (kind == 2) {
    style_.outline = {random_.Integer(90, 130), 0, 0};
  } else {
    style_.outline = {random_.Integer(115, 150), -10, 55};
  }
  style_.value = style_.outline;
  style_.value.luma += random_.Integer(0, 40);
}

double FormBuilder::Header(const std::string& title,
                           const std::string& subtitle) {
  const double x = width() / 2.0;
  const double unit = width() / 2480.0;
  canvas_.Text(title, {x, 230 * unit}, Anchor::kCenter,
               {style_.heading_font, 62 * unit, style_.text});
  canvas_.Text(subtitle, {x, 320 * unit}, Anchor::kCenter,
               {style_.font, 36 * unit, style_.text});
  const double margin = 150 * unit;
  canvas_.Line({margin, 370 * unit}, {width() - margin, 370 * unit}, 5,
               style_.text);
  return 400 * unit;
}

void FormBuilder::Footer(const std::string& text) {
  const double y = height() - 110;
  canvas_.Line({180, y - 50}, {width() - 180.0, y - 50}, 2, style_.text);
  canvas_.Text(text, {width() / 2.0, y}, Anchor::kCenter,
               {style_.font, 26, style_.text});
}

void FormBuilder::NameBox(PixelPoint a, PixelSize size,
                          const std::vector<std::string>& captions) {
  canvas_.Box(a, {a.x + size.width, a.y + size.height}, 3, style_.text);
  const double row = size.height / captions.size();
  for (size_t i = 0; i < captions.size(); ++i) {
    const double top = a.y + row * i;
    if (i > 0) {
      canvas_.Line({a.x, top}, {a.x + size.width, top}, 2, style_.text);
    }
    canvas_.Text(captions[i], {a.x + 16, top + 38}, Anchor::kLeft,
                 {style_.font, 24, style_.text});
    form_.writing_boxes.push_back(
        {{a.x + 30, top + row * 0.4}, {size.width - 60, row * 0.5}, ""});
  }
}

double FormBuilder::Instructions(PixelPoint a, double width, int lines,
                                 bool examples) {
  TextStyle text{style_.font, 25, style_.text};
  double y = a.y + 30;
  canvas_.Text("INSTRUCTIONS", {a.x, y}, Anchor::kLeft,
               {style_.heading_font, 28, style_.text});
  const int first = random_.Integer(0, 3);
  for (int i = 0; i < lines; ++i) {
    y += 50;
    std::string line = absl::StrCat(
        i + 1, ". ",
        InstructionLines()[(first + i) % InstructionLines().size()]);
    while (Canvas::TextWidth(line, text) > width) {
      line.erase(line.rfind(' '));
    }
    canvas_.Text(line, {a.x, y}, Anchor::kLeft, text);
  }
  if (!examples) return y + 30;
  y += 65;
  canvas_.Text("Right:", {a.x, y + 12}, Anchor::kLeft, text);
  canvas_.FillEllipse({a.x + 150, y}, {46, 46}, style_.text);
  canvas_.Text("Wrong:", {a.x + 230, y + 12}, Anchor::kLeft, text);
  for (int i = 0; i < 3; ++i) {
    canvas_.Ellipse({a.x + 390 + 75 * i, y}, {46, 46}, 3, style_.text);
  }
  const double x = a.x + 390;
  canvas_.Line({x - 15, y - 15}, {x + 15, y + 15}, 5, style_.text);
  canvas_.Line({x - 15, y + 15}, {x + 15, y - 15}, 5, style_.text);
  canvas_.Line({x + 60, y}, {x + 72, y + 14}, 5, style_.text);
  canvas_.Line({x + 72, y + 14}, {x + 96, y - 20}, 5, style_.text);
  canvas_.FillEllipse({x + 150, y}, {16, 16}, style_.text);
  return y + 60;
}

void FormBuilder::DigitGrid(const std::string& label,
                            const std::string& caption, int digits,
                            PixelPoint origin, double value_gap,
                            double field_gap) {
  const double left = origin.x - field_gap / 2;
  const double right = left + field_gap * digits;
  const double top = origin.y - value_gap / 2 - 12;
  const double written = std::max(70.0, field_gap);
  canvas_.FillBox({left, top - written - 56}, {right, top - written},
                  style_.text);
  canvas_.Text(caption, {(left + right) / 2, top - written - 16},
               Anchor::kCenter, {style_.heading_font, 26, {255, 0, 0}});
  canvas_.Box({left, top - written}, {right, origin.y + value_gap * 9.6}, 3,
              style_.text);
  canvas_.Line({left, top}, {right, top}, 3, style_.text);
  for (int i = 1; i < digits; ++i) {
    const double x = left + field_gap * i;
    canvas_.Line({x, top - written}, {x, top}, 2, style_.text);
  }
  form_.writing_boxes.push_back(
      {{left, top - written}, {right - left, written}, label});

  grade::FieldBlock block;
  block.name = label;
  block.labels = {absl::StrCat(label, "1..", digits)};
  block.kind = grade::FieldKind::kInteger;
  block.origin = origin;
  block.value_gap = value_gap;
  block.field_gap = field_gap;
  const bool inside = std::exchange(style_.values_inside, true);
  Block(block);
  style_.values_inside = inside;
  form_.layout.combined.push_back(
      {label, {absl::StrCat(label, "1..", digits)}});
}

void FormBuilder::PrintBubble(const grade::Bubble& bubble) {
  canvas_.Bubble(*bubble.shape, bubble.center, bubble.size, style_.line_width,
                 style_.outline);
  if (!style_.values_inside) return;
  TextStyle text{TextStyle::Font::kPlain, bubble.size.height * 0.42,
                 style_.value};
  const double room = bubble.size.width * 0.7;
  const double wide = Canvas::TextWidth(bubble.value, text);
  if (wide > room) text.height *= room / wide;
  canvas_.TextAround(bubble.value, bubble.center, text);
}

void FormBuilder::Block(const grade::FieldBlock& given,
                        const GridOptions& options) {
  grade::FieldBlock block = given;
  const std::vector<std::string> labels = Expand(block.labels);
  std::vector<std::string> values = block.values;
  if (values.empty()) values = Numbered("", 0, 10);
  PixelSize size = block.bubble;
  if (size.width == 0) size = style_.bubble;
  const grade::BubbleShape shape = block.shape.value_or(style_.shape);
  block.bubble = size;
  block.shape = shape;
  const Steps steps = StepsOf(block);
  const TextStyle caption{style_.font, options.caption_height, style_.text};

  for (size_t f = 0; f < labels.size(); ++f) {
    grade::Field field;
    field.label = labels[f];
    field.kind = block.kind;
    field.empty_value = block.empty_value;
    for (size_t v = 0; v < values.size(); ++v) {
      field.bubbles.push_back(
          {values[v],
           {block.origin.x + steps.field.x * f + steps.value.x * v,
            block.origin.y + steps.field.y * f + steps.value.y * v},
           size,
           shape});
      PrintBubble(field.bubbles.back());
      if (f == 0 && !style_.values_inside) {
        const PixelPoint c = field.bubbles.back().center;
        canvas_.Text(values[v], {c.x, c.y - size.height * 0.85},
                     Anchor::kCenter, {style_.font, 26, style_.text});
      }
    }
    if (f < options.captions.size()) {
      const double side = steps.value.x < 0 ? 1 : -1;
      const PixelPoint c = field.bubbles.front().center;
      canvas_.Text(options.captions[f],
                   {c.x + side * (size.width * 0.5 + 30),
                    c.y + options.caption_height / 2},
                   side < 0 ? Anchor::kRight : Anchor::kLeft, caption);
    }
    form_.fields.push_back(std::move(field));
  }
  form_.layout.blocks.push_back(std::move(block));
}

void FormBuilder::Single(const grade::Field& given) {
  grade::Field field = given;
  for (grade::Bubble& bubble : field.bubbles) {
    if (bubble.size.width == 0) bubble.size = style_.bubble;
    if (!bubble.shape) bubble.shape = style_.shape;
    PrintBubble(bubble);
  }
  form_.fields.push_back(field);
  form_.layout.fields.push_back(std::move(field));
}

PrintedForm FormBuilder::Finish(const std::string& name,
                                double units_per_pixel) && {
  const double k = units_per_pixel;
  const auto scale_point = [k](PixelPoint& p) { p = {p.x * k, p.y * k}; };
  const auto scale_size = [k](PixelSize& s) {
    s = {s.width * k, s.height * k};
  };
  grade::SheetLayout& layout = form_.layout;
  form_.name = name;
  form_.units_per_pixel = k;
  layout.name = name;
  layout.page = {width() * k, height() * k};
  layout.bubble = style_.bubble;
  scale_size(layout.bubble);
  layout.shape = style_.shape;
  // What equals the default is left to the default, as people write layouts.
  const auto leave_out = [&](PixelSize& size,
                             std::optional<grade::BubbleShape>& shape) {
    if (size == style_.bubble) size = {};
    if (shape == style_.shape) shape.reset();
  };
  for (grade::FieldBlock& block : layout.blocks) {
    leave_out(block.bubble, block.shape);
  }
  for (grade::Field& field : layout.fields) {
    for (grade::Bubble& b : field.bubbles) leave_out(b.size, b.shape);
  }
  for (grade::FieldBlock& block : layout.blocks) {
    scale_point(block.origin);
    scale_size(block.bubble);
    block.value_gap *= k;
    block.field_gap *= k;
  }
  for (std::vector<grade::Field>* fields : {&layout.fields, &form_.fields}) {
    for (grade::Field& field : *fields) {
      for (grade::Bubble& bubble : field.bubbles) {
        scale_point(bubble.center);
        scale_size(bubble.size);
      }
    }
  }
  for (align::Marker& marker : form_.markers) {
    scale_point(marker.center);
    scale_size(marker.size);
  }
  for (align::TimingTrack& track : form_.timing_tracks) {
    scale_point(track.first);
    scale_point(track.last);
    scale_size(track.mark);
  }
  Random key_random = random_.For("key");
  for (const grade::Field& field : form_.fields) {
    if (field.label[0] != 'q') continue;
    grade::Question question;
    question.field = field.label;
    std::string answer;
    if (field.kind == grade::FieldKind::kMultiple) {
      for (const grade::Bubble& bubble : field.bubbles) {
        if (key_random.Chance(0.4)) answer += bubble.value;
      }
    }
    if (answer.empty()) answer = key_random.Pick(field.bubbles).value;
    question.accepted = {{answer, 1}};
    form_.key.questions.push_back(std::move(question));
  }
  form_.key.marks = {1, 0, 0, 0};
  return std::move(form_);
}

}  // namespace sightline::generator
