#include "services/preprocess/engine/histogram.h"

#include <cstring>
#include <mutex>

#include "common/status/status_macros.h"

namespace sightline::preprocess {

void CountRow(const uint8_t* row, int n, uint32_t* counts) {
  int x = 0;
  for (; x + 8 <= n; x += 8) {
    uint64_t pixels;
    std::memcpy(&pixels, row + x, 8);
    ++counts[pixels & 255];
    ++counts[256 + (pixels >> 8 & 255)];
    ++counts[512 + (pixels >> 16 & 255)];
    ++counts[768 + (pixels >> 24 & 255)];
    ++counts[pixels >> 32 & 255];
    ++counts[256 + (pixels >> 40 & 255)];
    ++counts[512 + (pixels >> 48 & 255)];
    ++counts[768 + (pixels >> 56)];
  }
  for (; x < n; ++x) ++counts[row[x]];
}

absl::StatusOr<Histogram> CountGrays(const GrayView& in,
                                     const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  Histogram histogram = {};
  std::mutex mutex;
  SL_RETURN_IF_ERROR(
      RunBands(in.height(), 256, execution, [&](int begin, int end) {
        uint32_t counts[4 * 256] = {};
        for (int y = begin; y < end; ++y) {
          CountRow(in.row(y), in.width(), counts);
        }
        std::lock_guard<std::mutex> lock(mutex);
        for (size_t i = 0; i < 4 * 256; ++i) histogram[i % 256] += counts[i];
      }));
  return histogram;
}

}  // namespace sightline::preprocess
