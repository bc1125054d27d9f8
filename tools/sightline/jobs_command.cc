// sightline jobs: long work on a server, listed, followed, stopped, removed.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "sightline/jobs/v1/jobs.grpc.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/client/watch_job.h"
#include "tools/sightline/command.h"
#include "tools/sightline/output/job_text.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

using jobs::v1::Job;
using jobs::v1::JobService;
using jobs::v1::JobState;
using jobs::v1::WatchJobResponse;

constexpr char kDescription[] =
    "Long work on a server: jobs that were created by other commands, or by "
    "other clients.\n\n"
    "  sightline jobs list\n"
    "  sightline jobs watch JOB\n"
    "  sightline jobs cancel JOB...\n"
    "  sightline jobs delete JOB...\n\n"
    "`watch` follows a job until it has ended, across restarts of the server; "
    "Ctrl-C ends the watch, not the job. `cancel` stops a job and keeps what "
    "it "
    "has finished; `delete` removes it with every byte it left.\n\n"
    "Exit code: 0, or 10 + the gRPC code; `watch` also gives that of the job: "
    "11 when it was cancelled.";

struct JobsFlags {
  int state = jobs::v1::JOB_STATE_UNSPECIFIED;
  std::string kind;
  std::string owner;
  int limit = 100;
  int after = 0;
  std::string preview;
  bool json = false;
  ConnectionOptions connection;
};

ArgumentParser MakeParser(JobsFlags& flags) {
  ArgumentParser parser("jobs list|watch|cancel|delete [JOB...] [flags]",
                        kDescription);
  parser.Heading("list");
  parser.AddChoice("state",
                   {{"queued", jobs::v1::JOB_STATE_QUEUED},
                    {"running", jobs::v1::JOB_STATE_RUNNING},
                    {"succeeded", jobs::v1::JOB_STATE_SUCCEEDED},
                    {"failed", jobs::v1::JOB_STATE_FAILED},
                    {"cancelled", jobs::v1::JOB_STATE_CANCELLED}},
                   "Only jobs in this state.", &flags.state);
  parser.Add("kind", "KIND", "Only jobs of this kind.", &flags.kind);
  parser.Add("owner", "OWNER", "Only jobs of this owner.", &flags.owner);
  parser.Add("limit", "N", "The newest N jobs. Default 100.", &flags.limit);
  parser.Heading("watch");
  parser.Add("after", "NUMBER",
             "Begin behind the event of this number. Default: with all that "
             "are kept.",
             &flags.after);
  parser.Add("preview", "FILE", "Keep the newest preview in this file.",
             &flags.preview);
  parser.Heading("Output");
  parser.AddSwitch("json",
                   "One JSON object per job, or per event of `watch`, on "
                   "standard output.",
                   &flags.json);
  AddConnectionFlags(parser, &flags.connection);
  return parser;
}

absl::Status BadFlag(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(what);
}

absl::StatusOr<int> List(const JobsFlags& flags, const Connection& connection,
                         Session& session) {
  if (flags.limit < 1) return BadFlag("--limit must be above 0");
  constexpr int kPage = 1000;
  const auto stub = JobService::NewStub(connection.channel());
  jobs::v1::ListJobsRequest request;
  if (flags.state != jobs::v1::JOB_STATE_UNSPECIFIED) {
    request.add_states(static_cast<JobState>(flags.state));
  }
  request.set_kind(flags.kind);
  request.set_owner(flags.owner);
  std::vector<Job> found;
  do {
    request.set_page_size(
        std::min(kPage, flags.limit - static_cast<int>(found.size())));
    jobs::v1::ListJobsResponse response;
    SL_RETURN_IF_ERROR(
        connection.Call(session.stop, [&](grpc::ClientContext* context) {
          response.Clear();
          return stub->ListJobs(context, request, &response);
        }));
    for (Job& job : *response.mutable_jobs()) found.push_back(std::move(job));
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() &&
           static_cast<int>(found.size()) < flags.limit);
  if (flags.json) {
    for (const Job& job : found) session.out << JobJson(job) << "\n";
  } else if (found.empty()) {
    session.err << "no jobs\n";
  } else {
    session.out << JobTable(found, absl::Now(), session.out_is_terminal);
  }
  SL_RETURN_IF_ERROR(CheckOutput(session));
  return 0;
}

// Shows events as they come.
class Viewer {
 public:
  Viewer(const JobsFlags& flags, Session& session)
      : flags_(flags), session_(session) {}
  ~Viewer() { ClearLine(); }

  absl::Status Take(const WatchJobResponse& event) {
    if (event.has_state_change()) last_ = event.state_change();
    if (event.has_preview() && !flags_.preview.empty()) {
      SL_RETURN_IF_ERROR(WritePreview(event.preview().content()));
    }
    if (flags_.json) {
      session_.out << EventJson(event) << "\n" << std::flush;
      return CheckOutput(session_);
    }
    const std::string text = EventText(event, session_.out_is_terminal);
    if (!text.empty()) {
      ClearLine();
      session_.out << text << std::flush;
      SL_RETURN_IF_ERROR(CheckOutput(session_));
    }
    if (event.has_progress()) line_ = JobProgressLine(event.progress());
    if (jobs::v1::JOB_STATE_RUNNING == last_.state()) DrawLine();
    return absl::OkStatus();
  }

