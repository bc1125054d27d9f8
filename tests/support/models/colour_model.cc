#include "tests/support/models/colour_model.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace sightline::testing {
namespace {

int Channels(const ColourModel& model) {
  return model.channels == ChannelOrder::kGray ? 1 : 3;
}

// -|x - p|^2 = 2 p x - |p|^2 - |x|^2, and the last part is the same for all
// classes.
float Weight(const ColourModel& model, size_t index, int channel) {
  return 2 * model.sharpness * model.colours[index][channel];
}

float Bias(const ColourModel& model, size_t index) {
  float sum = 0;
  for (int c = 0; c < Channels(model); ++c) {
    sum += model.colours[index][c] * model.colours[index][c];
  }
  return model.offset - model.sharpness * sum;
}

std::vector<float> Sine(double step, size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(std::sin(step * static_cast<double>(i)));
  }
  return values;
}

std::string SizeJson(const InputSize& size) {
  return absl::StrFormat(R"({"width": %d, "height": %d})", size.width,
                         size.height);
}

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", text, "\"");
}

template <typename List, typename Write>
std::string Joined(const List& list, const Write& write) {
  return absl::StrJoin(list, ", ", [&](std::string* out, const auto& item) {
    out->append(write(item));
  });
}

std::string InputJson(const ModelInput& input) {
  const std::vector<double> mean(input.mean.begin(),
                                 input.mean.begin() + input.channel_count());
  const std::vector<double> deviation(
      input.standard_deviation.begin(),
      input.standard_deviation.begin() + input.channel_count());
  const std::string sizes =
      input.size_range
          ? absl::StrFormat(
                R"("size_range": {"minimum": %d, "maximum": %d, "multiple_of": %d})",
                input.size_range->minimum, input.size_range->maximum,
                input.size_range->multiple_of)
          : absl::StrCat("\"sizes\": [", Joined(input.sizes, SizeJson), "]");
  return absl::StrFormat(
      R"({"name": "%s", "layout": "%s", "channels": "%s", "scale": %.17g,
      "mean": [%s], "standard_deviation": [%s], %s})",
      input.name,
      input.layout == TensorLayout::kChannelsFirst ? "NCHW" : "NHWC",
      input.channels == ChannelOrder::kGray  ? "gray"
      : input.channels == ChannelOrder::kRgb ? "RGB"
                                             : "BGR",
      input.scale, absl::StrJoin(mean, ", "), absl::StrJoin(deviation, ", "),
      sizes);
}

std::string CheckJson(const SelfCheck& check) {
  const auto expected = [](const ExpectedOutput& one) {
    return absl::StrFormat(
        R"({"output": "%s", "shape": [%s], "every": [%s], "values": [%s]})",
        one.output, absl::StrJoin(one.shape, ", "),
        absl::StrJoin(one.every, ", "), Joined(one.values, [](float value) {
          return absl::StrFormat("%.9g", value);
        }));
  };
  return absl::StrFormat(
      R"({"width": %d, "height": %d, "sine_step": %.17g, "tolerance": %.17g,
      "expected": [%s]})",
      check.size.width, check.size.height, check.sine_step, check.tolerance,
      Joined(check.expected, expected));
}

}  // namespace

std::string Sha256Of(const std::string& bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

WrittenGraph ColourGraph(const ColourModel& model) {
  const auto classes = static_cast<int64_t>(model.colours.size());
  const int channels = Channels(model);
  WrittenGraph graph;
  graph.inputs = {{"image", {1, channels, -1, -1}}};
  graph.outputs = {{"scores", {1, classes, -1, -1}}};
  WrittenTensor weights = {
      "weights", {classes, channels, model.stride, model.stride}, {}};
  WrittenTensor biases = {"biases", {classes}, {}};
  const int cell = model.stride * model.stride;
  for (size_t k = 0; k < model.colours.size(); ++k) {
    for (int c = 0; c < channels; ++c) {
      weights.values.insert(weights.values.end(), cell,
                            Weight(model, k, c) / static_cast<float>(cell));
    }
    biases.values.push_back(Bias(model, k));
  }
  graph.weights = {std::move(weights), std::move(biases)};
  const std::string convolved = model.then.empty() ? "scores" : "convolved";
  graph.nodes = {{"Conv",
                  {"image", "weights", "biases"},
                  {convolved},
                  "distance",
                  {},
                  {{"kernel_shape", {model.stride, model.stride}},
                   {"strides", {model.stride, model.stride}}}}};
  if (!model.then.empty()) {
    WrittenNode node = {model.then, {convolved}, {"scores"}, "then", {}, {}};
    if (model.then == "Softmax") node.numbers = {{"axis", 1}};
    graph.nodes.push_back(std::move(node));
  }
  return graph;
}

std::vector<float> ColourScores(const ColourModel& model,
                                const std::vector<float>& input,
                                InputSize size) {
  const int width = size.width / model.stride;
  const int height = size.height / model.stride;
  const size_t classes = model.colours.size();
  const size_t plane = static_cast<size_t>(width) * height;
  std::vector<float> scores(plane * classes);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::vector<double> score(classes);
      for (size_t k = 0; k < classes; ++k) {
        score[k] = Bias(model, k);
        for (int c = 0; c < Channels(model); ++c) {
          double mean = 0;
          for (int dy = 0; dy < model.stride; ++dy) {
            for (int dx = 0; dx < model.stride; ++dx) {
              mean += input[(size_t{static_cast<unsigned>(c)} * size.height +
                             y * model.stride + dy) *
                                size.width +
                            x * model.stride + dx];
            }
          }
          score[k] +=
              Weight(model, k, c) * mean / (model.stride * model.stride);
        }
      }
      if (model.then == "Softmax") {
        const double most = *std::max_element(score.begin(), score.end());
        double sum = 0;
        for (double& one : score) sum += one = std::exp(one - most);
        for (double& one : score) one /= sum;
      }
      for (size_t k = 0; k < classes; ++k) {
        if (model.then == "Log") score[k] = std::log(score[k]);
        scores[k * plane + static_cast<size_t>(y) * width + x] =
            static_cast<float>(score[k]);
      }
    }
  }
  return scores;
}

