// What the tests of overlays share: a calibrated profile of a small scene.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_FILES_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/status/error.h"
#include "services/georef/engine/overlay/overlay_calibration.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "tests/support/overlay/overlay_scene.h"

namespace sightline::georef {

inline std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() ? details->reason : "";
}

inline testing::SceneOptions SmallScene(uint64_t seed) {
  testing::SceneOptions options;
  options.seed = seed;
  options.width = 960;
  options.height = 540;
  return options;
}

// Frames of other flights with what they say.
struct KnownFrames {
  std::vector<testing::SceneFrame> frames;
  std::vector<OverlaySample> samples;

  KnownFrames(const testing::DrawnFont& font, int count) {
    for (int i = 0; i < count; ++i) {
      const testing::OverlayScene scene(font, SmallScene(900 + i));
      frames.push_back(scene.Frame(11 * i));
      samples.push_back(
          {"flight " + std::to_string(i), true, frames.back().texts});
    }
  }

  std::vector<CalibrationFrame> Calibration() const {
    std::vector<CalibrationFrame> known;
    for (size_t i = 0; i < frames.size(); ++i) {
      known.push_back({&frames[i].pixels, &samples[i]});
    }
    return known;
  }
};

inline const testing::DrawnFont& TestFont() {
  static const auto* font = new testing::DrawnFont(
      testing::StrokeFont(testing::StrokeFace::kDuplex, 16));
  return *font;
}

inline OverlayProfile Draft() {
  const testing::OverlayScene scene(TestFont(), SmallScene(1));
  return *ParseOverlayProfile(scene.DraftProfile());
}

// Learnt once: it takes a second.
inline const OverlayProfile& CalibratedProfile() {
  static const auto* profile = [] {
    const KnownFrames known(TestFont(), 8);
    return new OverlayProfile(
        LearnOverlay(Draft(), known.Calibration())->profile);
  }();
  return *profile;
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_FILES_H_
