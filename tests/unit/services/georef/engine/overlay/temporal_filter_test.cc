#include "services/georef/engine/overlay/temporal_filter.h"

#include <cmath>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "services/georef/engine/overlay/reasons.h"
#include "tests/unit/services/georef/engine/overlay/overlay_files.h"

namespace sightline::georef {
namespace {

constexpr double kFrame = 1.0 / 30;

OverlayProfile ProfileOf(const std::string& field) {
  const auto profile = ParseOverlayProfile(
      R"({"name": "p", "frame_width": 99, "frame_height": 99,
      "fonts": [{"name": "m"}], "fields": [{"name": "F", "box": {"left": 0,
      "top": 0, "width": 9, "height": 9}, )" +
      field + "}]}");
  EXPECT_TRUE(profile.ok()) << profile.status();
  return *profile;
}

// One field over time.
class Stream {
 public:
  Stream(const std::string& field, double resolution)
      : filter_(*TemporalFilter::Create(ProfileOf(field))),
        resolution_(resolution) {}

  // Whether a reading of `number` is kept.
  bool Keeps(double time_s, std::optional<double> number) {
    OverlayReading reading;
    reading.fields.resize(1);
    reading.fields[0].number = number;
    reading.fields[0].resolution = resolution_;
    if (!number.has_value()) reading.fields[0].problem = FieldProblem::kAbsent;
    filter_.Apply(time_s, reading);
    const FieldReading& field = reading.fields[0];
    if (!field.number.has_value()) return false;
    EXPECT_EQ(*field.number, *number);
    return field.problem == FieldProblem::kNone;
  }

  void Reset() { filter_.Reset(); }

 private:
  TemporalFilter filter_;
  double resolution_;
};

const char kAltitude[] =
    R"("meaning": "sensor_altitude", "unit": "ft", "pattern": "{num:1-5}")";
const char kHeading[] =
    R"("meaning": "platform_heading", "unit": "deg", "pattern": "{num:3.1}")";
const char kClock[] =
    R"("meaning": "clock", "pattern": "{hour:2}:{minute:2}:{second:2}Z")";

TEST(TemporalFilter, WithdrawsAJumpAndGoesOn) {
  Stream stream(kAltitude, 0.3048);
  for (int i = 0; i < 100; ++i) {
    const double metres = std::floor((1000 + 5 * i * kFrame) / 0.3048) * 0.3048;
    // A 3 read as an 8.
    const bool is_misread = i % 20 == 7;
    EXPECT_EQ(stream.Keeps(i * kFrame, metres + (is_misread ? 152.4 : 0)),
              !is_misread)
        << i;
  }
}

TEST(TemporalFilter, FollowsASteadyCourseOfAnySpeed) {
  // Faster than its rate of change allows to depart.
  Stream stream(R"("meaning": "slant_range", "unit": "m",
                "pattern": "{num:1-6}", "max_change_per_second": 100)",
                1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(stream.Keeps(i * kFrame, 5000 - i));
  }
  EXPECT_FALSE(stream.Keeps(3 * kFrame, 4960));
  EXPECT_TRUE(stream.Keeps(4 * kFrame, 4996));
}

TEST(TemporalFilter, BelievesANewCourseThatLasts) {
  Stream stream(kAltitude, 0.3048);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(stream.Keeps(i * kFrame, 1000));
  int withdrawn = 0;
  for (int i = 10; i < 30; ++i) {
    if (!stream.Keeps(i * kFrame, 2000)) ++withdrawn;
  }
  EXPECT_EQ(withdrawn, 4);
  // Values that do not agree with each other never become one.
  for (int i = 30; i < 60; ++i) {
    EXPECT_FALSE(stream.Keeps(i * kFrame, i % 2 == 0 ? 3000 : 4000));
  }
}

TEST(TemporalFilter, TurnsThroughNorth) {
  Stream stream(kHeading, 0.1);
  for (int i = 0; i < 40; ++i) {
    const double heading = std::fmod(358 + 0.1 * i, 360);
    EXPECT_TRUE(stream.Keeps(i * kFrame, heading)) << heading;
  }
}

TEST(TemporalFilter, ClocksGoAsTheStreamDoes) {
  Stream stream(kClock, 1);
  for (int i = 0; i < 120; ++i) {
    const double time = 86398 + std::floor(i * kFrame);
    EXPECT_TRUE(stream.Keeps(i * kFrame, std::fmod(time, 86400))) << i;
  }
  EXPECT_FALSE(stream.Keeps(120 * kFrame, 10));
  EXPECT_TRUE(stream.Keeps(121 * kFrame, 2));
}

TEST(TemporalFilter, AGapBeginsAnew) {
  for (const double next : {10.0, -5.0}) {
    Stream stream(kAltitude, 0.3048);
    for (int i = 0; i < 10; ++i) stream.Keeps(i * kFrame, 1000);
    EXPECT_TRUE(stream.Keeps(next, 3000)) << next;
  }
  Stream stream(kAltitude, 0.3048);
  for (int i = 0; i < 10; ++i) stream.Keeps(i * kFrame, 1000);
  stream.Reset();
  EXPECT_TRUE(stream.Keeps(11 * kFrame, 3000));
  // Also one of the field alone, in a stream that goes on.
  for (int i = 12; i < 80; ++i) {
    EXPECT_FALSE(stream.Keeps(i * kFrame, std::nullopt));
  }
  EXPECT_TRUE(stream.Keeps(80 * kFrame, 5000));
}

TEST(TemporalFilter, RefusesOptionsOutOfRange) {
  const OverlayProfile profile = ProfileOf(kClock);
  TemporalOptions options;
  options.window = 2;
  EXPECT_EQ(ReasonOf(TemporalFilter::Create(profile, options).status()),
            kOverlayProfileInvalid);
  options.window = 5;
  options.max_gap_s = 0;
  EXPECT_EQ(ReasonOf(TemporalFilter::Create(profile, options).status()),
            kOverlayProfileInvalid);
}

}  // namespace
}  // namespace sightline::georef
