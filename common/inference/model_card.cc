#include "common/inference/model_card.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/inference/card_object.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "common/text/json_text.h"

namespace sightline {
namespace {

// Of a card's text; none of a card's parts need more.
constexpr int64_t kMostJsonValues = 100'000;
constexpr size_t kMostNameBytes = 100;
constexpr size_t kMostTextBytes = 2000;
constexpr size_t kMostSizes = 64;
constexpr size_t kMostOutputs = 64;
constexpr size_t kMostDimensions = 8;
constexpr double kMostFloat = std::numeric_limits<float>::max();

InputSize ReadSize(CardObject& object) {
  InputSize size;
  size.width = static_cast<int>(object.Whole("width", 1, kMaximumInputSide));
  size.height = static_cast<int>(object.Whole("height", 1, kMaximumInputSide));
  return size;
}

std::array<double, 3> ReadPerChannel(CardObject& object, absl::string_view name,
                                     size_t channels,
                                     const NumberRange& range) {
  std::array<double, 3> numbers = {};
  const std::vector<double> read =
      object.Numbers(name, channels, channels, range);
  std::copy(read.begin(), read.end(), numbers.begin());
  return numbers;
}

InputSizeRange ReadSizeRange(CardObject object) {
  InputSizeRange range;
  range.multiple_of =
      static_cast<int>(object.Whole("multiple_of", 1, kMaximumInputSide));
  range.minimum =
      static_cast<int>(object.Whole("minimum", 1, kMaximumInputSide));
  range.maximum =
      static_cast<int>(object.Whole("maximum", 1, kMaximumInputSide));
  object.RefuseOthers();
  if (object.ok() && (range.minimum > range.maximum ||
                      range.minimum % range.multiple_of != 0 ||
                      range.maximum % range.multiple_of != 0)) {
    object.Fail("minimum",
                "\"minimum\" must not be above \"maximum\", and both must be "
                "multiples of \"multiple_of\"");
  }
  return range;
}

ModelInput ReadInput(CardObject object) {
  ModelInput input;
  input.name = object.Text("name", kMostNameBytes);
  input.layout = object.Choice("layout", {"NCHW", "NHWC"}) == 0
                     ? TensorLayout::kChannelsFirst
                     : TensorLayout::kChannelsLast;
  input.channels = std::array{
      ChannelOrder::kRgb, ChannelOrder::kBgr,
      ChannelOrder::kGray}[object.Choice("channels", {"RGB", "BGR", "gray"})];
  const size_t channels = static_cast<size_t>(input.channel_count());
  input.scale = object.Number("scale", {1e-6, 1e6});
  input.mean = ReadPerChannel(object, "mean", channels, {-1e6, 1e6});
  input.standard_deviation =
      ReadPerChannel(object, "standard_deviation", channels, {1e-6, 1e6});
  if (object.Has("size_range") && object.Has("sizes")) {
    object.Fail("size_range", "there must be \"sizes\" or \"size_range\"");
  }
  if (object.Has("size_range")) {
    input.size_range = ReadSizeRange(object.Object("size_range"));
  } else {
    object.List("sizes", 1, kMostSizes, [&](const JsonValue& item) {
      CardObject entry = object.Item(item, "an entry of \"sizes\"");
      input.sizes.push_back(ReadSize(entry));
      entry.RefuseOthers();
    });
  }
  object.RefuseOthers();
  return input;
}

std::vector<ModelOutput> ReadOutputs(CardObject& card) {
  std::vector<ModelOutput> outputs;
  std::set<std::string> names;
  card.List("outputs", 1, kMostOutputs, [&](const JsonValue& item) {
    CardObject entry = card.Item(item, "an entry of \"outputs\"");
    ModelOutput output;
    output.name = entry.Text("name", kMostNameBytes);
    output.meaning =
        std::array{OutputMeaning::kLogits, OutputMeaning::kProbabilities,
                   OutputMeaning::kValues}[entry.Choice(
            "meaning", {"logits", "probabilities", "values"})];
    entry.RefuseOthers();
    if (!names.insert(output.name).second) {
      entry.Fail("name",
                 absl::StrCat("two outputs are called \"", output.name, "\""));
    }
    outputs.push_back(std::move(output));
  });
  return outputs;
}

bool ReadColour(absl::string_view text, std::array<uint8_t, 3>& colour) {
  if (text.size() != 7 || text[0] != '#') return false;
  const absl::string_view digits = text.substr(1);
  for (const char digit : digits) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(digit))) return false;
  }
  const std::string bytes = absl::HexStringToBytes(digits);
  for (int i = 0; i < 3; ++i) colour[i] = static_cast<uint8_t>(bytes[i]);
  return true;
}

