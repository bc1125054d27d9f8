#include "services/preprocess/engine/gray.h"

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

absl::Status ConvertToGray(const RgbView& in, GrayImage& out,
                           const Execution& execution) {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  const Kernels& kernels = KernelsFor(execution.instructions);
  return RunRows(
      in.width(), in.height(), 1, execution,
      [&](auto& sources) { sources.push_back(GrayRows(in, kernels)); }, out);
}

}  // namespace sightline::preprocess
