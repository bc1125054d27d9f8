// Sheets marked with crosses, on which filling a bubble takes its mark back.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "page_painter.h"
#include "services/grade/engine/cancelled_mark.h"
#include "services/grade/engine/sheet_reader.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Sheet SheetWhereFillingCancels(bool cancels) {
  SheetLayout layout = ExamLayout(40);
  for (FieldBlock& block : layout.blocks) block.filled_cancels = cancels;
  return MakeSheet(layout);
}

// Every field but q5 has a cross, each at another value.
class CancelledMarks : public ::testing::Test {
 protected:
  explicit CancelledMarks(bool cancels = true)
      : sheet_(SheetWhereFillingCancels(cancels)),
        painter_(sheet_, {}, 20261120) {
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      if (sheet_.fields()[f].label == "q5") continue;
      painter_.Mark(sheet_.fields()[f].label, Answer(f), MarkStyle::kCross);
    }
  }

  std::string Answer(size_t f) const {
    const auto& bubbles = sheet_.fields()[f].bubbles;
    return bubbles[f * 7 % bubbles.size()].value;
  }

  FieldReading Read() {
    painter_.AddNoise(2);
    const auto reading =
        ReadSheet(painter_.Scan(), painter_.scan_to_page(), sheet_, {}, {});
    EXPECT_TRUE(reading.ok()) << reading.status();
    if (!reading.ok()) return {};
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      const Field& field = sheet_.fields()[f];
      if (field.label == "q5") continue;
      EXPECT_EQ(reading->fields[f].answer, Answer(f));
      EXPECT_FALSE(reading->fields[f].needs_review)
          << field.label << " " << FlagsOf(reading->fields[f]);
    }
    return reading->fields[sheet_.FindField("q5").value()];
  }

  Sheet sheet_;
  PagePainter painter_;
};

TEST_F(CancelledMarks, AMarkBesideOneThatWasTakenBackIsTheAnswer) {
  painter_.Mark("q5", "A", MarkStyle::kSolid);
  painter_.Mark("q5", "D", MarkStyle::kCross);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "D");
  EXPECT_THAT(field.flags, IsEmpty());
  EXPECT_FALSE(field.needs_review);
  EXPECT_TRUE(field.bubbles[0].cancelled);
  EXPECT_FALSE(field.bubbles[0].marked);
  EXPECT_FALSE(field.bubbles[3].cancelled);
}

TEST_F(CancelledMarks, TwoCrossesAreStillTwoMarks) {
  painter_.Mark("q5", "A", MarkStyle::kCross);
  painter_.Mark("q5", "D", MarkStyle::kCross);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "AD");
  EXPECT_THAT(field.flags, ElementsAre(Flag::kMultiple));
}

TEST_F(CancelledMarks, NothingButAFilledBubbleIsForAPersonToDecide) {
  painter_.Mark("q5", "A", MarkStyle::kSolid);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "");
  EXPECT_THAT(field.flags, Contains(Flag::kCancelled));
  EXPECT_TRUE(field.needs_review);
}

TEST_F(CancelledMarks, AFilledBubbleIsNeverSurelyAMark) {
  painter_.Mark("q5", "A", MarkStyle::kScribble);
  const FieldReading field = Read();
  EXPECT_TRUE(field.needs_review) << field.answer;
}

class FilledMarks : public CancelledMarks {
 protected:
  FilledMarks() : CancelledMarks(false) {}
};

TEST_F(FilledMarks, CountWhereFillingIsMarking) {
  painter_.Mark("q5", "A", MarkStyle::kSolid);
  const FieldReading field = Read();
  EXPECT_EQ(field.answer, "A");
  EXPECT_FALSE(field.bubbles[0].cancelled);
}

TEST(CancellingOf, GoesByHowMuchOfTheBubbleIsCovered) {
  EXPECT_EQ(CancellingOf(0.25f, 0.8f), Cancelling::kNo);
  EXPECT_EQ(CancellingOf(0.5f, 0.8f), Cancelling::kPerhaps);
  EXPECT_EQ(CancellingOf(0.7f, 0.8f), Cancelling::kYes);
  // A light pencil fills as well as a pen does.
  EXPECT_EQ(CancellingOf(0.25f, 0.3f), Cancelling::kYes);
  EXPECT_EQ(CancellingOf(0, 0), Cancelling::kNo);
}

}  // namespace
}  // namespace sightline::grade
