// Thresholds by local mean and deviation.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_LOCAL_THRESHOLD_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_LOCAL_THRESHOLD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

enum class LocalThresholdMethod {
  // Sauvola and Pietikainen (2000).
  kSauvola,
  // Wolf and Jolion (2004): like Sauvola, scaled to the page's own contrast.
  kWolf,
};

struct LocalThresholdOptions {
  LocalThresholdMethod method = LocalThresholdMethod::kSauvola;
  // Pixels a side of the neighbourhood, odd, 3..255.
  int size = 31;
  // 0..1; usual 0.2 for Sauvola, 0.5 for Wolf.
  double k = 0.2;
  // Sauvola's greatest deviation, 1..255. Wolf takes the page's.
  double range = 128;
  // Ink becomes white.
  bool is_inverted = false;
};

// Paper 255, ink 0, by our own exact specification
// (pixel_rules/local_threshold.h); borders replicated. A page without any
// contrast is all paper under Wolf. Thread-safe.
class LocalThresholdFilter {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<LocalThresholdFilter> Create(
      const LocalThresholdOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  explicit LocalThresholdFilter(const LocalThresholdOptions& options)
      : options_(options) {}
  LocalThresholdOptions options_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_LOCAL_THRESHOLD_H_
