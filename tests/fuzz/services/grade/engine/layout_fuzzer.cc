// Builds layouts from bytes and checks what Sheet promises: whatever the
// layout, Check() and Create() agree, and a sheet that is made keeps its
// limits, its bubbles on the page and apart, and its labels apart.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"

namespace sightline::grade {
namespace {

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  bool empty() const { return size_ == 0; }
  uint8_t Byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  // Mostly numbers as layouts have them, now and then any bits at all.
  double Number() {
    const uint8_t kind = Byte();
    if (kind < 200) return kind * 5;
    if (kind < 230) return (kind - 200) / 3.0;
    if (kind < 240) return -double(Byte());
    if (kind == 240) return std::numeric_limits<double>::infinity();
    if (kind == 241) return std::numeric_limits<double>::quiet_NaN();
    uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | Byte();
    double number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
  }
  PixelPoint Point() {
    const double x = Number();
    return {x, Number()};
  }
  PixelSize Size() {
    if (Byte() < 128) return {};
    const double width = Number();
    return {width, Number()};
  }
  std::string Text() {
    static constexpr const char* kTexts[] = {
        "q1..3", "a",       "b",    "q1..9999999", "q9..1",
        "..",    "q01..12", "A",    "B",           "n1..4",
        "",      "q2",      "n2",   "x..y",        "1",
        "10",    "AB",      "q1..", "n",           "c"};
    const uint8_t kind = Byte();
    if (kind < 200) return kTexts[kind % std::size(kTexts)];
    std::string text;
    for (int length = kind % 70; length > 0; --length) {
      text.push_back(static_cast<char>(Byte()));
    }
    return text;
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts(Byte() % 8);
    for (std::string& text : texts) text = Text();
    return texts;
  }
  std::optional<BubbleShape> Shape() {
    const uint8_t kind = Byte() % 4;
    if (kind == 3) return std::nullopt;
    return static_cast<BubbleShape>(kind);
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

SheetLayout MakeLayout(Bytes& bytes) {
  SheetLayout layout;
  layout.name = bytes.Text();
  const double scale = bytes.Byte() < 128 ? 1000 : bytes.Number();
  layout.page = {scale, bytes.Byte() < 128 ? 1000 : bytes.Number()};
  layout.bubble = bytes.Size();
  layout.shape = bytes.Shape().value_or(BubbleShape::kEllipse);
  for (int count = bytes.Byte() % 6; count > 0; --count) {
    FieldBlock block;
    block.name = bytes.Text();
    block.labels = bytes.Texts();
    block.values = bytes.Texts();
    block.kind = static_cast<FieldKind>(bytes.Byte() % 3);
    block.origin = bytes.Point();
    block.value_direction = static_cast<Direction>(bytes.Byte() % 5);
    block.field_direction = static_cast<Direction>(bytes.Byte() % 5);
    block.value_gap = bytes.Number();
    block.field_gap = bytes.Number();
    block.bubble = bytes.Size();
    block.shape = bytes.Shape();
    block.empty_value = bytes.Text();
    layout.blocks.push_back(block);
  }
  for (int count = bytes.Byte() % 10; count > 0; --count) {
    Field field;
    field.label = bytes.Text();
    field.kind = static_cast<FieldKind>(bytes.Byte() % 3);
    for (int bubbles = bytes.Byte() % 8; bubbles > 0; --bubbles) {
      Bubble bubble;
      bubble.value = bytes.Text();
      bubble.center = bytes.Point();
      bubble.size = bytes.Size();
      bubble.shape = bytes.Shape();
      field.bubbles.push_back(bubble);
    }
    field.empty_value = bytes.Text();
    layout.fields.push_back(field);
  }
  for (int count = bytes.Byte() % 5; count > 0; --count) {
    const std::string label = bytes.Text();
    layout.combined.push_back({label, bytes.Texts()});
  }
  return layout;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckSheet(const Sheet& sheet, const LayoutLimits& limits) {
  Require(!sheet.fields().empty());
  Require(sheet.fields().size() <= size_t(limits.max_fields));
  Require(sheet.bubble_count() <= limits.max_bubbles);
  Require(sheet.groups().size() == sheet.fields().size());
  std::set<std::string> labels;
  std::vector<const Bubble*> bubbles;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const Field& field = sheet.fields()[f];
    Require(labels.insert(field.label).second);
    Require(sheet.FindField(field.label) == int(f));
    Require(sheet.groups()[f] >= 0 && sheet.groups()[f] < sheet.group_count());
    Require(!field.bubbles.empty());
    Require(field.bubbles.size() <= size_t(limits.max_bubbles_per_field));
    for (const Bubble& bubble : field.bubbles) {
      Require(!bubble.value.empty() && bubble.shape.has_value());
      Require(bubble.center.x - bubble.size.width / 2 >= 0);
      Require(bubble.center.y - bubble.size.height / 2 >= 0);
      Require(bubble.center.x + bubble.size.width / 2 <= sheet.page().width);
      Require(bubble.center.y + bubble.size.height / 2 <= sheet.page().height);
      bubbles.push_back(&bubble);
    }
  }
  Require(bubbles.size() == size_t(sheet.bubble_count()));
  // Every pair, as the index must have done it.
  const double slack = 1e-5 * std::max(sheet.page().width, sheet.page().height);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    for (size_t k = i + 1; k < bubbles.size(); ++k) {
      const Bubble& a = *bubbles[i];
      const Bubble& b = *bubbles[k];
      const double across =
          (a.size.width + b.size.width) / 2 - std::abs(a.center.x - b.center.x);
      const double down = (a.size.height + b.size.height) / 2 -
                          std::abs(a.center.y - b.center.y);
      Require(across <= slack || down <= slack);
    }
  }
  for (const CombinedField& combined : sheet.combined()) {
    Require(labels.insert(combined.label).second);
    for (const std::string& member : combined.fields) {
      Require(sheet.FindField(member).has_value());
    }
  }
}

}  // namespace
}  // namespace sightline::grade

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sightline::grade;  // NOLINT: a fuzzer's entry point.
  Bytes bytes(data, size);
  const SheetLayout layout = MakeLayout(bytes);
  LayoutLimits limits;
  limits.max_fields = 200;
  limits.max_bubbles = 1000;
  limits.max_bubbles_per_field = 30;
  const auto problems = Sheet::Check(layout, limits);
  bool has_errors = false;
  for (const LayoutProblem& problem : problems) {
    has_errors = has_errors || problem.is_error;
    Require(!problem.description.empty() && !problem.field.empty());
  }
  Require(problems.size() <= 100);
  const auto sheet = Sheet::Create(layout, limits);
  Require(sheet.ok() == !has_errors);
  if (!sheet.ok()) return 0;
  CheckSheet(*sheet, limits);

  // A key from what is left: it is refused or scored, never fatal.
  AnswerKey key;
  while (!bytes.empty()) {
    Question question;
    question.field = bytes.Text();
    question.accepted = {{bytes.Text(), bytes.Number()}};
    question.weight = bytes.Number();
    key.questions.push_back(question);
  }
  SheetReading reading;
  for (const Field& field : sheet->fields()) {
    FieldReading& own = reading.fields.emplace_back();
    own.bubbles.resize(field.bubbles.size());
    own.answer = field.empty_value;
  }
  const bool fits = CheckKey(key, *sheet).empty();
  const auto score = ScoreSheet(key, *sheet, reading);
  Require(score.ok() == fits);
  if (score.ok()) Require(std::isfinite(score->score));
  return 0;
}
