// sightline-georef as a pod runs it: within a memory limit, with more clients
// than it can serve at once, and with a stream that does not end.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "sightline/georef/v1/georef.grpc.pb.h"
#include "tests/support/georef/scene.h"
#include "tests/support/process/server_program.h"

namespace sightline::georef {
namespace {

using process::MemoryGroup;
using process::ServerProgram;
using process::ServerProgramOptions;

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kLimitBytes = 512 * kMiB;
// Without a network.
constexpr int64_t kMostBytes = 150 * kMiB;
constexpr int64_t kGrowthBytes = 8 * kMiB;
constexpr int kClients = 16;
constexpr int kFramesPerClient = 12;
constexpr int kStreamFrames = 5000;
constexpr int kBrokenEvery = 100;
constexpr int kMostAttempts = 200;

double ToMiB(int64_t bytes) { return static_cast<double>(bytes) / kMiB; }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsInstrumented = true;
#else
constexpr bool kIsInstrumented = false;
#endif

// A frame of full HD whose mask has a few hundred regions.
v1::ProcessRequest LargeRequest() {
  constexpr int kWidth = 1920, kHeight = 1080;
  v1::ProcessRequest request = NadirRequest();
  request.mutable_frame()->set_encoded(FrameFile(kWidth, kHeight));
  GrayImage mask = BoxMask(0, 0, 0, 0, kWidth, kHeight);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const int u = x % 120 - 60, v = y % 90 - 45;
      if (u * u + v * v < 40 * 40) mask.row(y)[x] = 1;
    }
  }
  *request.mutable_mask() = LabelsPng(mask);
  request.mutable_output()->set_format(v1::FEATURE_FORMAT_GEOJSON);
  return request;
}

// What became of the frames of all clients.
struct Tally {
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::mutex mutex;
  // The following are guarded by mutex.
  std::vector<std::string> complaints;
  std::string features;
};

void Send(v1::GeorefService::Stub& stub, const v1::ProcessRequest& request,
          Tally& tally) {
  std::string complaint = "was told to retry too often";
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    grpc::ClientContext context;
    v1::ProcessResponse answer;
    const absl::Status status =
        FromGrpcStatus(stub.Process(&context, request, &answer));
    std::unique_lock<std::mutex> lock(tally.mutex);
    if (status.ok()) {
      ++tally.answered;
      const std::string& geojson = answer.features().geojson();
      if (tally.features.empty()) tally.features = geojson;
      if (tally.features != geojson) {
        tally.complaints.push_back("an answer has other features");
      }
      return;
    }
    const auto details = DetailsOf(status);
    if (!details.has_value() || !details->retry_after.has_value()) {
      tally.complaints.push_back(absl::StrCat("lost: ", status.ToString()));
      return;
    }
    ++tally.refused;
    lock.unlock();
    absl::SleepFor(*details->retry_after);
  }
  std::lock_guard<std::mutex> lock(tally.mutex);
  tally.complaints.push_back(complaint);
}

TEST(GeorefPod, ServesManyClientsWithinItsMemory) {
  if (kIsInstrumented) GTEST_SKIP() << "built with sanitizers";
  const absl::StatusOr<MemoryGroup> group = MemoryGroup::Create(kLimitBytes);
  if (!group.ok()) GTEST_SKIP() << group.status().message();
  ServerProgramOptions options;
  options.memory_group = &*group;
  options.flags = {"--predrain=0s"};
  const auto server = ServerProgram::Start("sightline-georef", options);
  ASSERT_TRUE(server.ok()) << server.status();
  process::ChildProcess& process = (*server)->process();
  absl::SleepFor(absl::Seconds(1));
  const int64_t idle = process.ResidentBytes();

  const v1::ProcessRequest request = LargeRequest();
  Tally tally;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      const auto stub = v1::GeorefService::NewStub((*server)->Connect());
      for (int frame = 0; frame < kFramesPerClient; ++frame) {
        Send(*stub, request, tally);
      }
    });
  }
  for (std::thread& client : clients) client.join();

  EXPECT_THAT(tally.complaints, ::testing::IsEmpty());
  EXPECT_EQ(tally.answered, kClients * kFramesPerClient);
  EXPECT_EQ(group->Kills(), 0);
  const int64_t peak = process.PeakResidentBytes();
  EXPECT_LE(peak, kMostBytes);
  absl::SleepFor(absl::Seconds(1));
  std::printf(
      "RSS idle %.1f, peak %.1f, after %.1f MiB; group's peak %.1f; %d calls "
      "refused\n",
      ToMiB(idle), ToMiB(peak), ToMiB(process.ResidentBytes()),
      ToMiB(group->PeakBytes().value_or(0)), tally.refused.load());
}

TEST(GeorefPod, AStreamOfFiveThousandFramesLosesOnlyTheBrokenOnes) {
  if (kIsInstrumented) GTEST_SKIP() << "built with sanitizers";
  ServerProgramOptions options;
  options.flags = {"--predrain=0s"};
  const auto server = ServerProgram::Start("sightline-georef", options);
  ASSERT_TRUE(server.ok()) << server.status();
  process::ChildProcess& process = (*server)->process();
  const auto stub = v1::GeorefService::NewStub((*server)->Connect());
  grpc::ClientContext context;
  const auto stream = stub->ProcessStream(&context);

  const std::string frame = FrameFile(320, 240);
  v1::FrameSupplement supplement;
  *supplement.mutable_mask() = LabelsPng(BoxMask(100, 80, 200, 160, 320, 240));
  const std::string second = supplement.SerializeAsString();
  std::thread writer([&] {
    v1::ProcessStreamRequest request;
    *request.mutable_settings()->mutable_metadata()->mutable_pose() =
        NadirPose();
    stream->Write(request);
    for (int i = 0; i < kStreamFrames; ++i) {
      const bool is_broken = i % kBrokenEvery == kBrokenEvery - 1;
      const std::string first =
          is_broken ? frame.substr(0, frame.size() / 2) : frame;
      common::v1::ItemHeader& header = *request.mutable_item();
      header.set_id(absl::StrCat(i));
      header.set_byte_size(static_cast<int64_t>(first.size() + second.size()));
      header.clear_part_sizes();
      header.add_part_sizes(static_cast<int64_t>(first.size()));
      header.add_part_sizes(static_cast<int64_t>(second.size()));
      if (!stream->Write(request)) break;
      request.set_chunk(first + second);
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
  });
  int next = 0;
  int broken = 0;
  int64_t early = 0;
  v1::ProcessStreamResponse response;
  while (stream->Read(&response)) {
    EXPECT_EQ(response.item_id(), absl::StrCat(next));
    if (response.has_error()) {
      ++broken;
      EXPECT_EQ(next % kBrokenEvery, kBrokenEvery - 1);
    } else {
      EXPECT_EQ(response.result().features().features_size(), 1);
    }
    if (++next == kStreamFrames / 10) early = process.ResidentBytes();
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(next, kStreamFrames);
  EXPECT_EQ(broken, kStreamFrames / kBrokenEvery);
  const int64_t late = process.ResidentBytes();
  EXPECT_LE(late, early + kGrowthBytes);
  std::printf("RSS after %d frames %.1f, after %d %.1f MiB\n",
              kStreamFrames / 10, ToMiB(early), kStreamFrames, ToMiB(late));
}

}  // namespace
}  // namespace sightline::georef
