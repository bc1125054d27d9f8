#include "services/georef/engine/overlay/overlay_checks.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/georef/engine/overlay/overlay_reader.h"
#include "tests/unit/services/georef/engine/overlay/overlay_files.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;

struct Value {
  const char* meaning;
  const char* pattern;
  double number;
  double resolution;
};

// A profile and its reading with these values.
struct Overlay {
  OverlayProfile profile;
  OverlayReading reading;

  explicit Overlay(const std::vector<Value>& values) {
    std::string fields;
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string meaning = values[i].meaning;
      const bool is_time = meaning == "clock" || meaning == "date";
      const bool is_length = meaning.find("range") != std::string::npos ||
                             meaning.find("elevation") == meaning.size() - 9 ||
                             meaning.find("altitude") != std::string::npos;
      const bool is_angle = meaning == "sensor_relative_elevation";
      absl::StrAppend(&fields, i == 0 ? "" : ",", R"({"name": "F)", i,
                      R"(", "box": {"left": 0, "top": 0, "width": 9,
                      "height": 9}, "meaning": ")",
                      meaning, R"(", "pattern": ")", values[i].pattern, "\"",
                      is_time                  ? ""
                      : is_length && !is_angle ? R"(, "unit": "m")"
                                               : R"(, "unit": "deg")",
                      "}");
      FieldReading field;
      field.name = absl::StrCat("F", i);
      field.number = values[i].number;
      field.resolution = values[i].resolution;
      field.text = meaning == "clock" ? "00:00:00Z" : "x";
      reading.fields.push_back(field);
    }
    const auto parsed = ParseOverlayProfile(absl::StrCat(
        R"({"name": "p", "frame_width": 99, "frame_height": 99,
        "fonts": [{"name": "m"}], "fields": [)",
        fields, "]}"));
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    if (parsed.ok()) profile = *parsed;
  }

  bool Passes(OverlayCheck check) {
    for (const CheckResult& result : CheckOverlay(profile, reading)) {
      if (result.check == check) return result.has_passed;
    }
    ADD_FAILURE() << "no check of " << NameOf(check);
    return false;
  }
};

constexpr char kNumber[] = "{num:1-6.4}";

// 3 km above the sea at 35 N 129 E; the target 4 km to the east on the sea:
// 4000 / (N cos 35) of longitude, N = 6385.15 km by hand.
std::vector<Value> Flight() {
  return {{"sensor_latitude", kNumber, 35, 1e-6},
          {"sensor_longitude", kNumber, 129, 1e-6},
          {"sensor_altitude", kNumber, 3000, 1},
          {"target_latitude", kNumber, 35, 1e-6},
          {"target_longitude", kNumber, 129.043817, 1e-6},
          {"target_elevation", kNumber, 0, 1},
          {"slant_range", kNumber, 5000, 1},
          {"platform_heading", kNumber, 30, 0.1},
          {"sensor_relative_azimuth", kNumber, 60, 0.1},
          {"sensor_relative_elevation", "{sign?}{num:2.1}", -36.87, 0.1}};
}

TEST(CheckOverlay, PassesAFlightThatAgrees) {
  Overlay flight(Flight());
  const auto results = CheckOverlay(flight.profile, flight.reading);
  EXPECT_EQ(results.size(), 3u);
  for (const CheckResult& result : results) {
    EXPECT_TRUE(result.has_passed) << result.message;
  }
  for (const FieldReading& field : flight.reading.fields) {
    EXPECT_EQ(field.problem, FieldProblem::kNone) << field.why;
  }
}

TEST(CheckOverlay, DoubtsEverythingOfASlantRangeThatIsNone) {
  auto values = Flight();
  values[6].number = 5200;
  Overlay flight(values);
  EXPECT_FALSE(flight.Passes(OverlayCheck::kSlantRange));
  for (const int i : {0, 1, 2, 3, 4, 5, 6}) {
    EXPECT_EQ(flight.reading.fields[i].problem, FieldProblem::kCheckFailed);
    EXPECT_FALSE(flight.reading.fields[i].number.has_value());
    EXPECT_THAT(flight.reading.fields[i].why,
                HasSubstr("slant range: slant range 5200 m"));
  }
  // Heading and angles have no part in it.
  EXPECT_TRUE(flight.reading.fields[7].number.has_value());
  // Shorter than it can be, too, and two per cent of 5000 m are allowed.
  values[6].number = 4850;
  EXPECT_FALSE(Overlay(values).Passes(OverlayCheck::kSlantRange));
  values[6].number = 5090;
  EXPECT_TRUE(Overlay(values).Passes(OverlayCheck::kSlantRange));
}

