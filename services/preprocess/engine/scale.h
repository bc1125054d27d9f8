// Makes pages larger or smaller.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SCALE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SCALE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

enum class ScaleMethod {
  // Bilinear: the bits of OpenCV's resize with INTER_LINEAR.
  kLinear,
  // Bicubic, for enlarging; our own specification, within 1 gray of OpenCV's.
  kCubic,
  // The mean of all pixels covered, for reducing. By whole factors the bits of
  // OpenCV's INTER_AREA, otherwise our own specification, within 1 gray of it.
  kArea,
};

struct ScaleOptions {
  ScaleMethod method = ScaleMethod::kCubic;
  // Of the result, in pixels, 1..65535.
  int width = 0;
  int height = 0;
};

// A size in pixels.
struct PixelSize {
  int width = 0;
  int height = 0;
};

// The size that a page of `dpi` has at `target_dpi`, each side rounded, at
// least 1. Errors: PREPROCESS_PARAMETER_INVALID (dpi out of 30..4800, a result
// too large).
absl::StatusOr<PixelSize> SizeAtDpi(const PixelSize& size, double dpi,
                                    double target_dpi);

// Pixel centres map to pixel centres scaled: in corner-based coordinates a
// point is simply multiplied (pixel_rules/resize.h). Thread-safe.
class Scale {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Scale> Create(const ScaleOptions& options);

  // Upper bound of what Run() allocates beside `out`, for a page so wide.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` must not be `in`. Errors: CheckRun(), RunBands(), Resize();
  // PREPROCESS_PARAMETER_INVALID if kArea would enlarge a side.
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  explicit Scale(const ScaleOptions& options) : options_(options) {}
  ScaleOptions options_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SCALE_H_
