// Whatever a graphics device does, every request is answered, with the bytes
// that the processor makes.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/image/encode.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "services/preprocess/engine/device/faulty_device.h"
#include "services/preprocess/engine/device/host_device.h"
#include "tests/support/preprocess/preprocess_server.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using device::DeviceEngine;
using device::DeviceEngineOptions;
using device::FaultPlan;
using device::FaultRange;
using device::FaultyDevice;
using device::HostDevice;

// A server whose device runs its kernels on the processor and fails as `plan`
// says.
PreprocessServerOptions With(const FaultPlan& plan,
                             DeviceEngineOptions engine = {}) {
  PreprocessServerOptions options;
  options.server.threads = 4;
  options.limits.page_threads = 1;
  options.device_engine = *DeviceEngine::Create(
      std::make_unique<FaultyDevice>(std::make_unique<HostDevice>(), plan),
      engine);
  return options;
}

// Small pages through everything that a device does.
std::vector<v1::PreprocessRequest> Requests() {
  Random random(11);
  std::vector<v1::PreprocessRequest> requests;
  for (int i = 0; i < 6; ++i) {
    v1::PreprocessRequest request;
    const GrayImage page =
        RandomPage(random, Between(random, 1, 200), Between(random, 1, 150));
    request.mutable_page()->set_encoded(*EncodePng(page));
    v1::OperationList& list = *request.mutable_options()->mutable_operations();
    if (i % 2 == 0) {
      list.add_operations()->mutable_clahe();
      list.add_operations()->mutable_gaussian();
      list.add_operations()->mutable_adaptive_mean()->set_size(11);
    }
    list.add_operations()->mutable_median();
    list.add_operations()->mutable_flatten()->set_closing_size(9);
    v1::NonLocalMeans& means =
        *list.add_operations()->mutable_non_local_means();
    means.set_search_size(7);
    requests.push_back(request);
  }
  return requests;
}

std::vector<std::string> AnswersOf(const PreprocessServer& server,
                                   std::vector<v1::PreprocessRequest> requests,
                                   bool is_cpu_only) {
  std::vector<std::string> answers;
  for (v1::PreprocessRequest& request : requests) {
    if (is_cpu_only) {
      request.mutable_options()->set_device(v1::DEVICE_CPU);
    }
    const auto answer = Ask(server, request);
    EXPECT_TRUE(answer.ok()) << answer.status;
    answers.push_back(answer.response.page().content());
  }
  return answers;
}

bool IsReady(const PreprocessServer& server) {
  const auto health =
      grpc::health::v1::Health::NewStub(wire::Connect(server.server()));
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("readiness");
  grpc::health::v1::HealthCheckResponse response;
  EXPECT_TRUE(health->Check(&context, request, &response).ok());
  return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

struct Fault {
  const char* name;
  FaultPlan plan;
  bool is_healthy_after;
};

std::vector<Fault> Faults() {
  std::vector<Fault> faults = {{"none", {}, true}};
  FaultPlan plan;
  plan.no_memory = {.first = 1, .count = 5};
  faults.push_back({"out of memory for a while", plan, true});
  plan.no_memory = FaultRange::From(0);
  faults.push_back({"no memory ever", plan, true});
  plan = {};
  plan.no_pinned_memory = FaultRange::From(0);
  faults.push_back({"no pinned memory", plan, true});
  plan = {};
  plan.broken_launches = {.first = 3, .count = 1};
  faults.push_back({"a sticky error of a kernel", plan, false});
  plan = {};
  plan.broken_waits = {.first = 0, .count = 1};
  faults.push_back({"a sticky error at the first page", plan, false});
  plan = {};
  plan.hanging_waits = {.first = 2, .count = 1};
  faults.push_back({"a hang", plan, true});
  plan.hanging_waits = FaultRange::From(0);
  faults.push_back({"nothing but hangs", plan, false});
  plan = {};
  plan.slowness = absl::Milliseconds(30);
  faults.push_back({"a slow stream", plan, true});
  return faults;
}

TEST(DeviceFaults, EveryRequestIsAnsweredWithTheSameBytes) {
  const std::vector<v1::PreprocessRequest> requests = Requests();
  const PreprocessServer plain;
  const std::vector<std::string> expected =
      AnswersOf(plain, requests, /*is_cpu_only=*/false);
  for (const Fault& fault : Faults()) {
    DeviceEngineOptions engine;
    engine.slots = 2;
    engine.hang_deadline = absl::Milliseconds(100);
    engine.max_delay = absl::Milliseconds(20);
    const PreprocessServer server(With(fault.plan, engine));
    std::vector<std::thread> clients;
    std::atomic<int> same = 0;
    constexpr int kClients = 4;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back(
          [&] { same += AnswersOf(server, requests, false) == expected; });
    }
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(same, kClients) << fault.name;
    const auto can = Ask(server, v1::GetCapabilitiesRequest());
    ASSERT_EQ(can.response.devices_size(), 2) << fault.name;
    EXPECT_EQ(can.response.devices(1).healthy(), fault.is_healthy_after)
        << fault.name;
    EXPECT_EQ(can.response.devices(1).problem().empty(), fault.is_healthy_after)
        << fault.name;
  }
}