std::vector<ModelClass> ReadClasses(CardObject& card) {
  std::vector<ModelClass> classes;
  std::set<std::string> names;
  card.List("classes", 1, kMaximumClasses, [&](const JsonValue& item) {
    CardObject entry = card.Item(item, "an entry of \"classes\"");
    ModelClass read;
    read.name = entry.Text("name", kMostNameBytes);
    if (!ReadColour(entry.Text("colour", kMostNameBytes), read.colour)) {
      entry.Fail("colour", "\"colour\" must be like \"#1f4e79\"");
    }
    entry.RefuseOthers();
    if (!names.insert(read.name).second) {
      entry.Fail("name",
                 absl::StrCat("two classes are called \"", read.name, "\""));
    }
    classes.push_back(std::move(read));
  });
  return classes;
}

// How many values an expected output of this shape must have; -1 if too many.
int64_t SampledCount(const TensorShape& shape, const TensorShape& every) {
  TensorShape sampled;
  for (size_t i = 0; i < shape.size(); ++i) {
    sampled.push_back((shape[i] + every[i] - 1) / every[i]);
  }
  return ElementCount(sampled);
}

ExpectedOutput ReadExpected(CardObject object) {
  ExpectedOutput expected;
  expected.output = object.Text("output", kMostNameBytes);
  for (const double side :
       object.Numbers("shape", 1, kMostDimensions, {1, 1 << 30, true})) {
    expected.shape.push_back(static_cast<int64_t>(side));
  }
  const size_t dimensions = std::max<size_t>(expected.shape.size(), 1);
  for (const double step :
       object.Numbers("every", dimensions, dimensions, {1, 1 << 30, true})) {
    expected.every.push_back(static_cast<int64_t>(step));
  }
  for (const double value : object.Numbers("values", 1, kMostJsonValues,
                                           {-kMostFloat, kMostFloat})) {
    expected.values.push_back(static_cast<float>(value));
  }
  object.RefuseOthers();
  if (!object.ok()) return expected;
  const int64_t count = SampledCount(expected.shape, expected.every);
  if (count != static_cast<int64_t>(expected.values.size())) {
    object.Fail("values", absl::StrCat("\"values\" must have ", count,
                                       " numbers for this \"shape\" and "
                                       "\"every\", not ",
                                       expected.values.size()));
  }
  return expected;
}

SelfCheck ReadSelfCheck(CardObject object, const ModelCard& card) {
  SelfCheck check;
  check.size = ReadSize(object);
  if (object.ok() && !card.input.Takes(check.size)) {
    object.Fail("width", "the self-check's size is none that the input takes");
  }
  check.sine_step = object.Number("sine_step", {1e-6, 1e3});
  check.tolerance = object.Number("tolerance", {0, 1e6});
  std::set<std::string> names;
  object.List("expected", 1, kMostOutputs, [&](const JsonValue& item) {
    ExpectedOutput expected =
        ReadExpected(object.Item(item, "an entry of \"expected\""));
    if (!object.ok()) return;
    const bool is_output = std::any_of(
        card.outputs.begin(), card.outputs.end(),
        [&](const ModelOutput& out) { return out.name == expected.output; });
    if (!is_output || !names.insert(expected.output).second) {
      object.Fail("expected",
                  absl::StrCat("\"", expected.output,
                               "\" must be the name of an output, once"));
      return;
    }
    // Else the check would let anything pass.
    constexpr double kLeastSpreadPerTolerance = 10;
    const auto [low, high] =
        std::minmax_element(expected.values.begin(), expected.values.end());
    if (double{*high} - *low < check.tolerance * kLeastSpreadPerTolerance) {
      object.Fail("tolerance",
                  "\"tolerance\" must be at most a tenth of the spread of the "
                  "expected values");
    }
    check.expected.push_back(std::move(expected));
  });
  object.RefuseOthers();
  return check;
}

