// The networks that the server segments with: loaded and checked at the start,
// replaced while it runs when their files change.
#ifndef SIGHTLINE_SERVICES_GEOREF_MODELS_H_
#define SIGHTLINE_SERVICES_GEOREF_MODELS_H_

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/inference/model_slot.h"

namespace sightline::georef {

struct ModelsOptions {
  // Folders with card.json and the model it names; the first is the default.
  std::vector<std::string> folders;
  // nullopt: the first that can load a model.
  std::optional<InferenceRuntime> runtime;
  ModelOptions model;
  // How often folders are looked at for a new version; zero: never.
  absl::Duration check_interval = absl::Seconds(10);

  // From --models, --inference_runtime, --inference_threads and
  // --model_check_interval; `concurrent_runs`: threads that compute for the
  // service, 0: one per processor of the control group. Errors: InvalidArgument
  // BAD_CONFIGURATION.
  static absl::StatusOr<ModelsOptions> FromFlags(int concurrent_runs);
};

// Thread-safe.
class Models {
 public:
  // Loads all. Errors: those of ModelSlot::Load(); InvalidArgument
  // BAD_CONFIGURATION if two have the same name.
  static absl::StatusOr<std::unique_ptr<Models>> Load(ModelsOptions options);
  ~Models();  // Stops looking for new versions.
  Models(const Models&) = delete;
  Models& operator=(const Models&) = delete;

  bool empty() const { return entries_.empty(); }

  // The model of that name, of the empty name the first; it stays as it is for
  // whoever holds it. Errors: FailedPrecondition GEOREF_MODEL_MISSING (the
  // server has none), NotFound GEOREF_MODEL_UNKNOWN.
  absl::StatusOr<std::shared_ptr<const Model>> Find(
      const std::string& name) const;

  struct Entry {
    std::shared_ptr<const Model> model;
    ModelSlot::History history;
  };
  std::vector<Entry> List() const;

  // Bytes that all of them keep, those of runs included (runtimes do not give
  // them back), and the largest of them once more while it is being replaced.
  int64_t resident_bytes() const;

  // Loads what has changed since the last time; what the thread does.
  void LoadChanges();

 private:
  // Every file of a folder: when it was written, and how large it is.
  using Stamp =
      std::map<std::string,
               std::pair<std::filesystem::file_time_type, std::uintmax_t>>;
  struct Named {
    std::string name;
    std::string folder;
    std::unique_ptr<ModelSlot> slot;
    // Of what was loaded, or refused, last; guarded by checking_.
    Stamp seen;
  };

  explicit Models(ModelsOptions options) : options_(std::move(options)) {}
  static Stamp StampOf(const std::string& folder);
  const Named* FindEntry(const std::string& name) const;
  void Watch();

  const ModelsOptions options_;
  std::vector<Named> entries_;
  std::mutex checking_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopping_ = false;  // Guarded by mutex_.
  std::thread watcher_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_MODELS_H_
