#include "common/inference/onnx_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "tests/support/models/colour_model.h"

namespace sightline::testing {
namespace {

using ::testing::ElementsAre;

std::string ReasonOf(const std::string& file) {
  const auto graph = ReadOnnxGraph(file);
  return graph.ok() ? "" : DetailsOf(graph.status())->reason;
}

TEST(OnnxGraph, SaysWhatGoesInAndWhatComesOut) {
  ColourModel model;
  model.then = "Softmax";
  const auto graph = ReadOnnxGraph(WriteOnnx(ColourGraph(model)));
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->inputs.size(), 1u);
  EXPECT_EQ(graph->inputs[0].name, "image");
  EXPECT_EQ(graph->inputs[0].element_type, kOnnxFloat);
  EXPECT_THAT(graph->inputs[0].shape, ElementsAre(1, 3, -1, -1));
  ASSERT_EQ(graph->outputs.size(), 1u);
  EXPECT_EQ(graph->outputs[0].name, "scores");
  EXPECT_EQ(graph->outputs[0].node, "then");
  EXPECT_EQ(graph->outputs[0].node_output, 0);
}

TEST(OnnxGraph, CountsNoInputThatTheFileGivesValuesTo) {
  WrittenGraph written = ColourGraph({});
  written.inputs.push_back({"biases", {4}});
  const auto graph = ReadOnnxGraph(WriteOnnx(written));
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->inputs.size(), 1u);
}

TEST(OnnxGraph, RefusesWeightsInOtherFiles) {
  WrittenGraph written = ColourGraph({});
  written.weights[1].is_external = true;
  EXPECT_EQ(ReasonOf(WriteOnnx(written)), kModelNotSelfContained);
}

TEST(OnnxGraph, RefusesWhatIsNoModel) {
  WrittenGraph written = ColourGraph({});
  written.outputs.clear();
  const std::string nothing_out = WriteOnnx(written);
  written = ColourGraph({});
  written.inputs.clear();
  for (const std::string& file :
       {std::string(), std::string("no model at all"), std::string(100, '\0'),
        std::string(100, '\xff'), std::string("\x08\x07"), nothing_out,
        WriteOnnx(written)}) {
    EXPECT_EQ(ReasonOf(file), kModelCorrupt);
  }
}

TEST(OnnxGraph, SurvivesEveryTruncationAndFlippedByte) {
  std::string file = WriteOnnx(ColourGraph({}));
  for (size_t length = 0; length < file.size(); ++length) {
    // Only the version of the operators comes after the graph.
    const auto graph = ReadOnnxGraph(file.substr(0, length));
    if (length < file.size() - 8) {
      EXPECT_FALSE(graph.ok()) << length;
    }
  }
  for (char& byte : file) {
    byte = static_cast<char>(~byte);
    ReadOnnxGraph(file).IgnoreError();
    byte = static_cast<char>(~byte);
  }
}

TEST(OnnxGraph, EndsWhereGraphsAreWithinGraphsForever) {
  // A graph with a node with an attribute with a graph ..., by hand.
  std::string graph;
  const auto wrap = [&graph](char field) {
    std::string length;
    for (size_t rest = graph.size(); true; rest >>= 7) {
      if (rest < 0x80) {
        length += static_cast<char>(rest);
        break;
      }
      length += static_cast<char>((rest & 0x7f) | 0x80);
    }
    graph = std::string(1, static_cast<char>(field << 3 | 2)) + length + graph;
  };
  for (int depth = 0; depth < 10'000; ++depth) {
    wrap(6);
    wrap(5);
    wrap(1);
  }
  wrap(7);
  EXPECT_EQ(ReasonOf(graph), kModelCorrupt);
}

}  // namespace
}  // namespace sightline::testing
