#include "tools/sightline/output/job_text.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/grpc_status.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

using google::protobuf::Timestamp;
using jobs::v1::Artifact;
using jobs::v1::Job;
using jobs::v1::JobProgress;
using jobs::v1::JobState;
using jobs::v1::WatchJobResponse;

constexpr int kCells = 24;
// What fits beside the bar.
constexpr int kShownMetrics = 3;

absl::Time ToTime(const Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Nanoseconds(timestamp.nanos());
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

// In whole seconds, and from an hour on in whole minutes.
std::string ShortDuration(absl::Duration duration) {
  if (duration < absl::Seconds(1)) return "0s";
  return absl::FormatDuration(absl::Trunc(duration, duration < absl::Hours(1)
                                                        ? absl::Seconds(1)
                                                        : absl::Minutes(1)));
}

Style StyleOf(JobState state) {
  switch (state) {
    case jobs::v1::JOB_STATE_SUCCEEDED:
      return Style::kGood;
    case jobs::v1::JOB_STATE_FAILED:
      return Style::kBad;
    case jobs::v1::JOB_STATE_CANCELLED:
      return Style::kDoubtful;
    default:
      return Style::kPlain;
  }
}

int Percent(const JobProgress& progress) {
  return static_cast<int>(
      std::floor(std::clamp(progress.fraction(), 0.0, 1.0) * 100));
}

void WriteTime(const char* name, bool is_set, const Timestamp& time,
               JsonWriter& json) {
  json.Key(name);
  if (!is_set) {
    json.Null();
    return;
  }
  json.String(absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", ToTime(time),
                               absl::UTCTimeZone()));
}

void WriteError(bool is_set, const google::rpc::Status& error,
                JsonWriter& json) {
  json.Key("error");
  WriteErrorJson(is_set ? FromRpcStatus(error) : absl::OkStatus(), json);
}

void WriteProgress(const JobProgress& progress, JsonWriter& json) {
  json.BeginObject();
  json.Key("fraction").Number(progress.fraction());
  json.Key("stage").String(progress.stage());
  json.Key("steps_done").Integer(progress.steps_done());
  json.Key("steps_total").Integer(progress.steps_total());
  json.Key("remaining");
  if (progress.has_remaining()) {
    json.Number(absl::ToDoubleSeconds(ToDuration(progress.remaining())));
  } else {
    json.Null();
  }
  json.Key("metrics").BeginObject();
  for (const auto& metric : progress.metrics()) {
    json.Key(metric.name()).Number(metric.value());
  }
  json.EndObject();
  json.EndObject();
}

void WriteArtifact(const Artifact& artifact, JsonWriter& json) {
  json.BeginObject();
  json.Key("name").String(artifact.name());
  json.Key("media_type").String(artifact.media_type());
  json.Key("sha256").String(artifact.sha256());
  json.Key("byte_size").Integer(artifact.byte_size());
  WriteTime("create_time", artifact.has_create_time(), artifact.create_time(),
            json);
  json.EndObject();
}

}  // namespace

std::string StateWord(JobState state, bool cancel_requested) {
  switch (state) {
    case jobs::v1::JOB_STATE_QUEUED:
      return "queued";
    case jobs::v1::JOB_STATE_RUNNING:
      return cancel_requested ? "stopping" : "running";
    case jobs::v1::JOB_STATE_SUCCEEDED:
      return "succeeded";
    case jobs::v1::JOB_STATE_FAILED:
      return "failed";
    case jobs::v1::JOB_STATE_CANCELLED:
      return "cancelled";
    default:
      return absl::StrCat("state ", static_cast<int>(state));
  }
}

std::string JobTable(const std::vector<Job>& jobs, absl::Time now,
                     bool coloured) {
  Table table({{"job"},
               {"kind"},
               {"owner"},
               {"state"},
               {"done", true},
               {"stage"},
               {"age", true},
               {"error"}});
  for (const Job& job : jobs) {
    table.AddRow(
        {{job.id()},
         {job.kind()},
         {job.owner()},
         {StateWord(job.state(), job.cancel_requested()), StyleOf(job.state())},
         {absl::StrCat(Percent(job.progress()), " %")},
         {job.progress().stage()},
         {ShortDuration(
             std::max(absl::ZeroDuration(), now - ToTime(job.create_time())))},
         {job.has_error() ? SummarizeError(FromRpcStatus(job.error())) : ""}});
  }
  return table.Render(coloured);
}

