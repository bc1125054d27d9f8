// Options of a request: what is wrong with them is said by the contract's
// names.
#include "services/preprocess/page_settings.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "common/status/error.h"

namespace sightline::preprocess {
namespace {

using ::testing::ElementsAre;

v1::PreprocessOptions Options(const std::string& text) {
  v1::PreprocessOptions options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options))
      << text;
  return options;
}

std::vector<std::string> WrongFields(const std::string& text) {
  const auto settings = PageSettings::Create(Options(text), "options");
  std::vector<std::string> fields;
  for (const FieldViolation& violation :
       DetailsOf(settings.status()).value_or(ErrorDetails{}).fields) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(PageSettings, EveryWrongParameterIsNamedAtOnce) {
  EXPECT_THAT(
      WrongFields(
          "operations {operations {median {size: 4}}"
          "            operations {otsu {}}"
          "            operations {gaussian {size_x: 2 sigma_x: nan}}}"),
      ElementsAre("options.operations.operations[0].median.size",
                  "options.operations.operations[2].gaussian.sigma_x",
                  "options.operations.operations[2].gaussian.size_x"));
  EXPECT_THAT(WrongFields("operations {operations {even_light {flatten {sigma: "
                          "0}}}}"),
              ElementsAre("options.operations.operations[0].even_light.flatten."
                          "sigma"));
  EXPECT_THAT(WrongFields("preset: 77"), ElementsAre("options.preset"));
  EXPECT_THAT(WrongFields("dots_per_inch: 3"),
              ElementsAre("options.dots_per_inch"));
  EXPECT_THAT(WrongFields("dots_per_inch: nan"),
              ElementsAre("options.dots_per_inch"));
  EXPECT_THAT(WrongFields("device: 9"), ElementsAre("options.device"));
  EXPECT_THAT(WrongFields("output {format: 77}"),
              ElementsAre("options.output.format"));
  EXPECT_THAT(WrongFields("output {quality: 101}"),
              ElementsAre("options.output.quality"));
}

TEST(PageSettings, TooManyOperationsAreRefused) {
  v1::PreprocessOptions options;
  for (int i = 0; i <= kMaxOperations; ++i) {
    options.mutable_operations()->add_operations()->mutable_invert();
  }
  const auto settings = PageSettings::Create(options, "options");
  EXPECT_EQ(DetailsOf(settings.status())->fields.front().field,
            "options.operations.operations");
}

TEST(PageSettings, TheRequestsResolutionCountsBeforeTheFiles) {
  const auto settings = PageSettings::Create(
      Options("dots_per_inch: 200"
              " operations {operations {resample {target_dots_per_inch: "
              "400}}}"),
      "options");
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->ResolutionOf(72), 200);
  const auto pipeline = settings->PipelineFor(72);
  ASSERT_TRUE(pipeline.ok());
  EXPECT_EQ(pipeline->LargestOutput(10, 10)->width, 20);
}

TEST(PageSettings, APageWithoutResolutionCannotBeBroughtToOne) {
  const auto settings = PageSettings::Create(
      Options("operations {operations {resample {target_dots_per_inch: 400}}}"),
      "options");
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_TRUE(settings->PipelineFor(100).ok());
  const absl::Status unknown = settings->PipelineFor(0).status();
  EXPECT_EQ(DetailsOf(unknown)->fields.front().field,
            "options.operations.operations[0].resample.target_dots_per_inch");
}

TEST(PageSettings, NothingAskedForIsAuto) {
  const auto settings = PageSettings::Create({}, "options");
  ASSERT_TRUE(settings.ok());
  const auto pipeline = settings->PipelineFor(0);
  ASSERT_TRUE(pipeline.ok());
  EXPECT_EQ(pipeline->StageNames().front(), "correct_polarity");
  // An empty list of one's own does nothing at all.
  const auto none = PageSettings::Create(Options("operations {}"), "options");
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->PipelineFor(0)->operations().empty());
}

}  // namespace
}  // namespace sightline::preprocess
