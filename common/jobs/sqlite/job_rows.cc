#include "common/jobs/sqlite/job_rows.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/jobs/job_rules.h"
#include "common/jobs/packed_record.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

// As events are stored; the numbers are on disk.
enum EventType { kStateChange = 1, kProgress = 2, kPreview = 3, kArtifact = 4 };

absl::Status Corrupt() {
  return Error(absl::StatusCode::kDataLoss, kJobStoreCorrupt)
      .Message("an event of the job store cannot be read");
}

std::optional<int64_t> ToColumn(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return ToMicroseconds(*time);
}

std::optional<int64_t> ToColumn(const std::optional<absl::Duration>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::ToInt64Microseconds(*time);
}

std::optional<absl::Time> TimeAt(const Query& query, int column) {
  if (query.IsNull(column)) return std::nullopt;
  return absl::FromUnixMicros(query.Integer(column));
}

std::string Pack(const StateChange& change) {
  return PackStrings({absl::StrCat(static_cast<int>(change.state)),
                      change.cancel_requested ? "1" : "0",
                      absl::StrCat(change.attempt), PackStatus(change.error)});
}

std::string Pack(const Progress& progress) {
  return PackStrings(
      {PackMetrics({{"", progress.fraction}}), progress.stage,
       absl::StrCat(progress.steps_done), absl::StrCat(progress.steps_total),
       progress.remaining.has_value()
           ? absl::StrCat(absl::ToInt64Microseconds(*progress.remaining))
           : "-1",
       PackMetrics(progress.metrics)});
}

std::string Pack(const Preview& preview) {
  return PackStrings({preview.name, preview.media_type, preview.content});
}

std::string Pack(const Artifact& artifact) {
  return PackStrings({artifact.name, artifact.media_type, artifact.blob.id,
                      artifact.blob.sha256,
                      absl::StrCat(artifact.blob.size_bytes),
                      absl::StrCat(ToMicroseconds(artifact.created))});
}

// Field `index` as a number.
bool Take(const std::vector<std::string>& fields, size_t index,
          int64_t& value) {
  return absl::SimpleAtoi(fields[index], &value);
}

absl::StatusOr<StateChange> ToStateChange(
    const std::vector<std::string>& fields) {
  StateChange change;
  int64_t state = 0;
  int64_t attempt = 0;
  if (fields.size() != 4 || !Take(fields, 0, state) ||
      !Take(fields, 2, attempt)) {
    return Corrupt();
  }
  change.state = static_cast<JobState>(state);
  change.cancel_requested = fields[1] == "1";
  change.attempt = static_cast<int>(attempt);
  SL_RETURN_IF_ERROR(UnpackStatus(fields[3], change.error));
  return change;
}

absl::StatusOr<Progress> ToProgress(const std::vector<std::string>& fields) {
  Progress progress;
  int64_t remaining = 0;
  if (fields.size() != 6 || !Take(fields, 2, progress.steps_done) ||
      !Take(fields, 3, progress.steps_total) || !Take(fields, 4, remaining)) {
    return Corrupt();
  }
  SL_ASSIGN_OR_RETURN(const auto fraction, UnpackMetrics(fields[0]));
  if (fraction.size() != 1) return Corrupt();
  progress.fraction = fraction[0].value;
  progress.stage = fields[1];
  if (remaining >= 0) progress.remaining = absl::Microseconds(remaining);
  SL_ASSIGN_OR_RETURN(progress.metrics, UnpackMetrics(fields[5]));
  return progress;
}

absl::StatusOr<Preview> ToPreview(std::vector<std::string> fields) {
  if (fields.size() != 3) return Corrupt();
  return Preview{std::move(fields[0]), std::move(fields[1]),
                 std::move(fields[2])};
}

absl::StatusOr<Artifact> ToArtifact(const std::vector<std::string>& fields) {
  Artifact artifact;
  int64_t created = 0;
  if (fields.size() != 6 || !Take(fields, 4, artifact.blob.size_bytes) ||
      !Take(fields, 5, created)) {
    return Corrupt();
  }
  artifact.name = fields[0];
  artifact.media_type = fields[1];
  artifact.blob.id = fields[2];
  artifact.blob.sha256 = fields[3];
  artifact.created = absl::FromUnixMicros(created);
  return artifact;
}

absl::Status ReadArtifacts(Database& database, int64_t key, Job& job) {
  Query query(database,
              "SELECT name, media_type, blob_id, sha256, size_bytes, created "
              "FROM artifacts WHERE job = ? ORDER BY event",
              key);
  while (query.Next()) {
    Artifact& artifact = job.artifacts.emplace_back();
    artifact.name = query.Text(0);
    artifact.media_type = query.Text(1);
    artifact.blob.id = query.Text(2);
    artifact.blob.sha256 = query.Text(3);
    artifact.blob.size_bytes = query.Integer(4);
    artifact.created = absl::FromUnixMicros(query.Integer(5));
  }
  return query.status();
}

absl::Status DropOldEvents(Database& database, int64_t key, EventType type,
                           int64_t kept) {
  return Query(database,
               "DELETE FROM events WHERE job = ?1 AND type = ?2 AND number <= "
               "(SELECT number FROM events WHERE job = ?1 AND type = ?2 "
               "ORDER BY number DESC LIMIT 1 OFFSET ?3)",
               key, static_cast<int>(type), kept)
      .Run();
}

}  // namespace

int64_t ToMicroseconds(absl::Time time) { return absl::ToUnixMicros(time); }

