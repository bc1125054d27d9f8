#include "bench/preprocess/bench_page.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace sightline::preprocess {

GrayImage BenchPage() {
  std::mt19937 random(7);
  std::normal_distribution<float> noise(0, 6);
  GrayImage page(kBenchWidth, kBenchHeight);
  for (int y = 0; y < kBenchHeight; ++y) {
    for (int x = 0; x < kBenchWidth; ++x) {
      const bool is_line = (y / 14) % 3 == 0;
      const uint32_t cell = static_cast<uint32_t>(x / 5) * 2654435761u ^
                            static_cast<uint32_t>(y / 5) * 2246822519u;
      const bool is_ink = is_line && (cell >> 13) % 3 == 0;
      const float light = 225 - 60.0f * static_cast<float>(x) / kBenchWidth -
                          30.0f * static_cast<float>(y) / kBenchHeight;
      const float value = (is_ink ? 0.3f * light : light) + noise(random);
      page.row(y)[x] =
          static_cast<uint8_t>(std::clamp(static_cast<int>(value), 0, 255));
    }
  }
  return page;
}

}  // namespace sightline::preprocess
