#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/generator/form.h"
#include "tests/generator/form_builder.h"

namespace sightline::generator {
namespace {

constexpr int kA4Width = 2480;
constexpr int kA4Height = 3508;
constexpr int kA5Width = 1748;
constexpr int kA5Height = 2480;

std::string Range(const std::string& prefix, int first, int count) {
  return absl::StrCat(prefix, first, "..", first + count - 1);
}

std::vector<std::string> Letters(int count) {
  std::vector<std::string> letters;
  for (int i = 0; i < count; ++i) letters.push_back(std::string(1, 'A' + i));
  return letters;
}

// Columns of questions q1, q2, ... with numbers beside them.
struct Columns {
  int questions = 45;
  int columns = 3;
  std::vector<std::string> values;
  // Centre of the first bubble of the first column.
  PixelPoint origin;
  double column_step = 720;
  double value_gap = 100;
  double row_gap = 120;
  double caption_height = 32;
  bool frames = true;
  bool right_to_left = false;
};

void PrintColumns(FormBuilder& builder, const Columns& c) {
  const int rows = (c.questions + c.columns - 1) / c.columns;
  const double reach = c.value_gap * (c.values.size() - 1);
  const double side = c.right_to_left ? -1 : 1;
  const double number_room =
      46 + Canvas::TextWidth(
               absl::StrCat(c.questions),
               {builder.style().font, c.caption_height, builder.style().text});
  for (int column = 0; column < c.columns; ++column) {
    const int first = column * rows + 1;
    const int count = std::min(rows, c.questions - first + 1);
    grade::FieldBlock block;
    block.name = absl::StrCat("column ", column + 1);
    block.labels = {Range("q", first, count)};
    block.values = c.values;
    block.origin = {c.origin.x + side * c.column_step * column, c.origin.y};
    block.value_gap = c.value_gap;
    block.field_gap = c.row_gap;
    if (c.right_to_left) {
      block.value_direction = grade::Direction::kRightToLeft;
    }
    builder.Block(block, {Numbered("", first, count), c.caption_height});
    if (!c.frames) continue;
    const PixelSize bubble = builder.style().bubble;
    const double near =
        block.origin.x - side * (bubble.width / 2 + number_room);
    const double far = block.origin.x + side * (reach + bubble.width / 2 + 25);
    const double head = builder.style().values_inside ? 0.15 : 0.75;
    builder.canvas().Box(
        {std::min(near, far),
         c.origin.y - c.row_gap * 0.5 - bubble.height * head},
        {std::max(near, far), c.origin.y + c.row_gap * (count - 0.5)}, 3,
        builder.style().text);
  }
}

PrintedForm Standard(FormBuilder& builder) {
  builder.ChooseStyle();
  Random& random = builder.random();
  const double size = random.Integer(50, 58);
  builder.style().bubble = {size, size};
  const double y = builder.Header(
      random.Pick<std::string>(
          {"MIDTERM EXAMINATION", "FINAL EXAMINATION", "ENTRANCE TEST"}),
      random.Pick<std::string>({"Physics and earth science",
                                "Mathematics, paper 2",
                                "History of the modern age"}));
  builder.NameBox({180, y + 60}, {1080, 360}, {"Name", "Class", "Date"});
  builder.Instructions({190, y + 470}, 1060, 5, true);
  builder.style().bubble = {46, 46};
  builder.DigitGrid("roll", "ROLL NUMBER", 7, {1450, y + 270}, 58, 122);
  builder.style().bubble = {size, size};
  Columns columns;
  columns.values = Letters(5);
  columns.origin = {345, 1460};
  columns.value_gap = 98;
  columns.row_gap = 122;
  columns.column_step = 730;
  PrintColumns(builder, columns);
  builder.Footer("Form KX-2207 rev. C        page 1 of 1");
  return std::move(builder).Finish("standard", 1);
}

PrintedForm Dense(FormBuilder& builder, int questions) {
  builder.ChooseStyle();
  Random& random = builder.random();
  builder.style().shape = grade::BubbleShape::kEllipse;
  builder.style().values_inside = true;
  builder.style().line_width = 2;
  builder.Header("CLASS TEST ANSWER SHEET", "Use black or blue ink only");
  const int rows = questions == 200 ? 50 : 25;
  const double row_gap = questions == 200 ? 56 : 100;
  const double size = questions == 200 ? random.Integer(36, 40) : 48;
  builder.style().bubble = {size, size};
  builder.DigitGrid("roll", "ROLL NO.", 5, {2030, 640}, 58, 72);
  builder.NameBox({1990, 1340}, {370, 420}, {"Name", "Class"});
  builder.Instructions({1990, 1850}, 360, 5, false);
  Columns columns;
  columns.questions = questions;
  columns.columns = questions / rows;
  columns.values = Letters(4);
  columns.origin = {300, 520};
  columns.value_gap = questions == 200 ? 66 : 74;
  columns.row_gap = row_gap;
  columns.column_step = 452;
  columns.caption_height = 26;
  PrintColumns(builder, columns);
  builder.TimingMarks({80, 520}, {0, row_gap}, rows, {44, 18});
  builder.Footer("OMR series D      do not write below this line");
  return std::move(builder).Finish(absl::StrCat("dense", questions), 1);
}

PrintedForm WithMarkers(FormBuilder& builder, align::MarkerKind kind) {
  builder.ChooseStyle();
  const double size = builder.random().Integer(48, 56);
  builder.style().bubble = {size, size};
  builder.CornerMarkers(kind, {170, 190}, builder.random().Integer(84, 108));
  const double y = builder.Header("SCHOOL CHAMPIONSHIP", "First round");
  builder.NameBox({330, y + 50}, {900, 200}, {"Team", "School"});
  builder.style().bubble = {44, 44};
  builder.DigitGrid("team", "TEAM NUMBER", 4, {1500, y + 190}, 56, 110);
  builder.style().bubble = {size, size};
  builder.Instructions({330, y + 320}, 900, 4, true);
  Columns columns;
  columns.questions = 60;
  columns.columns = 3;
  columns.values = Letters(4);
  columns.origin = {490, 1310};
  columns.value_gap = 92;
  columns.row_gap = 92;
  columns.column_step = 610;
  columns.frames = builder.random().Chance(0.5);
  PrintColumns(builder, columns);
  builder.Footer("sheet 04");
  const char* name = kind == align::MarkerKind::kRing     ? "ring_markers"
                     : kind == align::MarkerKind::kSquare ? "square_markers"
                     : kind == align::MarkerKind::kAruco  ? "aruco_markers"
                                                          : "image_markers";
  return std::move(builder).Finish(name, 1);
}

PrintedForm TimingMarks(FormBuilder& builder) {
  builder.ChooseStyle();
  const double size = builder.random().Integer(50, 58);
  builder.style().bubble = {size, size};
  const double y = builder.Header("ADMISSION TEST", "Machine-read form");
  builder.NameBox({180, y + 40}, {1100, 220}, {"Name", "Centre"});
  builder.Instructions({190, y + 320}, 1080, 4, true);
  Columns columns;
  columns.questions = 80;
  columns.columns = 4;
  columns.values = Letters(4);
  columns.origin = {330, 1240};
  columns.value_gap = 88;
  columns.row_gap = 98;
  columns.column_step = 505;
  PrintColumns(builder, columns);
  builder.style().bubble = {46, 46};
  builder.DigitGrid("roll", "ROLL NUMBER", 6, {1560, y + 240}, 56, 106);
  builder.TimingMarks({2370, 1240 - 98 * 7}, {0, 98}, 27,
                      {builder.random().Integer(44, 60) * 1.0, 22});
  builder.TimingMarks({330, 3330}, {126.25, 0}, 16, {24, 50});
  // What else machines read: a form's number in bars.
  for (int i = 0; i < 6; ++i) {
    if (builder.random().Chance(0.5)) continue;
    builder.canvas().FillBox({2200.0 + 30 * i, 170}, {2212.0 + 30 * i, 230},
                             {20, 0, 0});
  }
  return std::move(builder).Finish("timing_marks", 1);
}

PrintedForm Quiz(FormBuilder& builder) {
  builder.ChooseStyle();
  builder.style().bubble = {84, 84};
  builder.style().line_width = 4;
  const double y = builder.Header("QUIZ", "Ten questions, five minutes");
  builder.NameBox({220, y + 40}, {1300, 150}, {"Name"});
  Columns columns;
  columns.questions = 10;
  columns.columns = 1;
  columns.values = Letters(5);
  columns.origin = {600, y + 360};
  columns.value_gap = 160;
  columns.row_gap = 160;
  columns.caption_height = 48;
  columns.frames = false;
  PrintColumns(builder, columns);
  return std::move(builder).Finish("quiz", 1);
}

PrintedForm MultiMark(FormBuilder& builder) {
  builder.ChooseStyle();
  builder.style().bubble = {52, 52};
  const double y = builder.Header("VISITOR SURVEY", "Your opinion counts");
  builder.Instructions({190, y + 40}, 1900, 3, true);
  Columns columns;
  columns.questions = 20;
  columns.columns = 2;
  columns.values = Letters(4);
  columns.origin = {460, 1010};
  columns.value_gap = 130;
  columns.row_gap = 110;
  columns.column_step = 1060;
  PrintColumns(builder, columns);
  grade::FieldBlock block;
  block.name = "check boxes";
  block.labels = {Range("q", 21, 12)};
  block.values = Letters(6);
  block.kind = grade::FieldKind::kMultiple;
  block.origin = {1150, 2260};
  block.value_gap = 190;
  block.field_gap = 90;
  block.bubble = {50, 50};
  block.shape = grade::BubbleShape::kRectangle;
  builder.canvas().Text(
      "Several marks allowed:", {200, 2210}, Anchor::kLeft,
      {builder.style().heading_font, 32, builder.style().text});
  builder.Block(block, {Numbered("Question ", 21, 12), 30});
  return std::move(builder).Finish("multi_mark", 1);
}

PrintedForm RightToLeft(FormBuilder& builder) {
  builder.ChooseStyle();
  const double size = builder.random().Integer(52, 60);
  builder.style().bubble = {size, size};
  const double y = builder.Header("ANSWER SHEET", "from right to left");
  builder.NameBox({1240, y + 60}, {1060, 260}, {"Name", "Class"});
  builder.Instructions({200, y + 60}, 960, 5, true);
  Columns columns;
  columns.questions = 48;
  columns.columns = 3;
  columns.values = Letters(4);
  columns.origin = {kA4Width - 390, 1230};
  columns.value_gap = 112;
  columns.row_gap = 125;
  columns.column_step = 720;
  columns.right_to_left = true;
  PrintColumns(builder, columns);
  builder.Footer("1 / 1");
  return std::move(builder).Finish("right_to_left", 1);
}

PrintedForm CustomValues(FormBuilder& builder) {
  builder.ChooseStyle();
  builder.style().shape = grade::BubbleShape::kEllipse;
  builder.style().values_inside = true;
  builder.style().bubble = {104, 58};
  const double y = builder.Header("FEEDBACK", "How did we do?");
  builder.NameBox({180, y + 60}, {1300, 140}, {"Course"});
  grade::FieldBlock scale;
  scale.name = "scale";
  scale.labels = {Range("q", 1, 12)};
  scale.values = {"-2", "-1", "0", "+1", "+2"};
  scale.origin = {1250, 860};
  scale.value_gap = 210;
  scale.field_gap = 112;
  scale.empty_value = "none";
  builder.Block(scale, {Numbered("Statement ", 1, 12), 32});
  grade::FieldBlock yes_no;
  yes_no.name = "yes or no";
  yes_no.labels = {Range("q", 13, 8)};
  yes_no.values = {"yes", "no", "n/a"};
  yes_no.origin = {1250, 2320};
  yes_no.value_gap = 210;
  yes_no.field_gap = 112;
  builder.Block(yes_no, {Numbered("Part ", 1, 8), 32});
  // Bubbles placed one by one: a plan of seats.
  grade::Field seat;
  seat.label = "seat";
  const char* seats[] = {"N", "NE", "E", "SE", "S", "SW", "W", "NW"};
  const PixelPoint spots[] = {{0, -1}, {0.8, -0.7}, {1.1, 0},  {0.8, 0.7},
                              {0, 1},  {-0.8, 0.7}, {-1.1, 0}, {-0.8, -0.7}};
  for (int i = 0; i < 8; ++i) {
    seat.bubbles.push_back({seats[i],
                            {480 + 210 * spots[i].x, 2720 + 250 * spots[i].y},
                            {64, 64},
                            grade::BubbleShape::kEllipse});
  }
  builder.canvas().Text("Where did you sit?", {480, 2330}, Anchor::kCenter,
                        {builder.style().font, 32, builder.style().text});
  builder.Single(seat);
  // Points of 1/72 inch: what a word processor counts in.
  return std::move(builder).Finish("custom_values", 72.0 / 300.0);
}

PrintedForm Brackets(FormBuilder& builder) {
  builder.ChooseStyle();
  PrintStyle& style = builder.style();
  style.shape = grade::BubbleShape::kBrackets;
  style.values_inside = true;
  style.bubble = {74, 46};
  style.line_width = 4;
  style.outline = {builder.random().Integer(70, 110), -8, 60};
  style.value = style.outline;
  style.text = style.outline;
  const double y = builder.Header("EXAMINATIONS COUNCIL", "Objective test");
  builder.NameBox({180, y + 60}, {1060, 300}, {"Name", "Centre"});
  builder.Instructions({1320, y + 60}, 980, 5, false);
  Columns columns;
  columns.questions = 60;
  columns.columns = 3;
  columns.values = Letters(5);
  columns.origin = {360, 1100};
  columns.value_gap = 104;
  columns.row_gap = 104;
  columns.column_step = 720;
  PrintColumns(builder, columns);
  builder.Footer("Use an HB pencil throughout");
  return std::move(builder).Finish("brackets", 1);
}

PrintedForm Quickstart(FormBuilder& builder) {
  PrintStyle& style = builder.style();
  style.bubble = {64, 64};
  style.outline = {70, 0, 0};
  style.value = {110, 0, 0};
  style.text = {25, 0, 0};
  const double y =
      builder.Header("SIGHTLINE SAMPLE TEST", "30 questions, one answer each");
  builder.NameBox({180, y + 60}, {1080, 280}, {"Name", "Class"});
  builder.Instructions({190, y + 390}, 1060, 5, true);
  style.bubble = {46, 46};
  builder.DigitGrid("roll", "STUDENT NUMBER", 6, {1560, y + 250}, 60, 120);
  style.bubble = {64, 64};
  Columns columns;
  columns.questions = 30;
  columns.columns = 2;
  columns.values = Letters(5);
  columns.origin = {520, 1500};
  columns.value_gap = 132;
  columns.row_gap = 122;
  columns.column_step = 1020;
  columns.caption_height = 40;
  PrintColumns(builder, columns);
  builder.Footer("Sightline sample form");
  return std::move(builder).Finish("quickstart", 1);
}

}  // namespace

PrintedForm PrintForm(FormFamily family, uint64_t seed) {
  const bool a5 = family == FormFamily::kQuiz;
  FormBuilder builder(family, seed, a5 ? kA5Width : kA4Width,
                      a5 ? kA5Height : kA4Height);
  switch (family) {
    case FormFamily::kStandard:
      return Standard(builder);
    case FormFamily::kDense100:
      return Dense(builder, 100);
    case FormFamily::kDense200:
      return Dense(builder, 200);
    case FormFamily::kRingMarkers:
      return WithMarkers(builder, align::MarkerKind::kRing);
    case FormFamily::kSquareMarkers:
      return WithMarkers(builder, align::MarkerKind::kSquare);
    case FormFamily::kImageMarkers:
      return WithMarkers(builder, align::MarkerKind::kImage);
    case FormFamily::kQuiz:
      return Quiz(builder);
    case FormFamily::kMultiMark:
      return MultiMark(builder);
    case FormFamily::kRightToLeft:
      return RightToLeft(builder);
    case FormFamily::kCustomValues:
      return CustomValues(builder);
    case FormFamily::kBrackets:
      return Brackets(builder);
    case FormFamily::kQuickstart:
      return Quickstart(builder);
    case FormFamily::kArucoMarkers:
      return WithMarkers(builder, align::MarkerKind::kAruco);
    case FormFamily::kTimingMarks:
      return TimingMarks(builder);
  }
  return Standard(builder);
}

}  // namespace sightline::generator
