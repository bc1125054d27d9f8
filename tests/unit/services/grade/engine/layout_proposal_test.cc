// Proposals of layouts, on forms whose layouts are known.
#include "services/grade/engine/proposal/layout_proposal.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/engine/proposal/reasons.h"
#include "services/grade/engine/proposal/straighten.h"
#include "tests/generator/form.h"
#include "tests/generator/form_builder.h"
#include "tests/generator/random.h"

namespace sightline::grade {
namespace {

using generator::AllFormFamilies;
using generator::FormBuilder;
using generator::FormFamily;
using generator::FormFamilyName;
using generator::PrintedForm;
using generator::PrintForm;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).value_or(ErrorDetails{}).reason;
}

// Bubbles of a form's blocks: those placed one by one stand in no grid.
std::vector<Field> BlockFields(const PrintedForm& form) {
  std::vector<Field> fields = form.fields;
  fields.resize(fields.size() - form.layout.fields.size());
  return fields;
}

struct Match {
  const Field* field = nullptr;
  const Bubble* bubble = nullptr;
};

// The bubble of `sheet` that lies within `reach` of `point`.
Match FindBubble(const Sheet& sheet, PixelPoint point, double reach) {
  for (const Field& field : sheet.fields()) {
    for (const Bubble& bubble : field.bubbles) {
      if (std::abs(bubble.center.x - point.x) <= reach &&
          std::abs(bubble.center.y - point.y) <= reach) {
        return {&field, &bubble};
      }
    }
  }
  return {};
}

