#include "tests/generator/random.h"

#include <cmath>
#include <numbers>

namespace sightline::generator {
namespace {

uint64_t SplitMix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

uint64_t RotateLeft(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

}  // namespace

Random::Random(uint64_t seed) : seed_(seed) {
  uint64_t state = seed;
  for (uint64_t& word : state_) word = SplitMix(state);
}

Random Random::For(absl::string_view purpose) const {
  uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char c : purpose) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  uint64_t state = seed_ ^ hash;
  return Random(SplitMix(state));
}

uint64_t Random::Bits() {
  const uint64_t result = RotateLeft(state_[1] * 5, 7) * 9;
  const uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = RotateLeft(state_[3], 45);
  return result;
}

double Random::Unit() { return static_cast<double>(Bits() >> 11) * 0x1.0p-53; }

double Random::Uniform(double low, double high) {
  return low + (high - low) * Unit();
}

int Random::Integer(int low, int high) {
  const uint64_t span = static_cast<uint64_t>(high - low) + 1;
  return low + static_cast<int>((Bits() >> 32) * span >> 32);
}

bool Random::Chance(double probability) { return Unit() < probability; }

double Random::Normal() {
  const double radius = std::sqrt(-2 * std::log(1 - Unit()));
  return radius * std::cos(2 * std::numbers::pi * Unit());
}

}  // namespace sightline::generator
