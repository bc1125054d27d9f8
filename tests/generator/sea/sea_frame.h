// Draws the sea as a patrol aircraft sees it, and the truth beside it.
//
// Waves, the sun's glint, shadows of clouds, whitecaps, slicks that calm the
// waves and change their light, ships with their wakes, coasts with surf. It is
// enough to train and test a small network with, and nothing more: what is
// learnt here says nothing about real slicks.
#ifndef SIGHTLINE_TESTS_GENERATOR_SEA_SEA_FRAME_H_
#define SIGHTLINE_TESTS_GENERATOR_SEA_SEA_FRAME_H_

#include <cstdint>

#include "common/image/image.h"

namespace sightline::generator {

enum class SeaClass : uint8_t { kSea = 0, kSlick = 1, kShip = 2, kShore = 3 };
inline constexpr int kSeaClasses = 4;

struct SeaFrame {
  RgbImage image;
  // A SeaClass a pixel.
  GrayImage classes;
};

// The frame of this seed and size; both sides > 0. A pixel is about a metre:
// ships are 30 to 120 pixels long. Thread-safe.
SeaFrame DrawSeaFrame(uint64_t seed, int width, int height);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_SEA_SEA_FRAME_H_
