#include "tests/generator/sea/noise.h"

#include <cmath>

namespace sightline::generator {

Noise::Noise(uint64_t seed, double wavelength_x, double wavelength_y,
             double angle)
    : seed_(static_cast<uint32_t>(seed ^ (seed >> 32))),
      along_x_(static_cast<float>(std::cos(angle) / wavelength_x)),
      along_y_(static_cast<float>(std::sin(angle) / wavelength_x)),
      across_x_(static_cast<float>(-std::sin(angle) / wavelength_y)),
      across_y_(static_cast<float>(std::cos(angle) / wavelength_y)) {}

float Noise::Corner(int32_t x, int32_t y, uint32_t octave) const {
  // The finaliser of MurmurHash3 over the coordinates.
  uint32_t hash = static_cast<uint32_t>(x) * 0x9e3779b1u ^
                  static_cast<uint32_t>(y) * 0x85ebca77u ^
                  (seed_ + octave * 0xc2b2ae3du);
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  hash ^= hash >> 16;
  return static_cast<float>(hash >> 8) * (2.0f / 16777215.0f) - 1.0f;
}

float Noise::Plane(float u, float v, uint32_t octave) const {
  const float floor_u = std::floor(u);
  const float floor_v = std::floor(v);
  const auto x = static_cast<int32_t>(floor_u);
  const auto y = static_cast<int32_t>(floor_v);
  float s = u - floor_u;
  float t = v - floor_v;
  s *= s * (3 - 2 * s);
  t *= t * (3 - 2 * t);
  const float top =
      Corner(x, y, octave) * (1 - s) + Corner(x + 1, y, octave) * s;
  const float bottom =
      Corner(x, y + 1, octave) * (1 - s) + Corner(x + 1, y + 1, octave) * s;
  return top * (1 - t) + bottom * t;
}

float Noise::At(float x, float y) const { return Octaves(x, y, 1); }

float Noise::Octaves(float x, float y, int octaves) const {
  float u = along_x_ * x + along_y_ * y;
  float v = across_x_ * x + across_y_ * y;
  float height = 1;
  float sum = 0;
  float total = 0;
  for (int octave = 0; octave < octaves; ++octave) {
    sum += height * Plane(u, v, static_cast<uint32_t>(octave));
    total += height;
    height /= 2;
    u *= 2;
    v *= 2;
  }
  return sum / total;
}

}  // namespace sightline::generator
