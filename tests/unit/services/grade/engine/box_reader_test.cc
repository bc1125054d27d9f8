// Boxes of handwriting on generated sheets, as machines scan them.
#include "services/grade/engine/box_reader.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/stop/stop_token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/engine/stroke_map.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;

// The form's layout with a box for every place where people write.
Sheet SheetWithBoxes(const generator::PrintedForm& form) {
  SheetLayout layout = form.layout;
  for (const auto& box : form.writing_boxes) {
    const double unit = form.units_per_pixel;
    HandwritingBox& out = layout.boxes.emplace_back();
    out.label = absl::StrCat("box", layout.boxes.size());
    out.center = {(box.top_left.x + box.size.width / 2) * unit,
                  (box.top_left.y + box.size.height / 2) * unit};
    out.size = {box.size.width * unit, box.size.height * unit};
  }
  auto sheet = Sheet::Create(layout);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

struct Tally {
  int boxes = 0;
  int silently_wrong = 0;
  int flagged = 0;
  std::string details;
};

void Count(const generator::SheetSpecification& specification, uint64_t seed,
           absl::string_view condition, Tally& tally) {
  const auto generated = generator::GenerateSheet(specification, seed);
  ASSERT_TRUE(generated.ok()) << generated.status();
  const Sheet sheet = SheetWithBoxes(*generated->form);
  const bool is_written =
      specification.profile != generator::MarkProfile::kBlank;
  const auto readings =
      ReadBoxes(generated->scan, generated->scan_to_page, sheet, StopToken());
  ASSERT_TRUE(readings.ok()) << readings.status();
  for (size_t i = 0; i < readings->size(); ++i) {
    const FieldReading& reading = (*readings)[i].reading;
    ++tally.boxes;
    tally.flagged += reading.needs_review;
    if (reading.needs_review || (reading.answer == "written") == is_written) {
      continue;
    }
    ++tally.silently_wrong;
    absl::StrAppend(&tally.details,
                    generator::FormFamilyName(specification.family), " ", seed,
                    " ", condition, " ", sheet.boxes()[i].label, " ink ",
                    (*readings)[i].ink, is_written ? " written\n" : " empty\n");
  }
}

TEST(BoxReaderTest, TellsWritingFromEmptyBoxesUnderEveryCondition) {
  Tally tally;
  uint64_t seed = 71;
  for (const auto family :
       {generator::FormFamily::kStandard, generator::FormFamily::kDense100}) {
    for (const auto& condition : generator::AllConditions()) {
      for (const auto profile :
           {generator::MarkProfile::kBlank, generator::MarkProfile::kClean}) {
        generator::SheetSpecification specification;
        specification.family = family;
        specification.form_seed = 3;
        specification.profile = profile;
        specification.degradations = condition.degradations;
        Count(specification, ++seed, condition.name, tally);
      }
    }
  }
  EXPECT_GT(tally.boxes, 150);
  EXPECT_EQ(tally.silently_wrong, 0) << tally.details;
  EXPECT_LE(tally.flagged, tally.boxes / 10);
}

// White paper with one thing drawn on it.
class StrokeMapTest : public ::testing::Test {
 protected:
  StrokeMapTest() : picture_(400, 60) { Fill(0, 0, 400, 60, 240); }

  void Fill(int left, int top, int right, int bottom, uint8_t gray) {
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) picture_.row(y)[x] = gray;
    }
  }

  std::vector<int> Extents() const {
    std::vector<int> extents;
    for (const InkPiece& piece : FindStrokes(picture_)) {
      extents.push_back(piece.extent());
    }
    return extents;
  }

  GrayImage picture_;
};

TEST_F(StrokeMapTest, FindsNothingOnPaper) {
  EXPECT_THAT(Extents(), IsEmpty());
}

TEST_F(StrokeMapTest, FindsStrokesLongestFirst) {
  Fill(50, 10, 53, 20, 90);
  Fill(100, 10, 103, 40, 90);
  EXPECT_THAT(Extents(), ElementsAre(30, 10));
}

TEST_F(StrokeMapTest, LeavesPrintedLinesOut) {
  Fill(0, 40, 400, 42, 60);
  for (int x = 50; x < 400; x += 50) Fill(x, 0, x + 2, 60, 60);
  EXPECT_THAT(Extents(), IsEmpty());
}

TEST_F(StrokeMapTest, KeepsStrokesThatCrossPrintedLines) {
  Fill(0, 40, 400, 42, 60);
  Fill(200, 10, 203, 55, 90);
  EXPECT_THAT(Extents(), ElementsAre(Gt(20), Gt(8)));
}

TEST_F(StrokeMapTest, TakesAShadowForPaper) {
  Fill(200, 0, 400, 60, 120);
  EXPECT_THAT(Extents(), IsEmpty());
}

TEST_F(StrokeMapTest, TakesABlackedOutPlaceForInk) {
  Fill(150, 8, 250, 52, 20);
  EXPECT_THAT(Extents(), ElementsAre(100));
}

}  // namespace
}  // namespace sightline::grade
