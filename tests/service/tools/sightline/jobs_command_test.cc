// sightline jobs against a real JobService.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/jobs/service/job_service.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/jobs/job_place.h"
#include "tests/support/probe/probe_service.h"
#include "tools/sightline/command.h"
#include "tools/sightline/output/job_text.h"
#include "tools/sightline/text/json_text.h"

namespace sightline::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
  std::vector<std::string> lines() const {
    return absl::StrSplit(out, '\n', absl::SkipEmpty());
  }
};

class JobsCommandTest : public ::testing::Test {
 protected:
  JobsCommandTest() {
    address_ = absl::StrCat("unix:", folder_.path(), "/socket");
    StartServer();
  }
  void StartServer() {
    jobs::JobOptions options;
    options.state_dir = folder_.path() + "/state";
    host_ = *jobs::JobHost::Open(options, nullptr);
    ServerOptions server_options = probe::TestOptions();
    server_options.listen = address_;
    server_ = std::make_unique<Server>(server_options);
    server_->Add(std::make_unique<jobs::JobService>(host_));
    EXPECT_EQ(server_->Start(), absl::OkStatus());
    host_->Start(
        {{"work", 1, [this](jobs::JobContext& job) { return Work(job); }}});
  }
  void StopServer() {
    server_->Drain();
    server_.reset();
    host_.reset();
  }

  absl::Status Work(jobs::JobContext& job) {
    jobs::Progress progress;
    progress.fraction = 0.25;
    progress.stage = "train";
    progress.steps_done = 1;
    progress.steps_total = 4;
    progress.metrics = {{"loss", 0.5}};
    SL_RETURN_IF_ERROR(job.SetProgress(progress));
    SL_RETURN_IF_ERROR(job.ShowPreview({"now", "text/plain", "the preview"}));
    while (is_held_ || job.request() == "endless") {
      SL_RETURN_IF_ERROR(job.stop().Poll());
      absl::SleepFor(absl::Milliseconds(2));
    }
    if (job.request() == "fail") {
      return Error(absl::StatusCode::kInvalidArgument, "SOME_REASON")
          .Message("the model is none");
    }
    return job.WriteArtifact("result.txt", "text/plain", "12345");
  }

  std::string Create(const std::string& request) {
    return host_->store()
        .Create(jobs::Request("work", "", "lab", request))
        ->job.id;
  }

  Outcome Run(std::vector<std::string> arguments, bool is_terminal = false,
              const StopToken& stop = {}) {
    arguments.insert(arguments.begin(), "jobs");
    arguments.push_back(absl::StrCat("--server=", address_));
    std::ostringstream out;
    std::ostringstream err;
    Session session = {out, err, is_terminal, is_terminal, stop};
    Outcome outcome;
    outcome.exit_code = RunSightline(arguments, session);
    outcome.out = out.str();
    outcome.err = err.str();
    return outcome;
  }

  jobs::TemporaryFolder folder_;
  std::string address_;
  std::atomic<bool> is_held_ = false;
  std::shared_ptr<jobs::JobHost> host_;
  std::unique_ptr<Server> server_;
};

TEST_F(JobsCommandTest, WatchesAJobToItsEnd) {
  const std::string id = Create("quick");
  const Outcome plain = Run({"watch", id});
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_EQ(plain.out,
            "queued\nrunning\nfile result.txt, 5 bytes\nsucceeded\n");
  EXPECT_EQ(plain.err, "") << "no bar in a pipe";
  const Outcome terminal = Run({"watch", id}, true);
  EXPECT_THAT(terminal.err, HasSubstr("[######------------------]  25 %  "
                                      "train 1/4  loss 0.5"));
}

TEST_F(JobsCommandTest, WritesOneObjectPerEventForPrograms) {
  const std::string id = Create("quick");
  const Outcome outcome = Run({"watch", id, "--json"});
  EXPECT_EQ(outcome.exit_code, 0);
  ASSERT_THAT(outcome.lines(), SizeIs(6));
  int64_t number = 0;
  for (const std::string& line : outcome.lines()) {
    const auto json = ParseJson(line);
    ASSERT_TRUE(json.ok()) << line;
    EXPECT_EQ(json->Find("event_number")->text, absl::StrCat(++number));
  }
  EXPECT_THAT(
      outcome.lines()[2],
      HasSubstr("\"progress\": {\"fraction\": 0.25, \"stage\": \"train\", "
                "\"steps_done\": 1, \"steps_total\": 4"));
  EXPECT_THAT(outcome.lines()[2], HasSubstr("\"metrics\": {\"loss\": 0.5}"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("the preview")));
  const Outcome rest = Run({"watch", id, "--json", "--after", "4"});
  EXPECT_THAT(rest.lines(), SizeIs(2));
}

