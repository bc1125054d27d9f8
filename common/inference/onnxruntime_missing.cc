// In place of onnxruntime_model.cc where the runtime is not built in.
#include "common/inference/runtime_models.h"

namespace sightline {

std::string OnnxRuntimeVersion() { return ""; }

absl::StatusOr<std::unique_ptr<Model>> CreateOnnxRuntimeModel(
    absl::string_view, const ModelCard&, const OnnxGraph&,
    const ModelOptions&) {
  return RuntimeMissing(InferenceRuntime::kOnnxRuntime);
}

}  // namespace sightline
