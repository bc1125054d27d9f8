// ProposeLayout, and ValidateLayout with a preview, over TCP.
#include <string>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/engine/proposal/reasons.h"
#include "services/grade/engine/proposal/straighten.h"
#include "services/grade/engine/reasons.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using generator::FormFamily;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const generator::PrintedForm& Form() {
  static const auto* form = new generator::PrintedForm(
      generator::PrintForm(FormFamily::kQuickstart, 1));
  return *form;
}

grade::v1::ProposeLayoutRequest RequestFor(const GrayImage& page) {
  grade::v1::ProposeLayoutRequest request;
  request.mutable_reference()->set_encoded(*EncodePng(page));
  return request;
}

TEST(ProposeLayoutOverTcp, AnswersWithALayoutThatGradesSheets) {
  OmrServer server;
  grade::v1::ProposeLayoutRequest request = RequestFor(Form().print.luma);
  request.mutable_options()->set_return_preview(true);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const grade::v1::SheetLayout& layout = answer.response.layout();
  EXPECT_EQ(layout.page().width(), 2480);
  EXPECT_EQ(layout.page().height(), 3508);
  EXPECT_FALSE(layout.has_reference());
  ASSERT_EQ(layout.blocks_size(), 3);
  EXPECT_EQ(layout.blocks(0).kind(), grade::v1::FIELD_KIND_INTEGER);
  EXPECT_THAT(layout.blocks(0).labels(), ElementsAre("number1_1..6"));
  EXPECT_THAT(layout.blocks(1).labels(), ElementsAre("q1..15"));
  EXPECT_THAT(layout.blocks(2).labels(), ElementsAre("q16..30"));
  ASSERT_EQ(layout.combined_size(), 1);
  EXPECT_EQ(layout.combined(0).label(), "number1");
  ASSERT_EQ(answer.response.blocks_size(), 3);
  EXPECT_EQ(answer.response.blocks(1).name(), layout.blocks(1).name());
  EXPECT_GT(answer.response.blocks(1).confidence(), 0.95);
  EXPECT_THAT(answer.response.blocks(0).notes(),
              Contains(HasSubstr("columns of 10")));
  EXPECT_GT(answer.response.cost().peak_reserved_bytes(), 0);

  EXPECT_EQ(answer.response.preview().width(), 1600);
  EXPECT_EQ(answer.response.preview().format(), common::v1::IMAGE_FORMAT_JPEG);
  const auto preview = DecodeRgb(answer.response.preview().content(), {});
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->pixels.height(), 2263);

  // It reads the sheets of that form, with the reference it was made of.
  const generator::GeneratedSheet& sheet =
      SheetOf(FormFamily::kQuickstart, generator::MarkProfile::kClean,
              {generator::Degradation::kRotation});
  grade::v1::GradeSheetRequest grade;
  grade.mutable_scan()->set_encoded(sheet.jpeg);
  *grade.mutable_layout() = layout;
  grade.mutable_layout()->mutable_reference()->set_encoded(
      *EncodePng(sheet.form->print.luma));
  const auto graded = Ask(server, grade);
  ASSERT_TRUE(graded.ok()) << graded.status;
  int questions = 0;
  for (const grade::v1::FieldReading& field : graded.response.fields()) {
    for (const generator::FieldTruth& truth : sheet.truth) {
      if (truth.label != field.label()) continue;
      ++questions;
      EXPECT_EQ(field.answer(), truth.answer) << field.label();
    }
  }
  EXPECT_EQ(questions, 30);
}

