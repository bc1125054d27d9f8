#include "services/preprocess/engine/otsu.h"

#include "common/status/status_macros.h"
#include "services/preprocess/engine/histogram.h"
#include "services/preprocess/engine/pixel_rules/otsu.h"
#include "services/preprocess/engine/point_rows.h"

namespace sightline::preprocess {

absl::StatusOr<int> ApplyOtsu(const GrayView& in, GrayImage& out,
                              const OtsuOptions& options,
                              const Execution& execution) {
  SL_ASSIGN_OR_RETURN(const Histogram histogram, CountGrays(in, execution));
  const int level =
      rules::OtsuThreshold(histogram.data(), int64_t{in.width()} * in.height());
  GrayTable table;
  for (int value = 0; value < 256; ++value) {
    table[static_cast<size_t>(value)] =
        (value > level) != options.is_inverted ? 255 : 0;
  }
  SL_RETURN_IF_ERROR(ApplyTable(in, table, out, execution));
  return level;
}

}  // namespace sightline::preprocess
