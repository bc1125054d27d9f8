// Layouts of several pages, and readings of pages as one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/grade/engine/layout.h"
#include "services/grade/engine/page_likeness.h"
#include "services/grade/engine/page_merge.h"
#include "services/grade/engine/scoring.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// `labels` as single-choice rows from `top` on.
SheetLayout Page(std::vector<std::string> labels, double top = 200) {
  SheetLayout layout;
  layout.page = {1000, 1400};
  layout.bubble = {30, 30};
  FieldBlock block;
  block.labels = std::move(labels);
  block.values = {"A", "B", "C"};
  block.origin = {200, top};
  block.value_gap = 60;
  block.field_gap = 50;
  layout.blocks.push_back(block);
  return layout;
}

CodeField Code(const std::string& label) {
  return {label, {800, 1200}, {100, 100}, {}};
}

// Three pages, a combined field and a code on the last two.
SheetLayout ThreePages() {
  SheetLayout layout = Page({"q1..3"});
  layout.more_pages = {Page({"q4..5"}, 400), Page({"q6"}, 600)};
  layout.more_pages[1].page = {500, 700};
  layout.more_pages[1].codes = {Code("sheet")};
  layout.more_pages[1].codes[0].center = {400, 600};
  layout.combined = {{"all", {"q3", "q4"}, CheckDigit::kNone}};
  return layout;
}

std::vector<std::string> Problems(const SheetLayout& layout,
                                  const LayoutLimits& limits = {}) {
  std::vector<std::string> problems;
  for (const LayoutProblem& problem : Sheet::Check(layout, limits)) {
    problems.push_back(problem.field + ": " + problem.description);
  }
  return problems;
}

TEST(SheetOfSeveralPages, HasTheFieldsOfAll) {
  const auto sheet = Sheet::Create(ThreePages());
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_EQ(sheet->page_count(), 3);
  ASSERT_EQ(sheet->fields().size(), 6u);
  EXPECT_EQ(sheet->fields()[3].label, "q4");
  EXPECT_EQ(sheet->FindField("q6"), 5);
  EXPECT_EQ(sheet->bubble_count(), 18);
  EXPECT_EQ(sheet->group_count(), 3);
  EXPECT_THAT(sheet->groups(), ElementsAre(0, 0, 0, 1, 1, 2));
  EXPECT_EQ(sheet->first_field(1), 3);
  EXPECT_EQ(sheet->first_field(3), 6);
  EXPECT_EQ(sheet->PageOfField(2), 0);
  EXPECT_EQ(sheet->PageOfField(3), 1);
  EXPECT_EQ(sheet->PageOfField(5), 2);
  EXPECT_EQ(sheet->PageOfCode(0), 2);
  EXPECT_EQ(sheet->first_code(2), 0);
  EXPECT_EQ(sheet->page_sheet(2).page().width, 500);
  EXPECT_EQ(sheet->page_sheet(1).fields().size(), 2u);
  EXPECT_THAT(sheet->page_sheet(0).combined(), IsEmpty());
  ASSERT_EQ(sheet->combined().size(), 1u);
  const auto single = Sheet::Create(Page({"q1"}));
  EXPECT_EQ(&single->page_sheet(0), &*single);
}

TEST(SheetOfSeveralPages, ReportsWhatDoesNotFitTogether) {
  SheetLayout layout = ThreePages();
  EXPECT_THAT(Problems(layout), IsEmpty());
  layout.more_pages[0].blocks[0].labels = {"q3", "q5"};
  layout.more_pages[1].combined = {{"x", {"q6"}, CheckDigit::kNone}};
  layout.more_pages[1].more_pages = {Page({"q9"})};
  layout.more_pages[1].codes[0].label = "all";
  EXPECT_THAT(
      Problems(layout),
      ElementsAre(
          HasSubstr("more_pages[0].blocks[0].labels: the label 'q3' is used"),
          HasSubstr("more_pages[1].combined: combined fields stand in the"),
          HasSubstr("more_pages[1].more_pages: a further page has no further"),
          HasSubstr("combined[0].label: the label 'all' is used twice"),
          HasSubstr("combined[0].fields: there is no field 'q4'")));
  layout = ThreePages();
  layout.combined[0].fields = {"q1", "sheet"};
  EXPECT_THAT(Problems(layout), ElementsAre(HasSubstr("no field 'sheet'")))
      << "a code is no field";
}

TEST(SheetOfSeveralPages, CountsOverAllPages) {
  LayoutLimits limits;
  limits.max_fields = 5;
  EXPECT_THAT(Problems(ThreePages(), limits),
              ElementsAre(HasSubstr("more_pages[1].blocks[0]: more than 5")));
  limits = {};
  limits.max_bubbles = 10;
  EXPECT_THAT(Problems(ThreePages(), limits),
              testing::Contains(HasSubstr("more than 10 bubbles")));
  limits = {};
  limits.max_pages = 2;
  EXPECT_THAT(Problems(ThreePages(), limits),
              ElementsAre(HasSubstr("more_pages: more than 2 pages")));
}

