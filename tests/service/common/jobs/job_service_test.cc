// JobService over real TCP.
#include "common/jobs/service/job_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/jobs/reasons.h"
#include "common/server/reasons.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "sightline/jobs/v1/jobs.grpc.pb.h"
#include "tests/support/jobs/job_place.h"
#include "tests/support/probe/probe_service.h"

namespace sightline::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// A server whose jobs do what their request says: "endless", "fail", or a
// number of steps, each of which waits to be let go.
class JobServiceTest : public ::testing::Test {
 protected:
  JobServiceTest() { StartServer(); }

  void StartServer() {
    JobOptions options;
    options.state_dir = folder_.path();
    options.max_running = 2;
    auto opened = JobHost::Open(options, nullptr);
    EXPECT_TRUE(opened.ok()) << opened.status();
    host_ = *std::move(opened);
    server_ = std::make_unique<Server>(probe::TestOptions());
    server_->Add(std::make_unique<JobService>(host_));
    server_->AtDrain([host = host_] { host->BeginDrain(); });
    EXPECT_EQ(server_->Start(), absl::OkStatus());
    host_->Start({{"work", 2, [this](JobContext& job) { return Work(job); }}});
    stub_ = v1::JobService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                            grpc::InsecureChannelCredentials()));
  }
  // As SIGTERM does.
  void StopServer() {
    server_->Drain();
    server_.reset();
    host_.reset();
  }

  absl::Status Work(JobContext& job) {
    if (job.request() == "fail") {
      return Error(absl::StatusCode::kInvalidArgument, "SOME_REASON")
          .Field("model", "is none")
          .Message("the model is none");
    }
    int step = 0;
    int steps = 0;
    SL_ASSIGN_OR_RETURN(const auto saved, job.LoadCheckpoint());
    if (saved.has_value()) {
      EXPECT_TRUE(absl::SimpleAtoi(*saved, &step));
    }
    const bool is_endless = !absl::SimpleAtoi(job.request(), &steps);
    for (; is_endless || step < steps; ++step) {
      Progress progress;
      progress.fraction = is_endless ? 0 : static_cast<double>(step) / steps;
      progress.stage = absl::StrCat("step ", step);
      progress.steps_done = step;
      progress.metrics = {{"loss", 1.0 / (step + 1)}};
      SL_RETURN_IF_ERROR(job.SetProgress(progress));
      SL_RETURN_IF_ERROR(job.ShowPreview({"now", "text/plain", "PREVIEW"}));
      SL_RETURN_IF_ERROR(job.SaveCheckpoint(absl::StrCat(step)));
      while (!is_endless && step >= steps_allowed_) {
        SL_RETURN_IF_ERROR(job.stop().Poll());
        absl::SleepFor(absl::Milliseconds(2));
      }
      if (is_endless) absl::SleepFor(absl::Milliseconds(5));
    }
    return job.WriteArtifact("result.txt", "text/plain", "MARKER");
  }

  std::string Create(const std::string& request,
                     const std::string& request_id = "") {
    return host_->store()
        .Create(Request("work", request_id, "lab", request))
        ->job.id;
  }

  template <typename Response, typename Message, typename Method>
  absl::StatusOr<Response> Call(Method method, const Message& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    Response response;
    const grpc::Status status =
        ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }
  absl::StatusOr<v1::Job> Get(const std::string& id) {
    v1::GetJobRequest request;
    request.set_job_id(id);
    SL_ASSIGN_OR_RETURN(
        const auto response,
        Call<v1::GetJobResponse>(&v1::JobService::Stub::GetJob, request));
    return response.job();
  }
  v1::JobState StateOf(const std::string& id) {
    const auto job = Get(id);
    return job.ok() ? job->state() : v1::JOB_STATE_UNSPECIFIED;
  }
  absl::Status Delete(const std::string& id) {
    v1::DeleteJobRequest request;
    request.set_job_id(id);
    return Call<v1::DeleteJobResponse>(&v1::JobService::Stub::DeleteJob,
                                       request)
        .status();
  }

  // Reads until `enough` says so, or the stream ends.
  struct Watched {
    std::vector<v1::WatchJobResponse> events;
    absl::Status status;
  };
  Watched Watch(
      const std::string& id, int64_t after,
      const std::function<bool(const v1::WatchJobResponse&)>& enough = nullptr,
      bool skip_previews = false) {
    v1::WatchJobRequest request;
    request.set_job_id(id);
    request.set_after_event(after);
    request.set_skip_previews(skip_previews);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    const auto reader = stub_->WatchJob(&context, request);
    Watched watched;
    v1::WatchJobResponse response;
    while (reader->Read(&response)) {
      watched.events.push_back(response);
      if (enough != nullptr && enough(response)) {
        context.TryCancel();
        break;
      }
    }
    watched.status = FromGrpcStatus(reader->Finish());
    return watched;
  }

  TemporaryFolder folder_;
  std::atomic<int> steps_allowed_ = 1000;
  std::shared_ptr<JobHost> host_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::JobService::Stub> stub_;
};

