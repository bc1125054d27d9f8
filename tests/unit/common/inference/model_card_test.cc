#include "common/inference/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "tests/support/models/colour_model.h"

namespace sightline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One that tests can spoil in one place.
constexpr char kCard[] = R"({
  "format": 1,
  "name": "demo",
  "version": "1.2",
  "description": "Two classes.",
  "file": "demo.onnx",
  "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "licence": "Apache-2.0",
  "source": "somewhere",
  "input": {
    "name": "image", "layout": "NHWC", "channels": "BGR", "scale": 0.5,
    "mean": [1, 2, 3], "standard_deviation": [4, 5, 6],
    "sizes": [{"width": 64, "height": 32}, {"width": 32, "height": 96}]
  },
  "outputs": [{"name": "scores", "meaning": "probabilities"}],
  "classes": [{"name": "sea", "colour": "#0010fF"},
              {"name": "ship", "colour": "#ff0000"}],
  "ground_sample_distance_m": 0.25,
  "self_check": {
    "width": 32, "height": 96, "sine_step": 0.37, "tolerance": 0.01,
    "expected": [{"output": "scores", "shape": [1, 3, 2], "every": [1, 2, 1],
                  "values": [0, 0.5, 1, -2e-3]}]
  }
}
)";

TEST(ModelCard, SaysAllThatIsInTheFile) {
  const auto card = ParseModelCard(kCard);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(card->name, "demo");
  EXPECT_EQ(card->version, "1.2");
  EXPECT_EQ(card->description, "Two classes.");
  EXPECT_EQ(card->file, "demo.onnx");
  EXPECT_EQ(card->licence, "Apache-2.0");
  EXPECT_EQ(card->source, "somewhere");
  EXPECT_EQ(card->input.layout, TensorLayout::kChannelsLast);
  EXPECT_EQ(card->input.channels, ChannelOrder::kBgr);
  EXPECT_EQ(card->input.scale, 0.5);
  EXPECT_THAT(card->input.mean, ElementsAre(1, 2, 3));
  EXPECT_THAT(card->input.standard_deviation, ElementsAre(4, 5, 6));
  EXPECT_THAT(card->input.sizes,
              ElementsAre(InputSize{64, 32}, InputSize{32, 96}));
  EXPECT_EQ(card->outputs[0].meaning, OutputMeaning::kProbabilities);
  EXPECT_EQ(card->classes[1].name, "ship");
  EXPECT_THAT(card->classes[0].colour, ElementsAre(0, 0x10, 0xff));
  EXPECT_EQ(card->ground_sample_distance_m, 0.25);
  EXPECT_EQ(card->self_check.size, (InputSize{32, 96}));
  EXPECT_THAT(card->self_check.expected[0].values,
              ElementsAre(0, 0.5f, 1, -2e-3f));
}

TEST(ModelCard, KnowsWhichSizesTheModelTakes) {
  const auto card = ParseModelCard(kCard);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_TRUE(card->input.Takes({64, 32}));
  EXPECT_FALSE(card->input.Takes({32, 64}));
  EXPECT_EQ(card->input.LargestSize(), (InputSize{32, 96}));
  EXPECT_THAT(card->input.ShapeOf({64, 32}), ElementsAre(1, 32, 64, 3));

  const std::string ranged = absl::StrReplaceAll(
      kCard,
      {{R"("sizes": [{"width": 64, "height": 32}, {"width": 32, "height": 96}])",
        R"("size_range": {"minimum": 32, "maximum": 96, "multiple_of": 32})"}});
  const auto range = ParseModelCard(ranged);
  ASSERT_TRUE(range.ok()) << range.status();
  EXPECT_TRUE(range->input.Takes({64, 96}));
  EXPECT_FALSE(range->input.Takes({64, 80}));
  EXPECT_FALSE(range->input.Takes({0, 64}));
  EXPECT_FALSE(range->input.Takes({64, 128}));
  EXPECT_EQ(range->input.LargestSize(), (InputSize{96, 96}));
}

TEST(ModelCard, IsReadAsItIsWritten) {
  ColourModel model;
  model.channels = ChannelOrder::kGray;
  ModelCard written = WriteColourModel(model).card;
  written.description = "again";
  written.ground_sample_distance_m = 2;
  const auto read = ParseModelCard(CardJson(written));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(CardJson(*read), CardJson(written));
}

struct Fault {
  // What stands in kCard, and what in its place.
  std::string from;
  std::string to;
  std::string message;
};

