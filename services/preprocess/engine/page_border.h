// Dark borders that a scanner leaves around a page.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PAGE_BORDER_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PAGE_BORDER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct PageBorderOptions {
  // A row or a column belongs to a border if more than this share of it is
  // dark, 0.3..1.
  double dark_share = 0.6;
  // At most so much of a side is taken for a border, 0..0.4; a page with more
  // is left as it is on that side: it may be a picture.
  double max_share = 0.15;
};

// What is left of a page: corner-based, in pixels.
struct PageBorder {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  // Grays up to this counted as dark (Otsu's threshold).
  int dark_level = 0;
  // A side was dark beyond `max_share` and therefore left as it is.
  bool is_doubtful = false;
};

// Looks for dark rows and columns from each side inwards; single light ones
// between them (dust, a lit edge) do not end a border. For dark ink on light
// paper. Errors: PREPROCESS_PARAMETER_INVALID, CheckRun(), RunBands().
// Thread-safe.
absl::StatusOr<PageBorder> FindPageBorder(const GrayView& in,
                                          const PageBorderOptions& options = {},
                                          const Execution& execution = {});

// Copies what the border encloses. Errors: Resize(); InvalidArgument
// PREPROCESS_PARAMETER_INVALID if it does not lie inside `in` or is empty.
absl::Status CropPage(const GrayView& in, const PageBorder& border,
                      GrayImage& out);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PAGE_BORDER_H_
