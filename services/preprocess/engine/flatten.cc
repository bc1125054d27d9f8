#include "services/preprocess/engine/flatten.h"

#include <memory>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

absl::StatusOr<Flatten> Flatten::Create(const FlattenOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("closing_size", options.closing_size, 3, 501)
                         .Range("sigma", options.sigma, 1, 40)
                         .status());
  SL_ASSIGN_OR_RETURN(
      Gaussian smoothing,
      Gaussian::Create({.size_x = 5, .size_y = 5, .sigma_x = 1.2}));
  SL_ASSIGN_OR_RETURN(
      Morphology closing,
      Morphology::Create({.operation = MorphologyOperation::kClose,
                          .width = options.closing_size,
                          .height = options.closing_size}));
  SL_ASSIGN_OR_RETURN(
      Gaussian spreading,
      Gaussian::Create({.size_x = 0, .size_y = 0, .sigma_x = options.sigma}));
  return Flatten(std::move(smoothing), std::move(closing),
                 std::move(spreading));
}

int64_t Flatten::WorkingBytes(int width, int height, int threads) const {
  return smoothing_.WorkingBytes(width, height, threads) +
         closing_.WorkingBytes(width, height, threads) +
         spreading_.WorkingBytes(width, height, threads) +
         int64_t{threads} * width;
}

absl::Status Flatten::Run(const GrayView& in, GrayImage& out,
                          const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  const int support =
      smoothing_.support() + closing_.support() + spreading_.support();
  return RunBands(
      in.height(), RowsPerBand(support), execution, [&](int begin, int end) {
        std::vector<std::unique_ptr<RowSource>> sources;
        sources.push_back(GrayRows(in));
        sources.push_back(smoothing_.Rows(*sources.back(), kernels));
        closing_.AddRows(sources, kernels);
        sources.push_back(spreading_.Rows(*sources.back(), kernels));
        std::vector<uint8_t> buffer(static_cast<size_t>(in.width()));
        for (int y = begin; y < end; ++y) {
          kernels.flatten(in.row(y), sources.back()->Row(y, buffer.data()),
                          in.width(), out.row(y));
        }
      });
}

}  // namespace sightline::preprocess
