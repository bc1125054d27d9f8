#include "services/georef/engine/overlay/overlay_reader.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/georef/engine/overlay/reasons.h"
#include "tests/unit/services/georef/engine/overlay/overlay_files.h"

namespace sightline::georef {
namespace {

using testing::OverlayScene;
using testing::SceneFrame;
using testing::SceneOptions;

const OverlayReader& Reader() {
  static const auto* reader =
      new OverlayReader(*OverlayReader::Create(CalibratedProfile()));
  return *reader;
}

OverlayReading Read(const RgbImage& pixels) {
  auto reading = Reader().Read(OverlayFrame::Of(pixels));
  EXPECT_TRUE(reading.ok()) << reading.status();
  return *std::move(reading);
}

// How many fields are read; none may be read wrongly.
int CountRead(const OverlayReading& reading, const SceneFrame& frame) {
  int read = 0;
  for (const FieldReading& field : reading.fields) {
    if (field.problem != FieldProblem::kNone) {
      EXPECT_FALSE(field.number.has_value()) << field.name;
      EXPECT_FALSE(field.why.empty()) << field.name;
      continue;
    }
    EXPECT_EQ(field.text, frame.texts.at(field.name)) << field.name;
    ++read;
  }
  return read;
}

void Paint(RgbImage& picture, const OverlayBox& box, uint8_t gray) {
  for (int y = box.top; y < box.top + box.height; ++y) {
    std::memset(picture.row(y) + 3 * box.left, gray, 3 * size_t(box.width));
  }
}

// Every pixel `times` as wide and high.
RgbImage Enlarged(const RgbImage& picture, int times) {
  RgbImage large(picture.width() * times, picture.height() * times);
  for (int y = 0; y < large.height(); ++y) {
    for (int x = 0; x < large.width(); ++x) {
      std::copy_n(picture.row(y / times) + 3 * (x / times), 3,
                  large.row(y) + 3 * x);
    }
  }
  return large;
}

TEST(OverlayReader, ReadsEveryFieldOfAFlight) {
  const OverlayScene scene(TestFont(), SmallScene(7));
  for (const int number : {0, 13, 40}) {
    const SceneFrame frame = scene.Frame(number);
    const OverlayReading reading = Read(frame.pixels);
    EXPECT_EQ(CountRead(reading, frame), 12) << "frame " << number;
    for (const FieldReading& field : reading.fields) {
      EXPECT_GT(field.confidence, 0.72) << field.name;
      EXPECT_TRUE(field.number.has_value()) << field.name;
    }
  }
}

TEST(OverlayReader, GivesMetadataWithSourceAndResolution) {
  const OverlayScene scene(TestFont(), SmallScene(7));
  OverlayReading reading = Read(scene.Frame(0).pixels);
  const auto values = MetadataOf(CalibratedProfile(), reading);
  // Clock and date make one timestamp.
  EXPECT_EQ(values.size(), 11u);
  const MetadataValue* latitude =
      FindTrusted(values, Quantity::kSensorLatitude);
  ASSERT_NE(latitude, nullptr);
  EXPECT_EQ(latitude->source, MetadataSource::kOverlay);
  EXPECT_EQ(latitude->origin, "overlay field ACLAT");
  EXPECT_NEAR(latitude->resolution, 0.01 / 3600, 1e-9);
  const MetadataValue* time = FindTrusted(values, Quantity::kTimestamp);
  ASSERT_NE(time, nullptr);
  EXPECT_EQ(time->resolution, 1e6);
  EXPECT_EQ(FindTrusted(values, Quantity::kSensorAltitude)->resolution, 0.3048);

  // Without the date there is no timestamp, and a failed field has no value.
  Withdraw(reading.fields[4], FieldProblem::kUnsteady, "jumped");
  Withdraw(reading.fields[0], FieldProblem::kCheckFailed, "slant range");
  const auto fewer = MetadataOf(CalibratedProfile(), reading);
  EXPECT_EQ(FindTrusted(fewer, Quantity::kTimestamp), nullptr);
  EXPECT_EQ(fewer[0].doubt, Doubt::kContradictory);
  EXPECT_FALSE(fewer[0].value.has_value());
  EXPECT_EQ(fewer.back().doubt, Doubt::kUnsteady);
}

TEST(OverlayReader, AClockThatDoesNotSayUtcIsDoubted) {
  OverlayProfile profile = CalibratedProfile();
  const OverlayScene scene(TestFont(), SmallScene(7));
  OverlayReading reading = Read(scene.Frame(0).pixels);
  reading.fields[5].text.pop_back();
  const auto values = MetadataOf(profile, reading);
  EXPECT_EQ(values.back().doubt, Doubt::kReferenceUnclear);
  profile.fields[5].is_utc = true;
  EXPECT_TRUE(MetadataOf(profile, reading).back().is_trusted());
}

TEST(OverlayReader, ReadsFramesThatAreScaled) {
  const OverlayScene scene(TestFont(), SmallScene(8));
  const SceneFrame frame = scene.Frame(3);
  EXPECT_EQ(CountRead(Read(Enlarged(frame.pixels, 2)), frame), 12);
}

TEST(OverlayReader, ReadsGrayFrames) {
  const OverlayScene scene(TestFont(), SmallScene(8));
  const SceneFrame frame = scene.Frame(3);
  GrayImage gray(frame.pixels.width(), frame.pixels.height());
  for (int64_t i = 0; i < gray.size_bytes(); ++i) {
    gray.data()[i] = frame.pixels.data()[3 * i + 1];
  }
  const auto reading = Reader().Read(OverlayFrame::Of(gray));
  ASSERT_TRUE(reading.ok());
  EXPECT_EQ(CountRead(*reading, frame), 12);
}

TEST(OverlayReader, FindsAnOverlayOnePixelOff) {
  SceneOptions options = SmallScene(9);
  options.shift_x = 1;
  options.shift_y = -1;
  const OverlayScene scene(TestFont(), options);
  const SceneFrame frame = scene.Frame(0);
  EXPECT_EQ(CountRead(Read(frame.pixels), frame), 12);
}

TEST(OverlayReader, ReadsNothingWhereNoOverlayIs) {
  const OverlayScene scene(TestFont(), SmallScene(10));
  for (int number = 0; number < 5; ++number) {
    for (const FieldReading& field : Read(scene.Background(number)).fields) {
      EXPECT_NE(field.problem, FieldProblem::kNone) << field.name;
    }
  }
}

TEST(OverlayReader, ReadsNothingOfAnOverlayThatHasMoved) {
  SceneOptions options = SmallScene(11);
  // By whole cells and by half ones.
  for (const int shift : {8, 16, 32}) {
    options.shift_x = shift;
    const OverlayScene scene(TestFont(), options);
    for (const FieldReading& field : Read(scene.Frame(0).pixels).fields) {
      EXPECT_NE(field.problem, FieldProblem::kNone)
          << field.name << " moved by " << shift << ": " << field.text;
    }
  }
}

TEST(OverlayReader, AHiddenCharacterLeavesTheFieldMissing) {
  const OverlayScene scene(TestFont(), SmallScene(12));
  const SceneFrame whole = scene.Frame(0);
  const OverlayProfile& profile = CalibratedProfile();
  for (size_t i = 0; i < profile.fields.size(); ++i) {
    const OverlayField& field = profile.fields[i];
    const auto length =
        static_cast<int>(ToCodePoints(whole.texts.at(field.name)).size());
    const double first = field.alignment == OverlayAlignment::kLeft
                             ? *field.anchor_x
                             : *field.anchor_x - length * 16;
    // The last letter or digit: signs behind it are not needed.
    for (const uint8_t gray : {0, 128, 255}) {
      SceneFrame frame = scene.Frame(0);
      const int cell = field.name == "ALT" ? length - 4 : length / 2;
      Paint(frame.pixels,
            {static_cast<int>(first) + 16 * cell + 2, field.box.top, 18,
             field.box.height},
            gray);
      const OverlayReading reading = Read(frame.pixels);
      EXPECT_NE(reading.fields[i].problem, FieldProblem::kNone)
          << field.name << " " << reading.fields[i].text;
      EXPECT_EQ(CountRead(reading, frame), 11);
    }
  }
}

TEST(OverlayReader, ALeadingDigitUnderABlackBorderIsMissed) {
  const OverlayScene scene(TestFont(), SmallScene(13));
  SceneFrame frame = scene.Frame(0);
  const OverlayField& field = *CalibratedProfile().Find("SLR");
  const auto length = static_cast<int>(frame.texts.at("SLR").size());
  ASSERT_GE(length, 4);
  // Up to just before the second digit.
  Paint(
      frame.pixels,
      {0, field.box.top, static_cast<int>(*field.anchor_x) - (length - 1) * 16,
       field.box.height},
      0);
  const OverlayReading reading = Read(frame.pixels);
  EXPECT_NE(reading.Find("SLR")->problem, FieldProblem::kNone)
      << reading.Find("SLR")->text << " of " << frame.texts.at("SLR");
}

TEST(OverlayReader, AnotherFontIsNotTakenForItsOwn) {
  const testing::DrawnFont other =
      testing::StrokeFont(testing::StrokeFace::kTriplex, 16);
  int read = 0;
  for (int seed = 20; seed < 24; ++seed) {
    const OverlayScene scene(other, SmallScene(seed));
    const SceneFrame frame = scene.Frame(0);
    read += CountRead(Read(frame.pixels), frame);
  }
  EXPECT_LE(read, 4);
}

TEST(OverlayReader, RefusesFramesThatAreNone) {
  const RgbImage picture(1000, 540);
  const auto reading = Reader().Read(OverlayFrame::Of(picture));
  EXPECT_EQ(ReasonOf(reading.status()), kOverlayFrameSize);
  const RgbImage tiny(96, 54);
  EXPECT_EQ(ReasonOf(Reader().Read(OverlayFrame::Of(tiny)).status()),
            kOverlayFrameSize);
  const RgbImage right(960, 540);
  OverlayFrame frame = OverlayFrame::Of(right);
  frame.pixels = nullptr;
  EXPECT_EQ(ReasonOf(Reader().Read(frame).status()), kOverlayFrameInvalid);
  frame = OverlayFrame::Of(right);
  frame.stride_bytes = 960;
  EXPECT_EQ(ReasonOf(Reader().Read(frame).status()), kOverlayFrameInvalid);
  frame = OverlayFrame::Of(right);
  frame.channels = 4;
  EXPECT_EQ(ReasonOf(Reader().Read(frame).status()), kOverlayFrameInvalid);
  EXPECT_EQ(ReasonOf(OverlayReader::Create(Draft()).status()),
            kOverlayProfileUncalibrated);
}

}  // namespace
}  // namespace sightline::georef
