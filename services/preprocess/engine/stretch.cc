#include "services/preprocess/engine/stretch.h"

#include "common/status/status_macros.h"
#include "services/preprocess/engine/histogram.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/pixel_rules/light.h"
#include "services/preprocess/engine/point_rows.h"

namespace sightline::preprocess {

absl::StatusOr<Stretch> Stretch::Create(const StretchOptions& options) {
  SL_RETURN_IF_ERROR(ParameterCheck()
                         .Range("low_percent", options.low_percent, 0, 100)
                         .Range("high_percent", options.high_percent, 0, 100)
                         .Demand(!(options.low_percent >= options.high_percent),
                                 "high_percent", "must be above low_percent")
                         .status());
  return Stretch(options);
}

absl::StatusOr<StretchedRange> Stretch::Run(const GrayView& in, GrayImage& out,
                                            const Execution& execution) const {
  SL_ASSIGN_OR_RETURN(const Histogram histogram, CountGrays(in, execution));
  const int64_t total = int64_t{in.width()} * in.height();
  StretchedRange range;
  range.low = rules::PercentileGray(histogram.data(), total,
                                    options_.low_percent / 100);
  range.high = rules::PercentileGray(histogram.data(), total,
                                     options_.high_percent / 100);
  GrayTable table;
  for (int value = 0; value < 256; ++value) {
    table[static_cast<size_t>(value)] =
        range.low < range.high ? rules::Stretched(value, range.low, range.high)
                               : static_cast<uint8_t>(value);
  }
  SL_RETURN_IF_ERROR(ApplyTable(in, table, out, execution));
  return range;
}

}  // namespace sightline::preprocess
