// Pages that find what is wrong with a filter, and how two results compare.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_TEST_PAGES_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_TEST_PAGES_H_

#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"

namespace sightline::preprocess {

// Random numbers of a test; the same ones every time.
using Random = std::mt19937;

// Low <= result <= high.
int Between(Random& random, int low, int high);

// Every kind in turn: noise, ink on paper, ramps, saturated, flat, blotches.
GrayImage RandomPage(Random& random, int width, int height);
// A size that loops over vectors stumble upon: 1, odd, just around multiples of
// 16 and 64, or any up to the limits.
GrayImage RandomPage(Random& random);
RgbImage RandomColourPage(Random& random, int width, int height);

// How many times as many cases a test takes: 1, or SIGHTLINE_PREPROCESS_CASES.
// 10 makes about 10^9 compared pixels of the suite.
int CaseFactor();

// "0 of 100 differ", or the first that do. Counts the pixels compared.
std::string Differences(const GrayImage& expected, const GrayImage& actual);
inline constexpr char kSame[] = "";

// Runs `run` with every instruction set of this machine, on one thread and on
// three, and compares with `expected`. Returns the first difference.
std::string DifferencesOfAll(
    const GrayImage& expected,
    const std::function<absl::Status(const Execution&, GrayImage&)>& run);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_TEST_PAGES_H_
