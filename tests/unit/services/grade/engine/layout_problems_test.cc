// Every problem of a layout is found and named.
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

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();

struct ProblemCase {
  std::string name;
  std::function<void(SheetLayout&)> damage;
  std::vector<std::string> errors;
  std::vector<std::string> warnings = {};
};

std::ostream& operator<<(std::ostream& out, const ProblemCase& c) {
  return out << c.name;
}

class LayoutProblems : public ::testing::TestWithParam<ProblemCase> {};

TEST_P(LayoutProblems, AreNamedWithTheirPath) {
  SheetLayout layout = GoodLayout();
  GetParam().damage(layout);
  const auto problems = Sheet::Check(layout);
  EXPECT_EQ(Paths(problems), GetParam().errors);
  EXPECT_EQ(Paths(problems, false), GetParam().warnings);
  for (const LayoutProblem& problem : problems) {
    EXPECT_FALSE(problem.description.empty());
  }
  const auto sheet = Sheet::Create(layout);
  EXPECT_EQ(sheet.ok(), GetParam().errors.empty());
  if (sheet.ok()) return;
  EXPECT_EQ(sheet.status().code(), absl::StatusCode::kInvalidArgument);
  const auto details = DetailsOf(sheet.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, kLayoutInvalid);
  std::vector<std::string> fields;
  for (const auto& violation : details->fields) {
    fields.push_back(violation.field);
  }
  EXPECT_EQ(fields, GetParam().errors);
}

