// Failures of the file system, as a job's owner and an operator read them; and
// folders that survive a power failure.
#ifndef SIGHTLINE_COMMON_JOBS_SYSTEM_ERROR_H_
#define SIGHTLINE_COMMON_JOBS_SYSTEM_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sightline::jobs {

// "cannot `what`: ...". `error` is an errno. No room left: ResourceExhausted
// JOB_STORE_FULL. A folder that is gone: Aborted JOB_LEASE_LOST (its job was
// deleted). Everything else: Internal JOB_STORE_FAILED. Never names a path.
absl::Status SystemError(absl::string_view what, int error);

// Makes a folder and those above it where they are missing; others than its
// owner may not look into it. Errors: FailedPrecondition JOB_STORE_FAILED (it
// cannot be made, or cannot be written to).
absl::Status MakeFolder(const std::string& folder);

// Makes the names in a folder survive a power failure.
absl::Status SyncFolder(const std::string& folder);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SYSTEM_ERROR_H_