TEST(CheckOverlay, AllowsAnyGroundWhereItsElevationIsNotRead) {
  auto values = Flight();
  values.erase(values.begin() + 5);
  EXPECT_TRUE(Overlay(values).Passes(OverlayCheck::kSlantRange));
  // A mountain as high as the aircraft.
  values[5].number = 4000;
  EXPECT_TRUE(Overlay(values).Passes(OverlayCheck::kSlantRange));
  values[5].number = 3700;
  EXPECT_FALSE(Overlay(values).Passes(OverlayCheck::kSlantRange));
  values[5].number = 5600;
  EXPECT_FALSE(Overlay(values).Passes(OverlayCheck::kSlantRange));
}

TEST(CheckOverlay, ComparesAzimuthAndElevationWithTheTarget) {
  auto values = Flight();
  values[8].number = 80;
  EXPECT_FALSE(Overlay(values).Passes(OverlayCheck::kAzimuth));
  values[8].number = 60;
  values[9].number = -26.8;
  EXPECT_FALSE(Overlay(values).Passes(OverlayCheck::kElevation));
  // A gimbal that says where it looks needs no heading.
  auto gimbal = Flight();
  gimbal[8] = {"gimbal_yaw", kNumber, 90, 0.1};
  gimbal[7].number = 200;
  EXPECT_TRUE(Overlay(gimbal).Passes(OverlayCheck::kAzimuth));
  gimbal[8].number = 280;
  EXPECT_FALSE(Overlay(gimbal).Passes(OverlayCheck::kAzimuth));
}

TEST(CheckOverlay, DoubtsOneQuantityThatIsSaidTwice) {
  std::vector<Value> values = {{"platform_heading", kNumber, 359.9, 0.1},
                               {"platform_heading", kNumber, 0, 1}};
  EXPECT_TRUE(Overlay(values).Passes(OverlayCheck::kSameQuantity));
  values[1].number = 358;
  EXPECT_FALSE(Overlay(values).Passes(OverlayCheck::kSameQuantity));
}

TEST(CheckOverlay, ComparesTheClockWithTheTimeExpected) {
  const std::vector<Value> values = {
      {"clock", "{hour:2}:{minute:2}:{second:2}Z", 3600, 1},
      {"date", "{year:4}-{month:2}-{day:2}", 100, 1}};
  Overlay right(values);
  const double time_us = (100 * 86400.0 + 3601) * 1e6;
  EXPECT_TRUE(
      CheckOverlay(right.profile, right.reading, time_us)[0].has_passed);
  Overlay wrong(values);
  const auto results =
      CheckOverlay(wrong.profile, wrong.reading, time_us + 60e6);
  EXPECT_FALSE(results[0].has_passed);
  EXPECT_THAT(results[0].message, HasSubstr("61.0 s behind"));
  EXPECT_FALSE(wrong.reading.fields[0].number.has_value());
  EXPECT_FALSE(wrong.reading.fields[1].number.has_value());
  Overlay unasked(values);
  EXPECT_TRUE(CheckOverlay(unasked.profile, unasked.reading).empty());
}

TEST(CheckOverlay, PassesFramesOfAFlightAsTheyAreRead) {
  const auto reader = OverlayReader::Create(CalibratedProfile());
  ASSERT_TRUE(reader.ok());
  for (int seed = 30; seed < 34; ++seed) {
    const testing::OverlayScene scene(TestFont(), SmallScene(seed));
    auto reading = reader->Read(OverlayFrame::Of(scene.Frame(0).pixels));
    ASSERT_TRUE(reading.ok());
    const auto results = CheckOverlay(reader->profile(), *reading);
    ASSERT_GE(results.size(), 2u);
    for (const CheckResult& result : results) {
      EXPECT_TRUE(result.has_passed) << result.message;
    }
  }
}

}  // namespace
}  // namespace sightline::georef