absl::StatusOr<JobRow> ReadJob(Database& database, const Query& query) {
  JobRow row;
  Job& job = row.job;
  row.key = query.Integer(0);
  job.id = query.Text(1);
  job.kind = query.Text(2);
  job.owner = query.Text(3);
  job.request_id = query.Text(4);
  row.request_sha256 = query.Text(5);
  job.state = static_cast<JobState>(query.Integer(6));
  job.cancel_requested = query.Integer(7) != 0;
  SL_RETURN_IF_ERROR(UnpackStatus(query.Text(8), job.error));
  job.created = absl::FromUnixMicros(query.Integer(9));
  job.started = TimeAt(query, 10);
  job.ended = TimeAt(query, 11);
  job.expires = TimeAt(query, 12);
  job.attempt = static_cast<int>(query.Integer(13));
  row.crashes = static_cast<int>(query.Integer(14));
  job.progress.fraction = query.Real(15);
  job.progress.stage = query.Text(16);
  job.progress.steps_done = query.Integer(17);
  job.progress.steps_total = query.Integer(18);
  if (const auto remaining = query.OptionalInteger(19)) {
    job.progress.remaining = absl::Microseconds(*remaining);
  }
  SL_ASSIGN_OR_RETURN(job.progress.metrics, UnpackMetrics(query.Text(20)));
  row.checkpoint.id = query.Text(21);
  row.checkpoint.sha256 = query.Text(22);
  row.checkpoint.size_bytes = query.Integer(23);
  job.checkpointed = TimeAt(query, 24);
  job.last_event = query.Integer(25);
  SL_RETURN_IF_ERROR(ReadArtifacts(database, row.key, job));
  return row;
}

absl::StatusOr<JobRow> FindJob(Database& database, const std::string& job_id) {
  SL_RETURN_IF_ERROR(CheckJobId(job_id));
  Query query(database,
              "SELECT " SL_JOB_COLUMNS
              " FROM jobs WHERE id = ? AND is_deleted = 0",
              job_id);
  if (query.Next()) return ReadJob(database, query);
  SL_RETURN_IF_ERROR(query.status());
  return JobNotFound(job_id);
}

absl::StatusOr<JobRow> FindLeased(Database& database, const Lease& lease) {
  absl::StatusOr<JobRow> row = FindJob(database, lease.job_id);
  const bool is_lost = row.ok() ? row->job.state != JobState::kRunning ||
                                      row->job.attempt != lease.attempt
                                : absl::IsNotFound(row.status());
  if (is_lost) {
    return Error(absl::StatusCode::kAborted, kJobLeaseLost)
        .Message("the job was deleted, has ended, or is another worker's");
  }
  return row;
}

absl::Status UpdateJob(Database& database, const JobRow& row) {
  const Job& job = row.job;
  return Query(database,
               "UPDATE jobs SET state = ?, cancel_requested = ?, error = ?, "
               "started = ?, ended = ?, expires = ?, attempt = ?, crashes = ?, "
               "fraction = ?, stage = ?, steps_done = ?, steps_total = ?, "
               "remaining = ?, metrics = ?, checkpoint_id = ?, "
               "checkpoint_sha256 = ?, checkpoint_bytes = ?, checkpointed = ?, "
               "last_event = ? WHERE accepted = ?",
               static_cast<int>(job.state), job.cancel_requested ? 1 : 0,
               Bytes{PackStatus(job.error)}, ToColumn(job.started),
               ToColumn(job.ended), ToColumn(job.expires), job.attempt,
               row.crashes, job.progress.fraction, job.progress.stage,
               job.progress.steps_done, job.progress.steps_total,
               ToColumn(job.progress.remaining),
               Bytes{PackMetrics(job.progress.metrics)}, row.checkpoint.id,
               row.checkpoint.sha256, row.checkpoint.size_bytes,
               ToColumn(job.checkpointed), job.last_event, row.key)
      .Run();
}

absl::Status AddEvent(Database& database, JobRow& row, absl::Time now,
                      const decltype(Event::what)& what) {
  const int type = static_cast<int>(what.index()) + 1;
  const std::string record =
      std::visit([](const auto& value) { return Pack(value); }, what);
  ++row.job.last_event;
  SL_RETURN_IF_ERROR(
      Query(database,
            "INSERT INTO events (job, number, type, time, record) "
            "VALUES (?, ?, ?, ?, ?)",
            row.key, row.job.last_event, type, ToMicroseconds(now),
            Bytes{record})
          .Run());
  if (type == kProgress) {
    return DropOldEvents(database, row.key, kProgress, kKeptProgressEvents);
  }
  if (type == kPreview) {
    return DropOldEvents(database, row.key, kPreview, kKeptPreviews);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Event>> ReadEvents(Database& database, int64_t key,
                                              int64_t after, int most) {
  std::vector<Event> events;
  Query query(database,
              "SELECT number, type, time, record FROM events "
              "WHERE job = ? AND number > ? ORDER BY number LIMIT ?",
              key, after, most);
  while (query.Next()) {
    Event& event = events.emplace_back();
    event.number = query.Integer(0);
    event.time = absl::FromUnixMicros(query.Integer(2));
    SL_ASSIGN_OR_RETURN(auto fields, UnpackStrings(query.Text(3)));
    switch (query.Integer(1)) {
      case kStateChange: {
        SL_ASSIGN_OR_RETURN(event.what, ToStateChange(fields));
        break;
      }
      case kProgress: {
        SL_ASSIGN_OR_RETURN(event.what, ToProgress(fields));
        break;
      }
      case kPreview: {
        SL_ASSIGN_OR_RETURN(event.what, ToPreview(std::move(fields)));
        break;
      }
      case kArtifact: {
        SL_ASSIGN_OR_RETURN(event.what, ToArtifact(fields));
        break;
      }
      default:
        return Corrupt();
    }
  }
  SL_RETURN_IF_ERROR(query.status());
  return events;
}

}  // namespace sightline::jobs
