#include "services/georef/engine/overlay/overlay_calibration.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/georef/engine/overlay/overlay_reader.h"
#include "services/georef/engine/overlay/reasons.h"
#include "tests/unit/services/georef/engine/overlay/overlay_files.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;

TEST(LearnOverlay, FindsPitchAndPlaces) {
  const KnownFrames known(TestFont(), 8);
  const auto learnt = LearnOverlay(Draft(), known.Calibration());
  ASSERT_TRUE(learnt.ok()) << learnt.status();
  EXPECT_EQ(learnt->profile.fonts[0].pitch, 16);
  // Cells may begin anywhere, as long as all begin there alike: against where
  // the scene drew the first character.
  const double shift = *learnt->profile.Find("ACLAT")->anchor_x - 40;
  EXPECT_NEAR(shift, 0, 3);
  EXPECT_EQ(*learnt->profile.Find("ALT")->anchor_x, 40 + shift);
  EXPECT_EQ(*learnt->profile.Find("TGLON")->anchor_x, 40 + 4 * 16 + shift);
  EXPECT_EQ(*learnt->profile.Find("SLR")->anchor_x, 40 + 12 * 16 + shift);
  for (const FieldCalibration& field : learnt->fields) {
    EXPECT_EQ(field.texts, 8) << field.name;
    EXPECT_EQ(field.read_back, 8) << field.name;
    EXPECT_GT(field.mean_correlation, 0.9) << field.name;
  }
}

TEST(LearnOverlay, FindsAPitchThatIsNotWhole) {
  const testing::DrawnFont font =
      testing::StrokeFont(testing::StrokeFace::kDuplex, 16.4);
  const testing::OverlayScene scene(font, SmallScene(1));
  const auto draft = ParseOverlayProfile(scene.DraftProfile());
  ASSERT_TRUE(draft.ok());
  const KnownFrames known(font, 8);
  const auto learnt = LearnOverlay(*draft, known.Calibration());
  ASSERT_TRUE(learnt.ok()) << learnt.status();
  EXPECT_NEAR(learnt->profile.fonts[0].pitch, 16.4, 0.03);
  const auto reader = OverlayReader::Create(learnt->profile);
  ASSERT_TRUE(reader.ok());
  const testing::SceneFrame frame = scene.Frame(5);
  const auto reading = reader->Read(OverlayFrame::Of(frame.pixels));
  for (const FieldReading& field : reading->fields) {
    EXPECT_EQ(field.text, frame.texts.at(field.name)) << field.why;
  }
}

TEST(LearnOverlay, RefusesATextThatTheFrameContradicts) {
  KnownFrames known(TestFont(), 8);
  std::string& heading = known.samples[3].texts["HDG"];
  heading[5] = heading[5] == '1' ? '4' : '1';
  const auto learnt = LearnOverlay(Draft(), known.Calibration());
  EXPECT_EQ(ReasonOf(learnt.status()), kOverlayCalibrationFailed);
  EXPECT_THAT(std::string(learnt.status().message()),
              HasSubstr("flight 3: HDG was confirmed as"));
}

TEST(LearnOverlay, RefusesTextsThatAreNotAsThePattern) {
  KnownFrames known(TestFont(), 8);
  known.samples[2].texts["HDG"] = "HDG 12.5";
  const auto learnt = LearnOverlay(Draft(), known.Calibration());
  EXPECT_EQ(ReasonOf(learnt.status()), kOverlaySamplesInvalid);
  EXPECT_THAT(std::string(learnt.status().message()),
              HasSubstr("flight 2: HDG: 'HDG 12.5'"));
}

TEST(LearnOverlay, NeedsConfirmationDigitsAndEveryField) {
  KnownFrames none(TestFont(), 2);
  for (OverlaySample& sample : none.samples) sample.is_confirmed = false;
  EXPECT_EQ(ReasonOf(LearnOverlay(Draft(), none.Calibration()).status()),
            kOverlayCalibrationFailed);

  KnownFrames without(TestFont(), 2);
  for (OverlaySample& sample : without.samples) sample.texts.erase("AZ");
  const auto status = LearnOverlay(Draft(), without.Calibration()).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("AZ: no frame"));

  // One field alone does not show all digits.
  OverlayProfile draft = Draft();
  draft.fields.resize(4);
  draft.fields.erase(draft.fields.begin(), draft.fields.begin() + 3);
  KnownFrames few(TestFont(), 2);
  for (OverlaySample& sample : few.samples) {
    sample.texts = {{"HDG", sample.texts.at("HDG")}};
  }
  const auto digits = LearnOverlay(draft, few.Calibration()).status();
  EXPECT_EQ(ReasonOf(digits), kOverlayCalibrationFailed);
  EXPECT_THAT(std::string(digits.message()), HasSubstr("add frames"));
}

TEST(OverlaySamples, AreReadBackAsTheyWereWritten) {
  const KnownFrames known(TestFont(), 2);
  const std::string json = WriteOverlaySamples(known.samples);
  const auto again = ParseOverlaySamples(json, Draft());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(WriteOverlaySamples(*again), json);
  EXPECT_EQ((*again)[1].texts, known.samples[1].texts);
}

TEST(OverlaySamples, SayWhereTheyAreWrong) {
  const OverlayProfile draft = Draft();
  for (const char* json :
       {R"({"samples": []})", R"({"samples": [{"frame": 3, "texts": {}}]})",
        R"({"samples": [{"frame": "a", "texts": {"NOPE": "x"}}]})",
        R"({"samples": [{"frame": "a", "texts": {"HDG": 5}}]})"}) {
    const auto samples = ParseOverlaySamples(json, draft);
    EXPECT_EQ(ReasonOf(samples.status()), kOverlaySamplesInvalid) << json;
    EXPECT_THAT(std::string(samples.status().message()), HasSubstr("line 1"));
  }
}

}  // namespace
}  // namespace sightline::georef