TEST(ProposeLayoutOverTcp, TakesRawPixelsAndReducesFineScans) {
  OmrServer server;
  grade::v1::ProposeLayoutRequest request;
  const generator::PrintedForm quiz =
      generator::PrintForm(FormFamily::kQuiz, 1);
  *request.mutable_reference() = RawImage(quiz.print.luma);
  const auto raw = Ask(server, request);
  ASSERT_TRUE(raw.ok()) << raw.status;
  ASSERT_EQ(raw.response.layout().blocks_size(), 1);

  // The same at three times the resolution: in the pixels that were sent.
  const GrayImage& page = quiz.print.luma;
  GrayImage fine(3 * page.width(), 3 * page.height());
  for (int y = 0; y < fine.height(); ++y) {
    for (int x = 0; x < fine.width(); ++x) {
      fine.row(y)[x] = page.row(y / 3)[x / 3];
    }
  }
  const auto finer = Ask(server, RequestFor(fine));
  ASSERT_TRUE(finer.ok()) << finer.status;
  EXPECT_EQ(finer.response.layout().page().width(), fine.width());
  ASSERT_EQ(finer.response.layout().blocks_size(), 1);
  const auto& a = raw.response.layout().blocks(0);
  const auto& b = finer.response.layout().blocks(0);
  EXPECT_NEAR(b.origin().x(), 3 * a.origin().x(), 2);
  EXPECT_NEAR(b.origin().y(), 3 * a.origin().y(), 2);
  EXPECT_NEAR(b.value_gap(), 3 * a.value_gap(), 0.5);
  EXPECT_NEAR(finer.response.layout().bubble().width(),
              3 * raw.response.layout().bubble().width(), 6);
}

TEST(ProposeLayoutOverTcp, RefusesAndStraightensAPageThatLiesAskew) {
  OmrServer server;
  grade::v1::ProposeLayoutRequest request =
      RequestFor(grade::Straightened(Form().print.luma, -1));
  const auto refused = Ask(server, request);
  EXPECT_EQ(refused.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refused.reason(), grade::kReferenceNotStraight);
  EXPECT_EQ(refused.field(), "reference");

  request.mutable_options()->set_straighten(true);
  request.mutable_options()->set_return_preview(true);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_NEAR(answer.response.turned_degrees(), 1, 0.02);
  ASSERT_TRUE(answer.response.has_straightened());
  EXPECT_TRUE(answer.response.has_preview());
  // What came back is a straight reference.
  grade::v1::ProposeLayoutRequest again;
  again.mutable_reference()->set_encoded(
      answer.response.straightened().content());
  const auto straight = Ask(server, again);
  ASSERT_TRUE(straight.ok()) << straight.status;
  EXPECT_NEAR(straight.response.layout().blocks(1).origin().x(),
              answer.response.layout().blocks(1).origin().x(), 0.1);
}

TEST(ProposeLayoutOverTcp, SaysWhatIsWrongWithARequest) {
  OmrServer server;
  grade::v1::ProposeLayoutRequest request;
  EXPECT_EQ(Ask(server, request).reason(), "IMAGE_EMPTY");
  EXPECT_THAT(Ask(server, request).field(), HasSubstr("reference"));

  request.mutable_reference()->set_encoded(PlainPng(800, 1000, 255));
  const auto blank = Ask(server, request);
  EXPECT_EQ(blank.reason(), grade::kBubblesNotFound);
  EXPECT_EQ(blank.field(), "reference");
  request.mutable_reference()->set_encoded(PlainPng(80, 1000, 255));
  EXPECT_EQ(Ask(server, request).reason(), grade::kReferenceTooSmall);

  request = RequestFor(Form().print.luma);
  request.mutable_options()->set_return_preview(true);
  for (const int width : {-5, 99, 10001}) {
    request.mutable_options()->mutable_preview()->set_width(width);
    const auto answer = Ask(server, request);
    EXPECT_EQ(answer.reason(), grade::kPreviewInvalid) << width;
    EXPECT_EQ(answer.field(), "options.preview.width") << width;
  }
  request.mutable_options()->mutable_preview()->set_width(0);
  request.mutable_options()->mutable_preview()->mutable_output()->set_quality(
      101);
  EXPECT_EQ(Ask(server, request).reason(), "OUTPUT_INVALID");
}

