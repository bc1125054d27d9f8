#include "services/align/align_options.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

ABSL_DECLARE_FLAG(int, max_image_dimension);
ABSL_DECLARE_FLAG(int, sift_max_features);
ABSL_DECLARE_FLAG(int, alignment_downsample_size);
ABSL_DECLARE_FLAG(bool, memory_optimization_enabled);

namespace sightline::align {
namespace {

v1::AlignOptions WithMethod(v1::AlignMethod method) {
  v1::AlignOptions options;
  options.set_method(method);
  return options;
}

TEST(AlignOptions, DefaultsAreTheContracts) {
  const auto settings = ToSettings({}, {});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->registration.method, Method::kAuto);
  EXPECT_TRUE(settings->registration.enhance);
  EXPECT_EQ(settings->registration.min_good_matches, 12);
  EXPECT_EQ(settings->registration.min_confidence, 0.5);
  EXPECT_FALSE(settings->return_image);
  EXPECT_EQ(settings->output_width, 0);
  EXPECT_EQ(settings->min_long_side, 1600);
}

TEST(AlignOptions, EnhanceCanBeSwitchedOff) {
  v1::AlignOptions options;
  options.set_enhance(false);
  EXPECT_FALSE(ToSettings(options, {})->registration.enhance);
}

TEST(AlignOptions, TheOperatorsValuesAreDefaultsOfSift) {
  AlignLimits limits;
  limits.sift_max_features = 200;
  limits.downsample_size = 640;
  const auto sift = ToSettings(WithMethod(v1::ALIGN_METHOD_SIFT), limits);
  EXPECT_EQ(sift->registration.max_features, 200);
  EXPECT_EQ(sift->registration.downsample_size, 640);
  const auto orb = ToSettings(WithMethod(v1::ALIGN_METHOD_ORB), limits);
  EXPECT_EQ(orb->registration.max_features, 0) << "the engine's own";
  EXPECT_EQ(orb->registration.downsample_size, 640);
  v1::AlignOptions asked = WithMethod(v1::ALIGN_METHOD_SIFT);
  asked.set_max_features(900);
  EXPECT_EQ(ToSettings(asked, limits)->registration.max_features, 900);
}

TEST(AlignOptions, MaxDimensionIsBoundedByTheServers) {
  AlignLimits limits;
  limits.max_dimension = 1000;
  v1::AlignOptions options;
  EXPECT_EQ(ToSettings(options, limits)->min_long_side, 800);
  options.set_max_dimension(500);
  EXPECT_EQ(ToSettings(options, limits)->min_long_side, 400);
  options.set_max_dimension(8000);
  EXPECT_EQ(ToSettings(options, limits)->min_long_side, 800);
}

TEST(AlignOptions, LimitsOfEveryRangeAreAllowed) {
  using Set = std::function<void(v1::AlignOptions&)>;
  for (const Set& set :
       std::vector<Set>{[](auto& o) { o.set_max_dimension(400); },
                        [](auto& o) { o.set_max_dimension(8000); },
                        [](auto& o) { o.set_max_features(50); },
                        [](auto& o) { o.set_max_features(10000); },
                        [](auto& o) { o.set_downsample_size(200); },
                        [](auto& o) { o.set_downsample_size(4000); },
                        [](auto& o) { o.set_min_good_matches(4); },
                        [](auto& o) { o.set_min_good_matches(1000); },
                        [](auto& o) { o.set_output_width(100); },
                        [](auto& o) { o.set_output_width(10000); },
                        [](auto& o) { o.set_min_confidence(1); }}) {
    v1::AlignOptions options;
    set(options);
    EXPECT_TRUE(ToSettings(options, {}).ok()) << options.ShortDebugString();
  }
}

TEST(AlignOptions, FlagsAreCheckedAtTheStart) {
  const auto reason = [] {
    return DetailsOf(AlignLimits::FromFlags().status())
        .value_or(ErrorDetails{})
        .reason;
  };
  {
    const absl::FlagSaver saver;
    absl::SetFlag(&FLAGS_max_image_dimension, 399);
    EXPECT_EQ(reason(), kBadConfiguration);
  }
  {
    const absl::FlagSaver saver;
    absl::SetFlag(&FLAGS_sift_max_features, 10001);
    EXPECT_EQ(reason(), kBadConfiguration);
  }
  {
    const absl::FlagSaver saver;
    absl::SetFlag(&FLAGS_alignment_downsample_size, 0);
    EXPECT_EQ(reason(), kBadConfiguration);
  }
  const absl::FlagSaver saver;
  absl::SetFlag(&FLAGS_max_image_dimension, 1200);
  absl::SetFlag(&FLAGS_memory_optimization_enabled, false);
  const auto limits = AlignLimits::FromFlags();
  ASSERT_TRUE(limits.ok()) << limits.status();
  EXPECT_EQ(limits->max_dimension, 1200);
  EXPECT_FALSE(limits->optimize_memory);
}

// The names of the OMR memory guide.
TEST(AlignOptions, EveryAliasNamesAFlag) {
  for (const auto& [variable, flag] : AlignEnvironmentAliases()) {
    EXPECT_NE(absl::FindCommandLineFlag(flag), nullptr) << variable;
  }
}

}  // namespace
}  // namespace sightline::align
