#include "services/georef/engine/overlay/overlay_profile.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/georef/engine/overlay/field_value.h"
#include "services/georef/engine/overlay/mgrs.h"
#include "services/georef/engine/overlay/reasons.h"
#include "tests/unit/services/georef/engine/overlay/overlay_files.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;

// A profile of one field that says `members` beside its name and box.
std::string OneField(const std::string& members) {
  return absl::StrCat(
      R"({"name": "p", "frame_width": 640, "frame_height": 480,
 "fonts": [{"name": "main"}],
 "fields": [{"name": "F",
  "box": {"left": 10, "top": 10, "width": 300, "height": 30},
  )",
      members, "}]}");
}

std::optional<double> NumberIn(const std::string& members,
                               const std::string& text) {
  const auto profile = ParseOverlayProfile(OneField(members));
  EXPECT_TRUE(profile.ok()) << profile.status();
  if (!profile.ok()) return std::nullopt;
  const OverlayField& field = profile->fields[0];
  const std::u32string characters = ToCodePoints(text);
  const PatternAlternative* cells = FindAlternative(field.pattern, characters);
  if (cells == nullptr) return std::nullopt;
  return ValueOfField(field, *cells, characters).number;
}

TEST(OverlayPattern, ReadsEveryWayToWriteAValue) {
  const std::string latitude =
      R"("meaning": "sensor_latitude", "unit": "deg", "pattern": )";
  const struct {
    std::string members;
    std::string text;
    std::optional<double> number;
  } kCases[] = {
      {latitude + R"("LAT {ns}{deg:2}°{arcmin:2}'{arcsec:2.1}\"")",
       "LAT S34°30'36.0\"", -34.51},
      {latitude + R"("{deg:2} {arcmin:2.3}{ns}")", "34 30.600N", 34.51},
      {latitude + R"("{sign?}{deg:1-2.4}")", "-4.5100", -4.51},
      {latitude + R"("{sign?}{deg:1-2.4}")", "34.5100", 34.51},
      {latitude + R"("{ns}{deg:2}°{arcmin:2}'")", "N34°60'", std::nullopt},
      {latitude + R"("{ns}{deg:2}°{arcmin:2}'")", "N91°00'", std::nullopt},
      {R"("meaning": "sensor_altitude", "unit": "ft", "pattern": "{num:~5}FT")",
       "  500FT", 152.4},
      {R"("meaning": "sensor_altitude", "unit": "ft", "pattern": "{num:~5}FT")",
       "500FT", std::nullopt},
      {R"("meaning": "slant_range", "units": {"NM": "NM", "KM": "km"},
          "pattern": "{num:1-3.1}{unit}")",
       "2.5NM", 4630},
      {R"("meaning": "slant_range", "units": {"NM": "NM", "KM": "km"},
          "pattern": "{num:1-3.1}{unit}")",
       "12.5KM", 12500},
      {R"("meaning": "slant_range", "unit": "m", "maximum": 9000,
          "pattern": "{num:5}")",
       "09500", std::nullopt},
      {R"("meaning": "platform_heading", "unit": "deg", "pattern": "{num:3.1}")",
       "361.0", std::nullopt},
      {R"("meaning": "none", "unit": "kn", "pattern": "{num:3}KTS")", "100KTS",
       51.444444},
      {R"("meaning": "clock", "pattern": "{hour:2}:{minute:2}:{second:2.1}Z")",
       "01:02:03.5Z", 3723.5},
      {R"("meaning": "clock", "pattern": "{hour:2}{minute:2}")", "2400",
       std::nullopt},
      {R"("meaning": "date", "pattern": "{day:2}{month_name}{year:2}")",
       "02JAN70", 36526},
      {R"("meaning": "date", "pattern": "{day:2} {month_name} {year:4}")",
       "02 FEB 1970", 32},
      {R"("meaning": "date", "pattern": "{year:4}-{month:2}-{day:2}")",
       "2023-02-29", std::nullopt},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.members + " of " + test.text);
    const std::optional<double> number = NumberIn(test.members, test.text);
    ASSERT_EQ(number.has_value(), test.number.has_value());
    if (!number.has_value()) continue;
    EXPECT_NEAR(*number, *test.number, 1e-6);
  }
}

TEST(OverlayPattern, ReadsMgrs) {
  const std::string json = OneField(
      R"("meaning": "target_position",
      "pattern": "{zone:2}{band}{square} {easting:5} {northing:5}")");
  const auto profile = ParseOverlayProfile(json);
  if (!HasMgrs()) {
    EXPECT_EQ(ReasonOf(profile.status()), kOverlayMgrsUnavailable);
    return;
  }
  ASSERT_TRUE(profile.ok()) << profile.status();
  const std::u32string text = U"18SUJ 23480 06470";
  const OverlayField& field = profile->fields[0];
  const PatternAlternative* cells = FindAlternative(field.pattern, text);
  ASSERT_NE(cells, nullptr);
  const FieldValue place = ValueOfField(field, *cells, text);
  // The Washington Monument's neighbourhood: GeoConvert 18SUJ2348006470.
  EXPECT_NEAR(place.number.value(), 38.8895, 2e-4);
  EXPECT_NEAR(place.second_number.value(), -77.0352, 2e-4);
  const std::u32string nowhere = U"18CUJ 23480 06470";
  EXPECT_FALSE(ValueOfField(field, *cells, nowhere).number.has_value());
}

