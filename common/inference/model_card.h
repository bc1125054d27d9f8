// What a model file cannot say of itself: which pixels it wants, what its
// numbers mean, where it comes from, and what it must answer to a known input.
//
// A card is a JSON file beside the model:
//
//   {
//     "format": 1,
//     "name": "sea_slick", "version": "1.0.0",
//     "description": "Slicks on generated seas; a demonstration.",
//     "file": "sea_slick.onnx",
//     "sha256": "64 hex digits of the file",
//     "licence": "Apache-2.0", "source": "models/sea_slick/train.py",
//     "input": {
//       "name": "image", "layout": "NCHW", "channels": "RGB",
//       "scale": 0.00392156862745098,
//       "mean": [0.485, 0.456, 0.406],
//       "standard_deviation": [0.229, 0.224, 0.225],
//       "sizes": [{"width": 512, "height": 512}]
//     },
//     "outputs": [{"name": "logits", "meaning": "logits"}],
//     "classes": [{"name": "sea", "colour": "#1f4e79"}, ...],
//     "ground_sample_distance_m": 1.0,
//     "self_check": {
//       "width": 512, "height": 512, "sine_step": 0.37, "tolerance": 0.001,
//       "expected": [{"output": "logits", "shape": [1, 4, 128, 128],
//                     "every": [1, 1, 16, 16], "values": [...]}]
//     }
//   }
//
// docs/models.md explains every member. All that is in the example is required
// but "description", "classes" and "ground_sample_distance_m". A member that
// is not known is an error: a misspelt one must not go unnoticed.
#ifndef SIGHTLINE_COMMON_INFERENCE_MODEL_CARD_H_
#define SIGHTLINE_COMMON_INFERENCE_MODEL_CARD_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/inference/tensor.h"

namespace sightline {

// Pixels.
struct InputSize {
  int width = 0;
  int height = 0;
  bool operator==(const InputSize&) const = default;
};

// Sizes of a model that takes many: both sides from `minimum` to `maximum`
// pixels, in steps of `multiple_of`.
struct InputSizeRange {
  int minimum = 0;
  int maximum = 0;
  int multiple_of = 1;
};

enum class TensorLayout { kChannelsFirst, kChannelsLast };
enum class ChannelOrder { kGray, kRgb, kBgr };

// The model's only input: one picture.
struct ModelInput {
  std::string name;
  // Of dimensions {1, channels, height, width} or {1, height, width, channels}.
  TensorLayout layout = TensorLayout::kChannelsFirst;
  ChannelOrder channels = ChannelOrder::kRgb;
  // A sample of a pixel, 0..255, becomes
  //   (sample * scale - mean[c]) / standard_deviation[c]
  // where c counts the channels in the model's order.
  double scale = 1;
  std::array<double, 3> mean = {0, 0, 0};
  std::array<double, 3> standard_deviation = {1, 1, 1};
  // Either every size that the model takes, in the card's order ...
  std::vector<InputSize> sizes;
  // ... or what they have in common ("size_range" in the card).
  std::optional<InputSizeRange> size_range;

  // 1 or 3.
  int channel_count() const { return channels == ChannelOrder::kGray ? 1 : 3; }
  bool Takes(InputSize size) const;
  // The largest size by number of pixels.
  InputSize LargestSize() const;
  TensorShape ShapeOf(InputSize size) const;
};

// What the numbers of an output are.
enum class OutputMeaning {
  // Unbounded scores of the classes; their softmax are probabilities.
  kLogits,
  // Of the classes, each 0..1, together 1.
  kProbabilities,
  // Something else, known to whoever uses the model.
  kValues,
};

struct ModelOutput {
  std::string name;
  OutputMeaning meaning = OutputMeaning::kValues;
};

struct ModelClass {
  std::string name;
  // Red, green, blue.
  std::array<uint8_t, 3> colour = {0, 0, 0};
};

// Numbers that one output must have; every n-th of each dimension.
struct ExpectedOutput {
  std::string output;
  TensorShape shape;
  // Of each dimension the indices 0, every, 2 * every, ... are in `values`.
  TensorShape every;
  std::vector<float> values;
};

// A known input and the answer to it. Element i (in C order) of the input
// tensor is sin(sine_step * i), computed in double precision: what the model
// gets, after any normalisation.
struct SelfCheck {
  InputSize size;
  double sine_step = 0;
  // The largest difference to `values` that is still right.
  double tolerance = 0;
  std::vector<ExpectedOutput> expected;
};

struct ModelCard {
  std::string name;
  std::string version;
  std::string description;
  // Of the model, in the card's folder; without any '/'.
  std::string file;
  // Of the model's bytes, 64 lower-case hex digits.
  std::string sha256;
  // SPDX expression.
  std::string licence;
  std::string source;
  ModelInput input;
  std::vector<ModelOutput> outputs;
  // Empty for models that do not classify.
  std::vector<ModelClass> classes;
  // Metres of ground per pixel of the pictures it was trained with; what it
  // has learnt has this size. Absent where it does not matter.
  std::optional<double> ground_sample_distance_m;
  SelfCheck self_check;
};

// The largest card and the most classes and values in it.
inline constexpr int64_t kMaximumCardBytes = int64_t{4} << 20;
inline constexpr int kMaximumClasses = 255;
// No side of an input is longer.
inline constexpr int kMaximumInputSide = 16384;

// Reads a card. Errors: InvalidArgument MODEL_CARD_INVALID; the message begins
// with "line 3, column 7: ". Thread-safe.
absl::StatusOr<ModelCard> ParseModelCard(absl::string_view json);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_MODEL_CARD_H_
