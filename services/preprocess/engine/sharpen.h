// Sharpening.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SHARPEN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SHARPEN_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/gaussian.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct UnsharpMaskOptions {
  // Standard deviation of the blur in pixels, 0.3..20.
  double sigma = 1.5;
  // How much of the difference to the blurred image is added, 0..10; taken to
  // the nearest 1/256.
  double amount = 0.8;
  // Smaller differences are left alone, 0..255.
  int threshold = 0;
};

// Our own specification in integers (pixel_rules/sharpen.h); the blur is
// Gaussian. Thread-safe.
class UnsharpMask {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<UnsharpMask> Create(const UnsharpMaskOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  UnsharpMask(Gaussian blur, int amount, int threshold)
      : blur_(std::move(blur)), amount_(amount), threshold_(threshold) {}
  Gaussian blur_;
  int amount_;
  int threshold_;
};

struct LaplacianSharpenOptions {
  // How much of the Laplacian is added, 0..4; taken to the nearest 1/256.
  double amount = 0.5;
  // Eight neighbours instead of four.
  bool with_diagonals = false;
};

// Our own specification in integers (pixel_rules/sharpen.h); borders are
// REFLECT_101. Thread-safe.
class LaplacianSharpen {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<LaplacianSharpen> Create(
      const LaplacianSharpenOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // As UnsharpMask::Run().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  LaplacianSharpen(int amount, bool with_diagonals)
      : amount_(amount), with_diagonals_(with_diagonals) {}
  int amount_;
  bool with_diagonals_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SHARPEN_H_
