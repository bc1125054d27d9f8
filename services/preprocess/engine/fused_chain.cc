#include "services/preprocess/engine/fused_chain.h"

#include <utility>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"

namespace sightline::preprocess {
namespace {

// Puts the part's name before the fields of what is wrong with it.
template <typename Operator, typename Options>
absl::Status CreatePart(const std::optional<Options>& options, const char* name,
                        std::optional<Operator>& part) {
  if (!options.has_value()) return absl::OkStatus();
  absl::StatusOr<Operator> created = Operator::Create(*options);
  if (!created.ok()) return PrefixFields(created.status(), name);
  part = *std::move(created);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FusedChain> FusedChain::Create(
    const FusedChainOptions& options) {
  FusedChain chain;
  SL_RETURN_IF_ERROR(CreatePart(options.clahe, "clahe", chain.clahe_));
  SL_RETURN_IF_ERROR(CreatePart(options.gaussian, "gaussian", chain.gaussian_));
  SL_RETURN_IF_ERROR(
      CreatePart(options.adaptive_mean, "adaptive_mean", chain.adaptive_mean_));
  return chain;
}

int64_t FusedChain::WorkingBytes(int width, int height, int threads) const {
  // Colour rows turned to gray.
  int64_t bytes = int64_t{threads} * width;
  if (clahe_) bytes += clahe_->WorkingBytes(width, height, threads);
  if (gaussian_) bytes += gaussian_->WorkingBytes(width, height, threads);
  if (adaptive_mean_) {
    bytes += adaptive_mean_->WorkingBytes(width, height, threads);
  }
  return bytes;
}

absl::Status FusedChain::RunFrom(
    int width, int height,
    const std::function<std::unique_ptr<RowSource>()>& make_rows,
    GrayImage& out, const Execution& execution) const {
  const Kernels& kernels = KernelsFor(execution.instructions);
  ClaheTables tables;
  int support = 1;
  if (clahe_) {
    SL_ASSIGN_OR_RETURN(tables,
                        clahe_->Tables(width, height, make_rows, execution));
  }
  if (gaussian_) support += gaussian_->support();
  if (adaptive_mean_) support += adaptive_mean_->support();
  return RunRows(
      width, height, support, execution,
      [&](auto& sources) {
        sources.push_back(make_rows());
        if (clahe_) {
          sources.push_back(Clahe::Rows(tables, *sources.back(), kernels));
        }
        if (gaussian_) {
          sources.push_back(gaussian_->Rows(*sources.back(), kernels));
        }
        if (adaptive_mean_) {
          sources.push_back(adaptive_mean_->Rows(*sources.back(), kernels));
        }
      },
      out);
}

absl::Status FusedChain::Run(const GrayView& in, GrayImage& out,
                             const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  return RunFrom(
      in.width(), in.height(), [&] { return GrayRows(in); }, out, execution);
}

absl::Status FusedChain::Run(const RgbView& in, GrayImage& out,
                             const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunFrom(
      in.width(), in.height(), [&] { return GrayRows(in, kernels); }, out,
      execution);
}

}  // namespace sightline::preprocess
