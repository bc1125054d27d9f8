// ValidateLayout with the files of OMRChecker, over TCP.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grade/reasons.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using grade::v1::LayoutProblem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTemplate[] = R"({
  "pageDimensions": [600, 800], "bubbleDimensions": [20, 20],
  "preProcessors": [{"name": "GaussianBlur", "options": {"kSize": [3, 3]}}],
  "customLabels": {"roll": ["roll1..2"]},
  "fieldBlocks": {
    "Roll": {"fieldType": "QTYPE_INT", "origin": [10, 20], "bubblesGap": 30,
             "labelsGap": 30, "fieldLabels": ["roll1..2"]},
    "q": {"fieldType": "QTYPE_MCQ4", "origin": [200, 20], "bubblesGap": 30,
          "labelsGap": 30, "fieldLabels": ["q1..3"]}}})";

constexpr char kEvaluation[] = R"({"source_type": "custom", "options": {
  "questions_in_order": ["q1..2"], "answers_in_order": ["A", ["B", "BC"]]},
  "marking_schemes": {"DEFAULT":
    {"correct": "1", "incorrect": "-1/4", "unmarked": 0}}})";

// "WARNING omrchecker.template_json.x"
std::vector<std::string> Problems(
    const grade::v1::ValidateLayoutResponse& response) {
  std::vector<std::string> problems;
  for (const LayoutProblem& problem : response.problems()) {
    EXPECT_NE(problem.description(), "");
    problems.push_back(absl::StrCat(
        problem.severity() == LayoutProblem::SEVERITY_ERROR ? "ERROR "
                                                            : "WARNING ",
        problem.field()));
  }
  return problems;
}

TEST(ValidateOmrCheckerOverTcp, AnswersWithALayoutAndTheNotes) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  auto& files = *request.mutable_omrchecker();
  files.set_template_json(kTemplate);
  files.set_config_json(R"({"outputs": {"show_image_level": 5}})");
  files.set_evaluation_json(kEvaluation);
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_TRUE(answer.response.valid()) << answer.response.DebugString();
  EXPECT_THAT(
      Problems(answer.response),
      ElementsAre("WARNING omrchecker.template_json.preProcessors[0]",
                  "WARNING omrchecker.config_json.outputs.show_image_level"));
  EXPECT_THAT(answer.response.fields(),
              ElementsAre("roll1", "roll2", "q1", "q2", "q3"));
  EXPECT_EQ(answer.response.bubbles(), 32);
  const auto& imported = answer.response.omrchecker();
  EXPECT_THAT(imported.layout().columns(), ElementsAre("q1..3", "roll"));
  EXPECT_EQ(imported.key().marks().incorrect(), -0.25);
  EXPECT_GT(imported.appearances_size(), 1);

  // What came back can be sent as a layout of ours.
  grade::v1::ValidateLayoutRequest ours;
  *ours.mutable_layout() = imported.layout();
  *ours.mutable_key() = imported.key();
  const auto again = Ask(server, ours);
  ASSERT_TRUE(again.ok()) << again.status;
  EXPECT_THAT(Problems(again.response), IsEmpty());
  EXPECT_FALSE(again.response.has_omrchecker());
}

TEST(ValidateOmrCheckerOverTcp, TakesPicturesByTheirNames) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  auto& files = *request.mutable_omrchecker();
  std::string with_reference = kTemplate;
  with_reference.replace(
      with_reference.find("{\"name\": \"GaussianBlur\""),
      std::string(R"({"name": "GaussianBlur", "options": {"kSize": [3, 3]}})")
          .size(),
      R"({"name": "FeatureBasedAlignment", "options": {"reference": "p.png"}})");
  files.set_template_json(with_reference);
  const auto without = Ask(server, request);
  ASSERT_TRUE(without.ok()) << without.status;
  EXPECT_FALSE(without.response.valid());
  EXPECT_THAT(Problems(without.response),
              ElementsAre("ERROR omrchecker.template_json.preProcessors[0]"));
  EXPECT_FALSE(without.response.has_omrchecker());

  (*files.mutable_pictures())["p.png"] = "a picture";
  const auto with = Ask(server, request);
  ASSERT_TRUE(with.ok()) << with.status;
  EXPECT_EQ(with.response.omrchecker().layout().reference().encoded(),
            "a picture");
}

TEST(ValidateOmrCheckerOverTcp, ReportsWhatIsWrongInTheFilesAndInTheLayout) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  request.mutable_omrchecker()->set_template_json("{\"pageDimensions\": 3}");
  auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_FALSE(answer.response.valid());
  EXPECT_THAT(Problems(answer.response),
              Contains("ERROR omrchecker.template_json.pageDimensions"));

  // Right in itself, but q1 lies over Roll.
  std::string overlapping = kTemplate;
  overlapping.replace(overlapping.find("[200, 20]"), 9, "[11, 20]");
  request.mutable_omrchecker()->set_template_json(overlapping);
  answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_FALSE(answer.response.valid());
  EXPECT_THAT(Problems(answer.response),
              Contains(HasSubstr("ERROR omrchecker.layout.blocks[1]")));
}

TEST(ValidateOmrCheckerOverTcp, RefusesALayoutBesideTheFiles) {
  OmrServer server;
  grade::v1::ValidateLayoutRequest request;
  request.mutable_omrchecker()->set_template_json(kTemplate);
  request.mutable_layout()->set_name("another");
  const auto answer = Ask(server, request);
  EXPECT_TRUE(absl::IsInvalidArgument(answer.status)) << answer.status;
  EXPECT_THAT(answer.status.ToString(), HasSubstr("omrchecker"));
  EXPECT_EQ(answer.reason(), grade::kLayoutTwice);
}

}  // namespace
}  // namespace sightline::omr
