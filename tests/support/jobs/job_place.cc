#include "tests/support/jobs/job_place.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "common/jobs/file_artifact_store.h"
#include "common/status/error.h"

namespace sightline::jobs {
namespace {

template <typename Value>
Value OrAbort(absl::StatusOr<Value> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string path =
      (std::filesystem::temp_directory_path() / "sightline-jobs-XXXXXX")
          .string();
  if (mkdtemp(path.data()) == nullptr) std::abort();
  path_ = path;
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

absl::Status OrderedFault::Reach(FaultPoint point) {
  if (point != point_ || ++arrivals_ != turn_) return absl::OkStatus();
  return action_();
}

absl::Status OrderedFault::Kill() {
  kill(getpid(), SIGKILL);
  return absl::OkStatus();
}

OpenPlace OpenJobs(const std::string& folder, FaultInjector* faults,
                   SqliteJobStoreOptions options) {
  OpenPlace place;
  place.artifacts = OrAbort(OpenFileArtifactStore(folder + "/files", faults));
  options.folder = folder;
  options.faults = faults;
  place.store =
      OrAbort(OpenSqliteJobStore(std::move(options), place.artifacts.get()));
  return place;
}

NewJob Request(const std::string& kind, const std::string& request_id,
               const std::string& owner, const std::string& request) {
  NewJob job;
  job.kind = kind;
  job.request_id = request_id;
  job.owner = owner;
  job.request = request;
  return job;
}

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

std::vector<std::string> FilesWith(const std::string& folder,
                                   const std::string& marker) {
  std::vector<std::string> found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    std::string content;
    if (entry.is_regular_file()) {
      std::ifstream file(path, std::ios::binary);
      content.assign(std::istreambuf_iterator<char>(file), {});
    }
    if (path.find(marker) != std::string::npos ||
        content.find(marker) != std::string::npos) {
      found.push_back(path);
    }
  }
  return found;
}

int InChild(const std::function<void()>& child) {
  const pid_t process = fork();
  if (process == 0) {
    child();
    _exit(0);
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
  }
  return status;
}

}  // namespace sightline::jobs
