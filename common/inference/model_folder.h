// Models as files: a folder with card.json and the file it names.
#ifndef SIGHTLINE_COMMON_INFERENCE_MODEL_FOLDER_H_
#define SIGHTLINE_COMMON_INFERENCE_MODEL_FOLDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/inference/model.h"
#include "common/inference/model_card.h"

namespace sightline {

// No model file may be larger.
inline constexpr int64_t kMaximumModelBytes = int64_t{1} << 30;

struct ModelFiles {
  ModelCard card;
  // Bytes of the model's file, not yet compared with the card.
  std::string file;
};

// Reads card.json in `folder`, or the card at that path if it is a file, and
// the model beside it. Errors: NotFound or FailedPrecondition
// MODEL_FILE_UNREADABLE, InvalidArgument MODEL_CARD_INVALID; messages begin
// with the file's path. Thread-safe.
absl::StatusOr<ModelFiles> ReadModelFolder(const std::string& folder);

// Reads and loads it: with `runtime`, or with the first that can.
// Errors: those of ReadModelFolder() and LoadModel().
absl::StatusOr<std::shared_ptr<const Model>> LoadModelFolder(
    const std::string& folder, const ModelOptions& options,
    std::optional<InferenceRuntime> runtime = std::nullopt);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_MODEL_FOLDER_H_
