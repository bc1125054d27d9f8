#include "common/jobs/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"

namespace sightline::jobs {

absl::Status SystemError(absl::string_view what, int error) {
  const std::string message =
      absl::StrCat("cannot ", what, ": ", std::strerror(error));
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return Error(absl::StatusCode::kResourceExhausted, kJobStoreFull)
        .Message(message)
        .Quota("state_dir",
               "the disk of --state_dir is full; delete jobs, or "
               "give it more room");
  }
  if (error == ENOENT) {
    return Error(absl::StatusCode::kAborted, kJobLeaseLost)
        .Message(absl::StrCat(message, " (the job has been deleted)"));
  }
  return Error(absl::StatusCode::kInternal, kJobStoreFailed).Message(message);
}

absl::Status MakeFolder(const std::string& folder) {
  for (size_t end = folder.find('/', 1);; end = folder.find('/', end + 1)) {
    const std::string part = folder.substr(0, end);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return Error(absl::StatusCode::kFailedPrecondition, kJobStoreFailed)
          .Message(absl::StrCat("cannot make the folder of --state_dir: ",
                                std::strerror(errno)));
    }
    if (end == std::string::npos) break;
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error(absl::StatusCode::kFailedPrecondition, kJobStoreFailed)
        .Message(absl::StrCat("cannot write to the folder of --state_dir: ",
                              std::strerror(errno)));
  }
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& folder) {
  const int descriptor =
      open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return SystemError("open a folder of jobs", errno);
  const int outcome = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  return outcome == 0 ? absl::OkStatus()
                      : SystemError("sync a folder of jobs", error);
}

}  // namespace sightline::jobs