TEST_F(JobServiceTest, ShowsAJobWithAllThatIsKnown) {
  const std::string id = Create("3", "r-1");
  ASSERT_TRUE(Comes([&] { return StateOf(id) == v1::JOB_STATE_SUCCEEDED; }));
  const auto job = Get(id);
  EXPECT_EQ(job->kind(), "work");
  EXPECT_EQ(job->owner(), "lab");
  EXPECT_EQ(job->request_id(), "r-1");
  EXPECT_EQ(job->progress().fraction(), 1);
  EXPECT_EQ(job->progress().metrics(0).name(), "loss");
  EXPECT_EQ(job->attempt(), 1);
  EXPECT_TRUE(job->has_create_time() && job->has_start_time() &&
              job->has_end_time() && job->has_expire_time());
  EXPECT_EQ(job->expire_time().seconds() - job->end_time().seconds(),
            7 * 24 * 3600);
  EXPECT_FALSE(job->has_error());
  ASSERT_EQ(job->artifacts_size(), 1);
  EXPECT_EQ(job->artifacts(0).name(), "result.txt");
  EXPECT_EQ(job->artifacts(0).byte_size(), 6);
  EXPECT_EQ(job->artifacts(0).sha256().size(), 64u);
}

TEST_F(JobServiceTest, TellsWhyAJobFailed) {
  const std::string id = Create("fail");
  ASSERT_TRUE(Comes([&] { return StateOf(id) == v1::JOB_STATE_FAILED; }));
  const absl::Status error = FromRpcStatus(Get(id)->error());
  EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(error), "SOME_REASON");
  EXPECT_EQ(DetailsOf(error)->fields[0].field, "model");
  const Watched watched = Watch(id, 0);
  EXPECT_EQ(watched.status, absl::OkStatus());
  EXPECT_EQ(
      ReasonOf(FromRpcStatus(watched.events.back().state_change().error())),
      "SOME_REASON");
}

TEST_F(JobServiceTest, ListsWithFiltersAndPages) {
  steps_allowed_ = 0;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Create("1"));
  ASSERT_TRUE(Comes([&] {
    return StateOf(ids[0]) == v1::JOB_STATE_RUNNING &&
           StateOf(ids[1]) == v1::JOB_STATE_RUNNING;
  }));
  const auto list = [&](const v1::ListJobsRequest& request) {
    return Call<v1::ListJobsResponse>(&v1::JobService::Stub::ListJobs, request);
  };
  v1::ListJobsRequest request;
  request.add_states(v1::JOB_STATE_QUEUED);
  request.set_page_size(2);
  const auto first = list(request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->jobs_size(), 2);
  EXPECT_EQ(first->jobs(0).id(), ids[4]);
  request.set_page_token(first->next_page_token());
  const auto second = list(request);
  ASSERT_EQ(second->jobs_size(), 1);
  EXPECT_EQ(second->next_page_token(), "");
  v1::ListJobsRequest other;
  other.set_owner("nobody");
  EXPECT_EQ(list(other)->jobs_size(), 0);
  v1::ListJobsRequest bad;
  bad.set_page_size(1001);
  EXPECT_EQ(ReasonOf(list(bad).status()), kJobRequestInvalid);
  bad.Clear();
  bad.add_states(static_cast<v1::JobState>(9));
  EXPECT_EQ(ReasonOf(list(bad).status()), kJobRequestInvalid);
  steps_allowed_ = 10;
}

