// A job as the function sees that does its work.
//
//   absl::Status Train(JobContext& job) {
//     State state = Begin(job.request());
//     SL_ASSIGN_OR_RETURN(const auto saved, job.LoadCheckpoint());
//     if (saved.has_value()) SL_ASSIGN_OR_RETURN(state, Parse(*saved));
//     for (; state.step < state.steps; ++state.step) {
//       SL_RETURN_IF_ERROR(job.SetProgress(ProgressOf(state)));
//       Step(state);
//       if (state.step % 25 == 24) {
//         SL_RETURN_IF_ERROR(job.SaveCheckpoint(Serialize(state)));
//       }
//     }
//     return job.WriteArtifact("patch.png", "image/png", Encode(state));
//   }
//
// The function is called again with the last checkpoint when its process died
// or was shut down: what it does between two checkpoints must come to the same
// when it is done twice.
//
// Belongs to one thread at a time; not thread-safe but for stop() and
// FlushIfDue().
#ifndef SIGHTLINE_COMMON_JOBS_JOB_CONTEXT_H_
#define SIGHTLINE_COMMON_JOBS_JOB_CONTEXT_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/jobs/artifact_store.h"
#include "common/jobs/job_store.h"
#include "common/stop/stop_token.h"

namespace sightline::jobs {

// A file of a job in the making. Dropped without Finish(), nothing is left.
class ArtifactWriter {
 public:
  // Errors: as BlobWriter::Append().
  absl::Status Append(absl::string_view bytes) { return blob_->Append(bytes); }
  // From here on the file is the job's, whatever happens. Errors also: Aborted
  // JOB_LEASE_LOST.
  absl::Status Finish();

 private:
  friend class JobContext;
  ArtifactWriter(JobStore* store, Lease lease, Artifact artifact,
                 std::unique_ptr<BlobWriter> blob);

  JobStore* const store_;
  const Lease lease_;
  Artifact artifact_;
  const std::unique_ptr<BlobWriter> blob_;
};

class JobContext {
 public:
  // `claim`: what the store gave. Reports of progress within
  // `progress_interval` of each other and in the same stage become one.
  JobContext(JobStore* store, ArtifactStore* artifacts, Claim claim,
             StopToken stop, absl::Duration progress_interval);

  // As it was when this attempt began.
  const Job& job() const { return claim_.job; }
  // NewJob::request.
  const std::string& request() const { return claim_.request; }

  // Stops when the job is cancelled or deleted, and when the server drains:
  // return then, within half a second; a checkpoint may be saved before. What
  // the function returns does not matter then, unless it is OK: the job is
  // done.
  const StopToken& stop() const { return stop_; }

  // Says how far the job is; where `remaining` is not set, it is estimated.
  // Returns why to stop, if there is reason to. Errors also: those of
  // CheckProgress() and of the store.
  absl::Status SetProgress(const Progress& progress);

  // Errors: those of CheckPreview() and of the store.
  absl::Status ShowPreview(const Preview& preview);

  // What SaveCheckpoint() was given last, in this attempt or an earlier one.
  // Errors: DataLoss JOB_CHECKPOINT_CORRUPT.
  absl::StatusOr<std::optional<std::string>> LoadCheckpoint();

  // Makes the work safe until here. Once this has returned OK, a crash leads
  // back here and no further. Errors: those of BlobWriter and of the store; the
  // checkpoint before is then still there.
  absl::Status SaveCheckpoint(absl::string_view bytes);

  // Errors: those of CheckArtifactName() and BlobWriter.
  absl::StatusOr<std::unique_ptr<ArtifactWriter>> BeginArtifact(
      const std::string& name, const std::string& media_type);
  // The same in one.
  absl::Status WriteArtifact(const std::string& name,
                             const std::string& media_type,
                             absl::string_view bytes);

  // Writes a report that still waits for its turn, if it is time. Thread-safe:
  // the runner calls it while the function works on.
  void FlushIfDue();
  // Writes it anyway.
  absl::Status FlushProgress();

 private:
  absl::Status FlushLocked();

  JobStore* const store_;
  ArtifactStore* const artifacts_;
  const Claim claim_;
  const StopToken stop_;
  const absl::Duration progress_interval_;
  const absl::Time begun_;
  // Held while a report is written: they come in order.
  std::mutex mutex_;
  // Guarded by mutex_.
  std::optional<Progress> waiting_;
  std::string last_stage_;
  absl::Time last_report_ = absl::InfinitePast();
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_JOB_CONTEXT_H_
