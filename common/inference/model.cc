#include "common/inference/model.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/inference/reasons.h"
#include "common/inference/runtime_models.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

// Sides of a picture of this shape; {0, 0} if it is none of the card's.
InputSize SizeOf(const ModelInput& input, const TensorShape& shape) {
  if (shape.size() != 4) return {};
  const bool channels_first = input.layout == TensorLayout::kChannelsFirst;
  const int64_t height = shape[channels_first ? 2 : 1];
  const int64_t width = shape[channels_first ? 3 : 2];
  if (height < 1 || height > kMaximumInputSide || width < 1 ||
      width > kMaximumInputSide) {
    return {};
  }
  const InputSize size = {static_cast<int>(width), static_cast<int>(height)};
  return input.ShapeOf(size) == shape ? size : InputSize();
}

absl::Status InputInvalid(absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kModelInputInvalid)
      .Message(problem);
}

absl::Status CheckInput(const Model& model, const TensorView& view) {
  const ModelInput& input = model.card().input;
  const InputSize size = SizeOf(input, view.shape);
  if (size == InputSize() || !input.Takes(size)) {
    return InputInvalid(absl::StrCat("model ", model.card().name,
                                     " does not take an input of the shape ",
                                     ShapeText(view.shape)));
  }
  if (ElementCount(view.shape) != static_cast<int64_t>(view.values.size())) {
    return InputInvalid(absl::StrCat("an input of the shape ",
                                     ShapeText(view.shape), " cannot have ",
                                     view.values.size(), " numbers"));
  }
  const InputSize& largest = model.options().largest_input;
  if (int64_t{size.width} * size.height >
      int64_t{largest.width} * largest.height) {
    return InputInvalid(absl::StrCat("the input has ", size.width, " x ",
                                     size.height,
                                     " pixels, and memory was measured for ",
                                     largest.width, " x ", largest.height));
  }
  return absl::OkStatus();
}

// Infinity and NaN have all bits of the exponent set (IEEE 754). Counted in
// whole numbers, as compilers vectorise those.
bool IsFinite(absl::Span<const float> values) {
  constexpr uint32_t kExponent = 0x7f800000;
  uint32_t found = 0;
  for (const float value : values) {
    found |= (std::bit_cast<uint32_t>(value) & kExponent) == kExponent;
  }
  return found == 0;
}

absl::Status OutputInvalid(absl::string_view output,
                           absl::string_view problem) {
  return Error(absl::StatusCode::kInternal, kModelOutputInvalid)
      .Message(absl::StrCat("the model's output \"", output, "\" ", problem))
      .With("output", output);
}

absl::Status CheckOutputs(const ModelCard& card,
                          const std::vector<Tensor>& outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& output = outputs[i];
    const std::string& name = card.outputs[i].name;
    if (ElementCount(output.shape) !=
        static_cast<int64_t>(output.values.size())) {
      return OutputInvalid(name, absl::StrCat("has ", output.values.size(),
                                              " numbers in the shape ",
                                              ShapeText(output.shape)));
    }
    if (!IsFinite(output.values)) {
      return OutputInvalid(name, "has infinities or numbers that are none");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view InferenceRuntimeName(InferenceRuntime runtime) {
  return runtime == InferenceRuntime::kOnnxRuntime ? "ONNX Runtime" : "OpenCV";
}

std::vector<InferenceRuntime> AvailableRuntimes() {
  std::vector<InferenceRuntime> runtimes;
  if (!OnnxRuntimeVersion().empty()) {
    runtimes.push_back(InferenceRuntime::kOnnxRuntime);
  }
  if (!OpenCvVersion().empty()) runtimes.push_back(InferenceRuntime::kOpenCv);
  return runtimes;
}

std::string InferenceRuntimeVersion(InferenceRuntime runtime) {
  const std::string version = runtime == InferenceRuntime::kOnnxRuntime
                                  ? OnnxRuntimeVersion()
                                  : OpenCvVersion();
  return absl::StrCat(InferenceRuntimeName(runtime), version.empty() ? "" : " ",
                      version);
}

absl::Status ModelUnsupported(InferenceRuntime runtime,
                              absl::string_view said) {
  return Error(absl::StatusCode::kFailedPrecondition, kModelUnsupported)
      .Message(absl::StrCat(InferenceRuntimeVersion(runtime),
                            " cannot run this model: ", said))
      .With("runtime", InferenceRuntimeVersion(runtime));
}

absl::Status ModelRunFailed(InferenceRuntime runtime, absl::string_view said) {
  return Error(absl::StatusCode::kInternal, kModelRunFailed)
      .Message(absl::StrCat(InferenceRuntimeVersion(runtime),
                            " failed at the model: ", said))
      .With("runtime", InferenceRuntimeVersion(runtime));
}

absl::Status ModelOutOfMemory(InferenceRuntime runtime) {
  return Error(absl::StatusCode::kResourceExhausted, kModelOutOfMemory)
      .Message(absl::StrCat("memory ran out while ",
                            InferenceRuntimeName(runtime), " had the model"));
}

absl::Status RuntimeMissing(InferenceRuntime runtime) {
  return Error(absl::StatusCode::kFailedPrecondition, kInferenceRuntimeMissing)
      .Message(absl::StrCat("this program was built without ",
                            InferenceRuntimeName(runtime)))
      .Precondition(InferenceRuntimeName(runtime),
                    "build with it; docs/models.md says how");
}

Model::Model(ModelCard card, ModelOptions options)
    : card_(std::move(card)), options_(options) {}

absl::StatusOr<std::vector<Tensor>> Model::Run(const TensorView& input,
                                               const StopToken& stop) const {
  SL_RETURN_IF_ERROR(CheckInput(*this, input));
  SL_RETURN_IF_ERROR(stop.Poll());
  SL_ASSIGN_OR_RETURN(std::vector<Tensor> outputs, Compute(input, stop));
  SL_RETURN_IF_ERROR(stop.Poll());
  SL_RETURN_IF_ERROR(CheckOutputs(card_, outputs));
  return outputs;
}

}  // namespace sightline
