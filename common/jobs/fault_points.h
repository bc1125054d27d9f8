// Places at which a process may die or a disk may fail, by name, so that tests
// can make it happen there.
//
// Stores and runners reach these points as they work. Whoever gives them a
// FaultInjector decides what happens: nothing (servers give none), a failure,
// or the end of the process. Every point is one of kAllFaultPoints: a test that
// goes through the list has tried them all.
#ifndef SIGHTLINE_COMMON_JOBS_FAULT_POINTS_H_
#define SIGHTLINE_COMMON_JOBS_FAULT_POINTS_H_

#include "absl/status/status.h"

namespace sightline::jobs {

enum class FaultPoint {
  // A job is accepted: its folder is there; its row is written; committed.
  kCreateFolderMade,
  kCreateWritten,
  kCreateCommitted,
  // A worker takes it.
  kClaimWritten,
  kClaimCommitted,
  // It reports.
  kProgressWritten,
  kProgressCommitted,
  kPreviewWritten,
  // A file is being written; is complete under its temporary name; has its
  // own name.
  kBlobBegun,
  kBlobSynced,
  kBlobRenamed,
  // What refers to that file is written; committed, the old one still there.
  kCheckpointWritten,
  kCheckpointCommitted,
  kArtifactWritten,
  kArtifactCommitted,
  // The function has returned; the end is written; committed.
  kFunctionReturned,
  kFinishWritten,
  kFinishCommitted,
  // A job goes back to the queue.
  kReleaseWritten,
  // Somebody wants it cancelled.
  kCancelWritten,
  kCancelCommitted,
  // It is deleted: marked; its files are gone; its rows are gone, their bytes
  // still in the log.
  kDeleteMarked,
  kDeleteFilesRemoved,
  kDeleteRowsRemoved,
};

struct NamedFaultPoint {
  FaultPoint point;
  const char* name;
};

inline constexpr NamedFaultPoint kAllFaultPoints[] = {
    {FaultPoint::kCreateFolderMade, "create_folder_made"},
    {FaultPoint::kCreateWritten, "create_written"},
    {FaultPoint::kCreateCommitted, "create_committed"},
    {FaultPoint::kClaimWritten, "claim_written"},
    {FaultPoint::kClaimCommitted, "claim_committed"},
    {FaultPoint::kProgressWritten, "progress_written"},
    {FaultPoint::kProgressCommitted, "progress_committed"},
    {FaultPoint::kPreviewWritten, "preview_written"},
    {FaultPoint::kBlobBegun, "blob_begun"},
    {FaultPoint::kBlobSynced, "blob_synced"},
    {FaultPoint::kBlobRenamed, "blob_renamed"},
    {FaultPoint::kCheckpointWritten, "checkpoint_written"},
    {FaultPoint::kCheckpointCommitted, "checkpoint_committed"},
    {FaultPoint::kArtifactWritten, "artifact_written"},
    {FaultPoint::kArtifactCommitted, "artifact_committed"},
    {FaultPoint::kFunctionReturned, "function_returned"},
    {FaultPoint::kFinishWritten, "finish_written"},
    {FaultPoint::kFinishCommitted, "finish_committed"},
    {FaultPoint::kReleaseWritten, "release_written"},
    {FaultPoint::kCancelWritten, "cancel_written"},
    {FaultPoint::kCancelCommitted, "cancel_committed"},
    {FaultPoint::kDeleteMarked, "delete_marked"},
    {FaultPoint::kDeleteFilesRemoved, "delete_files_removed"},
    {FaultPoint::kDeleteRowsRemoved, "delete_rows_removed"},
};

// Thread-safe.
class FaultInjector {
 public:
  virtual ~FaultInjector() = default;
  // Called at `point`. A failure is taken for one of what was about to be done
  // there; after a commit it changes nothing but the answer.
  virtual absl::Status Reach(FaultPoint point) = 0;
};

// `injector` may be null.
inline absl::Status Reach(FaultInjector* injector, FaultPoint point) {
  return injector == nullptr ? absl::OkStatus() : injector->Reach(point);
}

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_FAULT_POINTS_H_