INSTANTIATE_TEST_SUITE_P(
    All, LayoutProblems,
    ::testing::Values(
        ProblemCase{"CodeOutside",
                    [](auto& l) {
                      l.codes = {{"code", {990, 100}, {60, 60}, {}}};
                    },
                    {"codes[0].center"}},
        ProblemCase{"CodeOfNoSize",
                    [](auto& l) { l.codes = {{"code", {500, 100}, {}, {}}}; },
                    {"codes[0].size"}},
        ProblemCase{"CodeNotFinite",
                    [](auto& l) {
                      l.codes = {{"code", {kNan, 100}, {60, 60}, {}}};
                    },
                    {"codes[0].center"}},
        ProblemCase{"CodeLabelsAreFieldLabels",
                    [](auto& l) {
                      l.codes = {{"q1", {500, 100}, {60, 60}, {}},
                                 {"number", {600, 100}, {60, 60}, {}},
                                 {"", {700, 100}, {60, 60}, {}}};
                    },
                    {"codes[0].label", "codes[1].label", "codes[2].label"}},
        ProblemCase{"TooManyCodes",
                    [](auto& l) {
                      for (int i = 0; i < 30; ++i) {
                        l.codes.push_back({"code" + std::to_string(i),
                                           {500, 100},
                                           {60, 60},
                                           {}});
                      }
                    },
                    {"codes"}},
        ProblemCase{
            "PageTooSmall", [](auto& l) { l.page.width = 99; }, {"page.width"}},
        ProblemCase{"PageNotFinite",
                    [](auto& l) {
                      l.page = {kNan, kInfinity};
                    },
                    {"page.width", "page.height"}},
        ProblemCase{"PageTooLarge",
                    [](auto& l) { l.page.height = 20001; },
                    {"page.height"}},
        ProblemCase{"NameTooLong",
                    [](auto& l) { l.name = std::string(201, 'n'); },
                    {"name"}},
        ProblemCase{"NothingAtAll",
                    [](auto& l) {
                      l.blocks.clear();
                      l.fields.clear();
                      l.combined.clear();
                    },
                    {"blocks"}},
        ProblemCase{"BubbleNegative",
                    [](auto& l) {
                      l.bubble = {-5, 20};
                    },
                    {"bubble"}},
        ProblemCase{"BubbleTiny",
                    [](auto& l) {
                      l.bubble = {1, 20};
                    },
                    {"bubble"}},
        ProblemCase{"BubbleNowhere",
                    [](auto& l) { l.bubble = {}; },
                    {"blocks[0].bubble", "blocks[1].bubble",
                     "fields[0].bubbles[0].size", "fields[0].bubbles[1].size"}},
        ProblemCase{"BlockBubbleNotFinite",
                    [](auto& l) {
                      l.blocks[1].bubble = {10, kNan};
                    },
                    {"blocks[1].bubble"}},
        ProblemCase{"BlockNameTwice",
                    [](auto& l) { l.blocks[1].name = "questions"; },
                    {"blocks[1].name"}},
        ProblemCase{"NoValues",
                    [](auto& l) { l.blocks[0].values.clear(); },
                    {"blocks[0].values"}},
        ProblemCase{"ValueEmptyAndLong",
                    [](auto& l) {
                      l.blocks[0].values[1] = "";
                      l.blocks[0].values[2] = std::string(33, 'v');
                    },
                    {"blocks[0].values[1]", "blocks[0].values[2]"}},
        ProblemCase{"ValueTwice",
                    [](auto& l) { l.blocks[0].values[2] = "A"; },
                    {},
                    {"blocks[0].values[2]"}},
        ProblemCase{"ValuesOfSeveralLengthsJoined",
                    [](auto& l) {
                      l.blocks[0].kind = FieldKind::kMultiple;
                      l.blocks[0].values[2] = "AB";
                    },
                    {},
                    {"blocks[0].values[0]"}},
        ProblemCase{"EmptyValueIsAValue",
                    [](auto& l) { l.blocks[0].empty_value = "B"; },
                    {"blocks[0].empty_value"}},
        ProblemCase{"NoLabels",
                    [](auto& l) { l.blocks[0].labels.clear(); },
                    {"blocks[0].labels"}},
        ProblemCase{"LabelEmpty",
                    [](auto& l) { l.blocks[0].labels = {""}; },
                    {"blocks[0].labels"}},
        ProblemCase{"LabelLong",
                    [](auto& l) { l.fields[0].label = std::string(65, 'x'); },
                    {"fields[0].label"}},
        ProblemCase{"LabelTwice",
                    [](auto& l) { l.fields[0].label = "q2"; },
                    {"fields[0].label"}},
        ProblemCase{"RangeBackwards",
                    [](auto& l) {
                      l.blocks[0].labels = {"a", "q2..1"};
                    },
                    {"blocks[0].labels[1]"}},
        ProblemCase{"OriginNotFinite",
                    [](auto& l) { l.blocks[0].origin.x = kNan; },
                    {"blocks[0].origin"}},
        ProblemCase{"SameDirection",
                    [](auto& l) {
                      l.blocks[0].value_direction = Direction::kTopToBottom;
                    },
                    {"blocks[0].field_direction"}},
        ProblemCase{"GapsMissing",
                    [](auto& l) {
                      l.blocks[0].value_gap = 0;
                      l.blocks[0].field_gap = -1;
                    },
                    {"blocks[0].value_gap", "blocks[0].field_gap"}},
        ProblemCase{"GapNotFinite",
                    [](auto& l) { l.blocks[0].value_gap = kInfinity; },
                    {"blocks[0].value_gap"}},
        ProblemCase{"GapBelowBubble",
                    [](auto& l) { l.blocks[0].value_gap = 19; },
                    {"blocks[0].value_gap"}},
        ProblemCase{"BlockOutsidePage",
                    [](auto& l) { l.blocks[0].origin.x = 950; },
                    {"blocks[0].origin"}},
        ProblemCase{"BlockFarOutside",
                    [](auto& l) { l.blocks[0].value_gap = 1e308; },
                    {"blocks[0].origin"}},
        ProblemCase{"BlocksOverlap",
                    [](auto& l) {
                      l.blocks[1].origin = {145, 310};
                      l.blocks[1].labels = {"n1"};
                      l.combined.clear();
                    },
                    {"blocks[1].origin", "blocks[1].origin"}},
        ProblemCase{"FieldOverlapsItself",
                    [](auto& l) {
                      l.fields[0].bubbles[1].center = {710, 705};
                    },
                    {"fields[0].bubbles[1].center"}},
        ProblemCase{"FieldOutsidePage",
                    [](auto& l) {
                      l.fields[0].bubbles[0].center = {5, 5};
                    },
                    {"fields[0].bubbles[0].center"}},
        ProblemCase{
            "FieldNotFinite",
            [](auto& l) {
              l.fields[0].bubbles[0].center = {kNan, 5};
              l.fields[0].bubbles[1].size = {kInfinity, 5};
            },
            {"fields[0].bubbles[0].center", "fields[0].bubbles[1].size"}},
        ProblemCase{"FieldWithoutBubbles",
                    [](auto& l) { l.fields[0].bubbles.clear(); },
                    {"fields[0].bubbles"}},
        ProblemCase{"CombinedUnknown",
                    [](auto& l) { l.combined[0].fields = {"n1..3"}; },
                    {"combined[0].fields"}},
        ProblemCase{"CombinedEmpty",
                    [](auto& l) { l.combined[0].fields.clear(); },
                    {"combined[0].fields"}},
        ProblemCase{"CombinedLabelTaken",
                    [](auto& l) { l.combined[0].label = "q1"; },
                    {"combined[0].label"}},
        ProblemCase{"CombinedTwice",
                    [](auto& l) { l.combined.push_back(l.combined[0]); },
                    {"combined[1].label"}},
        ProblemCase{"CombinedMemberTwice",
                    [](auto& l) {
                      l.combined[0].fields = {"n1", "n1"};
                    },
                    {},
                    {"combined[0].fields"}},
        ProblemCase{"CombinedRange",
                    [](auto& l) { l.combined[0].fields = {"n2..1"}; },
                    {"combined[0].fields[0]"}},
        ProblemCase{"SeveralAtOnce",
                    [](auto& l) {
                      l.page.width = -1;
                      l.blocks[0].value_gap = kNan;
                      l.fields[0].label = "";
                      l.combined[0].fields = {"nobody"};
                    },
                    {"page.width", "blocks[0].value_gap", "fields[0].label",
                     "combined[0].fields"}}),
    [](const auto& info) { return info.param.name; });

