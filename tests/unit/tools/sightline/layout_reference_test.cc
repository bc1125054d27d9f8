#include "tools/sightline/input/layout_reference.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
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

constexpr char kPage[] =
    "page { width: 500 height: 600 } bubble { width: 8 height: 8 } ";

// What a block means is tested where it is expanded; here, that it is.
TEST(ReferenceOf, HasTheBubblesOfBlocksAndFields) {
  EXPECT_THAT(Centers(Layout(absl::StrCat(kPage, R"(
    blocks { labels: "q1..2" values: "A" values: "B"
             origin { x: 100 y: 100 } value_gap: 10 field_gap: 30 }
    fields { label: "b" bubbles { value: "y" center { x: 30 y: 40 } } })"))),
              ElementsAre("100,100", "110,100", "100,130", "110,130", "30,40"));
}

TEST(ReferenceOf, TakesSizesAndShapesFromWhereTheyAreGiven) {
  const auto reference = ReferenceOf(Layout(R"(
    page { width: 500 height: 600 } bubble { width: 20 height: 21 }
    bubble_shape: SHAPE_KIND_RECTANGLE
    blocks { labels: "a" values: "x" origin { x: 50 y: 50 }
             bubble { width: 8 height: 9 } }
    fields { label: "b" bubbles { value: "y" center { x: 300 y: 400 } }
             bubbles { value: "z" center { x: 350 y: 400 }
                       size { width: 5 height: 6 }
                       shape: SHAPE_KIND_BRACKETS } }
    markers { kind: MARKER_KIND_RING })"));
  ASSERT_TRUE(reference.ok()) << reference.status();
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

TEST(ReferenceOf, NeedsNoBubbles) {
  const auto reference = ReferenceOf(Layout(
      "page { width: 500 height: 600 } markers { kind: MARKER_KIND_RING }"));
  ASSERT_TRUE(reference.ok()) << reference.status();
  EXPECT_EQ(reference->shapes_size(), 0);
  EXPECT_EQ(reference->markers_size(), 1);
}

// As the server does, with its paths.
TEST(ReferenceOf, SaysWhatIsWrongWithALayout) {
  const SheetLayout layout = Layout(absl::StrCat(kPage, R"(
    blocks { labels: "q1" values: "A" origin { x: 600 y: 100 } }
    blocks { labels: "q5..2" values: "A" origin { x: 100 y: 100 } })"));
  for (const absl::Status& status :
       {ReferenceOf(layout).status(), OutputLabels(layout).status()}) {
    const auto details = DetailsOf(status);
    ASSERT_TRUE(details.has_value()) << status;
    EXPECT_EQ(details->reason, "LAYOUT_INVALID");
    ASSERT_EQ(details->fields.size(), 2u);
    EXPECT_EQ(details->fields[0].field, "layout.blocks[0].origin");
    EXPECT_EQ(details->fields[1].field, "layout.blocks[1].labels[0]");
  }
}

TEST(ReferenceOf, IsBounded) {
  EXPECT_FALSE(ReferenceOf(Layout(absl::StrCat(kPage,
                                               "blocks { labels: 'q1..15000' "
                                               "values: 'A' values: 'B' }")))
                   .ok());
}

TEST(OutputLabels, PutsCombinedFieldsWhereTheirFirstMemberStands) {
  const auto labels = OutputLabels(Layout(absl::StrCat(kPage, R"(
    blocks { labels: "q1" labels: "roll1..3" labels: "q2" values: "A"
             origin { x: 100 y: 100 } field_gap: 30 }
    fields { label: "code" bubbles { value: "y" center { x: 30 y: 40 } } }
    fields { label: "q3" bubbles { value: "y" center { x: 30 y: 60 } } }
    combined { label: "roll" fields: "roll1..3" }
    combined { label: "other" fields: "roll1" })")));
  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_THAT(*labels, ElementsAre("q1", "roll", "q2", "code", "q3", "other"));
}

}  // namespace
}  // namespace sightline::cli
