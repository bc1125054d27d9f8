#include "common/jobs/packed_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "common/jobs/reasons.h"
#include "common/status/error.h"

namespace sightline::jobs {
namespace {

TEST(PackedRecord, KeepsStringsOfAnyBytes) {
  const std::vector<std::string> strings = {
      "", "text", std::string("\0\xff\n", 3), std::string(70000, 'x')};
  const auto unpacked = UnpackStrings(PackStrings(strings));
  ASSERT_TRUE(unpacked.ok()) << unpacked.status();
  EXPECT_EQ(*unpacked, strings);
}

TEST(PackedRecord, KeepsMetricsToTheLastBit) {
  const double values[] = {0.1,
                           -1e-300,
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(),
                           std::nan(""),
                           -std::nan("")};
  for (const double value : values) {
    const auto unpacked = UnpackMetrics(PackMetrics({{"loss", value}}));
    ASSERT_TRUE(unpacked.ok()) << value << ": " << unpacked.status();
    ASSERT_EQ(unpacked->size(), 1u);
    EXPECT_EQ((*unpacked)[0].name, "loss");
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan((*unpacked)[0].value));
    } else {
      EXPECT_EQ((*unpacked)[0].value, value);
    }
  }
}

TEST(PackedRecord, KeepsStatusesWithTheirDetails) {
  const absl::Status statuses[] = {
      absl::OkStatus(),
      absl::InternalError("plain"),
      Error(absl::StatusCode::kInvalidArgument, "SOME_REASON")
          .Message("all of it")
          .Field("a.b", "wrong")
          .Field("c", "also wrong")
          .RetryAfter(absl::Milliseconds(1500))
          .Quota("memory", "too much")
          .Resource("model", "m")
          .Precondition("p", "remedy")
          .With("key", "value"),
  };
  for (const absl::Status& status : statuses) {
    absl::Status unpacked;
    ASSERT_EQ(UnpackStatus(PackStatus(status), unpacked), absl::OkStatus());
    EXPECT_EQ(unpacked.code(), status.code());
    EXPECT_EQ(unpacked.message(), status.message());
    EXPECT_EQ(DetailsOf(unpacked), DetailsOf(status));
  }
}

TEST(PackedRecord, TellsDamageFromContent) {
  const std::string packed = PackStatus(
      Error(absl::StatusCode::kInternal, "SOME_REASON").With("k", "v"));
  for (size_t length = 1; length < packed.size(); ++length) {
    absl::Status status;
    const absl::Status outcome = UnpackStatus(packed.substr(0, length), status);
    // Whole pairs at the end may be missing unnoticed; nothing else.
    if (outcome.ok()) {
      EXPECT_EQ(DetailsOf(status)->reason, "SOME_REASON");
    } else {
      EXPECT_EQ(DetailsOf(outcome)->reason, kJobStoreCorrupt);
    }
  }
  EXPECT_FALSE(UnpackMetrics(PackStrings({"loss", "much"})).ok());
  EXPECT_FALSE(UnpackMetrics(PackStrings({"loss"})).ok());
}

}  // namespace
}  // namespace sightline::jobs