TEST(OverlayProfile, IsReadBackAsItWasWritten) {
  const OverlayProfile& profile = CalibratedProfile();
  const std::string json = WriteOverlayProfile(profile);
  const auto again = ParseOverlayProfile(json);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(WriteOverlayProfile(*again), json);
  ASSERT_EQ(again->fields.size(), profile.fields.size());
  EXPECT_EQ(again->fonts[0].pitch, profile.fonts[0].pitch);
  EXPECT_EQ(again->fonts[0].glyphs[3].samples,
            profile.fonts[0].glyphs[3].samples);
  EXPECT_EQ(again->fields[8].anchor_x, profile.fields[8].anchor_x);
  EXPECT_EQ(again->fields[8].alignment, OverlayAlignment::kRight);
}

TEST(OverlayProfile, SaysWhereAFileIsWrong) {
  const std::string good =
      OneField(R"("meaning": "platform_heading", "unit": "deg",
  "pattern": "{num:3.1}")");
  ASSERT_TRUE(ParseOverlayProfile(good).ok());
  const struct {
    const char* from;
    const char* to;
    const char* message;
  } kCases[] = {
      {"{num:3.1}", "{number:3}", "line 6, column 14: fields[0].pattern"},
      {"{num:3.1}", "{num:0}", "1 to 9 digits"},
      {"{num:3.1}", "{num:3.1", "not closed"},
      {"{num:3.1}", "{num:2}{num:2}", "one of its kind"},
      {"{num:3.1}", "HDG", "needs {num} or {deg}"},
      {"{num:3.1}", "{unit}{num:2}", "needs the field's \\\"units\\\""},
      {"{num:3.1}", "{sign?}{num:1-9}{month_name}{month_name}", "one of its"},
      {"platform_heading", "heading", "no quantity"},
      {"\"deg\"", "\"ft\"", "no unit of platform_heading"},
      {"\"deg\"", "\"furlong\"", "none of deg, m, km"},
      {"\"left\": 10", "\"left\": 700", "must be within 0..639"},
      {"\"width\": 300", "\"width\": 9000", "must be within 1..630"},
      {"\"name\": \"main\"", "\"name\": \"main\", \"colour\": 1",
       "has no member 'colour'"},
      {"\"name\": \"main\"",
       "\"name\": \"main\", \"pitch\": 10, \"cell_width\": 4, "
       "\"cell_height\": 4, \"glyphs\": {\"0\": \"AAAA\"}",
       "base64 of 16 bytes"},
      {"\"name\": \"main\"",
       "\"name\": \"main\", \"pitch\": 10, \"cell_width\": 4, "
       "\"cell_height\": 4, \"glyphs\": {\"0\": \"AAAAAAAAAAAAAAAAAAAAAA==\"}",
       "shows nothing"},
  };
  for (const auto& test : kCases) {
    const std::string json = absl::StrReplaceAll(good, {{test.from, test.to}});
    const auto profile = ParseOverlayProfile(json);
    ASSERT_FALSE(profile.ok()) << json;
    EXPECT_EQ(ReasonOf(profile.status()), kOverlayProfileInvalid) << json;
    EXPECT_THAT(std::string(profile.status().message()),
                HasSubstr(absl::StrReplaceAll(test.message, {{"\\", ""}})));
  }
  EXPECT_EQ(ReasonOf(ParseOverlayProfile("{").status()), "JSON_INVALID");
}

TEST(OverlayProfile, IsNotReadWithBeforeItIsCalibrated) {
  EXPECT_EQ(ReasonOf(CheckCalibrated(Draft())), kOverlayProfileUncalibrated);
  // A digit that was never seen would be taken for another.
  OverlayProfile profile = CalibratedProfile();
  auto& glyphs = profile.fonts[0].glyphs;
  for (auto glyph = glyphs.begin(); glyph != glyphs.end(); ++glyph) {
    if (glyph->character != U'7') continue;
    glyphs.erase(glyph);
    break;
  }
  const absl::Status status = CheckCalibrated(profile);
  EXPECT_EQ(ReasonOf(status), kOverlayProfileUncalibrated);
  EXPECT_THAT(std::string(status.message()), HasSubstr("picture of 7"));
}

}  // namespace
}  // namespace sightline::georef
