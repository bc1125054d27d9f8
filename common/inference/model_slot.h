// The model that a server uses now, and how it gets the next one.
//
// A request takes the model once, at its beginning, and keeps it until it is
// done; Load() puts a new one in its place only after that one was read,
// checked and accepted. Nobody waits and no request sees half of a change. The
// old model's memory is free when its last request has ended, so that for a
// while there are two. A model that is refused changes nothing.
#ifndef SIGHTLINE_COMMON_INFERENCE_MODEL_SLOT_H_
#define SIGHTLINE_COMMON_INFERENCE_MODEL_SLOT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/inference/model.h"

namespace sightline {

// Thread-safe.
class ModelSlot {
 public:
  // What happened so far.
  struct History {
    // Models that were put in place.
    int64_t loaded = 0;
    // Models that were refused, and why the last one was. OK again after a
    // success.
    int64_t refused = 0;
    absl::Status last_refusal;
    // When the present model was put in place; absent without one.
    std::optional<absl::Time> loaded_at;
  };

  // `accept` is asked about every model before it is put in place: whoever
  // needs certain outputs or classes refuses others here, with
  // FailedPrecondition MODEL_CARD_MISMATCH. Without a `runtime`, the first one
  // that can loads a model.
  explicit ModelSlot(
      ModelOptions options,
      std::optional<InferenceRuntime> runtime = std::nullopt,
      std::function<absl::Status(const Model&)> accept = nullptr);

  // Loads the model in `folder` (as ReadModelFolder() takes it) and puts it in
  // place. Takes as long as LoadModel(); requests go on meanwhile, and a second
  // Load() waits. Errors: those of LoadModelFolder() and of `accept`.
  absl::Status Load(const std::string& folder);

  // Puts a model in place that was loaded elsewhere, if it is accepted.
  absl::Status Put(std::shared_ptr<const Model> model);

  // The present model, nullptr before the first. Never waits for Load().
  std::shared_ptr<const Model> Get() const;

  History history() const;

 private:
  absl::Status Keep(absl::StatusOr<std::shared_ptr<const Model>> model);

  const ModelOptions options_;
  const std::optional<InferenceRuntime> runtime_;
  const std::function<absl::Status(const Model&)> accept_;
  // Held while a model is loaded: one at a time.
  std::mutex loading_;
  // Guards what follows; held for moments.
  mutable std::mutex mutex_;
  std::shared_ptr<const Model> model_;
  History history_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_MODEL_SLOT_H_
