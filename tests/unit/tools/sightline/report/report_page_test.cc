#include "tools/sightline/report/report_page.h"

#include <filesystem>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/files/temporary_folder.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeSheetResponse;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHostile[] = "<script>alert(\"1\")</script>";

std::string Jpeg() {
  GrayImage image(40, 20);
  std::fill_n(image.data(), image.size_bytes(), uint8_t{200});
  return *EncodeJpeg(image, 80);
}

GradeSheetResponse DoubtfulSheet(const std::string& label) {
  GradeSheetResponse sheet;
  sheet.add_review(label);
  auto& item = *sheet.add_review_items();
  item.set_label(label);
  item.set_answer("B");
  item.set_confidence(0.5);
  item.add_flags(grade::v1::FLAG_OFF_GRID);
  item.mutable_crop()->set_content(Jpeg());
  item.mutable_crop()->set_width(40);
  item.mutable_crop()->set_height(20);
  auto& bubble = *item.add_bubbles();
  bubble.set_value("B");
  bubble.set_marked(true);
  bubble.mutable_center()->set_x(10);
  bubble.mutable_center()->set_y(10);
  bubble.mutable_size()->set_width(8);
  bubble.mutable_size()->set_height(6);
  return sheet;
}

class ReportPageFile : public testing::Test {
 protected:
  std::unique_ptr<ReportPage> Open(const std::string& title,
                                   const ReportLimits& limits = {}) {
    auto page =
        ReportPage::Open(folder_.Path("report.html"), title, {"q1"}, limits);
    EXPECT_TRUE(page.ok()) << page.status();
    return *std::move(page);
  }
  std::string Finish(ReportPage& page) {
    const absl::Status status = page.Finish(absl::UnixEpoch());
    EXPECT_TRUE(status.ok()) << status;
    return folder_.Read("report.html");
  }
  // How often `part` occurs.
  static int Count(const std::string& text, const std::string& part) {
    int count = 0;
    for (size_t at = text.find(part); at != std::string::npos;
         at = text.find(part, at + 1)) {
      ++count;
    }
    return count;
  }

  TemporaryFolder folder_;
};

TEST_F(ReportPageFile, EscapesEveryTextThatComesFromOutside) {
  const auto page = Open(kHostile);
  GradeSheetResponse sheet = DoubtfulSheet(kHostile);
  sheet.mutable_review_items(0)->set_answer(kHostile);
  auto& question = *sheet.add_questions();
  question.set_field(kHostile);
  question.set_answer(kHostile);
  question.set_expected(kHostile);
  question.set_verdict(grade::v1::VERDICT_CORRECT);
  sheet.set_score(1);
  sheet.set_max_score(1);
  ASSERT_TRUE(page->Add(kHostile, sheet).ok());
  ASSERT_TRUE(
      page->Add(kHostile, Error(absl::StatusCode::kInvalidArgument, kHostile)
                              .Message(kHostile))
          .ok());
  const std::string html = Finish(*page);
  EXPECT_EQ(Count(html, "<script"), 1) << "the page's own";
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&quot;1&quot;)"));
  EXPECT_THAT(html, Not(HasSubstr("alert(\"1\")")));
}

TEST_F(ReportPageFile, ShowsAPictureOfTheFieldWithARingAroundTheMark) {
  const std::string html =
      CardHtml("a.jpg", DoubtfulSheet("q7").review_items(0));
  EXPECT_THAT(html, HasSubstr("<image href=\"data:image/jpeg;base64,/9j/"));
  EXPECT_THAT(html, HasSubstr("<ellipse cx=\"10.0\" cy=\"10.0\" rx=\"8.0\" "
                              "ry=\"7.0\"/>"));
  EXPECT_THAT(html, HasSubstr("data-flags=\"off_grid\""));
  EXPECT_THAT(html, HasSubstr("<li>off grid</li>"));
  EXPECT_THAT(html, HasSubstr("0.50 sure"));
}

TEST_F(ReportPageFile, ShowsNoPictureThatIsNone) {
  GradeSheetResponse sheet = DoubtfulSheet("q7");
  auto& item = *sheet.mutable_review_items(0);
  item.mutable_bubbles(0)->mutable_center()->set_x(
      std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(CardHtml("a.jpg", item), Not(HasSubstr("<ellipse")));
  item.mutable_crop()->set_content("<svg onload=\"alert(1)\"/>");
  EXPECT_THAT(CardHtml("a.jpg", item), HasSubstr("no picture"));
  item.clear_crop();
  item.clear_flags();
  EXPECT_THAT(CardHtml("a.jpg", item), HasSubstr("no picture"));
  EXPECT_THAT(CardHtml("a.jpg", item), HasSubstr("data-flags=\"unsure\""));
}

TEST_F(ReportPageFile, IsBoundedHoweverMuchIsInDoubt) {
  ReportLimits limits;
  limits.cards = 5;
  limits.failures = 3;
  const auto page = Open("", limits);
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(page->Add("a.jpg", DoubtfulSheet("q1")).ok());
    ASSERT_TRUE(page->Add("b.jpg", absl::NotFoundError("no page")).ok());
  }
  const std::string html = Finish(*page);
  EXPECT_EQ(Count(html, "<li class=\"card\""), 5);
  EXPECT_THAT(html, HasSubstr("The first 5 of 9 are shown here; review.csv"));
  EXPECT_EQ(Count(html, "no page"), 3);
  EXPECT_THAT(html, HasSubstr("6 more are in results.csv"));

  ReportLimits bytes;
  bytes.card_bytes = 3000;
  const auto small = Open("", bytes);
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(small->Add("a.jpg", DoubtfulSheet("q1")).ok());
  }
  const int cards = Count(Finish(*small), "<li class=\"card\"");
  EXPECT_GT(cards, 0);
  EXPECT_LT(cards, 9);
}

TEST_F(ReportPageFile, LeavesNothingElseInItsFolder) {
  {
    const auto page = Open("Test");
    ASSERT_TRUE(page->Add("a.jpg", DoubtfulSheet("q1")).ok());
    Finish(*page);
  }
  int files = 0;
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator(folder_.path())) {
    ++files;
  }
  EXPECT_EQ(files, 1);
}

TEST_F(ReportPageFile, OfNothingSaysSo) {
  const auto page = Open("");
  const std::string html = Finish(*page);
  EXPECT_THAT(html, HasSubstr("No reading is in doubt."));
  EXPECT_THAT(html, HasSubstr("<h1><bdi>Answer sheets</bdi></h1>"));
  EXPECT_THAT(html, Not(HasSubstr("id=\"scores\"")));
}

}  // namespace
}  // namespace sightline::cli
