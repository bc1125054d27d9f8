#include "services/grade/engine/layout.h"

#include <chrono>
#include <ctime>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "good_layout.h"
#include "gtest/gtest.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Layout, ExpandsBlocksFieldsAndCombinedFields) {
  EXPECT_THAT(Sheet::Check(GoodLayout()), IsEmpty());
  const auto sheet = Sheet::Create(GoodLayout());
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  ASSERT_THAT(sheet->fields(), SizeIs(5));
  EXPECT_EQ(sheet->bubble_count(), 2 * 3 + 2 * 10 + 2);
  EXPECT_EQ(sheet->page(), (PixelSize{1000, 1400}));

  const Field& q2 = sheet->fields()[1];
  EXPECT_EQ(q2.label, "q2");
  ASSERT_THAT(q2.bubbles, SizeIs(3));
  EXPECT_EQ(q2.bubbles[2].value, "C");
  EXPECT_EQ(q2.bubbles[2].center, (PixelPoint{180, 350}));
  EXPECT_EQ(q2.bubbles[2].size, (PixelSize{20, 20}));
  EXPECT_EQ(q2.bubbles[2].shape, BubbleShape::kEllipse);

  // Digits run down, fields to the right.
  const Field& n2 = sheet->fields()[3];
  ASSERT_THAT(n2.bubbles, SizeIs(10));
  EXPECT_EQ(n2.bubbles[0].value, "0");
  EXPECT_EQ(n2.bubbles[9].value, "9");
  EXPECT_EQ(n2.bubbles[0].center, (PixelPoint{535, 300}));
  EXPECT_EQ(n2.bubbles[9].center, (PixelPoint{535, 570}));

  EXPECT_THAT(sheet->combined()[0].fields, ElementsAre("n1", "n2"));
  EXPECT_EQ(sheet->FindField("version"), 4);
  EXPECT_EQ(sheet->FindField("number"), std::nullopt);
  EXPECT_EQ(sheet->FindCombined("number"), 0);
  EXPECT_EQ(sheet->FindCombined("version"), std::nullopt);
  EXPECT_THAT(sheet->groups(), ElementsAre(0, 0, 1, 1, 2));
  EXPECT_EQ(sheet->group_count(), 3);
}

TEST(Layout, EveryDirectionOfValuesAndFields) {
  struct Case {
    Direction values;
    Direction fields;
    PixelPoint second_value;  // Relative to the origin.
    PixelPoint second_field;
  };
  const Case cases[] = {
      {Direction::kLeftToRight, Direction::kTopToBottom, {40, 0}, {0, 50}},
      {Direction::kLeftToRight, Direction::kBottomToTop, {40, 0}, {0, -50}},
      {Direction::kRightToLeft, Direction::kTopToBottom, {-40, 0}, {0, 50}},
      {Direction::kRightToLeft, Direction::kBottomToTop, {-40, 0}, {0, -50}},
      {Direction::kTopToBottom, Direction::kLeftToRight, {0, 40}, {50, 0}},
      {Direction::kTopToBottom, Direction::kRightToLeft, {0, 40}, {-50, 0}},
      {Direction::kBottomToTop, Direction::kLeftToRight, {0, -40}, {50, 0}},
      {Direction::kBottomToTop, Direction::kRightToLeft, {0, -40}, {-50, 0}},
      {Direction::kDefault, Direction::kDefault, {40, 0}, {0, 50}},
      {Direction::kDefault, Direction::kBottomToTop, {40, 0}, {0, -50}},
  };
  for (const Case& c : cases) {
    SheetLayout layout = GoodLayout();
    layout.blocks.resize(1);
    layout.fields.clear();
    layout.combined.clear();
    layout.blocks[0].origin = {500, 700};
    layout.blocks[0].value_direction = c.values;
    layout.blocks[0].field_direction = c.fields;
    const auto sheet = Sheet::Create(layout);
    ASSERT_TRUE(sheet.ok()) << sheet.status();
    const PixelPoint value = sheet->fields()[0].bubbles[1].center;
    const PixelPoint field = sheet->fields()[1].bubbles[0].center;
    EXPECT_EQ(value,
              (PixelPoint{500 + c.second_value.x, 700 + c.second_value.y}));
    EXPECT_EQ(field,
              (PixelPoint{500 + c.second_field.x, 700 + c.second_field.y}));
  }
}

