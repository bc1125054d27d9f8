// How an operator runs: never what comes out.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_EXECUTION_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_EXECUTION_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/preprocess/engine/instruction_set.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

class Accelerator;

struct Execution {
  // Polled between bands of rows.
  StopToken stop = {};
  // 1..256; the calling thread is one of them.
  int threads = 1;
  // One that IsSupported().
  InstructionSet instructions = BestInstructionSet();
  // Who is asked first by stages of a pipeline (accelerator.h); null: nobody.
  // Operators themselves always run on the processor.
  Accelerator* accelerator = nullptr;
};

// Longest side and most pixels of an image that operators take; 32-bit sums
// and coordinates hold up to here.
inline constexpr int kMaxSide = 65535;
inline constexpr int64_t kMaxPixels = int64_t{1} << 30;

// Errors: InvalidArgument PREPROCESS_IMAGE_INVALID (no pixels, a longer side or
// more pixels than above, rows that overlap), PREPROCESS_EXECUTION_INVALID
// (threads or instructions out of range).
absl::Status CheckRun(int width, int height, int64_t stride_bytes, int channels,
                      const Execution& execution);

template <int kChannels>
absl::Status CheckRun(const PixelView<kChannels>& in,
                      const Execution& execution) {
  return CheckRun(in.width(), in.height(), in.stride_bytes(), kChannels,
                  execution);
}

// Gives `out` the size; its pixels are undefined. Keeps its memory if it has
// the size already. Errors: ResourceExhausted PREPROCESS_OUT_OF_MEMORY.
absl::Status Resize(int width, int height, GrayImage& out);

// Runs body(begin, end) over bands of `rows_per_band` rows (the last may be
// shorter), on execution.threads threads, in no order. Returns why it stopped:
// the token's status, or ResourceExhausted PREPROCESS_OUT_OF_MEMORY if `body`
// throws std::bad_alloc.
absl::Status RunBands(int rows, int rows_per_band, const Execution& execution,
                      const std::function<void(int begin, int end)>& body);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_EXECUTION_H_