TEST_F(JobServiceTest, WatchesFromTheBeginningToTheEnd) {
  const std::string id = Create("3");
  const Watched watched = Watch(id, 0);
  EXPECT_EQ(watched.status, absl::OkStatus());
  int64_t number = 0;
  double fraction = 0;
  int previews = 0;
  for (const auto& event : watched.events) {
    EXPECT_EQ(event.event_number(), ++number);
    EXPECT_TRUE(event.has_event_time());
    if (event.has_progress()) {
      EXPECT_GE(event.progress().fraction(), fraction);
      fraction = event.progress().fraction();
    }
    if (event.has_preview()) {
      ++previews;
      EXPECT_EQ(event.preview().content(), "PREVIEW");
    }
  }
  EXPECT_EQ(previews, 3);
  EXPECT_EQ(watched.events.front().state_change().state(),
            v1::JOB_STATE_QUEUED);
  EXPECT_EQ(watched.events.back().state_change().state(),
            v1::JOB_STATE_SUCCEEDED);
  for (const auto& event : Watch(id, 0, nullptr, true).events) {
    EXPECT_FALSE(event.has_preview());
  }
}

TEST_F(JobServiceTest, AWatchGoesOnBehindTheLastEventItGot) {
  steps_allowed_ = 2;
  const std::string id = Create("4");
  const Watched first = Watch(id, 0, [](const v1::WatchJobResponse& event) {
    return event.progress().steps_done() == 1;
  });
  const int64_t seen = first.events.back().event_number();
  std::thread later([&] {
    absl::SleepFor(absl::Milliseconds(50));
    steps_allowed_ = 10;
  });
  const Watched rest = Watch(id, seen);
  later.join();
  EXPECT_EQ(rest.status, absl::OkStatus());
  EXPECT_EQ(rest.events.front().event_number(), seen + 1);
  const Watched all = Watch(id, 0);
  EXPECT_THAT(all.events, SizeIs(first.events.size() + rest.events.size()));
  // Behind the last one there is nothing, and that is soon said.
  const int64_t last = all.events.back().event_number();
  EXPECT_THAT(Watch(id, last).events, IsEmpty());
  EXPECT_EQ(Watch(id, last).status, absl::OkStatus());
  EXPECT_EQ(ReasonOf(Watch(id, last + 1).status), kJobEventUnknown);
  EXPECT_EQ(ReasonOf(Watch(id, -1).status), kJobEventUnknown);
}

TEST_F(JobServiceTest, ManyWatchersSeeTheSame) {
  steps_allowed_ = 0;
  const std::string id = Create("20");
  std::vector<Watched> watched(8);
  std::vector<std::thread> watchers;
  for (Watched& one : watched) {
    watchers.emplace_back([&] { one = Watch(id, 0, nullptr, true); });
  }
  for (int step = 0; step <= 20; ++step) {
    steps_allowed_ = step;
    absl::SleepFor(absl::Milliseconds(2));
  }
  for (std::thread& watcher : watchers) watcher.join();
  const auto all = Watch(id, 0, nullptr, true);
  for (const Watched& one : watched) {
    EXPECT_EQ(one.status, absl::OkStatus());
    EXPECT_THAT(one.events, SizeIs(all.events.size()));
  }
}