TEST(Layout, SizesAndShapesAreInherited) {
  SheetLayout layout = GoodLayout();
  layout.shape = BubbleShape::kBrackets;
  layout.blocks[1].shape = BubbleShape::kRectangle;
  layout.blocks[1].bubble = {12, 14};
  layout.fields[0].bubbles[1].size = {8, 9};
  layout.fields[0].bubbles[1].shape = BubbleShape::kEllipse;
  const auto sheet = Sheet::Create(layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_EQ(sheet->fields()[0].bubbles[0].shape, BubbleShape::kBrackets);
  EXPECT_EQ(sheet->fields()[2].bubbles[0].shape, BubbleShape::kRectangle);
  EXPECT_EQ(sheet->fields()[2].bubbles[0].size, (PixelSize{12, 14}));
  EXPECT_EQ(sheet->fields()[4].bubbles[0].size, (PixelSize{20, 20}));
  EXPECT_EQ(sheet->fields()[4].bubbles[0].shape, BubbleShape::kBrackets);
  EXPECT_EQ(sheet->fields()[4].bubbles[1].size, (PixelSize{8, 9}));
  EXPECT_EQ(sheet->fields()[4].bubbles[1].shape, BubbleShape::kEllipse);
}

TEST(Layout, LooseFieldsFormGroupsByPlaceAndSize) {
  SheetLayout layout;
  layout.page = {1000, 1000};
  layout.bubble = {20, 20};
  const auto add = [&](const std::string& label, double x, double y,
                       PixelSize size) {
    Field field;
    field.label = label;
    field.bubbles = {{"A", {x, y}, size, {}}, {"B", {x + 40, y}, size, {}}};
    layout.fields.push_back(field);
  };
  add("a", 100, 100, {});
  add("b", 100, 150, {});
  add("c", 700, 800, {});
  add("d", 100, 200, {30, 30});
  add("e", 100, 250, {});
  const auto sheet = Sheet::Create(layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_THAT(sheet->groups(), ElementsAre(0, 0, 1, 2, 0));
}

// --- labels -----------------------------------------------------------------

TEST(ExpandLabels, ExpandsRanges) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"q1..3"}, "q1,q2,q3"},
      {{"a", "q9..11", "b"}, "a,q9,q10,q11,b"},
      {{"q08..11"}, "q08,q09,q10,q11"},
      {{"7..9"}, "7,8,9"},
      {{"q5..5"}, "q5"},
      {{"p2q1..2"}, "p2q1,p2q2"},
      {{"q 1..2"}, "q 1,q 2"},
      {{"plain", ""}, "plain,"},
      {{"q0..1"}, "q0,q1"},
      {{}, ""},
  };
  for (const auto& [labels, expected] : cases) {
    const auto expanded = ExpandLabels(labels, 100);
    ASSERT_TRUE(expanded.ok()) << expanded.status();
    EXPECT_EQ(absl::StrJoin(*expanded, ","), expected);
  }
}

TEST(ExpandLabels, RefusesWhatItCannotRead) {
  for (const char* label :
       {"q3..1", "q..3", "q1..", "..", "q1..q3", "q1...3", "q1..3x",
        "q1..9999999999", "q9999999999..3", "q1.. 3", "q1..101"}) {
    const auto expanded = ExpandLabels({"fine", label}, 100);
    ASSERT_FALSE(expanded.ok()) << label;
    const auto details = DetailsOf(expanded.status());
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->reason, kLayoutInvalid);
    EXPECT_EQ(details->fields[0].field, "[1]");
  }
  EXPECT_FALSE(ExpandLabels({"q1..999999999"}, 5000).ok());
}

// --- limits -----------------------------------------------------------------

TEST(Layout, LimitsAreKept) {
  LayoutLimits limits;
  limits.max_fields = 5;
  limits.max_bubbles = 28;
  limits.max_bubbles_per_field = 10;
  EXPECT_TRUE(Sheet::Create(GoodLayout(), limits).ok());
  for (int LayoutLimits::*limit :
       {&LayoutLimits::max_fields, &LayoutLimits::max_bubbles,
        &LayoutLimits::max_bubbles_per_field}) {
    LayoutLimits tighter = limits;
    tighter.*limit -= 1;
    const auto sheet = Sheet::Create(GoodLayout(), tighter);
    ASSERT_FALSE(sheet.ok());
    EXPECT_THAT(sheet.status().message(), HasSubstr("more than"));
  }
}

