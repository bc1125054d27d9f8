#include "services/preprocess/engine/sharpen.h"

#include <cmath>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/host_device.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {
namespace {

int InPartsOf256(double amount) {
  return static_cast<int>(std::lrint(amount * 256));
}

}  // namespace

absl::StatusOr<UnsharpMask> UnsharpMask::Create(
    const UnsharpMaskOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("sigma", options.sigma, 0.3, 20)
                         .Range("amount", options.amount, 0, 10)
                         .Range("threshold", options.threshold, 0, 255)
                         .status());
  SL_ASSIGN_OR_RETURN(
      Gaussian blur,
      Gaussian::Create({.size_x = 0, .size_y = 0, .sigma_x = options.sigma}));
  return UnsharpMask(std::move(blur), InPartsOf256(options.amount),
                     options.threshold);
}

int64_t UnsharpMask::WorkingBytes(int width, int height, int threads) const {
  return blur_.WorkingBytes(width, height, threads) + int64_t{threads} * width;
}

absl::Status UnsharpMask::Run(const GrayView& in, GrayImage& out,
                              const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunBands(
      in.height(), RowsPerBand(blur_.support()), execution,
      [&](int begin, int end) {
        const std::unique_ptr<RowSource> rows = GrayRows(in);
        const std::unique_ptr<RowSource> blurred = blur_.Rows(*rows, kernels);
        std::vector<uint8_t> buffer(static_cast<size_t>(in.width()));
        for (int y = begin; y < end; ++y) {
          kernels.unsharp(in.row(y), blurred->Row(y, buffer.data()), amount_,
                          threshold_, in.width(), out.row(y));
        }
      });
}

absl::StatusOr<LaplacianSharpen> LaplacianSharpen::Create(
    const LaplacianSharpenOptions& options) {
  SL_RETURN_IF_ERROR(
      ParameterCheck().Range("amount", options.amount, 0, 4).status());
  return LaplacianSharpen(InPartsOf256(options.amount), options.with_diagonals);
}

int64_t LaplacianSharpen::WorkingBytes(int width, int, int threads) const {
  return int64_t{threads} * (3 * (width + 2) + 256);
}

absl::Status LaplacianSharpen::Run(const GrayView& in, GrayImage& out,
                                   const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  const size_t stride = static_cast<size_t>(in.width() + 2);
  return RunBands(in.height(), 128, execution, [&](int begin, int end) {
    std::vector<uint8_t> padded(3 * stride);
    // Row `y`, which may lie outside, with a column more on each side.
    const auto slot = [&](int y) {
      return padded.data() + static_cast<size_t>((y + 3) % 3) * stride;
    };
    const auto fetch = [&](int y) {
      CopyReflected(in.row(rules::Reflect101(y, in.height())), in.width(), 1, 1,
                    slot(y));
    };
    fetch(begin - 1);
    fetch(begin);
    for (int y = begin; y < end; ++y) {
      fetch(y + 1);
      kernels.laplacian(slot(y - 1) + 1, slot(y) + 1, slot(y + 1) + 1,
                        with_diagonals_, amount_, in.width(), out.row(y));
    }
  });
}

}  // namespace sightline::preprocess
