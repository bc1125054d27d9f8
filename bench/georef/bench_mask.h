// The masks that benchmarks of outlines run on.
#ifndef SIGHTLINE_BENCH_GEOREF_BENCH_MASK_H_
#define SIGHTLINE_BENCH_GEOREF_BENCH_MASK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

struct BenchMask {
  int width = 0;
  int height = 0;
  // 1 or 0.
  std::vector<uint8_t> labels;

  LabelMask View() const { return {labels.data(), width, height, width}; }
};

// Noise smoothed with a Gaussian of this many pixels, and its share in the sum.
struct NoiseOctave {
  int sigma_pixels;
  double weight;
};

// The pixels where a sum of smoothed noise is greatest: `share` of all. Always
// the same for the same seed.
BenchMask MakeBenchMask(int width, int height, uint64_t seed, double share,
                        const std::vector<NoiseOctave>& octaves);

// An oil slick on calm water, at 1920 x 1080.
BenchMask SlickMask();
// The same at 4096 x 4096.
BenchMask LargeSlickMask();
// What a weak classifier sees: 1920 x 1080, with salt and pepper.
BenchMask NoisyMask();

}  // namespace sightline::georef

#endif  // SIGHTLINE_BENCH_GEOREF_BENCH_MASK_H_
