#include "bench/omr/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "bench/omr/side.h"
#include "bench/omr/tally.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::bench {
namespace {

using generator::FormFamily;
using generator::GeneratedSheet;
using generator::MarkProfile;

GeneratedSheet QuizSheet() {
  generator::SheetSpecification specification;
  specification.family = FormFamily::kQuiz;
  specification.profile = MarkProfile::kClean;
  auto sheet = generator::GenerateSheet(specification, 3);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

// What a perfect side would say.
SheetOutcome Perfect(const GeneratedSheet& sheet) {
  SheetOutcome outcome;
  outcome.accepted = true;
  outcome.scan_to_page = sheet.scan_to_page;
  for (const generator::FieldTruth& truth : sheet.truth) {
    outcome.fields.push_back({truth.answer, false});
  }
  return outcome;
}

TEST(Judge, FindsNothingWrongWithThePerfectOutcome) {
  const GeneratedSheet sheet = QuizSheet();
  const Verdict verdict = Judge(sheet, Perfect(sheet));
  EXPECT_TRUE(verdict.accepted);
  EXPECT_FALSE(verdict.wrong_alignment);
  EXPECT_LT(verdict.max_error, 1e-6);
  EXPECT_TRUE(verdict.wrong.empty());
  EXPECT_EQ(verdict.fields, 10);
}

TEST(Judge, TellsSilentFromFlagged) {
  const GeneratedSheet sheet = QuizSheet();
  SheetOutcome outcome = Perfect(sheet);
  outcome.fields[2] = {"nonsense", false};
  outcome.fields[5] = {"nonsense", true};
  outcome.fields[7].flagged = true;
  const Verdict verdict = Judge(sheet, outcome);
  EXPECT_EQ(verdict.wrong.size(), 2u);
  EXPECT_EQ(verdict.SilentlyWrong(), 1);
  EXPECT_EQ(verdict.SilentlyWrongBeyondDoubt(), 1);
  EXPECT_EQ(verdict.flagged, 2);
}

TEST(Judge, CallsAnAlignmentOffByABubbleWrong) {
  const GeneratedSheet sheet = QuizSheet();
  const double bubble = sheet.form->layout.bubble.width;
  for (const auto& [shift, wrong] :
       {std::pair{0.2, false}, {0.5, true}, {1.0, true}}) {
    SheetOutcome outcome = Perfect(sheet);
    outcome.scan_to_page =
        Homography::Translation(shift * bubble, 0) * sheet.scan_to_page;
    EXPECT_EQ(Judge(sheet, outcome).wrong_alignment, wrong) << shift;
  }
  SheetOutcome nowhere = Perfect(sheet);
  nowhere.scan_to_page = Homography({0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_TRUE(Judge(sheet, nowhere).wrong_alignment);
}

TEST(Judge, DoesNotAskForMarksThatAreNotInTheScan) {
  GeneratedSheet sheet = QuizSheet();
  sheet.truth[0].visible_answer = "";
  SheetOutcome outcome = Perfect(sheet);
  EXPECT_TRUE(Judge(sheet, outcome).wrong.empty());
  outcome.fields[0].answer = "";
  EXPECT_TRUE(Judge(sheet, outcome).wrong.empty());
  outcome.fields[1].answer = "";
  EXPECT_EQ(Judge(sheet, outcome).wrong.size(), 1u);
}

TEST(Judge, CountsBlankFieldsReadAsMarked) {
  GeneratedSheet sheet = QuizSheet();
  sheet.truth[4].values.clear();
  sheet.truth[4].answer = sheet.truth[4].visible_answer = "";
  SheetOutcome outcome = Perfect(sheet);
  outcome.fields[4].answer = "A";
  EXPECT_EQ(Judge(sheet, outcome).blanks_read_as_marks, 1);
}

TEST(Tally, CountsTheFieldsOfRefusedSheetsAsFlagged) {
  const GeneratedSheet sheet = QuizSheet();
  Tally tally;
  tally.Add(Judge(sheet, Perfect(sheet)), 1);
  tally.Add(Judge(sheet, SheetOutcome{}), 2);
  EXPECT_EQ(tally.sheets, 2);
  EXPECT_EQ(tally.accepted, 1);
  EXPECT_EQ(tally.fields, 20);
  EXPECT_EQ(tally.flagged, 10);
  EXPECT_DOUBLE_EQ(tally.cpu_ms, 3);
}

class EverySide : public testing::TestWithParam<const char*> {};

// The recipe must be able to read what it was made for, or it is a straw man.
TEST_P(EverySide, ReadsACleanUprightScan) {
  const auto form = std::make_shared<const generator::PrintedForm>(
      generator::PrintForm(FormFamily::kQuickstart, 0));
  generator::SheetSpecification specification;
  specification.profile = MarkProfile::kClean;
  const auto sheet = generator::GenerateSheet(form, specification, 2);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  std::unique_ptr<Side> side;
  if (GetParam() == std::string("ours")) {
    side = MakeOurSide();
  } else {
    side = MakeRecipeSide(GetParam() == std::string("recipe")
                              ? RecipeScale::kWidth
                              : RecipeScale::kLongSide);
  }
  ASSERT_TRUE(side->Prepare(*form).ok());
  const SheetOutcome outcome = side->Grade(sheet->jpeg);
  ASSERT_TRUE(outcome.accepted) << outcome.how;
  const Verdict verdict = Judge(*sheet, outcome);
  EXPECT_FALSE(verdict.wrong_alignment) << outcome.how << verdict.max_error;
  for (const WrongField& field : verdict.wrong) {
    ADD_FAILURE() << field.label << " is " << field.truth << ", read "
                  << field.read;
  }
  EXPECT_FALSE(side->Grade("not an image").accepted);
}

INSTANTIATE_TEST_SUITE_P(Sides, EverySide,
                         testing::Values("ours", "recipe", "recipe_long_side"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sightline::bench