  // How the job ended.
  absl::Status Outcome() const {
    if (last_.has_error()) return FromRpcStatus(last_.error());
    if (last_.state() == jobs::v1::JOB_STATE_CANCELLED) {
      return absl::CancelledError("the job was cancelled");
    }
    return absl::OkStatus();
  }

 private:
  void DrawLine() {
    if (!session_.err_is_terminal || line_.empty()) return;
    session_.err << "\r\x1b[K" << line_ << std::flush;
    is_drawn_ = true;
  }
  void ClearLine() {
    if (is_drawn_) session_.err << "\r\x1b[K" << std::flush;
    is_drawn_ = false;
  }

  // In one go, so that who looks at the file never sees half of it.
  absl::Status WritePreview(const std::string& content) const {
    const std::string temporary = flags_.preview + ".part";
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    if (!file || std::rename(temporary.c_str(), flags_.preview.c_str()) != 0) {
      return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
          .Message(absl::StrCat("cannot write ", flags_.preview));
    }
    return absl::OkStatus();
  }

  const JobsFlags& flags_;
  Session& session_;
  jobs::v1::JobStateChange last_;
  std::string line_;
  bool is_drawn_ = false;
};

absl::StatusOr<int> Watch(const JobsFlags& flags, const std::string& job_id,
                          const Connection& connection, Session& session) {
  WatchOptions options;
  options.job_id = job_id;
  options.after_event = flags.after;
  options.skip_previews = flags.preview.empty() && !flags.json;
  Viewer viewer(flags, session);
  SL_RETURN_IF_ERROR(WatchJob(
      connection, options, session.stop,
      [&viewer](const WatchJobResponse& event) { return viewer.Take(event); }));
  return ExitCode(viewer.Outcome());
}

// Does `act` to every job; one that fails does not keep the others.
absl::StatusOr<int> ForEach(
    const std::vector<std::string>& ids, const char* done, bool json,
    Session& session,
    const std::function<absl::Status(const std::string& id, std::string* word)>&
        act) {
  absl::Status outcome;
  for (const std::string& id : ids) {
    std::string word = done;
    const absl::Status status = act(id, &word);
    outcome.Update(status);
    if (json) {
      JsonWriter line;
      line.BeginObject();
      line.Key("id").String(id);
      line.Key("state").String(status.ok() ? word : "");
      line.Key("error");
      WriteErrorJson(status, line);
      line.EndObject();
      session.out << line.text() << "\n";
    } else if (status.ok()) {
      session.out << id << "  " << word << "\n";
    } else {
      session.err << id << "  " << DescribeError(status);
    }
  }
  SL_RETURN_IF_ERROR(CheckOutput(session));
  return ExitCode(outcome);
}

absl::StatusOr<int> Cancel(const JobsFlags& flags,
                           const std::vector<std::string>& ids,
                           const Connection& connection, Session& session) {
  const auto stub = JobService::NewStub(connection.channel());
  return ForEach(ids, "", flags.json, session,
                 [&](const std::string& id, std::string* word) {
                   jobs::v1::CancelJobRequest request;
                   request.set_job_id(id);
                   jobs::v1::CancelJobResponse response;
                   const absl::Status status = connection.Call(
                       session.stop, [&](grpc::ClientContext* context) {
                         response.Clear();
                         return stub->CancelJob(context, request, &response);
                       });
                   *word = StateWord(response.job().state(),
                                     response.job().cancel_requested());
                   return status;
                 });
}

absl::StatusOr<int> Delete(const JobsFlags& flags,
                           const std::vector<std::string>& ids,
                           const Connection& connection, Session& session) {
  const auto stub = JobService::NewStub(connection.channel());
  return ForEach(ids, "deleted", flags.json, session,
                 [&](const std::string& id, std::string*) {
                   jobs::v1::DeleteJobRequest request;
                   request.set_job_id(id);
                   jobs::v1::DeleteJobResponse response;
                   return connection.Call(
                       session.stop, [&](grpc::ClientContext* context) {
                         return stub->DeleteJob(context, request, &response);
                       });
                 });
}

}  // namespace

absl::StatusOr<int> RunJobs(absl::Span<const std::string> arguments,
                            Session& session) {
  JobsFlags flags;
  // The first of the servers that have jobs.
  flags.connection.server = "localhost:50055";
  const ArgumentParser parser = MakeParser(flags);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  if (parsed.positional.empty()) {
    return BadFlag("say what to do: jobs list, watch, cancel or delete");
  }
  const std::string& verb = parsed.positional[0];
  const std::vector<std::string> ids(parsed.positional.begin() + 1,
                                     parsed.positional.end());
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  if (verb == "list") {
    if (!ids.empty()) return BadFlag("jobs list takes no job; jobs watch does");
    return List(flags, connection, session);
  }
  if (verb == "watch") {
    if (ids.size() != 1) return BadFlag("say which job: jobs watch JOB");
    return Watch(flags, ids[0], connection, session);
  }
  if (verb != "cancel" && verb != "delete") {
    return BadFlag(absl::StrCat("there is no jobs ", verb,
                                ", but list, watch, cancel and delete"));
  }
  if (ids.empty())
    return BadFlag(absl::StrCat("say which: jobs ", verb, " JOB"));
  return verb == "cancel" ? Cancel(flags, ids, connection, session)
                          : Delete(flags, ids, connection, session);
}

}  // namespace sightline::cli
