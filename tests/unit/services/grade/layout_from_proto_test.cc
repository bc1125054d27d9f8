#include "services/grade/layout_from_proto.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

v1::SheetLayout Small() {
  v1::SheetLayout layout;
  layout.set_name("small");
  layout.mutable_page()->set_width(600);
  layout.mutable_page()->set_height(800);
  layout.mutable_bubble()->set_width(20);
  layout.mutable_bubble()->set_height(22);
  v1::FieldBlock* block = layout.add_blocks();
  block->set_name("block");
  block->add_labels("q1..2");
  block->add_values("A");
  block->add_values("B");
  block->mutable_origin()->set_x(100);
  block->mutable_origin()->set_y(110);
  block->set_value_gap(40);
  block->set_field_gap(50);
  v1::Field* field = layout.add_fields();
  field->set_label("extra");
  field->set_kind(v1::FIELD_KIND_MULTIPLE);
  field->set_empty_value("none");
  v1::Bubble* bubble = field->add_bubbles();
  bubble->set_value("x");
  bubble->mutable_center()->set_x(300);
  bubble->mutable_center()->set_y(400);
  bubble->mutable_size()->set_width(30);
  bubble->mutable_size()->set_height(10);
  bubble->set_shape(align::v1::SHAPE_KIND_BRACKETS);
  v1::CombinedField* combined = layout.add_combined();
  combined->set_label("both");
  combined->add_fields("q1..2");
  return layout;
}

TEST(LayoutFromProto, CarriesEverythingOver) {
  const absl::StatusOr<SheetLayout> layout = ToLayout(Small());
  ASSERT_TRUE(layout.ok()) << layout.status();
  EXPECT_EQ(layout->name, "small");
  EXPECT_EQ(layout->page, (PixelSize{600, 800}));
  EXPECT_EQ(layout->bubble, (PixelSize{20, 22}));
  EXPECT_EQ(layout->shape, BubbleShape::kEllipse);
  ASSERT_EQ(layout->blocks.size(), 1u);
  const FieldBlock& block = layout->blocks[0];
  EXPECT_EQ(block.name, "block");
  EXPECT_EQ(block.labels, (std::vector<std::string>{"q1..2"}));
  EXPECT_EQ(block.values, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(block.kind, FieldKind::kSingle);
  EXPECT_EQ(block.origin, (PixelPoint{100, 110}));
  EXPECT_EQ(block.value_direction, Direction::kDefault);
  EXPECT_EQ(block.value_gap, 40);
  EXPECT_EQ(block.field_gap, 50);
  EXPECT_EQ(block.bubble, PixelSize());
  EXPECT_FALSE(block.shape.has_value());
  ASSERT_EQ(layout->fields.size(), 1u);
  const Field& field = layout->fields[0];
  EXPECT_EQ(field.kind, FieldKind::kMultiple);
  EXPECT_EQ(field.empty_value, "none");
  EXPECT_EQ(field.bubbles[0].center, (PixelPoint{300, 400}));
  EXPECT_EQ(field.bubbles[0].size, (PixelSize{30, 10}));
  EXPECT_EQ(field.bubbles[0].shape, BubbleShape::kBrackets);
  EXPECT_EQ(layout->combined[0].label, "both");
}

TEST(LayoutFromProto, UnknownEnumValuesAreNamed) {
  struct Case {
    const char* field;
    std::function<void(v1::SheetLayout&)> set;
  };
  for (const Case& c : std::vector<Case>{
           {"bubble_shape",
            [](v1::SheetLayout& l) {
              l.set_bubble_shape(static_cast<align::v1::ShapeKind>(50));
            }},
           {"blocks[0].kind",
            [](v1::SheetLayout& l) {
              l.mutable_blocks(0)->set_kind(static_cast<v1::FieldKind>(50));
            }},
           {"blocks[0].bubble_shape",
            [](v1::SheetLayout& l) {
              l.mutable_blocks(0)->set_bubble_shape(
                  static_cast<align::v1::ShapeKind>(50));
            }},
           {"blocks[0].field_direction",
            [](v1::SheetLayout& l) {
              l.mutable_blocks(0)->set_field_direction(
                  static_cast<v1::Direction>(50));
            }},
           {"fields[0].kind",
            [](v1::SheetLayout& l) {
              l.mutable_fields(0)->set_kind(static_cast<v1::FieldKind>(50));
            }},
           {"fields[0].bubbles[0].shape",
            [](v1::SheetLayout& l) {
              l.mutable_fields(0)->mutable_bubbles(0)->set_shape(
                  static_cast<align::v1::ShapeKind>(50));
            }},
       }) {
    v1::SheetLayout message = Small();
    c.set(message);
    const absl::Status status = ToLayout(message).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << c.field;
    const auto details = DetailsOf(status);
    ASSERT_TRUE(details.has_value()) << c.field;
    EXPECT_EQ(details->reason, kLayoutInvalid);
    EXPECT_EQ(details->fields[0].field, c.field);
  }
}

TEST(LayoutFromProto, ZeroMeansTheDefaultInKeys) {
  v1::AnswerKey message;
  message.mutable_marks()->set_incorrect(-1);
  v1::Question* question = message.add_questions();
  question->set_field("q1");
  question->add_accepted()->set_answer("A");
  v1::AcceptedAnswer* half = question->add_accepted();
  half->set_answer("B");
  half->set_share(0.5);
  v1::Question* heavy = message.add_questions();
  heavy->set_field("q2");
  heavy->set_weight(2.5);
  heavy->set_bonus(true);
  heavy->mutable_marks()->set_correct(0);
  const AnswerKey key = ToKey(message);
  EXPECT_FALSE(key.marks.correct.has_value());
  EXPECT_EQ(key.marks.incorrect, -1);
  ASSERT_EQ(key.questions.size(), 2u);
  EXPECT_EQ(key.questions[0].accepted[0].share, 1);
  EXPECT_EQ(key.questions[0].accepted[1].share, 0.5);
  EXPECT_EQ(key.questions[0].weight, 1);
  EXPECT_EQ(key.questions[1].weight, 2.5);
  EXPECT_TRUE(key.questions[1].bonus);
  EXPECT_EQ(key.questions[1].marks.correct, 0) << "a zero that was written";
}

TEST(LayoutFromProto, EveryBubbleIsAPrintedShapeOfTheReference) {
  v1::SheetLayout message = Small();
  message.add_markers()->set_kind(align::v1::MARKER_KIND_RING);
  message.mutable_reference()->set_encoded("picture");
  const absl::StatusOr<SheetLayout> layout = ToLayout(message);
  ASSERT_TRUE(layout.ok()) << layout.status();
  const absl::StatusOr<Sheet> sheet = Sheet::Create(*layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  const align::v1::Reference reference = ToReference(message, *sheet);
  EXPECT_EQ(reference.page().width(), 600);
  EXPECT_EQ(reference.image().encoded(), "picture");
  EXPECT_EQ(reference.markers_size(), 1);
  ASSERT_EQ(reference.shapes_size(), 5);
  int brackets = 0;
  for (const align::v1::PrintedShape& shape : reference.shapes()) {
    if (shape.kind() != align::v1::SHAPE_KIND_BRACKETS) {
      EXPECT_EQ(shape.kind(), align::v1::SHAPE_KIND_ELLIPSE);
      EXPECT_EQ(shape.size().height(), 22);
      continue;
    }
    ++brackets;
    EXPECT_EQ(shape.center().x(), 300);
    EXPECT_EQ(shape.size().height(), 10);
  }
  EXPECT_EQ(brackets, 1);
}

}  // namespace
}  // namespace sightline::grade
