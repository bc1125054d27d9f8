// A model that tells colours apart, written by hand: the class of a pixel is
// the one whose colour is nearest to it. Small enough to say beforehand what
// it must answer, and one that both runtimes can run.
#ifndef SIGHTLINE_TESTS_SUPPORT_MODELS_COLOUR_MODEL_H_
#define SIGHTLINE_TESTS_SUPPORT_MODELS_COLOUR_MODEL_H_

#include <array>
#include <string>
#include <vector>

#include "common/inference/model_card.h"
#include "tests/support/models/onnx_writer.h"

namespace sightline::testing {

struct WrittenModel {
  std::string file;
  // Of this file, with a self-check that was computed here.
  ModelCard card;
};

struct ColourModel {
  // Red, green, blue, 0..1: one for each class.
  std::vector<std::array<float, 3>> colours = {
      {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  // Pixels a side of which the mean is classified.
  int stride = 1;
  // The scores are negative squared distances times this.
  float sharpness = 10;
  // What is done with the scores: "Softmax", "Log" or nothing.
  std::string then;
  // Is added to the scores.
  float offset = 0;
  std::vector<InputSize> sizes = {{32, 32}, {64, 64}, {64, 32}};
  // Also tells gray levels apart, if it takes one channel.
  ChannelOrder channels = ChannelOrder::kRgb;
};

// The graph, to be damaged before it is written.
WrittenGraph ColourGraph(const ColourModel& model);
WrittenModel WriteColourModel(const ColourModel& model);

// What the model must answer to `input` ({1, channels, height, width}).
std::vector<float> ColourScores(const ColourModel& model,
                                const std::vector<float>& input,
                                InputSize size);

// `card` as a card file.
std::string CardJson(const ModelCard& card);
// 64 hex digits.
std::string Sha256Of(const std::string& bytes);

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_MODELS_COLOUR_MODEL_H_
