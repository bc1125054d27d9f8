// Bilateral filter: smooths what is alike, keeps edges.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_BILATERAL_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_BILATERAL_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct BilateralOptions {
  // Pixels across the disc, odd, 3..31.
  int diameter = 9;
  // Standard deviations: of likeness in grays, of nearness in pixels;
  // 0.1..1000.
  double sigma_gray = 30;
  double sigma_space = 3;
};

// Our own specification in integers (pixel_rules/bilateral.h); within 2 grays
// of OpenCV's bilateralFilter in tests. Thread-safe.
class Bilateral {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Bilateral> Create(const BilateralOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  explicit Bilateral(const BilateralOptions& options);
  int radius_;
  // Half the length of each row of the disc.
  std::vector<int> reach_;
  // In 1/4096: by place in the disc, by difference of grays.
  std::vector<int> nearness_;
  std::array<int, 256> likeness_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_BILATERAL_H_
