// Salt and pepper: single pixels far from all around them.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DESPECKLE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DESPECKLE_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/median.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct DespeckleOptions {
  // A pixel is a speck if it differs from the median of 3 x 3 by more than
  // this, 1..254.
  int contrast = 100;
  // Only black and white pixels are specks: what salt and pepper are made of.
  bool only_extremes = true;
};

struct Speckles {
  // Share of pixels that are specks, 0..1.
  double share = 0;
  // 80th percentile of how much all other pixels differ from the median, in
  // grays: what noise there is besides.
  int residual = 0;
  // More than 1 % of specks on a page otherwise calm (residual <= 4). Clipped
  // noise has many black and white pixels too, but is nowhere calm.
  bool is_speckled = false;
};

// Thread-safe.
class Despeckle {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Despeckle> Create(const DespeckleOptions& options);

  // Upper bound of what Run() and Estimate() allocate beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // Whether there is anything to do. Errors: CheckRun(), RunBands().
  absl::StatusOr<Speckles> Estimate(const GrayView& in,
                                    const Execution& execution = {}) const;

  // Puts the median in place of specks; other pixels stay as they are. `out`
  // gets the size of `in` and must not be it. Errors: CheckRun(), RunBands(),
  // Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  Despeckle(const DespeckleOptions& options, Median median)
      : options_(options), median_(std::move(median)) {}
  bool IsSpeck(int pixel, int median) const;

  DespeckleOptions options_;
  Median median_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DESPECKLE_H_
