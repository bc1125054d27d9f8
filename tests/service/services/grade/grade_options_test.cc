// Options of grading over TCP: their effect, and what is out of range.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/image_message/reasons.h"
#include "services/grade/reasons.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using Request = grade::v1::GradeSheetRequest;
using Response = grade::v1::GradeSheetResponse;

TEST(GradeOptionsOverTcp, AGivenThresholdDecides) {
  OmrServer server;
  Request request = GradeRequestOf(QuizSheet());
  const Answer<Response> by_itself = Ask(server, request);
  ASSERT_TRUE(by_itself.ok()) << by_itself.status;
  EXPECT_FALSE(by_itself.response.thresholds().given());
  EXPECT_GT(by_itself.response.thresholds().page(),
            by_itself.response.thresholds().empty_level());
  EXPECT_LT(by_itself.response.thresholds().page(),
            by_itself.response.thresholds().mark_level());

  // No mark is that black: everything reads blank.
  request.mutable_options()->set_threshold(1);
  const Answer<Response> high = Ask(server, request);
  ASSERT_TRUE(high.ok()) << high.status;
  EXPECT_TRUE(high.response.thresholds().given());
  EXPECT_DOUBLE_EQ(high.response.thresholds().page(), 1);
  for (const auto& field : high.response.fields()) {
    EXPECT_EQ(field.answer(), "") << field.label();
  }

  request.mutable_options()->set_threshold(
      by_itself.response.thresholds().page());
  const Answer<Response> same = Ask(server, request);
  ASSERT_TRUE(same.ok()) << same.status;
  EXPECT_THAT(Wrong(same.response, QuizSheet()), IsEmpty());
}

TEST(GradeOptionsOverTcp, BatchSizeChangesNoAnswer) {
  OmrServer server;
  Request request = GradeRequestOf(QuizSheet());
  std::vector<std::string> answers;
  for (const int size : {0, 1, 3, 10000}) {
    request.mutable_options()->set_batch_size(size);
    const Answer<Response> answer = Ask(server, request);
    ASSERT_TRUE(answer.ok()) << size << ": " << answer.status;
    std::string all;
    for (const auto& field : answer.response.fields()) {
      absl::StrAppend(&all, field.label(), "=", field.answer(), " ",
                      field.confidence(), "\n");
    }
    answers.push_back(all);
  }
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(answers[0], answers[2]);
  EXPECT_EQ(answers[0], answers[3]);
}

TEST(GradeOptionsOverTcp, ReviewBelowSetsWhoIsOnTheList) {
  OmrServer server;
  Request request = GradeRequestOf(QuizSheet());
  request.mutable_options()->set_review_below(0);
  const Answer<Response> none = Ask(server, request);
  ASSERT_TRUE(none.ok()) << none.status;
  EXPECT_THAT(none.response.review(), IsEmpty());
  double most = 0;
  for (const auto& field : none.response.fields()) {
    most = std::max(most, field.confidence());
  }
  request.mutable_options()->set_review_below(1);
  const Answer<Response> strict = Ask(server, request);
  ASSERT_TRUE(strict.ok()) << strict.status;
  int expected = 0;
  for (const auto& field : strict.response.fields()) {
    expected += field.confidence() < 1 || field.flags_size() > 0;
  }
  EXPECT_THAT(strict.response.review(), SizeIs(expected));
}

TEST(GradeOptionsOverTcp, AlignmentOptionsReachTheAlignService) {
  OmrServer server;
  Request request = GradeRequestOf(QuizSheet());
  request.mutable_layout()->mutable_alignment()->mutable_options()->set_method(
      align::v1::ALIGN_METHOD_ORB);
  const Answer<Response> answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.alignment().method(), align::v1::ALIGN_METHOD_ORB);
  EXPECT_THAT(answer.response.alignment().attempts(), SizeIs(1));
}

