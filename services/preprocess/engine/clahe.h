// Contrast-limited adaptive histogram equalisation.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_CLAHE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_CLAHE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_rules/clahe.h"
#include "services/preprocess/engine/pixel_view.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {

struct ClaheOptions {
  // Counts above this many times their mean are spread over all grays; 0: no
  // limit. 0..1e6.
  double clip_limit = 3.0;
  // 1..64 each.
  int tiles_x = 8;
  int tiles_y = 8;
};

// The tables of one image.
struct ClaheTables {
  rules::ClaheGrid grid;
  // tiles_y * tiles_x tables of 256 grays.
  std::vector<uint8_t> grays;
};

// The bits of OpenCV's CLAHE (pixel_rules/clahe.h). Thread-safe.
class Clahe {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Clahe> Create(const ClaheOptions& options);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes(int width, int height, int threads) const;

  // `out` gets the size of `in` and must not be it. Errors: CheckRun(),
  // RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

  // The two halves of Run(), for chains. `make_rows` gives a stateless source
  // of the image, one for each thread.
  absl::StatusOr<ClaheTables> Tables(
      int width, int height,
      const std::function<std::unique_ptr<RowSource>()>& make_rows,
      const Execution& execution) const;
  // Rows of `in`, equalised. `tables` and `in` must outlive the result.
  static std::unique_ptr<RowSource> Rows(const ClaheTables& tables,
                                         RowSource& in, const Kernels& kernels);

  const ClaheOptions& options() const { return options_; }

 private:
  explicit Clahe(const ClaheOptions& options) : options_(options) {}
  ClaheOptions options_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_CLAHE_H_