TEST(DeviceFaults, ReportsSayWhatRanWhereAndWhyNot) {
  const PreprocessServer server(With({}));
  v1::PreprocessRequest request = Requests()[0];
  request.mutable_options()
      ->mutable_operations()
      ->add_operations()
      ->mutable_otsu();
  auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto& stages = answer.response.report().stages();
  EXPECT_EQ(stages[0].name(), "clahe+gaussian+adaptive_mean");
  EXPECT_EQ(stages[0].device(), "host:0");
  EXPECT_EQ(stages[0].fallback_reason(), "");
  EXPECT_EQ(stages[stages.size() - 1].device(), "cpu");
  EXPECT_EQ(stages[stages.size() - 1].fallback_reason(), "")
      << "there is no kernel that did it";
  // Asked for, the processor does everything.
  request.mutable_options()->set_device(v1::DEVICE_CPU);
  answer = Ask(server, request);
  for (const v1::StageReport& stage : answer.response.report().stages()) {
    EXPECT_EQ(stage.device(), "cpu");
    EXPECT_EQ(stage.fallback_reason(), "");
  }
  // A device that fails: the reason is told.
  FaultPlan plan;
  plan.no_memory = FaultRange::From(0);
  const PreprocessServer full(With(plan));
  answer = Ask(full, Requests()[0]);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.response.report().stages(0).device(), "cpu");
  EXPECT_EQ(answer.response.report().stages(0).fallback_reason(),
            "out_of_memory");
}

TEST(DeviceFaults, PartsOfAPageGoThroughTheDevice) {
  const PreprocessServer server(With({}));
  const PreprocessServer plain;
  Random random(5);
  const GrayImage page = TextPage(random);
  v1::PreprocessRegionsRequest request;
  request.mutable_page()->set_encoded(*EncodePng(page));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_clahe();
  list.add_operations()->mutable_adaptive_mean();
  for (int i = 0; i < 40; ++i) {
    v1::Region& region = *request.add_regions();
    region.set_x(10 * i);
    region.set_y(5 * i);
    region.set_width(20 + i);
    region.set_height(10 + i);
  }
  request.set_with_reports(true);
  const auto through = Ask(server, request);
  const auto without = Ask(plain, request);
  ASSERT_TRUE(through.ok() && without.ok()) << through.status;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(through.response.results(i).page().content(),
              without.response.results(i).page().content());
    EXPECT_EQ(through.response.results(i).report().stages(0).device(),
              "host:0");
  }
}

TEST(DeviceFaults, PartsThatWaitForABusyDeviceGoTogether) {
  FaultPlan plan;
  plan.slowness = absl::Milliseconds(20);
  DeviceEngineOptions engine;
  engine.slots = 1;
  engine.max_delay = absl::Seconds(20);
  const PreprocessServer server(With(plan, engine));
  v1::PreprocessRegionsRequest request;
  request.mutable_page()->set_encoded(*EncodePng(GrayImage(100, 100)));
  request.mutable_options()
      ->mutable_operations()
      ->add_operations()
      ->mutable_clahe();
  for (int i = 0; i < 256; ++i) {
    v1::Region& region = *request.add_regions();
    region.set_width(10 + i % 7);
    region.set_height(10);
  }
  const auto answer = Ask(server, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  const device::DeviceEngineCounters counters =
      server.device().engine()->counters();
  EXPECT_EQ(counters.pages[static_cast<size_t>(FallbackReason::kNone)], 256);
  EXPECT_LT(counters.batches, 64);
}

TEST(DeviceFaults, ReadinessFailsForGoodWithTheDeviceAndNotBefore) {
  FaultPlan plan;
  plan.broken_waits = {.first = 0, .count = 1};
  const PreprocessServer server(With(plan));
  EXPECT_TRUE(IsReady(server));
  EXPECT_TRUE(Ask(server, Requests()[0]).ok());
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  while (IsReady(server) && absl::Now() < limit) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_FALSE(IsReady(server));
  // Answers come all the same.
  EXPECT_TRUE(Ask(server, Requests()[0]).ok());
}

TEST(DeviceFaults, NoDeviceAtAllIsReady) {
  const PreprocessServer server;
  absl::SleepFor(absl::Seconds(1));
  EXPECT_TRUE(IsReady(server));
}

}  // namespace
}  // namespace sightline::preprocess
