// Blobs of jobs as files below one folder: FOLDER/JOB_ID/BLOB_ID.
//
// A blob is written under a temporary name, synced, renamed and its folder
// synced: whatever instant the power fails at, a name that is no temporary one
// stands for the whole content.
#ifndef SIGHTLINE_COMMON_JOBS_FILE_ARTIFACT_STORE_H_
#define SIGHTLINE_COMMON_JOBS_FILE_ARTIFACT_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/jobs/artifact_store.h"
#include "common/jobs/fault_points.h"

namespace sightline::jobs {

// `folder` is made if it is not there; only its owner may look into it.
// `injector` may be null and must outlive the store. Errors:
// FailedPrecondition JOB_STORE_FAILED (it cannot be made or written to).
absl::StatusOr<std::unique_ptr<ArtifactStore>> OpenFileArtifactStore(
    const std::string& folder, FaultInjector* injector = nullptr);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_FILE_ARTIFACT_STORE_H_
