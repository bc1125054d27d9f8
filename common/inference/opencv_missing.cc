// In place of opencv_model.cc where the runtime is not built in.
#include "common/inference/runtime_models.h"

namespace sightline {

std::string OpenCvVersion() { return ""; }

absl::StatusOr<std::unique_ptr<Model>> CreateOpenCvModel(absl::string_view,
                                                         const ModelCard&,
                                                         const OnnxGraph&,
                                                         const ModelOptions&) {
  return RuntimeMissing(InferenceRuntime::kOpenCv);
}

}  // namespace sightline