TEST_F(JobServiceTest, CancelsWithinASecond) {
  const std::string id = Create("endless");
  ASSERT_TRUE(Comes([&] { return StateOf(id) == v1::JOB_STATE_RUNNING; }));
  const absl::Time asked = absl::Now();
  v1::CancelJobRequest request;
  request.set_job_id(id);
  const auto answer =
      Call<v1::CancelJobResponse>(&v1::JobService::Stub::CancelJob, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->job().cancel_requested());
  const Watched watched = Watch(id, 0);
  EXPECT_LT(absl::Now() - asked, absl::Seconds(1));
  EXPECT_EQ(watched.events.back().state_change().state(),
            v1::JOB_STATE_CANCELLED);
  // Once more changes nothing.
  EXPECT_TRUE(
      Call<v1::CancelJobResponse>(&v1::JobService::Stub::CancelJob, request)
          .ok());
}

TEST_F(JobServiceTest, DeletesEveryByte) {
  const std::string id = Create("2");
  ASSERT_TRUE(Comes([&] { return StateOf(id) == v1::JOB_STATE_SUCCEEDED; }));
  EXPECT_THAT(FilesWith(folder_.path(), "MARKER"), Not(IsEmpty()));
  EXPECT_THAT(FilesWith(folder_.path(), "PREVIEW"), Not(IsEmpty()));
  ASSERT_EQ(Delete(id), absl::OkStatus());
  EXPECT_THAT(FilesWith(folder_.path(), "MARKER"), IsEmpty());
  EXPECT_THAT(FilesWith(folder_.path(), "PREVIEW"), IsEmpty());
  EXPECT_THAT(FilesWith(folder_.path(), id), IsEmpty());
  EXPECT_EQ(ReasonOf(Get(id).status()), kJobNotFound);
  EXPECT_EQ(ReasonOf(Delete(id)), kJobNotFound);
}

TEST_F(JobServiceTest, DeletesARunningJobUnderItsWatchers) {
  const std::string id = Create("endless");
  const Watched watched = Watch(id, 0, [&](const v1::WatchJobResponse& event) {
    if (event.progress().steps_done() == 3) {
      EXPECT_EQ(Delete(id), absl::OkStatus());
    }
    return false;
  });
  EXPECT_EQ(watched.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(watched.status), kJobNotFound);
  EXPECT_TRUE(
      Comes([&] { return FilesWith(folder_.path(), "PREVIEW").empty(); }));
}

TEST_F(JobServiceTest, AJobGoesOnAfterTheServerWasShutDown) {
  steps_allowed_ = 3;
  const std::string id = Create("6");
  int64_t seen = 0;
  std::thread stopper;
  const Watched first = Watch(id, 0, [&](const v1::WatchJobResponse& event) {
    seen = event.event_number();
    if (event.progress().steps_done() == 2 && !stopper.joinable()) {
      stopper = std::thread([this] { StopServer(); });
    }
    return false;
  });
  stopper.join();
  EXPECT_EQ(first.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(first.status), kDraining);
  steps_allowed_ = 100;
  StartServer();
  const Watched rest = Watch(id, seen);
  EXPECT_EQ(rest.status, absl::OkStatus());
  EXPECT_EQ(rest.events.front().event_number(), seen + 1);
  EXPECT_EQ(rest.events.back().state_change().state(), v1::JOB_STATE_SUCCEEDED);
  EXPECT_EQ(Get(id)->attempt(), 2);
}

TEST_F(JobServiceTest, SaysThatThereIsNoSuchJob) {
  for (const std::string& id :
       {std::string(), std::string("../../x"), std::string(32, 'f')}) {
    EXPECT_EQ(Get(id).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(ReasonOf(Watch(id, 0).status), kJobNotFound);
    EXPECT_TRUE(DetailsOf(Delete(id))->resource.has_value());
  }
}

}  // namespace
}  // namespace sightline::jobs
