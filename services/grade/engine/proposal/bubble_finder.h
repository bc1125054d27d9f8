// Outlines on a blank page that may be bubbles: circles, ellipses, squares and
// rectangles, pairs of brackets, with or without a letter inside.
//
// Print is taken apart at several thresholds: a pale line is closed at one, at
// another it comes apart from what it touches. Each connected piece whose box
// has a bubble's size is then looked at along the outline that it might be. A
// letter O or the cell of a table passes, too: only the grid they do not form
// tells them from bubbles.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_BUBBLE_FINDER_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_BUBBLE_FINDER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/proposal/outline_evidence.h"
#include "services/grade/engine/proposal/paper_level.h"
#include "services/grade/engine/proposal/print_components.h"

namespace sightline::grade {

// A thing that has the outline of a bubble. Page pixels, corner-based.
struct FoundOutline {
  PixelPoint center;
  // Outer edge to outer edge of the line.
  PixelSize size;
  BubbleShape shape = BubbleShape::kEllipse;
  // How much it looks like one, 0..1.
  double score = 0;
  // A solid spot instead: a bubble that is filled.
  bool is_filled = false;
};

// A solid or ringed piece of print, which may be a corner marker.
struct SolidPrint {
  PixelPoint center;
  PixelSize size;
  // Share of its box that is print, 0..1.
  double fill = 0;
};

struct FoundPrint {
  // Outlines, then solid spots of a bubble's size.
  std::vector<FoundOutline> outlines;
  std::vector<SolidPrint> solids;
};

// Bubbles measure this many pixels a side, edge to edge.
inline constexpr int kMinBubbleSide = 8;
inline constexpr int kMaxBubbleSide = 160;
// A page has at most this many; what comes after them is dropped.
inline constexpr int kMaxOutlines = 40000;

// Outlines and solid pieces of print on `page`, in no particular order; things
// at the same place are reported once. Deterministic. Time is bounded by the
// page's size. Memory: FindPrintBytes(). Errors: the stop's reason.
absl::StatusOr<FoundPrint> FindPrint(const GrayImage& page,
                                     const PaperLevel& paper,
                                     const StopToken& stop);

int64_t FindPrintBytes(int width, int height);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_BUBBLE_FINDER_H_