bool IsSha256(absl::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return (letter >= '0' && letter <= '9') ||
                  (letter >= 'a' && letter <= 'f');
         });
}

void ReadNames(CardObject& object, ModelCard& card) {
  object.Whole("format", 1, 1);
  card.name = object.Text("name", kMostNameBytes);
  card.version = object.Text("version", kMostNameBytes);
  if (object.Has("description")) {
    card.description = object.Text("description", kMostTextBytes);
  }
  card.file = object.Text("file", kMostNameBytes);
  if (card.file.find('/') != std::string::npos || card.file == "." ||
      card.file == ".." || card.file.find('\0') != std::string::npos) {
    object.Fail("file", "\"file\" must be a name in the card's own folder");
  }
  card.sha256 = object.Text("sha256", kMostNameBytes);
  if (!IsSha256(card.sha256)) {
    object.Fail("sha256", "\"sha256\" must be 64 digits of 0-9 and a-f");
  }
  card.licence = object.Text("licence", kMostNameBytes);
  card.source = object.Text("source", kMostTextBytes);
}

}  // namespace

bool ModelInput::Takes(InputSize size) const {
  if (size_range) {
    const auto fits = [this](int side) {
      return side >= size_range->minimum && side <= size_range->maximum &&
             side % size_range->multiple_of == 0;
    };
    return fits(size.width) && fits(size.height);
  }
  return std::find(sizes.begin(), sizes.end(), size) != sizes.end();
}

InputSize ModelInput::LargestSize() const {
  if (size_range) return {size_range->maximum, size_range->maximum};
  const auto pixels = [](const InputSize& size) {
    return int64_t{size.width} * size.height;
  };
  return *std::max_element(sizes.begin(), sizes.end(),
                           [&](const InputSize& a, const InputSize& b) {
                             return pixels(a) < pixels(b);
                           });
}

TensorShape ModelInput::ShapeOf(InputSize size) const {
  if (layout == TensorLayout::kChannelsFirst) {
    return {1, channel_count(), size.height, size.width};
  }
  return {1, size.height, size.width, channel_count()};
}

absl::StatusOr<ModelCard> ParseModelCard(absl::string_view json) {
  if (static_cast<int64_t>(json.size()) > kMaximumCardBytes) {
    return Error(absl::StatusCode::kInvalidArgument, kModelCardInvalid)
        .Message(absl::StrCat("line 1, column 1: the card has ", json.size(),
                              " bytes, at most ", kMaximumCardBytes,
                              " are read"));
  }
  const auto parsed = ParseJson(json, kMostJsonValues);
  if (!parsed.ok()) {
    return Error(absl::StatusCode::kInvalidArgument, kModelCardInvalid)
        .Message(parsed.status().message());
  }
  absl::Status status;
  CardObject object(*parsed, "the card", status);
  ModelCard card;
  ReadNames(object, card);
  card.input = ReadInput(object.Object("input"));
  card.outputs = ReadOutputs(object);
  if (object.Has("classes")) card.classes = ReadClasses(object);
  if (object.Has("ground_sample_distance_m")) {
    card.ground_sample_distance_m =
        object.Number("ground_sample_distance_m", {1e-4, 1e5});
  }
  CardObject check = object.Object("self_check");
  if (object.ok()) card.self_check = ReadSelfCheck(std::move(check), card);
  object.RefuseOthers();
  SL_RETURN_IF_ERROR(status);
  return card;
}

}  // namespace sightline