TEST_F(JobsCommandTest, GivesTheOutcomeOfTheJob) {
  const Outcome failed = Run({"watch", Create("fail")});
  EXPECT_EQ(failed.exit_code, 13);
  EXPECT_THAT(failed.out, HasSubstr("failed\nthe model is none\n"));
  EXPECT_THAT(failed.out, HasSubstr("SOME_REASON"));
  is_held_ = true;
  const std::string id = Create("held");
  const Outcome cancelled = Run({"cancel", id});
  EXPECT_EQ(cancelled.exit_code, 0) << cancelled.err;
  EXPECT_THAT(cancelled.out, StartsWith(id));
  EXPECT_EQ(Run({"watch", id}).exit_code, 11);
}

TEST_F(JobsCommandTest, KeepsTheNewestPreviewInAFile) {
  const std::string path = folder_.path() + "/preview.txt";
  EXPECT_EQ(Run({"watch", Create("quick"), "--preview", path}).exit_code, 0);
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "the preview");
  const Outcome bad = Run({"watch", Create("quick"), "--preview",
                           folder_.path() + "/no/such/folder"});
  EXPECT_EQ(bad.exit_code, 10 + 13);
  EXPECT_THAT(bad.err, HasSubstr("FILE_UNWRITABLE"));
}

TEST_F(JobsCommandTest, WatchesAcrossARestartOfTheServer) {
  is_held_ = true;
  const std::string id = Create("held");
  std::thread restarter([this] {
    absl::SleepFor(absl::Milliseconds(300));
    StopServer();
    is_held_ = false;
    StartServer();
  });
  const Outcome outcome = Run({"watch", id, "--json", "--retries", "20"});
  restarter.join();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  int64_t number = 0;
  for (const std::string& line : outcome.lines()) {
    EXPECT_EQ(ParseJson(line)->Find("event_number")->text,
              absl::StrCat(++number));
  }
  EXPECT_THAT(outcome.lines().back(), HasSubstr("succeeded"));
  EXPECT_THAT(outcome.lines().back(), HasSubstr("\"attempt\": 2"));
}

TEST_F(JobsCommandTest, CtrlCEndsTheWatchAndNotTheJob) {
  const std::string id = Create("endless");
  StopSource source;
  std::thread stopper([&source] {
    absl::SleepFor(absl::Milliseconds(200));
    source.Stop(absl::CancelledError("interrupted"));
  });
  EXPECT_EQ(Run({"watch", id}, false, source.token()).exit_code, 11);
  stopper.join();
  EXPECT_EQ(host_->store().Get(id)->state, jobs::JobState::kRunning);
}

TEST_F(JobsCommandTest, ListsJobs) {
  EXPECT_EQ(Run({"list"}).err, "no jobs\n");
  const std::string done = Create("quick");
  const std::string failed = Create("fail");
  Run({"watch", done});
  Run({"watch", failed});
  const Outcome all = Run({"list"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  ASSERT_THAT(all.lines(), SizeIs(3));
  EXPECT_THAT(all.lines()[1], HasSubstr(failed));
  EXPECT_THAT(all.lines()[1], HasSubstr("the model is none"));
  EXPECT_THAT(all.lines()[2], HasSubstr("100 %"));
  const Outcome some = Run({"list", "--state", "failed", "--json"});
  ASSERT_THAT(some.lines(), SizeIs(1));
  const auto json = ParseJson(some.lines()[0]);
  ASSERT_TRUE(json.ok()) << some.out;
  EXPECT_EQ(json->Find("id")->text, failed);
  EXPECT_EQ(json->Find("state")->text, "failed");
  EXPECT_EQ(json->Find("error")->Find("reason")->text, "SOME_REASON");
  EXPECT_THAT(Run({"list", "--limit", "1"}).lines(), SizeIs(2));
}

TEST_F(JobsCommandTest, DeletesJobsAndReportsThoseItCannot) {
  const std::string id = Create("quick");
  Run({"watch", id});
  const std::string none(32, '0');
  const Outcome outcome = Run({"delete", id, none});
  EXPECT_EQ(outcome.exit_code, 15);
  EXPECT_EQ(outcome.out, id + "  deleted\n");
  EXPECT_THAT(outcome.err, HasSubstr("JOB_NOT_FOUND"));
  const Outcome json = Run({"delete", none, "--json"});
  EXPECT_THAT(json.out, HasSubstr("\"reason\": \"JOB_NOT_FOUND\""));
}

TEST_F(JobsCommandTest, SaysWhatItWasNotTold) {
  EXPECT_THAT(Run({}).err, HasSubstr("jobs list, watch, cancel or delete"));
  EXPECT_THAT(Run({"pause"}).err, HasSubstr("there is no jobs pause"));
  EXPECT_THAT(Run({"watch"}).err, HasSubstr("say which job"));
  EXPECT_THAT(Run({"delete"}).err, HasSubstr("say which"));
  EXPECT_EQ(Run({"list", "--limit", "0"}).exit_code, 13);
}

}  // namespace
}  // namespace sightline::cli
