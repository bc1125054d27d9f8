#include "services/preprocess/engine/line_removal.h"

#include <memory>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

absl::StatusOr<LineRemoval> LineRemoval::Create(
    const LineRemovalOptions& options) {
  SL_RETURN_IF_ERROR(
      ParameterCheck()
          .Range("min_length", options.min_length, 10, 1001)
          .Range("max_thickness", options.max_thickness, 1, 25)
          .Range("contrast", options.contrast, 1, 255)
          .Demand(options.horizontal || options.vertical, "horizontal",
                  "must be true, or vertical: there is nothing to do")
          .status());
  // Odd, so that nothing moves.
  const int length = options.min_length | 1;
  const int thickness = (options.max_thickness + 1) | 1;
  const auto closing = [](int width, int height) {
    return Morphology::Create({.operation = MorphologyOperation::kClose,
                               .width = width,
                               .height = height});
  };
  SL_ASSIGN_OR_RETURN(const Morphology horizontal, closing(length, 1));
  SL_ASSIGN_OR_RETURN(const Morphology below, closing(1, thickness));
  SL_ASSIGN_OR_RETURN(const Morphology vertical, closing(1, length));
  SL_ASSIGN_OR_RETURN(const Morphology beside, closing(thickness, 1));
  return LineRemoval(options, {horizontal, below}, {vertical, beside});
}

int64_t LineRemoval::WorkingBytes(int width, int height, int threads) const {
  const bool both = options_.horizontal && options_.vertical;
  const Direction& larger = options_.vertical ? vertical_ : horizontal_;
  return (both ? int64_t{width} * height : 0) +
         larger.along.WorkingBytes(width, height, threads) +
         horizontal_.across.WorkingBytes(width, height, threads) +
         vertical_.across.WorkingBytes(width, height, threads) +
         int64_t{2} * threads * width;
}

absl::Status LineRemoval::RunDirection(const GrayView& in,
                                       const Direction& direction,
                                       GrayImage& out,
                                       const Execution& execution) const {
  SL_RETURN_IF_ERROR(Resize(in.width(), in.height(), out));
  const Kernels& kernels = KernelsFor(execution.instructions);
  const int support = direction.along.support() + direction.across.support();
  const int contrast = options_.contrast;
  return RunBands(
      in.height(), RowsPerBand(support), execution, [&](int begin, int end) {
        std::vector<std::unique_ptr<RowSource>> along;
        along.push_back(GrayRows(in));
        direction.along.AddRows(along, kernels);
        std::vector<std::unique_ptr<RowSource>> across;
        across.push_back(GrayRows(in));
        direction.across.AddRows(across, kernels);
        std::vector<uint8_t> line_row(static_cast<size_t>(in.width()));
        std::vector<uint8_t> paper_row(static_cast<size_t>(in.width()));
        for (int y = begin; y < end; ++y) {
          const uint8_t* const line = along.back()->Row(y, line_row.data());
          const uint8_t* const paper = across.back()->Row(y, paper_row.data());
          const uint8_t* const row = in.row(y);
          for (int x = 0; x < in.width(); ++x) {
            out.row(y)[x] = paper[x] - line[x] >= contrast ? paper[x] : row[x];
          }
        }
      });
}

absl::Status LineRemoval::Run(const GrayView& in, GrayImage& out,
                              const Execution& execution) const {
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  if (!options_.vertical) return RunDirection(in, horizontal_, out, execution);
  if (!options_.horizontal) return RunDirection(in, vertical_, out, execution);
  GrayImage between;
  SL_RETURN_IF_ERROR(RunDirection(in, horizontal_, between, execution));
  return RunDirection(between, vertical_, out, execution);
}

}  // namespace sightline::preprocess