// Every bubble of `truth` is proposed once, where it is and as large as it is,
// and nothing else. `unit`: of a page pixel.
void ExpectSameBubbles(const std::vector<Field>& truth,
                       const LayoutProposal& proposal, double unit,
                       double reach) {
  const absl::StatusOr<Sheet> sheet = Sheet::Create(proposal.layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  int count = 0;
  for (const Field& field : truth) {
    for (const Bubble& bubble : field.bubbles) {
      ++count;
      const Match match = FindBubble(*sheet, bubble.center, reach * unit);
      ASSERT_NE(match.bubble, nullptr)
          << field.label << " " << bubble.value << " at " << bubble.center.x
          << ", " << bubble.center.y;
      // Lines are printed up to 3.5 pixels wider than asked for.
      EXPECT_NEAR(match.bubble->size.width, bubble.size.width,
                  0.1 * bubble.size.width)
          << field.label;
      EXPECT_NEAR(match.bubble->size.height, bubble.size.height,
                  0.1 * bubble.size.height)
          << field.label;
      EXPECT_EQ(match.bubble->shape, bubble.shape) << field.label;
    }
  }
  EXPECT_EQ(sheet->bubble_count(), count);
  if (sheet->bubble_count() == count) return;
  for (const FieldBlock& block : proposal.layout.blocks) {
    ADD_FAILURE() << block.name << " " << block.labels[0] << " at "
                  << block.origin.x << ", " << block.origin.y;
  }
}

// q7 is proposed as q7, with the same values.
void ExpectSameMeaning(const std::vector<Field>& truth,
                       const LayoutProposal& proposal, double unit) {
  const absl::StatusOr<Sheet> sheet = Sheet::Create(proposal.layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  for (const Field& field : truth) {
    const bool is_number = field.kind == FieldKind::kInteger;
    for (size_t v = 0; v < field.bubbles.size(); ++v) {
      const Match match =
          FindBubble(*sheet, field.bubbles[v].center, 0.6 * unit);
      ASSERT_NE(match.bubble, nullptr);
      EXPECT_EQ(match.field->kind == FieldKind::kInteger, is_number)
          << field.label;
      if (!is_number) {
        EXPECT_EQ(match.field->label, field.label);
      }
      EXPECT_EQ(match.bubble, &match.field->bubbles[v])
          << field.label << ": value " << v << " is another one's place";
    }
  }
}

// Families whose bubbles stand clear of each other. On the others a grid stands
// level with the circles of the instructions or is printed into the next one's
// frame; see LeavesOutWhatItCannotPlace.
std::vector<FormFamily> CleanFamilies() {
  std::vector<FormFamily> families;
  for (const FormFamily family : AllFormFamilies()) {
    if (family == FormFamily::kArucoMarkers ||
        family == FormFamily::kTimingMarks) {
      continue;
    }
    families.push_back(family);
  }
  return families;
}

class ProposalOfFamily : public ::testing::TestWithParam<FormFamily> {};

TEST_P(ProposalOfFamily, HasEveryBubbleOfTheForm) {
  for (const uint64_t seed : {1, 2, 3}) {
    const PrintedForm form = PrintForm(GetParam(), seed);
    SCOPED_TRACE(absl::StrCat(FormFamilyName(GetParam()), " ", seed));
    ProposalOptions options;
    options.page = form.layout.page;
    const absl::StatusOr<LayoutProposal> proposal =
        ProposeLayout(form.print.luma, options, {});
    ASSERT_TRUE(proposal.ok()) << proposal.status();
    const std::vector<Field> truth = BlockFields(form);
    ExpectSameBubbles(truth, *proposal, form.units_per_pixel, 0.6);
    if (GetParam() != FormFamily::kRightToLeft) {
      ExpectSameMeaning(truth, *proposal, form.units_per_pixel);
    }
    EXPECT_EQ(proposal->blocks.size(), proposal->layout.blocks.size());
    EXPECT_EQ(proposal->turned_degrees, 0);
    EXPECT_TRUE(proposal->straightened.empty());
  }
}

TEST(LayoutProposalTest, LeavesOutWhatItCannotPlaceAndSaysSo) {
  const PrintedForm form = PrintForm(FormFamily::kArucoMarkers, 3);
  ProposalOptions options;
  options.page = form.layout.page;
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(form.print.luma, options, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  const absl::StatusOr<Sheet> sheet = Sheet::Create(proposal->layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  int missing = 0;
  for (const Field& field : BlockFields(form)) {
    for (const Bubble& bubble : field.bubbles) {
      missing += FindBubble(*sheet, bubble.center, 0.6 * form.units_per_pixel)
                     .bubble == nullptr;
    }
  }
  if (missing == 0) return;
  ASSERT_FALSE(proposal->notes.empty());
  EXPECT_NE(proposal->notes[0].find("left out"), std::string::npos)
      << proposal->notes[0];
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, ProposalOfFamily,
                         ::testing::ValuesIn(CleanFamilies()),
                         [](const auto& info) {
                           return FormFamilyName(info.param);
                         });

// Columns of questions side by side, and sometimes a number above them.
PrintedForm RandomForm(uint64_t seed) {
  generator::Random random(seed);
  FormBuilder builder(FormFamily::kStandard, seed, 2480, 3508);
  builder.ChooseStyle();
  const double size = random.Integer(30, 64);
  builder.style().bubble = {size * random.Uniform(1, 1.3), size};
  const double width = builder.style().bubble.width;
  const double value_gap = std::ceil(width * random.Uniform(1.35, 1.8));
  const double field_gap = std::ceil(size * random.Uniform(1.35, 1.8));
  int question = 1;
  double left = 260;
  while (question < 500) {
    const int values = random.Integer(2, 8);
    const double reach = value_gap * (values - 1);
    if (left + reach > 2300) break;
    const int most = static_cast<int>((3300 - 1150) / field_gap);
    const int rows = random.Integer(3, std::min(most, 40));
    FieldBlock block;
    block.name = absl::StrCat("block ", question);
    block.labels = {absl::StrCat("q", question, "..", question + rows - 1)};
    for (int v = 0; v < values; ++v) {
      block.values.push_back(std::string(1, static_cast<char>('A' + v)));
    }
    block.origin = {left, 1150};
    block.value_gap = value_gap;
    block.field_gap = field_gap;
    builder.Block(block, {generator::Numbered("", question, rows), 30});
    question += rows;
    left += reach + value_gap * random.Uniform(1.6, 2.4) + 60;
  }
  if (random.Chance(0.5)) {
    builder.style().bubble = {46, 46};
    builder.DigitGrid("roll", "NUMBER", random.Integer(2, 9), {500, 380}, 64,
                      random.Integer(70, 130));
  }
  return std::move(builder).Finish("random", 1);
}

TEST(LayoutProposal, HasEveryBubbleOfRandomForms) {
  for (uint64_t seed = 100; seed < 112; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const PrintedForm form = RandomForm(seed);
    const absl::StatusOr<LayoutProposal> proposal =
        ProposeLayout(form.print.luma, {}, {});
    ASSERT_TRUE(proposal.ok()) << proposal.status();
    ExpectSameBubbles(form.fields, *proposal, 1, 0.6);
    // Whatever is not sure says why.
    for (const BlockFinding& block : proposal->blocks) {
      if (block.confidence < 0.85) {
        EXPECT_THAT(block.notes, ::testing::Not(IsEmpty())) << block.block;
      }
    }
  }
}

// Every other pixel, as a scan at half the resolution sees them, with noise.
GrayImage HalfSize(const GrayImage& page, uint64_t seed) {
  generator::Random random(seed);
  GrayImage half(page.width() / 2, page.height() / 2);
  for (int y = 0; y < half.height(); ++y) {
    for (int x = 0; x < half.width(); ++x) {
      const int sum = page.row(2 * y)[2 * x] + page.row(2 * y)[2 * x + 1] +
                      page.row(2 * y + 1)[2 * x] +
                      page.row(2 * y + 1)[2 * x + 1];
      half.row(y)[x] = static_cast<uint8_t>(
          std::clamp(sum / 4 - 12 + random.Integer(-8, 8), 0, 255));
    }
  }
  return half;
}

TEST(LayoutProposal, ReadsANoisyScanAt150Dpi) {
  for (const FormFamily family :
       {FormFamily::kStandard, FormFamily::kDense200, FormFamily::kBrackets}) {
    SCOPED_TRACE(FormFamilyName(family));
    const PrintedForm form = PrintForm(family, 5);
    ProposalOptions options;
    options.page = form.layout.page;
    const absl::StatusOr<LayoutProposal> proposal =
        ProposeLayout(HalfSize(form.print.luma, 5), options, {});
    ASSERT_TRUE(proposal.ok()) << proposal.status();
    // Half a pixel of the scan.
    ExpectSameBubbles(form.fields, *proposal, 1, 1.0);
  }
}

TEST(LayoutProposal, RefusesAPageThatLiesAskewAndSaysByHowMuch) {
  const PrintedForm form = PrintForm(FormFamily::kStandard, 1);
  for (const double degrees : {0.5, -0.6, 1.0, -2.0}) {
    const GrayImage askew = Straightened(form.print.luma, -degrees);
    const absl::StatusOr<LayoutProposal> proposal =
        ProposeLayout(askew, {}, {});
    ASSERT_FALSE(proposal.ok()) << degrees;
    EXPECT_EQ(ReasonOf(proposal.status()), kReferenceNotStraight);
    EXPECT_THAT(std::string(proposal.status().message()),
                HasSubstr(degrees > 0 ? "degrees clockwise"
                                      : "degrees counterclockwise"));
    const ErrorDetails details = *DetailsOf(proposal.status());
    EXPECT_NEAR(std::stod(details.metadata.at("degrees")), degrees, 0.03);
  }
}

TEST(LayoutProposal, SaysThatAPageLiesALittleAskew) {
  const PrintedForm form = PrintForm(FormFamily::kStandard, 1);
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(Straightened(form.print.luma, 0.15), {}, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  EXPECT_THAT(proposal->notes,
              Contains(HasSubstr("lies 0.15 degrees counterclockwise")));
}

TEST(LayoutProposal, StraightensAPageWhenAsked) {
  const PrintedForm form = PrintForm(FormFamily::kStandard, 1);
  const GrayImage askew = Straightened(form.print.luma, -0.8);
  ProposalOptions options;
  options.straighten = true;
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(askew, options, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  EXPECT_NEAR(proposal->turned_degrees, 0.8, 0.02);
  EXPECT_EQ(proposal->straightened.width(), askew.width());
  // A hundredth of a degree is 0.3 pixels at the page's end.
  ExpectSameBubbles(form.fields, *proposal, 1, 1.2);
}

TEST(LayoutProposal, LeavesAStraightPageAsItIs) {
  const PrintedForm form = PrintForm(FormFamily::kQuickstart, 1);
  ProposalOptions options;
  options.straighten = true;
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(form.print.luma, options, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  EXPECT_TRUE(proposal->straightened.empty());
  EXPECT_EQ(proposal->turned_degrees, 0);
}

TEST(LayoutProposal, SaysWhatItLeftOut) {
  // The instructions' examples of marks.
  const PrintedForm form = PrintForm(FormFamily::kStandard, 1);
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(form.print.luma, {}, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  EXPECT_THAT(proposal->notes,
              Contains(HasSubstr("3 bubbles without a grid left out: at (")));
  // A plan of eight seats.
  const PrintedForm seats = PrintForm(FormFamily::kCustomValues, 1);
  const absl::StatusOr<LayoutProposal> other =
      ProposeLayout(seats.print.luma, {}, {});
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_THAT(other->notes,
              Contains(HasSubstr("8 bubbles without a grid left out")));
}

TEST(LayoutProposal, CountsFilledAndMissingBubblesAndSaysSo) {
  PrintedForm form = PrintForm(FormFamily::kQuickstart, 1);
  const std::vector<Field> truth = form.fields;
  generator::Canvas canvas(form.print);
  const auto find = [&](const std::string& label) {
    return *std::find_if(truth.begin(), truth.end(), [&](const Field& field) {
      return field.label == label;
    });
  };
  // Two marks, and a bubble that was not printed.
  for (const char* label : {"q3", "q8"}) {
    canvas.FillEllipse(find(label).bubbles[1].center, {66, 66}, {40, 0, 0});
  }
  const PixelPoint gone = find("q12").bubbles[2].center;
  canvas.FillBox({gone.x - 40, gone.y - 40}, {gone.x + 40, gone.y + 40},
                 {255, 0, 0});
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(form.print.luma, {}, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  ExpectSameBubbles(truth, *proposal, 1, 0.6);
  ASSERT_EQ(proposal->blocks.size(), 3);
  EXPECT_THAT(proposal->blocks[1].notes,
              Contains(HasSubstr("2 bubbles are filled")));
  EXPECT_THAT(proposal->blocks[1].notes,
              Contains(HasSubstr("1 place of the grid is empty")));
  EXPECT_LT(proposal->blocks[1].confidence, proposal->blocks[2].confidence);
}

TEST(LayoutProposal, MakesAnotherBlockWhereQuestionsHaveFewerValues) {
  FormBuilder builder(FormFamily::kStandard, 4, 2480, 3508);
  builder.style().bubble = {60, 60};
  FieldBlock five;
  five.name = "five";
  five.labels = {"q1..10"};
  five.values = {"A", "B", "C", "D", "E"};
  five.origin = {500, 600};
  five.value_gap = five.field_gap = 110;
  FieldBlock three = five;
  three.name = "three";
  three.labels = {"q11..18"};
  three.values = {"A", "B", "C"};
  three.origin.y += 10 * 110;
  builder.Block(five);
  builder.Block(three);
  const PrintedForm form = std::move(builder).Finish("two lengths", 1);
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(form.print.luma, {}, {});
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  ASSERT_EQ(proposal->layout.blocks.size(), 2);
  ExpectSameBubbles(form.fields, *proposal, 1, 0.6);
  ExpectSameMeaning(form.fields, *proposal, 1);
}

// A grid, and marks of `side` pixels near the page's corners.
PrintedForm FormWithCorners(bool rings, double side) {
  FormBuilder builder(FormFamily::kStandard, 7, 2480, 3508);
  builder.style().bubble = {60, 60};
  FieldBlock block;
  block.name = "questions";
  block.labels = {"q1..12"};
  block.values = {"A", "B", "C", "D"};
  block.origin = {700, 900};
  block.value_gap = block.field_gap = 120;
  builder.Block(block);
  builder.CornerMarkers(
      rings ? align::MarkerKind::kRing : align::MarkerKind::kSquare, {180, 220},
      side);
  return std::move(builder).Finish("corners", 1);
}

TEST(LayoutProposal, RecognisesSquaresAndRingsAtTheCorners) {
  for (const bool rings : {false, true}) {
    SCOPED_TRACE(rings ? "rings" : "squares");
    const PrintedForm form = FormWithCorners(rings, 96);
    const absl::StatusOr<LayoutProposal> proposal =
        ProposeLayout(form.print.luma, {}, {});
    ASSERT_TRUE(proposal.ok()) << proposal.status();
    ASSERT_EQ(proposal->markers.size(), 4);
    ASSERT_EQ(form.markers.size(), 4);
    for (int k = 0; k < 4; ++k) {
      EXPECT_EQ(proposal->markers[k].is_ring, rings);
      EXPECT_NEAR(proposal->markers[k].center.x, form.markers[k].center.x, 1);
      EXPECT_NEAR(proposal->markers[k].center.y, form.markers[k].center.y, 1);
      EXPECT_NEAR(proposal->markers[k].size.width, 96, 5);
    }
    EXPECT_THAT(proposal->notes, IsEmpty());
  }
  EXPECT_THAT(
      ProposeLayout(PrintForm(FormFamily::kStandard, 1).print.luma, {}, {})
          ->markers,
      IsEmpty());
}

GrayImage Filled(int width, int height, uint8_t gray) {
  GrayImage image(width, height);
  std::fill_n(image.data(), image.size_bytes(), gray);
  return image;
}

TEST(LayoutProposal, RefusesPagesWithoutBubbles) {
  for (const uint8_t gray : {0, 128, 255}) {
    EXPECT_EQ(ReasonOf(ProposeLayout(Filled(900, 1200, gray), {}, {}).status()),
              kBubblesNotFound);
  }
  // Text, and the cells of a table, are none.
  FormBuilder builder(FormFamily::kStandard, 9, 2480, 3508);
  builder.Header("A LETTER", "of many words and no bubbles");
  builder.Instructions({200, 500}, 1900, 5, false);
  for (int i = 0; i <= 12; ++i) {
    builder.canvas().Line({400, 1200 + 60.0 * i}, {1600, 1200 + 60.0 * i}, 3,
                          {30, 0, 0});
    builder.canvas().Line({400 + 100.0 * i, 1200}, {400 + 100.0 * i, 1920}, 3,
                          {30, 0, 0});
  }
  const PrintedForm letter = std::move(builder).Finish("letter", 1);
  const absl::StatusOr<LayoutProposal> proposal =
      ProposeLayout(letter.print.luma, {}, {});
  const absl::Status status = proposal.status();
  if (proposal.ok()) {
    for (const FieldBlock& block : proposal->layout.blocks) {
      ADD_FAILURE() << block.labels[0] << " at " << block.origin.x << ", "
                    << block.origin.y << " size "
                    << proposal->layout.bubble.width << " x "
                    << proposal->layout.bubble.height;
    }
  }
  EXPECT_EQ(ReasonOf(status), kBubblesNotFound);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("shows no grid of bubbles"));
  EXPECT_EQ(ReasonOf(ProposeLayout(Filled(99, 500, 255), {}, {}).status()),
            kReferenceTooSmall);
}

TEST(LayoutProposal, SurvivesNoise) {
  for (const int coarse : {1, 3, 9, 20}) {
    generator::Random random(coarse);
    GrayImage noise(800, 800);
    std::vector<uint8_t> cells(800 * 800);
    for (uint8_t& cell : cells) {
      cell = static_cast<uint8_t>(random.Integer(0, 255));
    }
    for (int y = 0; y < 800; ++y) {
      for (int x = 0; x < 800; ++x) {
        noise.row(y)[x] = cells[(y / coarse) * 800 + x / coarse];
      }
    }
    const absl::StatusOr<LayoutProposal> proposal =
        ProposeLayout(noise, {}, {});
    // Chance may make a small grid; it is no sure one.
    if (!proposal.ok()) continue;
    EXPECT_LT(proposal->layout.blocks.size(), 20) << coarse;
  }
}

TEST(LayoutProposal, StopsWhenAsked) {
  StopSource source;
  source.Stop(absl::CancelledError("enough"));
  EXPECT_EQ(
      ProposeLayout(Filled(600, 600, 255), {}, source.token()).status().code(),
      absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sightline::grade
