// Takes ruled lines off a page: table borders, underlines, dimension lines.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_LINE_REMOVAL_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_LINE_REMOVAL_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/morphology.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct LineRemovalOptions {
  // Straight dark runs of at least so many pixels are lines, 10..1001; longer
  // than the strokes of any letter.
  int min_length = 80;
  // Thicker ones are no lines, 1..25.
  int max_thickness = 5;
  // How much darker than its surroundings a line is, in grays, 1..255.
  int contrast = 40;
  bool horizontal = true;
  bool vertical = true;
};

// A pixel lies on a horizontal line if closing along the line leaves it dark
// and closing across it makes it light; it becomes what closing across gives:
// strokes that cross the line stay. The same for vertical lines afterwards.
// For dark ink on light paper without skew. Exact. Thread-safe.
class LineRemoval {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<LineRemoval> Create(const LineRemovalOptions& options);

  // Upper bound of what Run() allocates beside `out`; with both directions an
  // image between them is counted.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  // Closing along the lines of one direction, and across.
  struct Direction {
    Morphology along;
    Morphology across;
  };

  LineRemoval(const LineRemovalOptions& options, Direction horizontal,
              Direction vertical)
      : options_(options), horizontal_(horizontal), vertical_(vertical) {}
  absl::Status RunDirection(const GrayView& in, const Direction& direction,
                            GrayImage& out, const Execution& execution) const;

  LineRemovalOptions options_;
  Direction horizontal_;
  Direction vertical_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_LINE_REMOVAL_H_
