#include "common/inference/model_slot.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/inference/model_folder.h"
#include "common/status/status_macros.h"

namespace sightline {

ModelSlot::ModelSlot(ModelOptions options,
                     std::optional<InferenceRuntime> runtime,
                     std::function<absl::Status(const Model&)> accept)
    : options_(options), runtime_(runtime), accept_(std::move(accept)) {}

absl::Status ModelSlot::Load(const std::string& folder) {
  const std::lock_guard<std::mutex> one_at_a_time(loading_);
  return Keep(LoadModelFolder(folder, options_, runtime_));
}

absl::Status ModelSlot::Put(std::shared_ptr<const Model> model) {
  return Keep(std::move(model));
}

absl::Status ModelSlot::Keep(
    absl::StatusOr<std::shared_ptr<const Model>> model) {
  absl::Status status = model.status();
  if (status.ok() && accept_ != nullptr) status = accept_(**model);
  // Ends after the lock: the old model's end may take a while.
  std::shared_ptr<const Model> former;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!status.ok()) {
    ++history_.refused;
    history_.last_refusal = status;
    return status;
  }
  former = std::exchange(model_, *std::move(model));
  ++history_.loaded;
  history_.last_refusal = absl::OkStatus();
  history_.loaded_at = absl::Now();
  return absl::OkStatus();
}

std::shared_ptr<const Model> ModelSlot::Get() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return model_;
}

ModelSlot::History ModelSlot::history() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return history_;
}

}  // namespace sightline