TEST(ProposeLayoutOverTcp, ReservesWhatItNeeds) {
  OmrOptions options;
  options.server = wire::TestOptions();
  OmrServer server(options);
  const auto answer = Ask(server, RequestFor(Form().print.luma));
  ASSERT_TRUE(answer.ok()) << answer.status;
  // Page and outlines; not some hundreds of megabytes.
  EXPECT_GT(answer.response.cost().peak_reserved_bytes(), int64_t{2480} * 3508);
  EXPECT_LT(answer.response.cost().peak_reserved_bytes(), int64_t{80} << 20);
}

TEST(LayoutPreviewOverTcp, DrawsALayoutWithAndWithoutItsReference) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  *request.mutable_layout() = LayoutOf(QuizSheet());
  request.set_return_preview(true);
  request.mutable_preview()->mutable_output()->set_format(
      common::v1::IMAGE_FORMAT_PNG);
  request.mutable_preview()->set_width(700);
  const auto with = Ask(server, request);
  ASSERT_TRUE(with.ok()) << with.status;
  ASSERT_TRUE(with.response.valid());
  EXPECT_EQ(with.response.preview().width(), 700);
  EXPECT_EQ(with.response.preview().format(), common::v1::IMAGE_FORMAT_PNG);
  request.mutable_layout()->clear_reference();
  const auto without = Ask(server, request);
  ASSERT_TRUE(without.ok()) << without.status;
  EXPECT_EQ(without.response.preview().width(), 700);
  EXPECT_NE(without.response.preview().content(),
            with.response.preview().content());

  request.set_return_preview(false);
  EXPECT_FALSE(Ask(server, request).response.has_preview());
}

TEST(LayoutPreviewOverTcp, DrawsTheChosenPageOfSeveral) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  *request.mutable_layout() = LayoutOf(QuizSheet());
  grade::v1::SheetLayout* second = request.mutable_layout()->add_more_pages();
  second->mutable_page()->set_width(600);
  second->mutable_page()->set_height(300);
  grade::v1::FieldBlock* block = second->add_blocks();
  block->add_labels("back1..3");
  for (const char* value : {"A", "B"}) block->add_values(value);
  block->mutable_bubble()->set_width(20);
  block->mutable_bubble()->set_height(20);
  block->mutable_origin()->set_x(100);
  block->mutable_origin()->set_y(80);
  block->set_value_gap(40);
  block->set_field_gap(50);
  request.set_return_preview(true);
  request.mutable_preview()->set_width(600);
  const auto front = Ask(server, request);
  ASSERT_TRUE(front.ok()) << front.status;
  EXPECT_GT(front.response.preview().height(), 600);
  request.mutable_preview()->set_page(1);
  const auto back = Ask(server, request);
  ASSERT_TRUE(back.ok()) << back.status;
  EXPECT_EQ(back.response.preview().height(), 300);
  for (const int page : {-1, 2}) {
    request.mutable_preview()->set_page(page);
    const auto answer = Ask(server, request);
    EXPECT_EQ(answer.reason(), grade::kPreviewInvalid) << page;
    EXPECT_EQ(answer.field(), "preview.page") << page;
  }
}

TEST(LayoutPreviewOverTcp, AWrongLayoutHasNone) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  *request.mutable_layout() = LayoutOf(QuizSheet());
  request.set_return_preview(true);
  request.mutable_preview()->set_width(50);
  const auto narrow = Ask(server, request);
  EXPECT_EQ(narrow.reason(), grade::kPreviewInvalid);
  EXPECT_EQ(narrow.field(), "preview.width");

  request.mutable_preview()->set_width(0);
  request.mutable_layout()->mutable_reference()->set_encoded("no image");
  const auto unreadable = Ask(server, request);
  EXPECT_FALSE(unreadable.ok());
  EXPECT_EQ(unreadable.field(), "layout.reference.encoded");

  request.mutable_layout()->mutable_blocks(0)->set_value_gap(-1);
  const auto wrong = Ask(server, request);
  ASSERT_TRUE(wrong.ok()) << wrong.status;
  EXPECT_FALSE(wrong.response.valid());
  EXPECT_FALSE(wrong.response.has_preview());
}

}  // namespace
}  // namespace sightline::omr
