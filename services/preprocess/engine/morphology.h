// Erosion, dilation, opening, closing.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MORPHOLOGY_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MORPHOLOGY_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_rules/morphology.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

enum class MorphologyOperation {
  // The least pixel under the element: ink grows.
  kErode,
  // The greatest: ink shrinks.
  kDilate,
  // Erosion, then dilation: bright specks go.
  kOpen,
  // Dilation, then erosion: dark specks, or all ink, go.
  kClose,
};

struct MorphologyOptions {
  MorphologyOperation operation = MorphologyOperation::kClose;
  rules::ElementShape shape = rules::ElementShape::kRectangle;
  // Pixels, 1..1001 each; the element may be larger than the image. The anchor
  // is (width / 2, height / 2), so an even side moves the result by a pixel.
  int width = 3;
  int height = 3;
};

// The bits of OpenCV's morphologyEx with its default border
// (pixel_rules/morphology.h). Thread-safe.
class Morphology {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Morphology> Create(const MorphologyOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  // Adds what turns the rows of the last source into those of the result. This
  // must outlive them.
  void AddRows(std::vector<std::unique_ptr<RowSource>>& sources,
               const Kernels& kernels) const;
  // The rows that a row depends on.
  int support() const;
  const MorphologyOptions& options() const { return options_; }

 private:
  explicit Morphology(const MorphologyOptions& options) : options_(options) {}
  MorphologyOptions options_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MORPHOLOGY_H_
