#include "services/georef/models.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/memory/control_group.h"
#include "common/observe/log.h"
#include "common/server/flag_range.h"
#include "common/server/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/segment/segmentor.h"
#include "services/georef/reasons.h"

ABSL_FLAG(std::string, models, "",
          "Folders of networks (card.json and the model it names), separated "
          "by commas; the first is the default. Empty: requests bring masks.");
ABSL_FLAG(std::string, inference_runtime, "",
          "onnxruntime or opencv. Empty: the first that can load a network.");
ABSL_FLAG(int, inference_threads, 1,
          "Threads that compute one run of a network.");
ABSL_FLAG(absl::Duration, model_check_interval, absl::Seconds(10),
          "How often folders of networks are looked at for a new version. 0: "
          "never.");

namespace sightline::georef {
namespace {

Error BadConfiguration(absl::string_view flag, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
      .Field(absl::StrCat("--", flag), what);
}

// A replacement must be able to take its predecessor's requests.
absl::Status Accept(const std::string& name, const Model& model) {
  SL_RETURN_IF_ERROR(Segmentor::Check(model));
  if (!name.empty() && model.card().name != name) {
    return Error(absl::StatusCode::kFailedPrecondition, kModelUnknown)
        .Message(absl::StrCat("the folder of network '", name,
                              "' now holds one named '", model.card().name,
                              "'; restart the server to rename it"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ModelsOptions> ModelsOptions::FromFlags(int concurrent_runs) {
  ModelsOptions options;
  options.folders =
      absl::StrSplit(absl::GetFlag(FLAGS_models), ',', absl::SkipWhitespace());
  const std::string runtime = absl::GetFlag(FLAGS_inference_runtime);
  if (runtime == "onnxruntime") {
    options.runtime = InferenceRuntime::kOnnxRuntime;
  } else if (runtime == "opencv") {
    options.runtime = InferenceRuntime::kOpenCv;
  } else if (!runtime.empty()) {
    return BadConfiguration("inference_runtime",
                            absl::StrCat("is '", runtime,
                                         "', must be onnxruntime, opencv or "
                                         "empty"));
  }
  options.model.threads_per_run = absl::GetFlag(FLAGS_inference_threads);
  SL_RETURN_IF_ERROR(CheckFlagRange("inference_threads",
                                    options.model.threads_per_run, 1, 256));
  options.model.concurrent_runs = concurrent_runs > 0
                                      ? concurrent_runs
                                      : ComputeThreads(ReadControlGroup());
  options.check_interval = absl::GetFlag(FLAGS_model_check_interval);
  if (options.check_interval < absl::ZeroDuration()) {
    return BadConfiguration("model_check_interval", "is negative");
  }
  return options;
}

absl::StatusOr<std::unique_ptr<Models>> Models::Load(ModelsOptions options) {
  std::unique_ptr<Models> models(new Models(std::move(options)));
  for (const std::string& folder : models->options_.folders) {
    Named named;
    named.folder = folder;
    // The name is the first model's: whoever comes after it has to have it.
    auto name = std::make_shared<std::string>();
    named.slot = std::make_unique<ModelSlot>(
        models->options_.model, models->options_.runtime,
        [name](const Model& model) { return Accept(*name, model); });
    named.seen = StampOf(folder);
    SL_RETURN_IF_ERROR(named.slot->Load(folder));
    *name = named.slot->Get()->card().name;
    named.name = *name;
    if (models->FindEntry(named.name) != nullptr) {
      return BadConfiguration(
          "models",
          absl::StrCat("names two networks that are called '", *name, "'"));
    }
    models->entries_.push_back(std::move(named));
  }
  if (!models->empty() &&
      models->options_.check_interval > absl::ZeroDuration()) {
    models->watcher_ = std::thread([m = models.get()] { m->Watch(); });
  }
  return models;
}

Models::~Models() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_stopping_ = true;
  }
  stopped_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

const Models::Named* Models::FindEntry(const std::string& name) const {
  for (const Named& named : entries_) {
    if (named.name == name || name.empty()) return &named;
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<const Model>> Models::Find(
    const std::string& name) const {
  if (entries_.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, kModelMissing)
        .Message(
            "this server has no network: send a mask, or start it with "
            "--models")
        .Precondition("model", "start the server with --models");
  }
  const Named* named = FindEntry(name);
  if (named == nullptr) {
    std::vector<std::string> names;
    for (const Named& entry : entries_) names.push_back(entry.name);
    return Error(absl::StatusCode::kNotFound, kModelUnknown)
        .Message(absl::StrCat("there is no network '", name, "', but ",
                              absl::StrJoin(names, ", ")))
        .Resource("model", name);
  }
  return named->slot->Get();
}

std::vector<Models::Entry> Models::List() const {
  std::vector<Entry> list;
  for (const Named& named : entries_) {
    list.push_back({named.slot->Get(), named.slot->history()});
  }
  return list;
}

int64_t Models::resident_bytes() const {
  int64_t sum = 0, largest = 0;
  for (const Named& named : entries_) {
    const ModelMemory& memory = named.slot->Get()->memory();
    const int64_t bytes =
        memory.loaded_bytes + memory.run_bytes * options_.model.concurrent_runs;
    sum += bytes;
    largest = std::max(largest, bytes);
  }
  return sum + largest;
}

Models::Stamp Models::StampOf(const std::string& folder) {
  Stamp stamp;
  std::error_code error;
  // Not a range-for: that throws where the folder can't be read on, and
  // folders are replaced while they are read.
  std::filesystem::directory_iterator file(folder, error);
  while (!error && file != std::filesystem::directory_iterator()) {
    std::error_code ignored;  // A file may vanish between two looks.
    stamp[file->path().filename()] = {file->last_write_time(ignored),
                                      file->file_size(ignored)};
    file.increment(error);
  }
  return stamp;
}

void Models::LoadChanges() {
  std::lock_guard<std::mutex> lock(checking_);
  for (Named& named : entries_) {
    Stamp stamp = StampOf(named.folder);
    if (stamp == named.seen) continue;
    // Also of what is refused: it is not tried again until it changes.
    named.seen = std::move(stamp);
    const absl::Status loaded = named.slot->Load(named.folder);
    if (loaded.ok()) {
      Log(Severity::kInfo, "network replaced",
          {{"model", named.name},
           {"version", named.slot->Get()->card().version}});
    } else {
      Log(Severity::kError, "network not replaced",
          {{"model", named.name}, {"problem", loaded.message()}});
    }
  }
}

void Models::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_.wait_for(lock,
                            absl::ToChronoMilliseconds(options_.check_interval),
                            [this] { return is_stopping_; })) {
    lock.unlock();
    LoadChanges();
    lock.lock();
  }
}

}  // namespace sightline::georef
