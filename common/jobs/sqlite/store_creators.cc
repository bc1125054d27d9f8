// Accepting, showing and cancelling jobs.
#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/jobs/identity.h"
#include "common/jobs/job_rules.h"
#include "common/jobs/reasons.h"
#include "common/jobs/sqlite/store.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

// How long a creator is asked to wait for a place in the queue: jobs take
// minutes.
constexpr absl::Duration kQueueRetry = absl::Seconds(30);

}  // namespace

absl::StatusOr<Creation> SqliteJobStore::Create(const NewJob& job) {
  SL_RETURN_IF_ERROR(CheckNewJob(job));
  const std::string request_sha256 = Sha256(job.request);
  Creation creation;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(auto existing, FindRequest(job, request_sha256));
    if (existing.has_value()) return *std::move(existing);
    {
      Query query(*database_,
                  "SELECT count(*) FROM jobs WHERE state = ? AND "
                  "is_deleted = 0",
                  static_cast<int>(JobState::kQueued));
      const int64_t queued = query.Next() ? query.Integer(0) : 0;
      SL_RETURN_IF_ERROR(query.status());
      if (queued >= options_.max_queued) {
        return Error(absl::StatusCode::kResourceExhausted, kJobQueueFull)
            .Message(absl::StrCat(queued, " jobs wait already"))
            .With("limit", absl::StrCat(options_.max_queued))
            .RetryAfter(kQueueRetry);
      }
    }
    // The folder first: one without a job is rubbish, a job without one could
    // not write.
    const std::string id = RandomId();
    SL_RETURN_IF_ERROR(artifacts_->AddJob(id));
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kCreateFolderMade));
    absl::StatusOr<JobRow> row = Insert(job, id);
    if (!row.ok()) {
      artifacts_->RemoveJob(id).IgnoreError();
      return row.status();
    }
    creation.job = std::move(row->job);
    creation.is_new = true;
  }
  signals_.Changed(creation.job.id);
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kCreateCommitted));
  return creation;
}

absl::StatusOr<JobRow> SqliteJobStore::Insert(const NewJob& job,
                                              const std::string& id) {
  Transaction transaction(*database_);
  SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
  SL_RETURN_IF_ERROR(
      Query(*database_,
            "INSERT INTO jobs (id, kind, owner, request_id, request_sha256, "
            "state, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            id, job.kind, job.owner, job.request_id, Sha256(job.request),
            static_cast<int>(JobState::kQueued), ToMicroseconds(Now()))
          .Run());
  SL_ASSIGN_OR_RETURN(JobRow row, FindJob(*database_, id));
  SL_RETURN_IF_ERROR(Query(*database_,
                           "INSERT INTO requests (job, request) VALUES (?, ?)",
                           row.key, Bytes{job.request})
                         .Run());
  SL_RETURN_IF_ERROR(ChangeState(row, JobState::kQueued));
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kCreateWritten));
  SL_RETURN_IF_ERROR(transaction.Commit());
  return row;
}

absl::StatusOr<std::optional<Creation>> SqliteJobStore::FindRequest(
    const NewJob& job, const std::string& request_sha256) {
  if (job.request_id.empty()) return std::nullopt;
  Query query(*database_,
              "SELECT " SL_JOB_COLUMNS
              " FROM jobs WHERE kind = ? AND request_id = ? AND "
              "request_id != '' AND is_deleted = 0",
              job.kind, job.request_id);
  if (!query.Next()) {
    SL_RETURN_IF_ERROR(query.status());
    return std::nullopt;
  }
  SL_ASSIGN_OR_RETURN(JobRow row, ReadJob(*database_, query));
  if (row.request_sha256 != request_sha256) {
    return Error(absl::StatusCode::kAlreadyExists, kJobRequestConflict)
        .Field("request_id",
               "belongs to another job, of another request; choose a new one "
               "for a new request")
        .With("job_id", row.job.id);
  }
  return Creation{std::move(row.job), false};
}

