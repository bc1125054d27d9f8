// The page that benchmarks of preprocessing run on.
#ifndef SIGHTLINE_BENCH_PREPROCESS_BENCH_PAGE_H_
#define SIGHTLINE_BENCH_PREPROCESS_BENCH_PAGE_H_

#include "common/image/image.h"

namespace sightline::preprocess {

inline constexpr int kBenchWidth = 3840;
inline constexpr int kBenchHeight = 2160;

// Uneven light, lines of text-like strokes, noise of 6 grays. Always the same.
GrayImage BenchPage();

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_BENCH_PREPROCESS_BENCH_PAGE_H_
