// sightline-omr over TCP while it computes, is given up on, and is told to go.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tests/support/process/server_program.h"
#include "tests/support/sheets/sheet_batch.h"

namespace sightline {
namespace {

using grade::v1::GradeService;
using grade::v1::GradeSheetResponse;
using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckResponse;
using process::ServerProgram;
using process::ServerProgramOptions;
using sheets::SheetBatch;
using testing::IsEmpty;

constexpr char kGradeSheet[] = "sightline.grade.v1.GradeService/GradeSheet";
constexpr char kAlign[] = "sightline.align.v1.AlignService/Align";
// For what must happen, on the slowest machine.
constexpr absl::Duration kPatience = absl::Seconds(60);

const SheetBatch& Sheets() {
  static const SheetBatch& batch = *[] {
    absl::StatusOr<SheetBatch> made = SheetBatch::Make(2, /*seed=*/23);
    if (!made.ok()) {
      std::fprintf(stderr, "%s\n", made.status().ToString().c_str());
      std::abort();
    }
    return new SheetBatch(*std::move(made));
  }();
  return batch;
}

std::unique_ptr<ServerProgram> StartOmr(std::vector<std::string> flags) {
  ServerProgramOptions options;
  options.metrics_listen = "127.0.0.1:0";
  options.flags = std::move(flags);
  auto server = ServerProgram::Start("sightline-omr", options);
  if (!server.ok()) {
    ADD_FAILURE() << server.status().message();
    return nullptr;
  }
  return *std::move(server);
}

// Calls that are under way at the same time, each with a connection of its
// own.
class Calls {
 public:
  Calls(ServerProgram& server, int count) {
    for (int i = 0; i < count; ++i) {
      contexts_.push_back(std::make_unique<grpc::ClientContext>());
      threads_.emplace_back([this, i, channel = server.Connect()] {
        GradeSheetResponse answer;
        const int sheet = i % Sheets().count();
        const grpc::Status status = GradeService::NewStub(channel)->GradeSheet(
            contexts_[i].get(), Sheets().request(sheet), &answer);
        const std::string mistakes =
            status.ok() ? Sheets().Mistakes(sheet, answer) : "";
        std::lock_guard<std::mutex> lock(mutex_);
        statuses_.push_back(FromGrpcStatus(status));
        if (!mistakes.empty()) mistakes_.push_back(mistakes);
      });
    }
  }
  ~Calls() { Join(); }
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  int ended() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return static_cast<int>(statuses_.size());
  }
  void WaitForFirst() const {
    while (ended() == 0) absl::SleepFor(absl::Milliseconds(1));
  }
  void CancelAll() {
    for (const auto& context : contexts_) context->TryCancel();
  }
  void Join() {
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  // After Join().
  const std::vector<absl::Status>& statuses() const { return statuses_; }
  const std::vector<std::string>& mistakes() const { return mistakes_; }
  int Count(absl::StatusCode code) const {
    return static_cast<int>(
        std::count_if(statuses_.begin(), statuses_.end(),
                      [&](const absl::Status& s) { return s.code() == code; }));
  }

 private:
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  mutable std::mutex mutex_;
  std::vector<absl::Status> statuses_;  // Guarded by mutex_.
  std::vector<std::string> mistakes_;   // Guarded by mutex_.
  std::vector<std::thread> threads_;
};

// Waits until `count` calls are inside the server.
void WaitUntilInside(ServerProgram& server, int count) {
  const absl::Time deadline = absl::Now() + kPatience;
  const std::string series =
      absl::StrCat("sightline_inflight{method=\"", kGradeSheet, "\"}");
  while (absl::Now() < deadline) {
    const auto inside = server.Metric(series);
    if (inside.ok() && *inside >= count) return;
    absl::SleepFor(absl::Milliseconds(1));
  }
  ADD_FAILURE() << "there never were " << count << " calls inside";
}

// Lines of the log about calls of `method` that ended with `code`.
int LoggedCalls(const std::string& log, const std::string& method,
                const std::string& code) {
  int count = 0;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    count += absl::StrContains(line, "\"message\":\"call\"") &&
             absl::StrContains(line, absl::StrCat("\"", method, "\"")) &&
             absl::StrContains(line, absl::StrCat("\"code\":\"", code, "\""));
  }
  return count;
}

TEST(OmrOverTcp, AnswersHealthWhileEveryWorkerComputes) {
  const auto server = StartOmr({"--threads=1"});
  ASSERT_NE(server, nullptr);
  constexpr int kCalls = 12;
  const auto health = Health::NewStub(server->Connect());
  Calls calls(*server, kCalls);
  calls.WaitForFirst();
  // Were health behind the sheets in one line, its first answer would come
  // when the sheets have theirs.
  int answered_while_computing = 0;
  while (calls.ended() < kCalls) {
    grpc::ClientContext context;
    HealthCheckResponse response;
    const grpc::Status status = health->Check(&context, {}, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
    if (calls.ended() < kCalls) ++answered_while_computing;
  }
  calls.Join();
  EXPECT_GE(answered_while_computing, kCalls);
  EXPECT_EQ(calls.Count(absl::StatusCode::kOk), kCalls);
  EXPECT_THAT(calls.mistakes(), IsEmpty());
}

TEST(OmrOverTcp, ACancelledCallFreesItsWorker) {
  const auto server = StartOmr({"--threads=1"});
  ASSERT_NE(server, nullptr);
  constexpr int kCalls = 16;
  {
    Calls given_up(*server, kCalls);
    given_up.WaitForFirst();
    given_up.CancelAll();
    given_up.Join();
    EXPECT_GT(given_up.Count(absl::StatusCode::kCancelled), 0);
  }
  // One worker takes calls in turn: this one comes behind those given up.
  Calls after(*server, 1);
  after.Join();
  EXPECT_EQ(after.Count(absl::StatusCode::kOk), 1);
  const auto read =
      server->Metric(absl::StrCat("sightline_stage_seconds_count{method=\"",
                                  kGradeSheet, "\",stage=\"read\"}"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_GE(*read, 2) << "the metric is there";
  EXPECT_LT(*read, kCalls / 2 + 1)
      << "sheets nobody waited for were graded to the end";
}

TEST(OmrOverTcp, TellsWhyACallPastItsDeadlineFailed) {
  const auto server = StartOmr({"--threads=1"});
  ASSERT_NE(server, nullptr);
  Calls ahead(*server, 4);
  WaitUntilInside(*server, 1);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(1)));
  GradeSheetResponse answer;
  const grpc::Status status =
      GradeService::NewStub(server->Connect())
          ->GradeSheet(&context, Sheets().request(0), &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  ahead.Join();
  EXPECT_EQ(ahead.Count(absl::StatusCode::kOk), 4) << "others are untouched";
}

TEST(OmrOnSigterm, AnswersEveryAcceptedCallAndExitsWith0) {
  const auto server = StartOmr({"--threads=2", "--predrain=0s"});
  ASSERT_NE(server, nullptr);
  constexpr int kCalls = 12;
  Calls calls(*server, kCalls);
  WaitUntilInside(*server, kCalls);
  server->process().Signal(SIGTERM);
  calls.Join();
  const auto end = server->process().Wait(kPatience);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->code, 0);
  for (const absl::Status& status : calls.statuses()) {
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_THAT(calls.mistakes(), IsEmpty());
  // They were graded after the drain began, and so was the page looked for
  // through the channel inside the process.
  const std::string log = server->process().Output();
  const size_t drain = log.find("\"message\":\"draining\"");
  ASSERT_NE(drain, std::string::npos) << log;
  const std::string after = log.substr(drain);
  EXPECT_GT(LoggedCalls(after, kGradeSheet, "OK"), 0);
  EXPECT_GT(LoggedCalls(after, kAlign, "OK"), 0);
  EXPECT_EQ(LoggedCalls(log, kGradeSheet, "OK"), kCalls);
  EXPECT_THAT(log, testing::HasSubstr("\"message\":\"stopped\""));
}

TEST(OmrOnSigterm, LosesNoAnswerWhileClientsKeepCalling) {
  const auto server = StartOmr({"--predrain=300ms"});
  ASSERT_NE(server, nullptr);
  std::atomic<bool> over = false;
  std::atomic<int> answered = 0, turned_away = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&, i] {
      const auto stub = GradeService::NewStub(server->Connect());
      while (!over) {
        grpc::ClientContext context;
        GradeSheetResponse answer;
        const grpc::Status status =
            stub->GradeSheet(&context, Sheets().request(i % 2), &answer);
        if (status.ok()) {
          ++answered;
          EXPECT_EQ(Sheets().Mistakes(i % 2, answer), "");
        } else {
          ++turned_away;
          // gRPC 1.51 itself cancels what arrives between Shutdown() and the
          // client's notice of it; the server never saw such a call.
          EXPECT_THAT(status.error_code(),
                      testing::AnyOf(grpc::StatusCode::UNAVAILABLE,
                                     grpc::StatusCode::CANCELLED))
              << status.error_message();
          absl::SleepFor(absl::Milliseconds(10));
        }
      }
    });
  }
  while (answered < 6) absl::SleepFor(absl::Milliseconds(2));
  server->process().Signal(SIGTERM);
  const auto end = server->process().Wait(kPatience);
  over = true;
  for (std::thread& client : clients) client.join();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->code, 0);
  EXPECT_GT(turned_away, 0);
  const std::string log = server->process().Output();
  EXPECT_EQ(LoggedCalls(log, kGradeSheet, "OK"), answered)
      << "an answer the server gave did not arrive";
  EXPECT_EQ(LoggedCalls(log, kGradeSheet, "CANCELLED"), 0)
      << "a call the server had taken was not answered";
}

TEST(OmrOnSigterm, ASecondSignalHurries) {
  // Were the second signal ignored, the test would outlast its patience.
  const auto server = StartOmr({"--predrain=10m", "--drain_timeout=10m"});
  ASSERT_NE(server, nullptr);
  server->process().Signal(SIGTERM);
  ASSERT_TRUE(server->process()
                  .WaitForLine("\"message\":\"draining\"", kPatience)
                  .has_value());
  // Still there, and says so.
  const auto health = Health::NewStub(server->Connect());
  HealthCheckResponse response;
  do {
    grpc::ClientContext context;
    ASSERT_TRUE(health->Check(&context, {}, &response).ok());
  } while (response.status() == HealthCheckResponse::SERVING);
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  server->process().Signal(SIGTERM);
  const auto end = server->process().Wait(kPatience);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->code, 0);
}

}  // namespace
}  // namespace sightline
