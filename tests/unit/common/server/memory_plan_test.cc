#include "common/server/memory_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/error.h"

namespace sightline {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

ControlGroup Limit(std::optional<int64_t> mib) {
  ControlGroup group;
  if (mib.has_value()) group.memory_limit_bytes = *mib * kMiB;
  return group;
}

int64_t Total(const MemoryPlan::ServiceMemory& service) {
  return service.session_bytes + service.body_bytes + service.work_bytes;
}

TEST(MemoryPlan, LeavesAFifthAndTheIdleProcessOut) {
  ServerOptions options;
  const auto plan =
      PlanMemory(options, Limit(512), 16384 * kMiB, 30 * kMiB, {1});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->process_limit_bytes, 512 * kMiB);
  EXPECT_NEAR(static_cast<double>(plan->call_bytes), (409.6 - 30) * kMiB, 2);
  EXPECT_EQ(Total(plan->services[0]), plan->call_bytes);
}

TEST(MemoryPlan, TakesTheMachineWhereNothingLimits) {
  ServerOptions options;
  const auto plan =
      PlanMemory(options, Limit(std::nullopt), 1000 * kMiB, 0, {1});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->process_limit_bytes, 1000 * kMiB);
}

TEST(MemoryPlan, NeverPromisesMoreThanTheControlGroupGrants) {
  ServerOptions options;
  options.memory_budget_bytes = 4096 * kMiB;
  const auto plan = PlanMemory(options, Limit(256), 16384 * kMiB, 0, {1});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->process_limit_bytes, 256 * kMiB);
}

TEST(MemoryPlan, DividesByShares) {
  ServerOptions options;
  const auto plan = PlanMemory(options, Limit(1000), 16384 * kMiB, 0, {3, 1});
  ASSERT_TRUE(plan.ok());
  EXPECT_NEAR(static_cast<double>(Total(plan->services[0])), 600.0 * kMiB, 2);
  EXPECT_NEAR(static_cast<double>(Total(plan->services[1])), 200.0 * kMiB, 2);
}

TEST(MemoryPlan, TheLeanPodServesTwoServicesIn128MiB) {
  ServerOptions options;
  const auto plan =
      PlanMemory(options, Limit(128), 16384 * kMiB, 34 * kMiB, {1, 1});
  ASSERT_TRUE(plan.ok()) << plan.status();
  for (const auto& service : plan->services) {
    EXPECT_GE(service.body_bytes, 2 * options.max_message_bytes);
    EXPECT_GE(service.work_bytes, 8 * kMiB);
  }
}

TEST(MemoryPlan, SaysHowMuchIsNeededWhenItIsTooLittle) {
  ServerOptions options;
  const auto plan =
      PlanMemory(options, Limit(32), 16384 * kMiB, 20 * kMiB, {1});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(DetailsOf(plan.status())->reason, "BAD_CONFIGURATION");
  EXPECT_THAT(std::string(plan.status().message()),
              testing::AllOf(testing::HasSubstr("32 MiB"),
                             testing::HasSubstr("at least 57 MiB")));
}

}  // namespace
}  // namespace sightline
