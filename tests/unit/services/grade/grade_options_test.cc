#include "services/grade/grade_options.h"

#include <gtest/gtest.h>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

ABSL_DECLARE_FLAG(int, omr_batch_size);

namespace sightline::grade {
namespace {

TEST(GradeOptions, DefaultsAreTheContracts) {
  const auto settings = ToSettings({}, {}, 2480);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_FALSE(settings->read.threshold.has_value());
  EXPECT_EQ(settings->read.batch_size, 15);
  EXPECT_EQ(settings->read.review_below, 0.8);
  EXPECT_FALSE(settings->return_annotated);
  EXPECT_FALSE(settings->return_bubbles);
  EXPECT_EQ(settings->annotated_width, 1000);
}

TEST(GradeOptions, ThePictureIsNotWiderThanThePageByDefault) {
  EXPECT_EQ(ToSettings({}, {}, 300)->annotated_width, 300);
  EXPECT_EQ(ToSettings({}, {}, 50)->annotated_width, 100);
  EXPECT_EQ(ToSettings({}, {}, 20000)->annotated_width, 1000);
  v1::GradeOptions options;
  options.set_annotated_width(2000);
  EXPECT_EQ(ToSettings(options, {}, 300)->annotated_width, 2000);
}

TEST(GradeOptions, ZeroAndAbsentDiffer) {
  v1::GradeOptions options;
  options.set_threshold(0);
  options.set_review_below(0);
  const auto settings = ToSettings(options, {}, 1000);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->read.threshold, 0);
  EXPECT_EQ(settings->read.review_below, 0);
}

TEST(GradeOptions, TheOperatorsBatchSizeIsTheDefault) {
  GradeLimits limits;
  limits.batch_size = 40;
  EXPECT_EQ(ToSettings({}, limits, 1000)->read.batch_size, 40);
  v1::GradeOptions options;
  options.set_batch_size(3);
  EXPECT_EQ(ToSettings(options, limits, 1000)->read.batch_size, 3);
}

TEST(GradeOptions, FlagsAreCheckedAtTheStart) {
  const absl::FlagSaver saver;
  for (const int size : {0, -1, 10001}) {
    absl::SetFlag(&FLAGS_omr_batch_size, size);
    const absl::Status status = GradeLimits::FromFlags().status();
    EXPECT_EQ(DetailsOf(status).value_or(ErrorDetails{}).reason,
              kBadConfiguration)
        << size;
  }
  absl::SetFlag(&FLAGS_omr_batch_size, 10000);
  EXPECT_EQ(GradeLimits::FromFlags()->batch_size, 10000);
}

}  // namespace
}  // namespace sightline::grade