TEST(Layout, OutsideSaysWhereAndHowFar) {
  SheetLayout layout = GoodLayout();
  layout.blocks[0].origin = {940, 300};
  const auto problems = Sheet::Check(layout);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].description,
              HasSubstr("field 'q1' lies outside the page (x 1030 > width "
                        "1000)"));
}

TEST(Layout, TouchingBubblesDoNotOverlap) {
  SheetLayout layout = GoodLayout();
  layout.blocks[0].value_gap = 20;
  layout.blocks[0].field_gap = 20;
  EXPECT_TRUE(Sheet::Create(layout).ok());
  // In units whose thirds are not exact.
  layout.bubble = {20.0 / 3, 20.0 / 3};
  layout.blocks[0].value_gap = 20.0 / 3;
  layout.blocks[0].origin = {100.1, 300.1};
  EXPECT_TRUE(Sheet::Create(layout).ok()) << Sheet::Create(layout).status();
}

TEST(Layout, OneFieldAndOneValueNeedNoGaps) {
  SheetLayout layout = GoodLayout();
  layout.blocks[0].labels = {"q1"};
  layout.blocks[0].field_gap = 0;
  layout.blocks[1].labels = {"n1"};
  layout.blocks[1].values = {"yes"};
  layout.blocks[1].value_gap = 0;
  layout.blocks[1].field_gap = 0;
  layout.combined.clear();
  EXPECT_TRUE(Sheet::Create(layout).ok()) << Sheet::Create(layout).status();
}

}  // namespace
}  // namespace sightline::grade
