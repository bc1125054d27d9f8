#include "tools/sightline/input/layout_reference.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace sightline::cli {
namespace {

using grade::v1::SheetLayout;
using ::testing::ElementsAre;

SheetLayout Layout(const std::string& text) {
  SheetLayout layout;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &layout));
  return layout;
}

TEST(ExpandRange, Counts) {
  EXPECT_THAT(*ExpandRange("q9..11"), ElementsAre("q9", "q10", "q11"));
  EXPECT_THAT(*ExpandRange("q7"), ElementsAre("q7"));
  EXPECT_THAT(*ExpandRange("q7..7"), ElementsAre("q7"));
  for (const char* wrong : {"q5..3", "q..3", "q1..", "q1..x", "q1..99999999",
                            "q1..-3", "..", "q99999999999..99999999999"}) {
    EXPECT_FALSE(ExpandRange(wrong).ok()) << wrong;
  }
}

// The shapes as "x,y".
std::vector<std::string> Centers(const SheetLayout& layout) {
  const auto reference = ReferenceOf(layout);
  EXPECT_TRUE(reference.ok()) << reference.status();
  std::vector<std::string> centers;
  for (const auto& shape : reference->shapes()) {
    centers.push_back(
        absl::StrCat(shape.center().x(), ",", shape.center().y()));
  }
  return centers;
}

TEST(ReferenceOf, FollowsTheDirectionsOfABlock) {
  const std::string block = R"(
    blocks { labels: "q1..2" values: "A" values: "B"
             origin { x: 100 y: 100 } value_gap: 10 field_gap: 30 )";
  EXPECT_THAT(Centers(Layout(block + "}")),
              ElementsAre("100,100", "110,100", "100,130", "110,130"));
  EXPECT_THAT(Centers(Layout(block + "kind: FIELD_KIND_INTEGER }")),
              ElementsAre("100,100", "100,110", "130,100", "130,110"));
  EXPECT_THAT(
      Centers(Layout(block + "value_direction: DIRECTION_RIGHT_TO_LEFT "
                             "field_direction: DIRECTION_BOTTOM_TO_TOP }")),
      ElementsAre("100,100", "90,100", "100,70", "90,70"));
}

TEST(ReferenceOf, KnowsTheDigitsOfIntegers) {
  const auto centers = Centers(Layout(
      "blocks { labels: 'd1' kind: FIELD_KIND_INTEGER origin { x: 5 y: 7 } "
      "value_gap: 2 field_gap: 3 }"));
  ASSERT_EQ(centers.size(), 10u);
  EXPECT_EQ(centers[9], "5,25");
}

TEST(ReferenceOf, TakesSizesAndShapesFromWhereTheyAreGiven) {
  const auto reference = ReferenceOf(Layout(R"(
    page { width: 500 height: 600 } bubble { width: 20 height: 21 }
    bubble_shape: SHAPE_KIND_RECTANGLE
    blocks { labels: "a" values: "x" bubble { width: 8 height: 9 } }
    fields { label: "b" bubbles { value: "y" center { x: 3 y: 4 } }
             bubbles { value: "z" size { width: 5 height: 6 }
                       shape: SHAPE_KIND_BRACKETS } }
    markers { kind: MARKER_KIND_RING })"));
  ASSERT_TRUE(reference.ok());
  ASSERT_EQ(reference->shapes_size(), 3);
  EXPECT_EQ(reference->shapes(0).size().width(), 8);
  EXPECT_EQ(reference->shapes(0).kind(), align::v1::SHAPE_KIND_RECTANGLE);
  EXPECT_EQ(reference->shapes(1).size().height(), 21);
  EXPECT_EQ(reference->shapes(2).size().width(), 5);
  EXPECT_EQ(reference->shapes(2).kind(), align::v1::SHAPE_KIND_BRACKETS);
  EXPECT_EQ(reference->markers_size(), 1);
  EXPECT_FALSE(reference->has_image());
  EXPECT_EQ(reference->page().height(), 600);
}

TEST(ReferenceOf, IsBounded) {
  EXPECT_FALSE(ReferenceOf(Layout("blocks { labels: 'q1..15000' values: 'A' "
                                  "values: 'B' }"))
                   .ok());
}

TEST(OutputLabels, PutsCombinedFieldsWhereTheirFirstMemberStands) {
  const auto labels = OutputLabels(Layout(R"(
    blocks { labels: "q1" labels: "roll1..3" labels: "q2" }
    fields { label: "code" } fields { label: "q3" }
    combined { label: "roll" fields: "roll1..3" }
    combined { label: "other" fields: "roll1" })"));
  ASSERT_TRUE(labels.ok());
  EXPECT_THAT(*labels, ElementsAre("q1", "roll", "q2", "code", "q3", "other"));
}

}  // namespace
}  // namespace sightline::cli
