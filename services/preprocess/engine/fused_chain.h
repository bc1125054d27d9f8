// The chain of the GPU preprocessing report in one go: gray, CLAHE, Gaussian,
// threshold by the mean; each part may be left out.
//
// CLAHE must see the whole page first, for its histograms. Then every row goes
// through all parts while it is in the processor's cache; no image lies between
// them, nor a gray one where the page is in colour. The result is that of the
// operators one after the other, bit for bit.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_FUSED_CHAIN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_FUSED_CHAIN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/adaptive_mean.h"
#include "services/preprocess/engine/clahe.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/gaussian.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

struct FusedChainOptions {
  std::optional<ClaheOptions> clahe = ClaheOptions();
  std::optional<GaussianOptions> gaussian = GaussianOptions();
  std::optional<AdaptiveMeanOptions> adaptive_mean;
};

// Thread-safe.
class FusedChain {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID; fields begin with the part's name.
  static absl::StatusOr<FusedChain> Create(const FusedChainOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;
  absl::Status Run(const RgbView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  // The parts that there are.
  const std::optional<Clahe>& clahe() const { return clahe_; }
  const std::optional<Gaussian>& gaussian() const { return gaussian_; }
  const std::optional<AdaptiveMean>& adaptive_mean() const {
    return adaptive_mean_;
  }

 private:
  FusedChain() = default;
  absl::Status RunFrom(
      int width, int height,
      const std::function<std::unique_ptr<RowSource>()>& make_rows,
      GrayImage& out, const Execution& execution) const;

  std::optional<Clahe> clahe_;
  std::optional<Gaussian> gaussian_;
  std::optional<AdaptiveMean> adaptive_mean_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_FUSED_CHAIN_H_
