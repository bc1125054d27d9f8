#include "common/inference/card_match.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

absl::Status Mismatch(absl::string_view problem) {
  return Error(absl::StatusCode::kFailedPrecondition, kModelCardMismatch)
      .Message(absl::StrCat("the model is not what its card says: ", problem));
}

std::string Names(const std::vector<OnnxValue>& values) {
  return absl::StrJoin(values, ", ", [](std::string* out, const auto& value) {
    out->append(value.name);
  });
}

// "1x3x?x?"; open sizes are question marks.
std::string OpenShapeText(const TensorShape& shape) {
  return absl::StrJoin(shape, "x", [](std::string* out, int64_t side) {
    absl::StrAppend(out, side < 0 ? "?" : absl::StrCat(side));
  });
}

// Whether a tensor of `shape` fits a declared shape with open sizes.
bool Fits(const TensorShape& declared, const TensorShape& shape) {
  return declared.empty() ||
         std::equal(declared.begin(), declared.end(), shape.begin(),
                    shape.end(),
                    [](int64_t a, int64_t b) { return a < 0 || a == b; });
}

absl::Status CheckInput(const ModelInput& input, const OnnxGraph& graph) {
  if (graph.inputs.size() != 1 || graph.inputs[0].name != input.name) {
    return Mismatch(absl::StrCat("it has the inputs ", Names(graph.inputs),
                                 ", and the card \"", input.name, "\" alone"));
  }
  const OnnxValue& value = graph.inputs[0];
  if (value.element_type != kOnnxFloat) {
    return Mismatch("its input has another type than 32-bit float");
  }
  std::vector<InputSize> sizes = input.sizes;
  if (input.size_range) {
    sizes = {{input.size_range->minimum, input.size_range->maximum},
             {input.size_range->maximum, input.size_range->minimum}};
  }
  for (const InputSize& size : sizes) {
    const TensorShape shape = input.ShapeOf(size);
    if (!Fits(value.shape, shape)) {
      return Mismatch(absl::StrCat("its input has the shape ",
                                   OpenShapeText(value.shape),
                                   ", and the card ", ShapeText(shape)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOutput(const ModelOutput& output, const OnnxGraph& graph) {
  const auto found = std::find_if(
      graph.outputs.begin(), graph.outputs.end(),
      [&](const OnnxValue& value) { return value.name == output.name; });
  if (found == graph.outputs.end()) {
    return Mismatch(absl::StrCat("it has the outputs ", Names(graph.outputs),
                                 ", and the card \"", output.name, "\""));
  }
  if (found->element_type != kOnnxFloat) {
    return Mismatch(absl::StrCat("its output \"", output.name,
                                 "\" has another type than 32-bit float"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCardMatches(const ModelCard& card, const OnnxGraph& graph) {
  SL_RETURN_IF_ERROR(CheckInput(card.input, graph));
  for (const ModelOutput& output : card.outputs) {
    SL_RETURN_IF_ERROR(CheckOutput(output, graph));
  }
  for (const ExpectedOutput& expected : card.self_check.expected) {
    const auto declared = std::find_if(
        graph.outputs.begin(), graph.outputs.end(),
        [&](const OnnxValue& value) { return value.name == expected.output; });
    if (declared != graph.outputs.end() &&
        !Fits(declared->shape, expected.shape)) {
      return Mismatch(absl::StrCat(
          "its output \"", expected.output, "\" has the shape ",
          OpenShapeText(declared->shape), ", and the card's self-check ",
          ShapeText(expected.shape)));
    }
  }
  return absl::OkStatus();
}

}  // namespace sightline
