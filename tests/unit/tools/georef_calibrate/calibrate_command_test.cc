#include "tools/georef_calibrate/calibrate_command.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/georef/engine/overlay/overlay_calibration.h"
#include "services/georef/engine/overlay/overlay_reader.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/support/overlay/overlay_scene.h"
#ifdef SIGHTLINE_WITH_TESSERACT
#include "tools/georef_calibrate/tesseract_proposer.h"
#endif
#include "tools/georef_calibrate/reasons.h"

namespace sightline::georef {
namespace {

using ::testing::HasSubstr;
using testing::OverlayScene;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteAll(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

class CalibrateCommandTest : public ::testing::Test {
 protected:
  CalibrateCommandTest()
      : font_(testing::StrokeFont(testing::StrokeFace::kDuplex, 16)) {
    for (int i = 0; i < 8; ++i) {
      const OverlayScene scene(font_, Options(900 + i));
      testing::SceneFrame frame = scene.Frame(0);
      frames_.push_back(Path(absl::StrCat("frame", i, ".png")));
      WriteAll(frames_.back(), *EncodePng(frame.pixels, 1));
      texts_.push_back(std::move(frame.texts));
    }
    const OverlayScene scene(font_, Options(900));
    WriteAll(Path("profile.json"), scene.DraftProfile());
  }

  static testing::SceneOptions Options(uint64_t seed) {
    testing::SceneOptions options;
    options.seed = seed;
    options.width = 960;
    options.height = 540;
    return options;
  }

  std::string Path(const std::string& name) const { return folder_.Path(name); }

  int Run(std::vector<std::string> arguments, const TextProposer& propose) {
    out_.str("");
    error_.str("");
    return RunCalibrate(arguments, propose, out_, error_);
  }

  std::vector<std::string> ProposeArguments() const {
    std::vector<std::string> arguments = {"propose",
                                          "--profile=" + Path("profile.json"),
                                          "--samples=" + Path("samples.json")};
    arguments.insert(arguments.end(), frames_.begin(), frames_.end());
    return arguments;
  }

  std::vector<std::string> LearnArguments() const {
    return {"learn", "--profile=" + Path("profile.json"),
            "--samples=" + Path("samples.json"),
            "--out=" + Path("learnt.json")};
  }

  // What a person does: corrects every text, confirms every frame.
  void Confirm() {
    const auto profile = ParseOverlayProfile(ReadAll(Path("profile.json")));
    auto samples = ParseOverlaySamples(ReadAll(Path("samples.json")), *profile);
    ASSERT_TRUE(samples.ok()) << samples.status();
    ASSERT_EQ(samples->size(), texts_.size());
    for (size_t i = 0; i < samples->size(); ++i) {
      EXPECT_FALSE((*samples)[i].is_confirmed);
      (*samples)[i].is_confirmed = true;
      (*samples)[i].texts = texts_[i];
    }
    WriteAll(Path("samples.json"), WriteOverlaySamples(*samples));
  }

  testing::DrawnFont font_;
  TemporaryFolder folder_;
  std::vector<std::string> frames_;
  std::vector<std::map<std::string, std::string>> texts_;
  std::ostringstream out_;
  std::ostringstream error_;
};

absl::StatusOr<std::string> Nothing(const GrayImage&, const std::string&) {
  return std::string();
}

TEST_F(CalibrateCommandTest, LeadsFromFramesToAProfileThatReads) {
  int lines = 0;
  const auto propose = [&](const GrayImage& line, const std::string& allowed) {
    ++lines;
    EXPECT_FALSE(line.empty());
    EXPECT_THAT(allowed, HasSubstr("0123456789"));
    return Nothing(line, allowed);
  };
  ASSERT_EQ(Run(ProposeArguments(), propose), 0) << error_.str();
  EXPECT_EQ(lines, 8 * 12);
  EXPECT_THAT(out_.str(), HasSubstr("8 frames, 0 of 96 texts"));
  // Nobody has looked at it yet.
  EXPECT_EQ(Run(LearnArguments(), Nothing), 1);
  EXPECT_THAT(error_.str(), HasSubstr("OVERLAY_CALIBRATION_FAILED"));
  EXPECT_FALSE(std::filesystem::exists(Path("learnt.json")));
  // A second run would overwrite the person's work.
  EXPECT_EQ(Run(ProposeArguments(), Nothing), 1);
  EXPECT_THAT(error_.str(), HasSubstr(kCalibrateFile));

  Confirm();
  ASSERT_EQ(Run(LearnArguments(), Nothing), 0) << error_.str();
  EXPECT_THAT(out_.str(), HasSubstr("read back"));
  const auto profile = ParseOverlayProfile(ReadAll(Path("learnt.json")));
  ASSERT_TRUE(profile.ok()) << profile.status();
  const auto reader = OverlayReader::Create(*profile);
  ASSERT_TRUE(reader.ok()) << reader.status();
  const OverlayScene scene(font_, Options(55));
  const testing::SceneFrame frame = scene.Frame(9);
  const auto reading = reader->Read(OverlayFrame::Of(frame.pixels));
  ASSERT_TRUE(reading.ok());
  for (const FieldReading& field : reading->fields) {
    EXPECT_EQ(field.text, frame.texts.at(field.name)) << field.why;
  }
}

TEST_F(CalibrateCommandTest, NamesTheFileThatIsWrong) {
  auto arguments = ProposeArguments();
  arguments.push_back(Path("missing.png"));
  EXPECT_EQ(Run(arguments, Nothing), 1);
  EXPECT_THAT(error_.str(), HasSubstr("missing.png: cannot be read"));
  arguments.back() = Path("profile.json");
  EXPECT_EQ(Run(arguments, Nothing), 1);
  EXPECT_THAT(error_.str(), HasSubstr("IMAGE_FORMAT_UNKNOWN"));
  EXPECT_FALSE(std::filesystem::exists(Path("samples.json")));
  WriteAll(Path("profile.json"), "{\n\"name\": 5}");
  EXPECT_EQ(Run(ProposeArguments(), Nothing), 1);
  EXPECT_THAT(error_.str(), HasSubstr("profile.json: line 2"));
}

TEST_F(CalibrateCommandTest, RefusesWrongArguments) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{},
        {"guess"},
        {"learn"},
        {"propose", "--profile=a", "--samples=b"},
        {"learn", "--profile=a", "--samples=b", "--out=c", "frame"},
        {"propose", "--profil=a"}}) {
    EXPECT_EQ(Run(arguments, Nothing), 2);
    EXPECT_THAT(error_.str(), HasSubstr("--help"));
  }
  EXPECT_EQ(Run({"--help"}, Nothing), 0);
  EXPECT_EQ(out_.str(), CalibrateHelp());
}