TEST(SheetOfSeveralPages, NeedsCodesThatTellPages) {
  SheetLayout layout = ThreePages();
  layout.page_code = "p1";
  layout.more_pages[0].page_code = "p2";
  EXPECT_THAT(Problems(layout), IsEmpty());
  layout.more_pages[1].page_code = "p12";
  EXPECT_THAT(Problems(layout),
              ElementsAre(HasSubstr("more_pages[1].page_code: 'p12' and page "
                                    "1's 'p1' begin alike")));
  layout.more_pages[1].page_code = std::string(201, 'x');
  EXPECT_THAT(Problems(layout), ElementsAre(HasSubstr("longer than 200")));
}

PageReading ReadingOf(const Sheet& page, const std::string& answer) {
  PageReading reading;
  for (const Field& field : page.fields()) {
    FieldReading& read = reading.fields.fields.emplace_back();
    read.answer = answer;
    read.confidence = 0.99;
    read.marked_count = 1;
    read.bubbles.resize(field.bubbles.size());
  }
  for (size_t i = 0; i < page.codes().size(); ++i) {
    FieldReading& read = reading.codes.emplace_back();
    read.answer = "0042";
    read.confidence = 1;
  }
  reading.fields.page_threshold = 0.3;
  return reading;
}

TEST(MergePages, FillsInWhatIsMissingAndDoubtsWhatCameTwice) {
  const auto sheet = Sheet::Create(ThreePages());
  const PageReading merged =
      MergePages(*sheet,
                 {std::nullopt, ReadingOf(sheet->page_sheet(1), "B"),
                  ReadingOf(sheet->page_sheet(2), "C")},
                 {false, false, true});
  ASSERT_EQ(merged.fields.fields.size(), 6u);
  EXPECT_EQ(merged.fields.page_threshold, 0.3);
  const FieldReading& missing = merged.fields.fields[0];
  EXPECT_EQ(missing.answer, "");
  EXPECT_EQ(missing.confidence, 0);
  EXPECT_THAT(missing.flags, ElementsAre(Flag::kPageMissing));
  EXPECT_TRUE(missing.needs_review);
  EXPECT_EQ(missing.bubbles.size(), 3u);
  EXPECT_EQ(merged.fields.fields[3].answer, "B");
  EXPECT_FALSE(merged.fields.fields[3].needs_review);
  const FieldReading& doubled = merged.fields.fields[5];
  EXPECT_EQ(doubled.answer, "C");
  EXPECT_LT(doubled.confidence, 0.5);
  EXPECT_THAT(doubled.flags, ElementsAre(Flag::kPageTwice));
  EXPECT_TRUE(doubled.needs_review);
  ASSERT_EQ(merged.codes.size(), 1u);
  EXPECT_EQ(merged.codes[0].answer, "0042");
  EXPECT_TRUE(merged.codes[0].needs_review);
  // Over the pages.
  const auto combined = Combine(*sheet, merged.fields);
  EXPECT_EQ(combined[0].answer, "B");
  EXPECT_EQ(combined[0].confidence, 0);
  EXPECT_STREQ(FlagName(Flag::kPageMissing), "page_missing");
  EXPECT_STREQ(FlagName(Flag::kPageTwice), "page_twice");
}

TEST(MergePages, OfAMissingCodeSaysSo) {
  const auto sheet = Sheet::Create(ThreePages());
  const PageReading merged = MergePages(
      *sheet,
      {ReadingOf(sheet->page_sheet(0), "A"), std::nullopt, std::nullopt},
      {false, false, false});
  ASSERT_EQ(merged.codes.size(), 1u);
  EXPECT_THAT(merged.codes[0].flags, ElementsAre(Flag::kPageMissing));
}

TEST(HaveSameBubbles, WhateverTheUnits) {
  const auto sheet = [](const SheetLayout& layout) {
    return *Sheet::Create(layout);
  };
  SheetLayout twice = Page({"r1..20"}, 400);
  twice.page = {2000, 2800};
  twice.bubble = {60, 60};
  twice.blocks[0].origin = {400, 400};
  twice.blocks[0].value_gap = 120;
  twice.blocks[0].field_gap = 100;
  EXPECT_TRUE(HaveSameBubbles(sheet(Page({"q1..20"})), sheet(twice)));
  EXPECT_FALSE(
      HaveSameBubbles(sheet(Page({"q1..20"})), sheet(Page({"q1..16"}))));
  EXPECT_FALSE(
      HaveSameBubbles(sheet(Page({"q1..20"})), sheet(Page({"q1..20"}, 225))));
}

}  // namespace
}  // namespace sightline::grade
