// Random numbers that are the same everywhere.
//
// The distributions of <random> differ between standard libraries; a fixture
// named by its seed must not. xoshiro256** by Blackman and Vigna, seeded by
// splitmix64.
#ifndef SIGHTLINE_TESTS_GENERATOR_RANDOM_H_
#define SIGHTLINE_TESTS_GENERATOR_RANDOM_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace sightline::generator {

// A stream of random numbers. A value type; not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed);

  // A stream of its own for one purpose: what another purpose draws, or how
  // often, does not change it.
  Random For(absl::string_view purpose) const;

  uint64_t Bits();
  // [0, 1).
  double Unit();
  // [low, high).
  double Uniform(double low, double high);
  // low..high, both included.
  int Integer(int low, int high);
  bool Chance(double probability);
  // Mean 0, deviation 1 (Box-Muller).
  double Normal();
  // -1 or 1.
  int Sign() { return Chance(0.5) ? 1 : -1; }

  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Integer(0, static_cast<int>(from.size()) - 1)];
  }

 private:
  uint64_t seed_;
  std::array<uint64_t, 4> state_;
};

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_RANDOM_H_
