// Random fields over the plane: smooth, and the same everywhere for a seed.
//
// Value noise: random numbers on a grid of whole coordinates, interpolated by
// a smooth step; sums of octaves look like waves, clouds and coasts.
#ifndef SIGHTLINE_TESTS_GENERATOR_SEA_NOISE_H_
#define SIGHTLINE_TESTS_GENERATOR_SEA_NOISE_H_

#include <cstdint>

namespace sightline::generator {

// A value type; thread-safe.
class Noise {
 public:
  // `wavelength_x`, `wavelength_y`: pixels from one random number to the next
  // along and across a direction turned by `angle` radians.
  Noise(uint64_t seed, double wavelength_x, double wavelength_y, double angle);

  // -1..1, mean 0.
  float At(float x, float y) const;
  // The sum of `octaves` fields of which each has half the wavelength and half
  // the height of the one before; about -1..1.
  float Octaves(float x, float y, int octaves) const;

 private:
  float Corner(int32_t x, int32_t y, uint32_t octave) const;
  float Plane(float u, float v, uint32_t octave) const;

  uint32_t seed_;
  float along_x_, along_y_, across_x_, across_y_;
};

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_SEA_NOISE_H_
