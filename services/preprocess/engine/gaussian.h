// Gaussian blur.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_GAUSSIAN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_GAUSSIAN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

struct GaussianOptions {
  // Taps along x and y, odd, 1..255. 0: as many as the sigma needs for 8-bit
  // images, round(6 sigma) made odd; then the sigma must be above 0.
  int size_x = 3;
  int size_y = 3;
  // In pixels, 0..42.5. 0: sigma_x follows from the taps (0.15 taps + 0.35),
  // sigma_y is sigma_x.
  double sigma_x = 0.8;
  double sigma_y = 0;
};

// The bits of OpenCV's GaussianBlur of 8-bit images with BORDER_REFLECT_101
// (pixel_rules/gaussian.h). Thread-safe.
class Gaussian {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Gaussian> Create(const GaussianOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  // Rows of `in`, blurred. This and `in` must outlive the result.
  std::unique_ptr<RowSource> Rows(RowSource& in, const Kernels& kernels) const;
  // The rows that a row depends on.
  int support() const { return static_cast<int>(weights_y_.size()); }
  // In 1/256; odd in number.
  const std::vector<uint16_t>& weights_x() const { return weights_x_; }
  const std::vector<uint16_t>& weights_y() const { return weights_y_; }

 private:
  Gaussian() = default;
  std::vector<uint16_t> weights_x_;
  std::vector<uint16_t> weights_y_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_GAUSSIAN_H_
