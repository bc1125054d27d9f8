// A layout proposed from a picture of the blank page, for a person to correct.
//
// Grids of printed outlines become blocks: rows of values questions q1, q2 ...
// in reading order, columns of ten digits of numbers. What can't be seen (what
// the values mean, whether a bubble outside every grid belongs to a question)
// is said in notes instead of being guessed.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_LAYOUT_PROPOSAL_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_LAYOUT_PROPOSAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/proposal/corner_markers.h"

namespace sightline::grade {

// What a person should know of a block.
struct BlockFinding {
  // The block's name.
  std::string block;
  // How sure its places and their meaning are, 0..1.
  double confidence = 1;
  std::vector<std::string> notes;
};

struct ProposalOptions {
  // The page's size in the layout's units; {0, 0}: the picture's pixels.
  PixelSize page;
  // A page that lies askew is turned first.
  bool straighten = false;
};

struct LayoutProposal {
  // Numbers are also combined fields.
  SheetLayout layout;
  std::vector<CornerMarker> markers;
  // One per block, in order.
  std::vector<BlockFinding> blocks;
  // Of the page as a whole.
  std::vector<std::string> notes;
  // The turned page, if it was turned; else empty. The layout is in its pixels
  // then.
  GrayImage straightened;
  // By how much, counterclockwise.
  double turned_degrees = 0;
};

// Proposes a layout of `page`, a blank sheet that covers the picture. Errors:
// InvalidArgument BUBBLES_NOT_FOUND; REFERENCE_NOT_STRAIGHT with "degrees", if
// the rows and columns are turned, and not to be straightened, or bent so far
// that a level grid misses bubbles; REFERENCE_TOO_SMALL (a side below 100
// pixels); the stop's reason. Deterministic and thread-safe; time is bounded by
// the page's size.
absl::StatusOr<LayoutProposal> ProposeLayout(const GrayImage& page,
                                             const ProposalOptions& options,
                                             const StopToken& stop);

// Upper bound of what ProposeLayout() allocates for a page of this size.
int64_t ProposeLayoutBytes(int width, int height,
                           const ProposalOptions& options);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_LAYOUT_PROPOSAL_H_