absl::StatusOr<Job> SqliteJobStore::Get(const std::string& job_id) {
  std::lock_guard<std::mutex> lock(mutex_);
  SL_ASSIGN_OR_RETURN(JobRow row, FindJob(*database_, job_id));
  return std::move(row.job);
}

absl::StatusOr<JobPage> SqliteJobStore::List(const JobFilter& filter,
                                             int page_size,
                                             const std::string& page_token) {
  int64_t below = INT64_MAX;
  if (!page_token.empty() &&
      (!absl::SimpleAtoi(page_token, &below) || below < 1)) {
    return Error(absl::StatusCode::kInvalidArgument, kJobRequestInvalid)
        .Field("page_token", "is none that an earlier answer gave");
  }
  int64_t states = 0;
  for (const JobState state : filter.states) {
    states |= int64_t{1} << static_cast<int>(state);
  }
  JobPage page;
  std::lock_guard<std::mutex> lock(mutex_);
  Query query(*database_,
              "SELECT " SL_JOB_COLUMNS
              " FROM jobs WHERE accepted < ?1 AND is_deleted = 0 AND "
              "(?2 = 0 OR (?2 >> state) & 1) AND (?3 = '' OR kind = ?3) AND "
              "(?4 = '' OR owner = ?4) ORDER BY accepted DESC LIMIT ?5",
              below, states, filter.kind, filter.owner, page_size + 1);
  int64_t last = 0;
  while (query.Next()) {
    if (static_cast<int>(page.jobs.size()) == page_size) {
      page.next_token = absl::StrCat(last);
      break;
    }
    SL_ASSIGN_OR_RETURN(JobRow row, ReadJob(*database_, query));
    last = row.key;
    page.jobs.push_back(std::move(row.job));
  }
  SL_RETURN_IF_ERROR(query.status());
  return page;
}

absl::StatusOr<std::vector<Event>> SqliteJobStore::Events(
    const std::string& job_id, int64_t after, int most) {
  std::lock_guard<std::mutex> lock(mutex_);
  SL_ASSIGN_OR_RETURN(const JobRow row, FindJob(*database_, job_id));
  if (after < 0 || after > row.job.last_event) {
    return Error(absl::StatusCode::kInvalidArgument, kJobEventUnknown)
        .Field("after_event", absl::StrCat("is ", after,
                                           "; the job's newest "
                                           "event is ",
                                           row.job.last_event));
  }
  return ReadEvents(*database_, row.key, after, most);
}

absl::StatusOr<Job> SqliteJobStore::RequestCancel(const std::string& job_id) {
  Job job;
  std::string unused;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(JobRow row, FindJob(*database_, job_id));
    if (HasEnded(row.job.state) || row.job.cancel_requested) {
      return std::move(row.job);
    }
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    row.job.cancel_requested = true;
    if (row.job.state == JobState::kQueued) {
      unused = row.checkpoint.id;
      SL_RETURN_IF_ERROR(End(row, JobState::kCancelled, absl::OkStatus()));
    } else {
      SL_RETURN_IF_ERROR(ChangeState(row, row.job.state));
    }
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kCancelWritten));
    SL_RETURN_IF_ERROR(transaction.Commit());
    job = std::move(row.job);
  }
  signals_.Changed(job_id);
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kCancelCommitted));
  Discard(job_id, unused);
  return job;
}

absl::StatusOr<JobCounts> SqliteJobStore::Count() {
  JobCounts counts;
  std::lock_guard<std::mutex> lock(mutex_);
  Query query(*database_,
              "SELECT state, count(*), min(created) FROM jobs WHERE "
              "is_deleted = 0 GROUP BY state");
  while (query.Next()) {
    const auto state = static_cast<JobState>(query.Integer(0));
    counts.by_state[state] = query.Integer(1);
    if (state == JobState::kQueued) {
      counts.oldest_queued = absl::FromUnixMicros(query.Integer(2));
    }
  }
  SL_RETURN_IF_ERROR(query.status());
  return counts;
}

}  // namespace sightline::jobs
