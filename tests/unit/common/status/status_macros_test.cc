#include "common/status/status_macros.h"

#include <gtest/gtest.h>

#include <memory>

namespace sightline {
namespace {

absl::StatusOr<std::unique_ptr<int>> Make(int value) {
  if (value < 0) return absl::InvalidArgumentError("negative");
  return std::make_unique<int>(value);
}

absl::StatusOr<int> Sum(int a, int b, int& evaluations) {
  SL_ASSIGN_OR_RETURN(const std::unique_ptr<int> first,
                      (++evaluations, Make(a)));
  SL_ASSIGN_OR_RETURN(const std::unique_ptr<int> second,
                      (++evaluations, Make(b)));
  return *first + *second;
}

TEST(StatusMacros, AssignMovesTheValueOrReturnsTheFailure) {
  int evaluations = 0;
  EXPECT_EQ(*Sum(2, 3, evaluations), 5);
  EXPECT_EQ(evaluations, 2);
  evaluations = 0;
  EXPECT_EQ(Sum(-1, 3, evaluations).status(),
            absl::InvalidArgumentError("negative"));
  EXPECT_EQ(evaluations, 1);
}

absl::Status Check(const absl::Status& first, int& after) {
  // As the body of an unbraced if.
  if (after >= 0) SL_RETURN_IF_ERROR(first);
  ++after;
  return absl::OkStatus();
}

TEST(StatusMacros, ReturnIfErrorReturnsOnlyFailures) {
  int after = 0;
  EXPECT_TRUE(Check(absl::OkStatus(), after).ok());
  EXPECT_EQ(after, 1);
  EXPECT_EQ(Check(absl::AbortedError("stop"), after),
            absl::AbortedError("stop"));
  EXPECT_EQ(after, 1);
}

}  // namespace
}  // namespace sightline
