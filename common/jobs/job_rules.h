// What holds for jobs in every store: which values are valid, who is next, how
// progress moves. Decisions alone: pure functions, thread-safe.
#ifndef SIGHTLINE_COMMON_JOBS_JOB_RULES_H_
#define SIGHTLINE_COMMON_JOBS_JOB_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/jobs/job.h"

namespace sightline::jobs {

// The contract (jobs.proto) promises these.
inline constexpr int64_t kMaxRequestBytes = int64_t{8} << 20;
inline constexpr int64_t kMaxPreviewBytes = int64_t{256} << 10;
inline constexpr int64_t kKeptProgressEvents = 1000;
inline constexpr int64_t kKeptPreviews = 4;
inline constexpr int kMaxMetrics = 64;

// Kind: 1..64 of a-z, 0-9, '.', '_'. Owner: at most 128 bytes of UTF-8.
// Request id: at most 128 printable ASCII characters. Errors: InvalidArgument
// JOB_REQUEST_INVALID with the field ("kind", "owner", "request_id",
// "request").
absl::Status CheckNewJob(const NewJob& job);

// 32 hexadecimal digits. Errors: NotFound JOB_NOT_FOUND: no job has another id.
absl::Status CheckJobId(absl::string_view id);
absl::Status JobNotFound(absl::string_view id);

// Errors: InvalidArgument JOB_REPORT_INVALID (a fraction outside 0..1, names
// too long or twice, negative steps, a preview too large).
absl::Status CheckProgress(const Progress& progress);
absl::Status CheckPreview(const Preview& preview);
// 1..128 of letters, digits, '.', '_', '-', not beginning with '.'; a media
// type as RFC 6838 has them.
absl::Status CheckArtifactName(absl::string_view name,
                               absl::string_view media_type);

// `next` after `before`: the fraction never goes back.
Progress Advance(const Progress& before, Progress next);

// How long the rest takes at the pace so far: from `start_fraction` to
// `fraction` in `elapsed`. nullopt where that says nothing yet.
std::optional<absl::Duration> EstimateRemaining(double start_fraction,
                                                double fraction,
                                                absl::Duration elapsed);

// The oldest waiting job of one owner and kind.
struct Candidate {
  std::string job_id;
  std::string kind;
  std::string owner;
  // Order of acceptance.
  int64_t accepted = 0;
};

// What is under way.
struct Load {
  std::map<std::string, int> running_of_kind;
  std::map<std::string, int> running_of_owner;
  // When an owner's job was last begun, as a count of beginnings.
  std::map<std::string, int64_t> last_turn_of_owner;
};

// Whose turn it is; nullptr if nobody's.
// 1. A kind never has more running than `max_running` says; kinds that it does
//    not name are not begun.
// 2. The owner with the fewest running jobs is next; of those, the one whose
//    last turn is longest ago; of those, the one that has waited longest.
// 3. Of one owner's jobs, the one that was accepted first.
const Candidate* ChooseNext(const std::vector<Candidate>& candidates,
                            const Load& load,
                            const std::map<std::string, int>& max_running);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_JOB_RULES_H_
