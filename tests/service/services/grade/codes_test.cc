// Codes and check digits, over TCP: codes are found through the registration,
// read, and listed beside the bubbles; numbers that do not fit are doubted.
#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "common/image/encode.h"
#include "services/grade/engine/check_digit.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// A place below the questions, page units, and what is printed there.
constexpr double kCenterX = 1240;
constexpr double kCenterY = 3250;
constexpr double kSide = 280;
constexpr char kText[] = "sheet 0042";

// The sheet's scan with a QR code on its paper.
common::v1::Image ScanWithCode(const generator::GeneratedSheet& sheet) {
  ZXing::MultiFormatWriter writer(ZXing::BarcodeFormat::QRCode);
  writer.setMargin(4);
  const ZXing::BitMatrix bits = writer.encode(kText, 600, 600);
  GrayImage scan = sheet.scan.Clone();
  for (int y = 0; y < scan.height(); ++y) {
    for (int x = 0; x < scan.width(); ++x) {
      const PixelPoint at = sheet.scan_to_page.Map({x + 0.5, y + 0.5});
      const double u = (at.x - kCenterX) / kSide + 0.5;
      const double v = (at.y - kCenterY) / kSide + 0.5;
      if (u < 0 || u >= 1 || v < 0 || v >= 1) continue;
      const bool is_black = bits.get(static_cast<int>(u * bits.width()),
                                     static_cast<int>(v * bits.height()));
      scan.row(y)[x] = is_black ? 40 : 235;
    }
  }
  common::v1::Image image;
  image.set_encoded(*EncodePng(scan));
  return image;
}

grade::v1::GradeSheetRequest RequestWithCode(
    const generator::GeneratedSheet& sheet) {
  grade::v1::GradeSheetRequest request = GradeRequestOf(sheet);
  *request.mutable_scan() = ScanWithCode(sheet);
  grade::v1::CodeField* code = request.mutable_layout()->add_codes();
  code->set_label("sheet");
  code->mutable_center()->set_x(kCenterX);
  code->mutable_center()->set_y(kCenterY);
  code->mutable_size()->set_width(kSide);
  code->mutable_size()->set_height(kSide);
  code->add_formats(grade::v1::CODE_FORMAT_QR);
  return request;
}

TEST(CodesOverTcp, AreReadBesideTheBubbles) {
  OmrServer server;
  const generator::GeneratedSheet& sheet =
      SheetOf(generator::FormFamily::kQuickstart);
  const auto answer = Ask(server, RequestWithCode(sheet));
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(Wrong(answer.response, sheet), IsEmpty());
  const int bubble_fields = static_cast<int>(sheet.form->fields.size());
  ASSERT_EQ(answer.response.fields_size(), bubble_fields + 1);
  const grade::v1::FieldReading& code = answer.response.fields(bubble_fields);
  EXPECT_EQ(code.label(), "sheet");
  EXPECT_EQ(code.answer(), kText);
  EXPECT_EQ(code.confidence(), 1);
  EXPECT_THAT(code.flags(), IsEmpty());
  EXPECT_THAT(answer.response.review(), Not(Contains("sheet")));
}

TEST(CodesOverTcp, ThatAreMissingGoOnTheReviewList) {
  OmrServer server;
  const generator::GeneratedSheet& sheet =
      SheetOf(generator::FormFamily::kQuickstart);
  grade::v1::GradeSheetRequest request = RequestWithCode(sheet);
  request.mutable_layout()->mutable_codes(0)->mutable_center()->set_y(3000);
  request.mutable_layout()->mutable_codes(0)->mutable_size()->set_height(60);
  request.mutable_options()->set_return_crops(true);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto& code = answer.response.fields(answer.response.fields_size() - 1);
  EXPECT_EQ(code.answer(), "");
  EXPECT_THAT(code.flags(), ElementsAre(grade::v1::FLAG_UNREADABLE));
  EXPECT_THAT(answer.response.review(), Contains("sheet"));
  // A picture of the place, to read by eye.
  const auto& item =
      answer.response.review_items(answer.response.review_items_size() - 1);
  EXPECT_EQ(item.label(), "sheet");
  EXPECT_THAT(item.flags(), ElementsAre(grade::v1::FLAG_UNREADABLE));
  EXPECT_GT(item.crop().width(), 3 * item.crop().height());
  EXPECT_EQ(item.bubbles_size(), 0);
}

