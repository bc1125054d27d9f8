#include "common/jobs/service/job_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/flags/reflection.h"
#include "common/server/command_line.h"
#include "common/server/reasons.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

TEST(JobOptions, ComeFromFlags) {
  const absl::FlagSaver saver;
  ASSERT_EQ(ParseFlags({"--state_dir=/var/lib/sightline", "--job_retention=24h",
                        "--max_running_jobs=3", "--max_queued_jobs=7"}),
            absl::OkStatus());
  const auto options = JobOptions::FromFlags();
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->state_dir, "/var/lib/sightline");
  EXPECT_EQ(options->retention, absl::Hours(24));
  EXPECT_EQ(options->max_running, 3);
  EXPECT_EQ(options->max_queued, 7);
}

TEST(JobOptions, RefuseNonsense) {
  const std::pair<const char*, const char*> cases[] = {
      {"--state_dir=", "--state_dir"},
      {"--job_retention=1s", "--job_retention"},
      {"--job_retention=-1h", "--job_retention"},
      {"--max_running_jobs=0", "--max_running_jobs"},
      {"--max_queued_jobs=0", "--max_queued_jobs"},
  };
  for (const auto& [flag, named] : cases) {
    const absl::FlagSaver saver;
    ASSERT_EQ(ParseFlags({"--state_dir=/var/lib/sightline", flag}),
              absl::OkStatus());
    const absl::Status status = JobOptions::FromFlags().status();
    EXPECT_EQ(ReasonOf(status), kBadConfiguration) << flag;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(named));
  }
}

}  // namespace
}  // namespace sightline::jobs
