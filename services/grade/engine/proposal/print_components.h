// Connected pieces of print, and of paper between print.
//
// A page is read row by row; only what is still open at the current row is
// kept, so memory does not depend on what is on the page.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_PRINT_COMPONENTS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_PRINT_COMPONENTS_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/proposal/paper_level.h"

namespace sightline::grade {

// Pixels (left, top) to before (right, bottom).
struct PixelBox {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  int width() const { return right - left; }
  int height() const { return bottom - top; }
};

struct PrintComponent {
  PixelBox box;
  int64_t pixels = 0;
  // Print, or paper that print encloses.
  bool is_dark = true;
};

// Calls `visit` with every component both of whose sides measure `min_side` to
// `max_side` pixels. A pixel is print if it is darker than `share` of the
// paper around it. Pixels of print hang together across corners, those of
// paper only across edges, so a thin line encloses. Memory: ComponentBytes().
// Errors: the stop's reason.
absl::Status FindComponents(
    const GrayImage& page, const PaperLevel& paper, double share, int min_side,
    int max_side, const StopToken& stop,
    const std::function<void(const PrintComponent&)>& visit);

// Upper bound of what FindComponents() allocates.
int64_t ComponentBytes(int width);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_PRINT_COMPONENTS_H_
