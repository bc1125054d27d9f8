// Networks with random weights, whose answers LibTorch gave: both runtimes must
// give the same.
#include "tests/support/models/stored_networks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/inference/model.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"

namespace sightline::testing {
namespace {

using ::testing::HasSubstr;

TEST(StoredNetworks, GiveTheStoredAnswersOnEveryRuntime) {
  const auto networks = StoredNetworks();
  if (networks.empty()) {
    GTEST_SKIP() << "SKIPPED: whole test: no networks at "
                 << StoredNetworksFolder() << " (SIGHTLINE_SHARED_DATA)";
  }
  for (const StoredNetwork& network : networks) {
    for (const InferenceRuntime runtime : AvailableRuntimes()) {
      SCOPED_TRACE(network.name);
      SCOPED_TRACE(std::string(InferenceRuntimeName(runtime)));
      // The self-check compares.
      const auto model = LoadModel(network.file, network.card, {}, runtime);
      if (network.needs_onnx_runtime && runtime == InferenceRuntime::kOpenCv) {
        ASSERT_FALSE(model.ok());
        EXPECT_EQ(model.status().code(), absl::StatusCode::kFailedPrecondition);
        EXPECT_EQ(DetailsOf(model.status())->reason, kModelUnsupported);
        EXPECT_THAT(std::string(model.status().message()), HasSubstr("OpenCV"));
        continue;
      }
      EXPECT_TRUE(model.ok()) << model.status();
    }
  }
}

TEST(StoredNetworks, AreNotTakenForOneAnother) {
  auto networks = StoredNetworks();
  if (networks.empty()) {
    GTEST_SKIP() << "SKIPPED: whole test: no networks at "
                 << StoredNetworksFolder() << " (SIGHTLINE_SHARED_DATA)";
  }
  // The answer of each with a number changed by twice the tolerance.
  for (StoredNetwork& network : networks) {
    SCOPED_TRACE(network.name);
    auto& values = network.card.self_check.expected[0].values;
    values[values.size() / 2] +=
        static_cast<float>(2 * network.card.self_check.tolerance);
    const auto model =
        LoadModel(network.file, network.card, {}, AvailableRuntimes().front());
    const auto details = DetailsOf(model.status());
    ASSERT_TRUE(details);
    if (!network.needs_onnx_runtime ||
        AvailableRuntimes().front() == InferenceRuntime::kOnnxRuntime) {
      EXPECT_EQ(details->reason, kModelSelfCheckFailed);
    }
  }
}

}  // namespace
}  // namespace sightline::testing
