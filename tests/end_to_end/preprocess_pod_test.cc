// sightline-preprocess as a pod runs it: within a memory limit, with more
// clients than it can serve at once.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "sightline/preprocess/v1/preprocess.grpc.pb.h"
#include "tests/support/process/server_program.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using process::MemoryGroup;
using process::ServerProgram;
using process::ServerProgramOptions;

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kLimitBytes = 512 * kMiB;
constexpr int64_t kIdleBytes = 32 * kMiB;
constexpr int64_t kLeftBehindBytes = 16 * kMiB;
constexpr int kClients = 16;
constexpr int kPagesPerClient = 6;
// Enough for the slowest machine; a server that never lets a call in fails.
constexpr int kMostAttempts = 200;

double ToMiB(int64_t bytes) { return static_cast<double>(bytes) / kMiB; }

// A drawn page, four by four of them: 3200 x 2240 pixels.
std::string LargePage() {
  Random random(21);
  const GrayImage part = Tilted(TextPage(random), 1);
  GrayImage page(4 * part.width(), 4 * part.height());
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < 4; ++x) {
      std::copy_n(part.row(y % part.height()), part.width(),
                  page.row(y) + x * part.width());
    }
  }
  return *EncodeJpeg(page, 90, 300);
}

// What clients take turns with: a preset each, and a chain.
std::vector<v1::PreprocessRequest> Requests() {
  v1::PreprocessRequest request;
  request.mutable_page()->set_encoded(LargePage());
  std::vector<v1::PreprocessRequest> requests;
  for (const auto preset : {v1::PRESET_AUTO, v1::PRESET_DOCUMENT}) {
    request.mutable_options()->set_preset(preset);
    requests.push_back(request);
  }
  request.mutable_options()->set_preset(v1::PRESET_SEED_COMPAT);
  request.mutable_options()->mutable_output()->set_format(
      v1::PAGE_FORMAT_TIFF_G4);
  requests.push_back(request);
  return requests;
}

// What became of the pages of all clients.
struct Tally {
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::mutex mutex;
  // The following are guarded by mutex.
  std::vector<std::string> complaints;
  // By the number of the request: every answer has the same bytes.
  std::map<size_t, std::string> pages;
};

// Sends one request until it is answered.
void Send(v1::PreprocessService::Stub& stub,
          const v1::PreprocessRequest& request, size_t number, Tally& tally) {
  std::string complaint = "was told to retry too often";
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    grpc::ClientContext context;
    v1::PreprocessResponse answer;
    const absl::Status status =
        FromGrpcStatus(stub.Preprocess(&context, request, &answer));
    std::unique_lock<std::mutex> lock(tally.mutex);
    if (status.ok()) {
      ++tally.answered;
      std::string& page = tally.pages[number];
      if (page.empty()) page = answer.page().content();
      if (page != answer.page().content()) {
        tally.complaints.push_back(absl::StrCat(number, " has other bytes"));
      }
      return;
    }
    const auto details = DetailsOf(status);
    if (!details.has_value() || !details->retry_after.has_value()) {
      complaint = absl::StrCat("lost: ", status.ToString());
      tally.complaints.push_back(complaint);
      return;
    }
    ++tally.refused;
    lock.unlock();
    absl::SleepFor(*details->retry_after);
  }
  std::lock_guard<std::mutex> lock(tally.mutex);
  tally.complaints.push_back(complaint);
}

// An instrumented program's memory says nothing about the real one's.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsInstrumented = true;
#else
constexpr bool kIsInstrumented = false;
#endif

TEST(PreprocessPod, ServesManyClientsWithinItsMemory) {
  if (kIsInstrumented) GTEST_SKIP() << "built with sanitizers";
  const absl::StatusOr<MemoryGroup> group = MemoryGroup::Create(kLimitBytes);
  if (!group.ok()) GTEST_SKIP() << group.status().message();
  ServerProgramOptions options;
  options.memory_group = &*group;
  options.flags = {"--predrain=0s", "--gpu=off"};
  const auto server = ServerProgram::Start("sightline-preprocess", options);
  ASSERT_TRUE(server.ok()) << server.status();
  process::ChildProcess& process = (*server)->process();
  absl::SleepFor(absl::Seconds(1));
  const int64_t idle = process.ResidentBytes();
  EXPECT_LE(idle, kIdleBytes);

  const std::vector<v1::PreprocessRequest> requests = Requests();
  Tally tally;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] {
      const auto stub = v1::PreprocessService::NewStub((*server)->Connect());
      for (int page = 0; page < kPagesPerClient; ++page) {
        const size_t number = static_cast<size_t>(i + page) % requests.size();
        Send(*stub, requests[number], number, tally);
      }
    });
  }
  for (std::thread& client : clients) client.join();

  EXPECT_THAT(tally.complaints, ::testing::IsEmpty());
  EXPECT_EQ(tally.answered, kClients * kPagesPerClient);
  EXPECT_EQ(group->Kills(), 0);
  absl::SleepFor(absl::Seconds(1));
  const int64_t after = process.ResidentBytes();
  EXPECT_LE(after, idle + kLeftBehindBytes);
  std::printf(
      "RSS idle %.1f, peak %.1f, after %.1f MiB; group's peak %.1f; %d "
      "calls refused\n",
      ToMiB(idle), ToMiB(process.PeakResidentBytes()), ToMiB(after),
      ToMiB(group->PeakBytes().value_or(0)), tally.refused.load());
}

}  // namespace
}  // namespace sightline::preprocess
