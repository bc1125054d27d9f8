// Boxes of handwriting over TCP: read beside the bubbles, cut out for people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// The sheet's request with a box wherever its form has people write, and one
// where nothing is.
grade::v1::GradeSheetRequest RequestWithBoxes(
    const generator::GeneratedSheet& sheet) {
  grade::v1::GradeSheetRequest request = GradeRequestOf(sheet);
  const double unit = sheet.form->units_per_pixel;
  const auto add = [&](double x, double y, double width, double height) {
    grade::v1::HandwritingBox* box = request.mutable_layout()->add_boxes();
    box->set_label(absl::StrCat("box", request.layout().boxes_size()));
    box->mutable_center()->set_x((x + width / 2) * unit);
    box->mutable_center()->set_y((y + height / 2) * unit);
    box->mutable_size()->set_width(width * unit);
    box->mutable_size()->set_height(height * unit);
  };
  for (const auto& box : sheet.form->writing_boxes) {
    add(box.top_left.x, box.top_left.y, box.size.width, box.size.height);
  }
  add(1120, 3180, 240, 40);
  return request;
}

TEST(BoxesOverTcp, SayWhetherAnythingIsWritten) {
  OmrServer server;
  const generator::GeneratedSheet& sheet =
      SheetOf(generator::FormFamily::kQuickstart);
  grade::v1::GradeSheetRequest request = RequestWithBoxes(sheet);
  const int boxes = request.layout().boxes_size();
  ASSERT_GT(boxes, 1);
  request.mutable_layout()->mutable_boxes(0)->set_value("signed");
  request.mutable_layout()->add_columns("box1");
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(Wrong(answer.response, sheet), IsEmpty());
  ASSERT_EQ(answer.response.boxes_size(), boxes);
  const int first = answer.response.fields_size() - boxes;
  for (int i = 0; i < boxes; ++i) {
    const bool is_last = i == boxes - 1;
    const grade::v1::FieldReading& field = answer.response.fields(first + i);
    const grade::v1::BoxReading& box = answer.response.boxes(i);
    EXPECT_EQ(field.label(), absl::StrCat("box", i + 1));
    EXPECT_EQ(box.label(), field.label());
    EXPECT_EQ(field.answer(), i == 0 ? "signed" : is_last ? "" : "written");
    EXPECT_GT(field.confidence(), 0.9) << field.label() << box.ink();
    EXPECT_EQ(box.ink() > 0.005, !is_last) << box.ink();
    EXPECT_FALSE(box.has_crop());
    EXPECT_THAT(answer.response.review(), Not(Contains(field.label())));
  }
  EXPECT_THAT(answer.response.fields(first + boxes - 1).flags(),
              ElementsAre(grade::v1::FLAG_BLANK));
}

TEST(BoxesOverTcp, ComeWithPicturesAndRequiredOnesAreReviewedWhenEmpty) {
  OmrServer server;
  const generator::GeneratedSheet& sheet =
      SheetOf(generator::FormFamily::kQuickstart);
  grade::v1::GradeSheetRequest request = RequestWithBoxes(sheet);
  const int last = request.layout().boxes_size() - 1;
  request.mutable_layout()->mutable_boxes(last)->set_required(true);
  request.mutable_options()->set_return_crops(true);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const std::string label = request.layout().boxes(last).label();
  EXPECT_THAT(answer.response.review(), Contains(label));
  const auto& item =
      answer.response.review_items(answer.response.review_items_size() - 1);
  EXPECT_EQ(item.label(), label);
  EXPECT_GT(item.crop().width(), 4 * item.crop().height());
  for (const grade::v1::BoxReading& box : answer.response.boxes()) {
    EXPECT_GT(box.crop().width(), box.crop().height()) << box.label();
    EXPECT_THAT(box.crop().content(), Not(IsEmpty())) << box.label();
  }
}

TEST(BoxesOverTcp, OutsideThePageOrTwiceAreRefused) {
  OmrServer server;
  const generator::GeneratedSheet& sheet =
      SheetOf(generator::FormFamily::kQuickstart);
  grade::v1::GradeSheetRequest request = RequestWithBoxes(sheet);
  request.mutable_layout()->mutable_boxes(0)->mutable_center()->set_x(-5);
  request.mutable_layout()->mutable_boxes(1)->set_label("q1");
  const auto answer = Ask(server, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
  const auto details = DetailsOf(answer.status);
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> paths;
  for (const FieldViolation& violation : details->fields) {
    paths.push_back(violation.field);
  }
  EXPECT_THAT(paths,
              ElementsAre("layout.boxes[0].center", "layout.boxes[1].label"));
}

}  // namespace
}  // namespace sightline::omr
