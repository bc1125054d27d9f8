// Reason codes of jobs; docs/errors.md says when they occur.
#ifndef SIGHTLINE_COMMON_JOBS_REASONS_H_
#define SIGHTLINE_COMMON_JOBS_REASONS_H_

namespace sightline::jobs {

inline constexpr char kJobNotFound[] = "JOB_NOT_FOUND";
inline constexpr char kJobRequestInvalid[] = "JOB_REQUEST_INVALID";
inline constexpr char kJobRequestConflict[] = "JOB_REQUEST_CONFLICT";
inline constexpr char kJobQueueFull[] = "JOB_QUEUE_FULL";
inline constexpr char kJobEventUnknown[] = "JOB_EVENT_UNKNOWN";
inline constexpr char kJobReportInvalid[] = "JOB_REPORT_INVALID";
inline constexpr char kJobLeaseLost[] = "JOB_LEASE_LOST";
inline constexpr char kJobCancelled[] = "JOB_CANCELLED";
inline constexpr char kJobInterrupted[] = "JOB_INTERRUPTED";
inline constexpr char kJobCrashed[] = "JOB_CRASHED";
inline constexpr char kJobThrew[] = "JOB_THREW";
inline constexpr char kJobCheckpointCorrupt[] = "JOB_CHECKPOINT_CORRUPT";
inline constexpr char kJobArtifactCorrupt[] = "JOB_ARTIFACT_CORRUPT";
inline constexpr char kJobStoreFull[] = "JOB_STORE_FULL";
inline constexpr char kJobStoreFailed[] = "JOB_STORE_FAILED";
inline constexpr char kJobStoreCorrupt[] = "JOB_STORE_CORRUPT";
inline constexpr char kJobStoreBusy[] = "JOB_STORE_BUSY";
inline constexpr char kJobStoreTooNew[] = "JOB_STORE_TOO_NEW";

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_REASONS_H_
