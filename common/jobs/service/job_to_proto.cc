#include "common/jobs/service/job_to_proto.h"

#include <optional>

#include "common/server/call.h"
#include "common/status/grpc_status.h"

namespace sightline::jobs {
namespace {

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t micros = absl::ToUnixMicros(time);
  timestamp.set_seconds(micros / 1'000'000);
  timestamp.set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
  return timestamp;
}

v1::JobState ToProto(JobState state) {
  switch (state) {
    case JobState::kQueued:
      return v1::JOB_STATE_QUEUED;
    case JobState::kRunning:
      return v1::JOB_STATE_RUNNING;
    case JobState::kSucceeded:
      return v1::JOB_STATE_SUCCEEDED;
    case JobState::kFailed:
      return v1::JOB_STATE_FAILED;
    case JobState::kCancelled:
      return v1::JOB_STATE_CANCELLED;
  }
  return v1::JOB_STATE_UNSPECIFIED;
}

void Fill(const StateChange& change, v1::WatchJobResponse& response) {
  v1::JobStateChange& proto = *response.mutable_state_change();
  proto.set_state(ToProto(change.state));
  proto.set_cancel_requested(change.cancel_requested);
  proto.set_attempt(change.attempt);
  if (!change.error.ok()) *proto.mutable_error() = ToRpcStatus(change.error);
}

void Fill(const Progress& progress, v1::WatchJobResponse& response) {
  *response.mutable_progress() = ToProto(progress);
}

void Fill(const Preview& preview, v1::WatchJobResponse& response) {
  v1::Preview& proto = *response.mutable_preview();
  proto.set_name(preview.name);
  proto.set_media_type(preview.media_type);
  proto.set_content(preview.content);
}

void Fill(const Artifact& artifact, v1::WatchJobResponse& response) {
  *response.mutable_artifact() = ToProto(artifact);
}

}  // namespace

v1::JobProgress ToProto(const Progress& progress) {
  v1::JobProgress proto;
  proto.set_fraction(progress.fraction);
  proto.set_stage(progress.stage);
  proto.set_steps_done(progress.steps_done);
  proto.set_steps_total(progress.steps_total);
  if (progress.remaining.has_value()) {
    *proto.mutable_remaining() = ToProtoDuration(*progress.remaining);
  }
  for (const Metric& metric : progress.metrics) {
    v1::Metric& added = *proto.add_metrics();
    added.set_name(metric.name);
    added.set_value(metric.value);
  }
  return proto;
}

v1::Artifact ToProto(const Artifact& artifact) {
  v1::Artifact proto;
  proto.set_name(artifact.name);
  proto.set_media_type(artifact.media_type);
  proto.set_sha256(artifact.blob.sha256);
  proto.set_byte_size(artifact.blob.size_bytes);
  *proto.mutable_create_time() = ToProto(artifact.created);
  return proto;
}

v1::Job ToProto(const Job& job) {
  v1::Job proto;
  proto.set_id(job.id);
  proto.set_kind(job.kind);
  proto.set_owner(job.owner);
  proto.set_request_id(job.request_id);
  proto.set_state(ToProto(job.state));
  proto.set_cancel_requested(job.cancel_requested);
  *proto.mutable_progress() = ToProto(job.progress);
  for (const Artifact& artifact : job.artifacts) {
    *proto.add_artifacts() = ToProto(artifact);
  }
  if (!job.error.ok()) *proto.mutable_error() = ToRpcStatus(job.error);
  *proto.mutable_create_time() = ToProto(job.created);
  if (job.started) *proto.mutable_start_time() = ToProto(*job.started);
  if (job.ended) *proto.mutable_end_time() = ToProto(*job.ended);
  if (job.expires) *proto.mutable_expire_time() = ToProto(*job.expires);
  proto.set_attempt(job.attempt);
  if (job.checkpointed) {
    *proto.mutable_checkpoint_time() = ToProto(*job.checkpointed);
  }
  proto.set_last_event(job.last_event);
  return proto;
}

v1::WatchJobResponse ToProto(const Event& event) {
  v1::WatchJobResponse response;
  response.set_event_number(event.number);
  *response.mutable_event_time() = ToProto(event.time);
  std::visit([&response](const auto& what) { Fill(what, response); },
             event.what);
  return response;
}

}  // namespace sightline::jobs
