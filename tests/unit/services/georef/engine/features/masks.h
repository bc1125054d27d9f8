// Masks and frames that several tests of features start from.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_FEATURES_MASKS_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_FEATURES_MASKS_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "services/georef/engine/features/build_features.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {

// Pixels of its own.
struct OwnedMask {
  std::vector<uint8_t> labels;
  int width = 0;
  int height = 0;

  LabelMask view() const { return {labels.data(), width, height, width}; }
  uint8_t& at(int x, int y) { return labels[y * width + x]; }
};

// Lines of digits; anything else is 0.
inline OwnedMask MaskOf(const std::vector<std::string>& lines) {
  OwnedMask mask{
      {}, static_cast<int>(lines[0].size()), static_cast<int>(lines.size())};
  for (const std::string& line : lines) {
    for (const char c : line) {
      mask.labels.push_back(c >= '0' && c <= '9' ? c - '0' : 0);
    }
  }
  return mask;
}

inline OwnedMask FullMask(int width, int height, uint8_t label) {
  return {std::vector<uint8_t>(static_cast<size_t>(width) * height, label),
          width, height};
}

// Blobs of labels 0..`labels`: waves of random directions, cut at levels, with
// a share of pixels that are noise.
inline OwnedMask BlobMask(int width, int height, int labels, double noise,
                          unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  struct Wave {
    double x, y, phase;
  };
  std::vector<Wave> waves;
  for (int i = 0; i < 6; ++i) {
    const double angle = 6.283185307 * uniform(random);
    const double length = (0.05 + 0.4 * uniform(random)) * width;
    waves.push_back({6.283185307 / length * std::cos(angle),
                     6.283185307 / length * std::sin(angle),
                     6.283185307 * uniform(random)});
  }
  OwnedMask mask = FullMask(width, height, 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double sum = 0;
      for (const Wave& wave : waves) {
        sum += std::sin(wave.x * x + wave.y * y + wave.phase);
      }
      const double level = 0.5 + sum / 12;
      mask.at(x, y) = uniform(random) < noise
                          ? random() % (labels + 1)
                          : static_cast<int>(level * (labels + 0.999));
    }
  }
  return mask;
}

inline GroundCamera CameraFor(const Pose& pose, const OwnedMask& mask) {
  const auto camera = GroundCamera::Create(
      pose,
      {static_cast<double>(mask.width), static_cast<double>(mask.height)});
  EXPECT_TRUE(camera.ok()) << camera.status();
  return *camera;
}

inline absl::StatusOr<FeatureSet> Build(const OwnedMask& mask,
                                        const GroundCamera& camera,
                                        const FeatureOptions& options = {}) {
  FeatureInput input;
  input.mask = mask.view();
  input.camera = &camera;
  return BuildFeatures(input, options, StopToken());
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_FEATURES_MASKS_H_