TEST_F(CalibrateCommandTest, PassesOnWhatTheEngineFailsOf) {
  const auto fail = [](const GrayImage&, const std::string&) {
    return absl::StatusOr<std::string>(
        Error(absl::StatusCode::kFailedPrecondition, kCalibrateOcr)
            .Message("no data"));
  };
  EXPECT_EQ(Run(ProposeArguments(), fail), 1);
  EXPECT_THAT(error_.str(), HasSubstr(kCalibrateOcr));
}

TEST(FitToPattern, PutsBlanksAndSignsWhereTheyBelong) {
  const auto pattern =
      ParseOverlayPattern("LAT {ns}{deg:2}\u00B0{arcmin:2}'{arcsec:2.1}\"", {});
  ASSERT_TRUE(pattern.ok());
  EXPECT_EQ(FitToPattern(*pattern, "LATN34\u00B030'15.5"),
            "LAT N34\u00B030'15.5\"");
  EXPECT_EQ(FitToPattern(*pattern, "LAT N 34 30 15.5"),
            "LAT N34\u00B030'15.5\"");
  // Not a digit less.
  EXPECT_EQ(FitToPattern(*pattern, "LATN3430155"), "LATN3430155");
}

#ifdef SIGHTLINE_WITH_TESSERACT
TEST_F(CalibrateCommandTest, TesseractProposesMostTexts) {
  const TextProposer tesseract = TesseractProposer();
  if (!tesseract(GrayImage(40, 40), "0").ok()) {
    GTEST_SKIP() << "tesseract-ocr-eng is not installed";
  }
  frames_.resize(2);
  ASSERT_EQ(Run(ProposeArguments(), tesseract), 0) << error_.str();
  const auto profile = ParseOverlayProfile(ReadAll(Path("profile.json")));
  const auto samples =
      ParseOverlaySamples(ReadAll(Path("samples.json")), *profile);
  ASSERT_TRUE(samples.ok());
  int right = 0;
  for (size_t i = 0; i < 2; ++i) {
    for (const auto& [name, text] : texts_[i]) {
      right += (*samples)[i].texts.at(name) == text ? 1 : 0;
    }
  }
  EXPECT_GE(right, 12) << out_.str();
}
#endif

}  // namespace
}  // namespace sightline::georef