TEST(Layout, AtMostFiftyProblemsAreReported) {
  SheetLayout layout = GoodLayout();
  for (int i = 0; i < 1000; ++i) {
    Field field;
    field.label = absl::StrCat("f", i);
    field.bubbles = {{"A", {kNan, 0}, {}, {}}};
    layout.fields.push_back(field);
  }
  EXPECT_THAT(Sheet::Check(layout), SizeIs(50));
}

TEST(Layout, WarningsDoNotCrowdOutErrors) {
  SheetLayout layout = GoodLayout();
  for (int i = 0; i < 100; ++i) {
    Field field;
    field.label = absl::StrCat("f", i);
    field.bubbles = {{"A", {20.0 + 8 * i, 900}, {4, 4}, {}},
                     {"A", {20.0 + 8 * i, 930}, {4, 4}, {}}};
    layout.fields.push_back(field);
  }
  EXPECT_TRUE(Sheet::Create(layout).ok());
  layout.fields.back().bubbles[1].center = {-100, 0};
  EXPECT_THAT(Paths(Sheet::Check(layout)),
              ElementsAre("fields[100].bubbles[1].center"));
}

double CpuSeconds() { return double(std::clock()) / CLOCKS_PER_SEC; }

// Layouts that try to make checking slow. The bounds are far above what is
// needed and far below what comparing every pair would take.
TEST(Layout, HostileLayoutsAreCheckedQuickly) {
  std::vector<SheetLayout> hostile;
  const auto empty = [] {
    SheetLayout layout;
    layout.page = {20000, 20000};
    layout.bubble = {20, 20};
    return layout;
  };
  // Large bubbles over each other.
  SheetLayout covering = empty();
  for (int i = 0; i < 5000; ++i) {
    Field field;
    field.label = absl::StrCat("f", i);
    for (int k = 0; k < 4; ++k) {
      field.bubbles.push_back(
          {std::string(1, 'a' + k), {10000, 10000}, {20000, 20000}, {}});
    }
    covering.fields.push_back(field);
  }
  hostile.push_back(covering);
  // As many of the smallest bubbles as possible in one corner, none touching.
  SheetLayout crowded = empty();
  for (int i = 0; i < 20; ++i) {
    FieldBlock block;
    block.labels = {absl::StrCat("b", i, "_1..10")};
    for (int k = 0; k < 100; ++k) block.values.push_back(absl::StrCat(k));
    block.bubble = {20, 20};
    block.origin = {20, 20.0 + 200 * i};
    block.value_gap = 20;
    block.field_gap = 20;
    crowded.blocks.push_back(block);
  }
  hostile.push_back(crowded);
  // Long thin bubbles.
  SheetLayout thin = empty();
  for (int i = 0; i < 900; ++i) {
    Field field;
    field.label = absl::StrCat("f", i);
    field.bubbles = {{"A", {10000, 20.0 + 22 * i}, {19900, 20}, {}}};
    thin.fields.push_back(field);
  }
  hostile.push_back(thin);
  // Ranges that promise billions of labels, in blocks and combined fields.
  SheetLayout ranges = empty();
  for (int i = 0; i < 20000; ++i) {
    FieldBlock block;
    block.labels = {"q1..999999999"};
    block.values = {"A"};
    ranges.blocks.push_back(block);
    ranges.combined.push_back({absl::StrCat("c", i), {"q1..5000"}});
  }
  hostile.push_back(ranges);
  // Loose fields that all cluster.
  SheetLayout cluster = empty();
  for (int i = 0; i < 5000; ++i) {
    Field field;
    field.label = absl::StrCat("f", i);
    field.bubbles = {
        {"A", {20.0 + 25 * (i % 70), 20.0 + 25 * (i / 70)}, {20, 20}, {}}};
    cluster.fields.push_back(field);
  }
  hostile.push_back(cluster);
  for (size_t i = 0; i < hostile.size(); ++i) {
    const double start = CpuSeconds();
    const auto problems = Sheet::Check(hostile[i]);
    const auto sheet = Sheet::Create(hostile[i]);
    EXPECT_LT(CpuSeconds() - start, 3) << i;
    EXPECT_LE(problems.size(), 100u) << i;
  }
}

}  // namespace
}  // namespace sightline::grade