TEST(GradeOptionsOverTcp, OptionsOutOfRangeAreNamed) {
  OmrServer server;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  using Options = grade::v1::GradeOptions;
  struct Case {
    const char* field;
    const char* reason;
    std::function<void(Options&)> set;
  };
  const char* const invalid = grade::kGradeOptionsInvalid;
  const std::vector<Case> cases = {
      {"threshold", invalid, [](Options& o) { o.set_threshold(-0.01); }},
      {"threshold", invalid, [](Options& o) { o.set_threshold(1.01); }},
      {"threshold", invalid, [nan](Options& o) { o.set_threshold(nan); }},
      {"batch_size", invalid, [](Options& o) { o.set_batch_size(-1); }},
      {"batch_size", invalid, [](Options& o) { o.set_batch_size(10001); }},
      {"review_below", invalid, [](Options& o) { o.set_review_below(-0.5); }},
      {"review_below", invalid, [](Options& o) { o.set_review_below(2); }},
      {"annotated_width", invalid,
       [](Options& o) { o.set_annotated_width(99); }},
      {"annotated_width", invalid,
       [](Options& o) { o.set_annotated_width(10001); }},
      {"crop.max_side", invalid,
       [](Options& o) { o.mutable_crop()->set_max_side(39); }},
      {"crop.max_side", invalid,
       [](Options& o) { o.mutable_crop()->set_max_side(1001); }},
      {"crop.max_count", invalid,
       [](Options& o) { o.mutable_crop()->set_max_count(-1); }},
      {"crop.max_count", invalid,
       [](Options& o) { o.mutable_crop()->set_max_count(1001); }},
      {"crop.output.quality", kOutputInvalid,
       [](Options& o) { o.mutable_crop()->mutable_output()->set_quality(-1); }},
      {"output.quality", kOutputInvalid,
       [](Options& o) { o.mutable_output()->set_quality(101); }},
      {"output.format", kOutputInvalid,
       [](Options& o) {
         o.mutable_output()->set_format(
             static_cast<common::v1::ImageFormat>(17));
       }},
  };
  for (const Case& c : cases) {
    Request request = GradeRequestOf(QuizSheet());
    c.set(*request.mutable_options());
    const std::string shown = request.options().ShortDebugString();
    const Answer<Response> answer = Ask(server, request);
    EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument)
        << shown;
    EXPECT_EQ(answer.reason(), c.reason) << shown;
    EXPECT_EQ(answer.field(), absl::StrCat("options.", c.field)) << shown;

    grade::v1::GradeSheetsSettings settings;
    *settings.mutable_layout() = request.layout();
    *settings.mutable_options() = request.options();
    const auto stub = server.Grade();
    GradeStream stream([&](grpc::ClientContext* context) {
      return stub->GradeSheets(context);
    });
    const Answer<Response> ended{stream.Begin(settings).End(), {}};
    EXPECT_EQ(ended.reason(), c.reason) << shown;
    EXPECT_EQ(ended.field(), absl::StrCat("settings.options.", c.field))
        << shown;
  }
}

// What the align service refuses is named as the caller knows it.
TEST(GradeOptionsOverTcp, AlignmentOptionsOutOfRangeAreNamedInTheLayout) {
  OmrServer server;
  Request request = GradeRequestOf(QuizSheet());
  request.mutable_layout()
      ->mutable_alignment()
      ->mutable_options()
      ->set_max_features(1);
  const Answer<Response> answer = Ask(server, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.reason(), "OPTIONS_INVALID");
  EXPECT_EQ(answer.field(), "layout.alignment.options.max_features");

  Request picture = GradeRequestOf(QuizSheet());
  picture.mutable_layout()->mutable_reference()->set_encoded("no image");
  const Answer<Response> refused = Ask(server, picture);
  EXPECT_EQ(refused.reason(), "IMAGE_FORMAT_UNKNOWN");
  EXPECT_EQ(refused.field(), "layout.reference.encoded");

  Request marker = GradeRequestOf(QuizSheet());
  marker.mutable_layout()->add_markers();
  const Answer<Response> unmarked = Ask(server, marker);
  EXPECT_EQ(unmarked.reason(), "REFERENCE_UNUSABLE");
  EXPECT_EQ(unmarked.field(),
            absl::StrCat("layout.markers[", marker.layout().markers_size() - 1,
                         "].kind"));

  grade::v1::GradeSheetsSettings settings;
  *settings.mutable_layout() = request.layout();
  const auto stub = server.Grade();
  GradeStream stream(
      [&](grpc::ClientContext* context) { return stub->GradeSheets(context); });
  ASSERT_TRUE(stream.Begin(settings).Item("a", QuizSheet().jpeg).End().ok());
  EXPECT_EQ(stream.answers().at("a").field(),
            "settings.layout.alignment.options.max_features");
}

}  // namespace
}  // namespace sightline::omr
