// Where the files of jobs lie: artifacts and checkpoints.
//
// A blob is written once, whole or not at all, and then never changes. What it
// means, and that it exists, is for the JobStore to know: a blob that no job
// refers to is rubbish, removed at the next start. An object store can stand
// behind this interface as well as a folder.
//
// The contract of every ArtifactStore:
//
//  1. AddJob() makes room for a job's blobs; adding one twice is fine. Without
//     it, nothing can be written for the job, so that a worker that comes too
//     late leaves nothing behind.
//  2. Commit() gives a blob its id and survives a crash and a power failure
//     from then on. Before it, nothing of the blob can be seen.
//  3. Reading compares length and SHA-256 with what the JobStore has kept, and
//     gives no last byte of a blob that does not agree.
//  4. RemoveJob() leaves no byte of the job. Removing what is not there is
//     fine.
//
// Thread-safe; writers and readers belong to one thread at a time.
#ifndef SIGHTLINE_COMMON_JOBS_ARTIFACT_STORE_H_
#define SIGHTLINE_COMMON_JOBS_ARTIFACT_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/jobs/job.h"

namespace sightline::jobs {

class BlobWriter {
 public:
  // Without Commit(), nothing is left.
  virtual ~BlobWriter() = default;
  // Errors: ResourceExhausted JOB_STORE_FULL, Aborted JOB_LEASE_LOST (the job
  // has been deleted), Internal JOB_STORE_FAILED.
  virtual absl::Status Append(absl::string_view bytes) = 0;
  // To be called once, at the end. Errors: the same.
  virtual absl::StatusOr<Blob> Commit() = 0;
};

class BlobReader {
 public:
  virtual ~BlobReader() = default;
  // The next bytes, at most `most` (above 0); empty at the end. Errors:
  // DataLoss JOB_ARTIFACT_CORRUPT (the file is not what was committed),
  // Internal JOB_STORE_FAILED.
  virtual absl::StatusOr<std::string> Read(int64_t most) = 0;
};

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  virtual absl::Status AddJob(const std::string& job_id) = 0;
  // Errors: as BlobWriter::Append().
  virtual absl::StatusOr<std::unique_ptr<BlobWriter>> Write(
      const std::string& job_id) = 0;
  // Errors: DataLoss JOB_ARTIFACT_CORRUPT (it is not there, or its length is
  // another).
  virtual absl::StatusOr<std::unique_ptr<BlobReader>> Read(
      const std::string& job_id, const Blob& blob) = 0;
  virtual absl::Status Remove(const std::string& job_id,
                              const std::string& blob_id) = 0;
  virtual absl::Status RemoveJob(const std::string& job_id) = 0;

  // For removing what no job refers to. Files that were never committed are
  // among the blobs of their job.
  virtual absl::StatusOr<std::vector<std::string>> Jobs() = 0;
  virtual absl::StatusOr<std::vector<std::string>> Blobs(
      const std::string& job_id) = 0;
};

// The whole of a blob at once.
absl::StatusOr<std::string> ReadAll(ArtifactStore& store,
                                    const std::string& job_id,
                                    const Blob& blob);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_ARTIFACT_STORE_H_
