// What is printed on a page that has no reference image: its bubbles and
// markers, drawn and ready to be looked for.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PRINTED_STRUCTURE_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PRINTED_STRUCTURE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/page_frame.h"
#include "services/align/engine/patch.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/rival_positions.h"

namespace sightline::align {

// Immutable once made; thread-safe. Points and sizes in frame coordinates
// unless said.
struct PrintedStructure {
  // Something printed in several places, and how it looks if the print is a
  // little smaller or larger than the layout says. size 0 is as it says.
  struct Look {
    PixelSize size;
    std::vector<std::optional<Patch>> patches;
  };
  // One of those places.
  struct Site {
    PixelPoint center;
    int look = 0;
  };

  explicit PrintedStructure(const Reference& reference);
  int64_t bytes() const;

  PageFrame frame;
  std::vector<Look> bubble_looks;
  // Timing marks are among them, the last `timing_marks`.
  std::vector<Site> bubbles;
  int timing_marks = 0;
  // Indices of the bubbles that are looked for; the others follow.
  std::vector<int> searched;
  std::vector<Look> marker_looks;
  std::vector<Site> markers;
  // In page units.
  std::vector<RivalPosition> rivals;
  // How far a bubble may be searched without meeting its neighbour.
  double bubble_reach = 0;

 private:
  void AddBubbles(const std::vector<PrintedShape>& shapes);
  void ChooseSearched();
  void AddMarkers(const std::vector<Marker>& markers);
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PRINTED_STRUCTURE_H_
