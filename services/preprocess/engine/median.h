// Median filter.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MEDIAN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MEDIAN_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

struct MedianOptions {
  // Pixels a side: 3, 5, 7 or 9.
  int size = 3;
};

// The middle one of size x size pixels, replicated border: the bits of OpenCV's
// medianBlur. Thread-safe.
class Median {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Median> Create(const MedianOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  // Rows of `in`, filtered. `in` must outlive the result.
  std::unique_ptr<RowSource> Rows(RowSource& in, const Kernels& kernels) const;
  // The rows that a row depends on.
  int support() const { return size_; }
  // Pixels a side.
  int size() const { return size_; }

 private:
  explicit Median(int size) : size_(size) {}
  int size_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MEDIAN_H_