WrittenModel WriteColourModel(const ColourModel& model) {
  WrittenModel written;
  written.file = WriteOnnx(ColourGraph(model));
  ModelCard& card = written.card;
  card.name = "colours";
  card.version = "1";
  card.file = "colours.onnx";
  card.sha256 = Sha256Of(written.file);
  card.licence = "Apache-2.0";
  card.source = "written by a test";
  card.input.name = "image";
  card.input.channels = model.channels;
  card.input.scale = 1 / 255.0;
  card.input.sizes = model.sizes;
  card.outputs = {{"scores", model.then == "Softmax"
                                 ? OutputMeaning::kProbabilities
                                 : OutputMeaning::kLogits}};
  for (size_t k = 0; k < model.colours.size(); ++k) {
    ModelClass one = {absl::StrCat("class", k), {}};
    for (int c = 0; c < 3; ++c) {
      one.colour[c] = static_cast<uint8_t>(model.colours[k][c] * 255);
    }
    card.classes.push_back(one);
  }
  const InputSize size = model.sizes[0];
  card.self_check.size = size;
  card.self_check.sine_step = 0.37;
  card.self_check.tolerance = 1e-4;
  const auto count =
      static_cast<size_t>(size.width) * size.height * Channels(model);
  card.self_check.expected = {
      {"scores",
       {1, static_cast<int64_t>(model.colours.size()),
        size.height / model.stride, size.width / model.stride},
       {1, 1, 1, 1},
       ColourScores(model, Sine(card.self_check.sine_step, count), size)}};
  return written;
}

std::string CardJson(const ModelCard& card) {
  const auto output = [](const ModelOutput& one) {
    return absl::StrFormat(R"({"name": "%s", "meaning": "%s"})", one.name,
                           one.meaning == OutputMeaning::kLogits ? "logits"
                           : one.meaning == OutputMeaning::kProbabilities
                               ? "probabilities"
                               : "values");
  };
  const auto one_class = [](const ModelClass& one) {
    return absl::StrFormat(R"({"name": "%s", "colour": "#%02x%02x%02x"})",
                           one.name, one.colour[0], one.colour[1],
                           one.colour[2]);
  };
  std::vector<std::string> members = {
      "\"format\": 1",
      absl::StrCat("\"name\": ", Quoted(card.name)),
      absl::StrCat("\"version\": ", Quoted(card.version)),
      absl::StrCat("\"file\": ", Quoted(card.file)),
      absl::StrCat("\"sha256\": ", Quoted(card.sha256)),
      absl::StrCat("\"licence\": ", Quoted(card.licence)),
      absl::StrCat("\"source\": ", Quoted(card.source)),
      absl::StrCat("\"input\": ", InputJson(card.input)),
      absl::StrCat("\"outputs\": [", Joined(card.outputs, output), "]")};
  if (!card.description.empty()) {
    members.push_back(
        absl::StrCat("\"description\": ", Quoted(card.description)));
  }
  if (!card.classes.empty()) {
    members.push_back(
        absl::StrCat("\"classes\": [", Joined(card.classes, one_class), "]"));
  }
  if (card.ground_sample_distance_m) {
    members.push_back(absl::StrCat("\"ground_sample_distance_m\": ",
                                   *card.ground_sample_distance_m));
  }
  members.push_back(
      absl::StrCat("\"self_check\": ", CheckJson(card.self_check)));
  return absl::StrCat("{\n", absl::StrJoin(members, ",\n"), "\n}\n");
}

}  // namespace sightline::testing
