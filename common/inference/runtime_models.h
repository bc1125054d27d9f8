// The adapters to the runtimes: one pair of functions each, and no other file
// knows a runtime's types. Where a runtime is not built in, its functions say
// so. Internal to common/inference.
#ifndef SIGHTLINE_COMMON_INFERENCE_RUNTIME_MODELS_H_
#define SIGHTLINE_COMMON_INFERENCE_RUNTIME_MODELS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/inference/model.h"
#include "common/inference/onnx_graph.h"

namespace sightline {

// "1.30.0"; empty where the runtime is not built in.
std::string OnnxRuntimeVersion();
std::string OpenCvVersion();

// Loads `file`, which is the card's and has the inputs and outputs of `graph`.
// Errors: FailedPrecondition MODEL_UNSUPPORTED or INFERENCE_RUNTIME_MISSING,
// ResourceExhausted MODEL_OUT_OF_MEMORY.
absl::StatusOr<std::unique_ptr<Model>> CreateOnnxRuntimeModel(
    absl::string_view file, const ModelCard& card, const OnnxGraph& graph,
    const ModelOptions& options);
absl::StatusOr<std::unique_ptr<Model>> CreateOpenCvModel(
    absl::string_view file, const ModelCard& card, const OnnxGraph& graph,
    const ModelOptions& options);

// What the adapters make of a runtime's failures.
absl::Status ModelUnsupported(InferenceRuntime runtime, absl::string_view said);
absl::Status ModelRunFailed(InferenceRuntime runtime, absl::string_view said);
absl::Status ModelOutOfMemory(InferenceRuntime runtime);
absl::Status RuntimeMissing(InferenceRuntime runtime);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_RUNTIME_MODELS_H_