TEST(ModelCard, RefusesWhatMakesNoSense) {
  const std::vector<Fault> faults = {
      {"\"format\": 1", "\"format\": 2",
       "line 2, column 13: \"format\" must be a whole number from 1 to 1"},
      {"\"name\": \"demo\"", "\"name\": \"\"", "\"name\" must have 1 to 100"},
      {"\"version\": \"1.2\"", "\"version\": 1.2",
       "\"version\" must be a string, not a number"},
      {"\"version\": \"1.2\",", "", "the card lacks \"version\""},
      {"\"licence\"", "\"license\"", "the card lacks \"licence\""},
      {"\"version\": \"1.2\"", "\"version\": \"1\", \"extra\": 1",
       "the card has no \"extra\""},
      {"demo.onnx", "../demo.onnx", "a name in the card's own folder"},
      {"demo.onnx", "..", "a name in the card's own folder"},
      {"0123456789abcdef0123", "0123456789ABCDEF0123", "64 digits"},
      {"NHWC", "HWC", "\"layout\" must be one of NCHW, NHWC"},
      {"BGR", "bgr", "\"channels\" must be one of RGB, BGR, gray"},
      {"BGR", "gray", "\"mean\" must have 1 to 1 items, not 3"},
      {"\"scale\": 0.5", "\"scale\": 0", "\"scale\" must be a number"},
      {"\"scale\": 0.5", "\"scale\": 1e999", "\"scale\" must be a number"},
      {"[4, 5, 6]", "[4, 0, 6]", "\"standard_deviation\" must be a number"},
      {"\"width\": 64", "\"width\": 64.5", "must be a whole number"},
      {"\"width\": 64", "\"width\": 1000000", "from 1 to 16384"},
      {"\"height\": 32}", "\"height\": 32, \"depth\": 1}",
       "an entry of \"sizes\" has no \"depth\""},
      {"\"sizes\":", "\"size_range\": {}, \"sizes\":",
       "\"sizes\" or \"size_range\""},
      {"\"meaning\": \"probabilities\"", "\"meaning\": \"percent\"",
       "\"meaning\" must be one of"},
      {"\"ship\"", "\"sea\"", "two classes are called \"sea\""},
      {"#ff0000", "red", "like \"#1f4e79\""},
      {"#ff0000", "#ff00zz", "like \"#1f4e79\""},
      {"\"ground_sample_distance_m\": 0.25", "\"ground_sample_distance_m\": -1",
       "\"ground_sample_distance_m\" must be a number"},
      {"\"width\": 32, \"height\": 96, \"sine",
       "\"width\": 96, \"height\": 32, \"sine", "none that the input takes"},
      {"\"output\": \"scores\"", "\"output\": \"boxes\"",
       "\"boxes\" must be the name of an output"},
      {"[1, 3, 2]", "[1, 3, 4]", "\"values\" must have 8 numbers"},
      {"[1, 3, 2]", "[1000000000, 1000000000, 1000000000]", "\"values\" must"},
      {"[1, 2, 1]", "[1, 0, 1]", "\"every\" must be a whole number"},
      {"[1, 2, 1]", "[1, 2]", "\"every\" must have 3 to 3 items"},
      {"\"tolerance\": 0.01", "\"tolerance\": 0.2",
       "at most a tenth of the spread"},
      {"-2e-3]", "-2e300]", "\"values\" must be a number"},
      {"\"outputs\": [{", "\"outputs\": [[], {",
       "an entry of \"outputs\" must be an object, not a list"},
      {"\"input\": {", "\"input\": 3, \"inputs\": {",
       "\"input\" must be an object, not a number"},
  };
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.to);
    const std::string json =
        absl::StrReplaceAll(kCard, {{fault.from, fault.to}});
    ASSERT_NE(json, kCard) << "nothing was replaced";
    const auto card = ParseModelCard(json);
    ASSERT_FALSE(card.ok());
    EXPECT_EQ(card.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DetailsOf(card.status())->reason, kModelCardInvalid);
    EXPECT_THAT(std::string(card.status().message()), HasSubstr("line "));
    EXPECT_THAT(std::string(card.status().message()), HasSubstr(fault.message));
  }
}

TEST(ModelCard, RefusesWhatIsNoJsonAndWhatIsTooLong) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"),
        std::string(kMaximumCardBytes + 1, ' ')}) {
    const auto card = ParseModelCard(text);
    ASSERT_FALSE(card.ok());
    EXPECT_EQ(DetailsOf(card.status())->reason, kModelCardInvalid);
  }
}

TEST(ModelCard, SurvivesEveryTruncation) {
  const std::string json = kCard;
  for (size_t length = 0; length < json.rfind('}'); ++length) {
    EXPECT_FALSE(ParseModelCard(json.substr(0, length)).ok()) << length;
  }
}

}  // namespace
}  // namespace sightline::testing