TEST(CheckDigitOverTcp, ANumberThatDoesNotFitIsForReview) {
  OmrServer server;
  const generator::GeneratedSheet& sheet =
      SheetOf(generator::FormFamily::kQuickstart);
  grade::v1::GradeSheetRequest request = GradeRequestOf(sheet);
  ASSERT_GT(request.layout().combined_size(), 0);
  request.mutable_options()->set_return_crops(true);
  const std::string label = request.layout().combined(0).label();
  int failures = 0;
  // A number fits at most one of two rules that differ in every place.
  for (const auto rule :
       {grade::v1::CHECK_DIGIT_LUHN, grade::v1::CHECK_DIGIT_GS1}) {
    request.mutable_layout()->mutable_combined(0)->set_check_digit(rule);
    const auto answer = Ask(server, request);
    ASSERT_TRUE(answer.ok()) << answer.status;
    const grade::v1::CombinedReading& number = answer.response.combined(0);
    const bool fits = grade::CheckDigitHolds(rule == grade::v1::CHECK_DIGIT_LUHN
                                                 ? grade::CheckDigit::kLuhn
                                                 : grade::CheckDigit::kGs1,
                                             number.answer());
    failures += !fits;
    EXPECT_EQ(number.flags_size(), fits ? 0 : 1);
    EXPECT_EQ(number.confidence() < 0.5, !fits);
    if (fits) {
      EXPECT_THAT(answer.response.review(), Not(Contains(label)));
    } else {
      EXPECT_THAT(number.flags(), ElementsAre(grade::v1::FLAG_CHECK_DIGIT));
      EXPECT_THAT(answer.response.review(), Contains(label));
      // All digits in one picture.
      for (const auto& item : answer.response.review_items()) {
        if (item.label() != label) continue;
        EXPECT_EQ(item.answer(), number.answer());
        EXPECT_EQ(item.bubbles_size(),
                  10 * static_cast<int>(number.answer().size()));
        EXPECT_GT(item.crop().width(), 200);
        EXPECT_GT(item.crop().height(), 200);
      }
    }
  }
  EXPECT_GT(failures, 0) << "choose another sheet";
}

TEST(CodesOverTcp, ALayoutSaysWhatIsWrongWithThem) {
  OmrServer server;
  const generator::GeneratedSheet& sheet =
      SheetOf(generator::FormFamily::kQuickstart);
  grade::v1::GradeSheetRequest request = RequestWithCode(sheet);
  grade::v1::ValidateLayoutRequest validate;
  *validate.mutable_layout() = request.layout();
  const auto good = Ask(server, validate);
  ASSERT_TRUE(good.ok()) << good.status;
  EXPECT_TRUE(good.response.valid());
  EXPECT_THAT(good.response.fields(), Contains("sheet"));

  grade::v1::CodeField* code = validate.mutable_layout()->mutable_codes(0);
  code->set_label(sheet.form->fields[0].label);
  code->mutable_center()->set_x(5000);
  const auto bad = Ask(server, validate);
  ASSERT_TRUE(bad.ok()) << bad.status;
  std::vector<std::string> fields;
  for (const auto& problem : bad.response.problems()) {
    fields.push_back(problem.field());
  }
  EXPECT_THAT(fields,
              ElementsAre("layout.codes[0].label", "layout.codes[0].center"));

  // A kind from the future is refused, not taken for any.
  code->add_formats(static_cast<grade::v1::CodeFormat>(77));
  const auto unknown = Ask(server, validate);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.field(), "layout.codes[0].formats[1]");
}

}  // namespace
}  // namespace sightline::omr