std::string JobProgressLine(const JobProgress& progress) {
  const int filled = Percent(progress) * kCells / 100;
  std::string line =
      absl::StrFormat("[%s%s] %3d %%", std::string(filled, '#'),
                      std::string(kCells - filled, '-'), Percent(progress));
  if (!progress.stage().empty()) {
    absl::StrAppend(&line, "  ", Printable(progress.stage()));
  }
  if (progress.steps_total() > 0) {
    absl::StrAppend(&line, " ", progress.steps_done(), "/",
                    progress.steps_total());
  }
  for (int i = 0; i < std::min(kShownMetrics, progress.metrics_size()); ++i) {
    absl::StrAppendFormat(&line, "  %s %.4g",
                          Printable(progress.metrics(i).name()),
                          progress.metrics(i).value());
  }
  if (progress.has_remaining()) {
    absl::StrAppend(&line, "  ",
                    ShortDuration(ToDuration(progress.remaining())), " left");
  }
  return line;
}

std::string EventText(const WatchJobResponse& event, bool coloured) {
  if (event.has_state_change()) {
    const auto& change = event.state_change();
    const bool again = change.attempt() > 1 &&
                       change.state() == jobs::v1::JOB_STATE_RUNNING &&
                       !change.cancel_requested();
    std::string text = absl::StrCat(
        Styled(StateWord(change.state(), change.cancel_requested()),
               StyleOf(change.state()), coloured),
        again ? absl::StrCat(", attempt ", change.attempt()) : "", "\n");
    if (change.has_error()) {
      absl::StrAppend(&text, DescribeError(FromRpcStatus(change.error())));
    }
    return text;
  }
  if (event.has_artifact()) {
    return absl::StrCat("file ", Printable(event.artifact().name()), ", ",
                        event.artifact().byte_size(), " bytes\n");
  }
  return "";
}

std::string JobJson(const Job& job) {
  JsonWriter json;
  json.BeginObject();
  json.Key("id").String(job.id());
  json.Key("kind").String(job.kind());
  json.Key("owner").String(job.owner());
  json.Key("request_id").String(job.request_id());
  json.Key("state").String(StateWord(job.state(), job.cancel_requested()));
  json.Key("progress");
  WriteProgress(job.progress(), json);
  json.Key("artifacts").BeginArray();
  for (const Artifact& artifact : job.artifacts()) {
    WriteArtifact(artifact, json);
  }
  json.EndArray();
  WriteError(job.has_error(), job.error(), json);
  WriteTime("create_time", job.has_create_time(), job.create_time(), json);
  WriteTime("start_time", job.has_start_time(), job.start_time(), json);
  WriteTime("end_time", job.has_end_time(), job.end_time(), json);
  WriteTime("expire_time", job.has_expire_time(), job.expire_time(), json);
  WriteTime("checkpoint_time", job.has_checkpoint_time(), job.checkpoint_time(),
            json);
  json.Key("attempt").Integer(job.attempt());
  json.Key("last_event").Integer(job.last_event());
  json.EndObject();
  return json.text();
}

std::string EventJson(const WatchJobResponse& event) {
  JsonWriter json;
  json.BeginObject();
  json.Key("event_number").Integer(event.event_number());
  WriteTime("event_time", event.has_event_time(), event.event_time(), json);
  if (event.has_state_change()) {
    const auto& change = event.state_change();
    json.Key("state_change").BeginObject();
    json.Key("state").String(
        StateWord(change.state(), change.cancel_requested()));
    json.Key("attempt").Integer(change.attempt());
    WriteError(change.has_error(), change.error(), json);
    json.EndObject();
  } else if (event.has_progress()) {
    json.Key("progress");
    WriteProgress(event.progress(), json);
  } else if (event.has_preview()) {
    json.Key("preview").BeginObject();
    json.Key("name").String(event.preview().name());
    json.Key("media_type").String(event.preview().media_type());
    json.Key("byte_size")
        .Integer(static_cast<int64_t>(event.preview().content().size()));
    json.EndObject();
  } else if (event.has_artifact()) {
    json.Key("artifact");
    WriteArtifact(event.artifact(), json);
  }
  json.EndObject();
  return json.text();
}

}  // namespace sightline::cli
