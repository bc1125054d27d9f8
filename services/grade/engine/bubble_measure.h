// What one bubble shows: how much ink it holds and how well it is in place.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_MEASURE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_MEASURE_H_

#include <array>
#include <vector>

#include "services/grade/engine/bubble_patch.h"
#include "services/grade/engine/group_print.h"
#include "services/grade/engine/outline.h"

namespace sightline::grade {

struct BubbleMeasure {
  // False where the scan ends before the bubble does.
  bool is_inside = false;
  // Scan pixels.
  PixelPoint center;
  // Gray of the paper around, of the bubble's inside on average, and of the
  // lighter part of its inside (letters cover less than half of it).
  float paper = 0;
  // Gray of the darkest quarter of the paper around: less than `paper` where a
  // shadow's edge, or ink, is near.
  float darkest_paper = 0;
  float inside = 0;
  float light = 0;
  // Gray of the strokes inside it, if there are any: of its darkest part.
  float dark = 0;
  // Gray on and around the outline, on average.
  float rim = 0;
  // Darkness along the outline.
  float outline = 0;
  // A thin line of ink leaves the bubble on opposite sides.
  bool is_crossed = false;
};

// Agreement of a bubble's outline with its place: 0 at what lies beside
// outlines, 1 at 0.6 of the group's typical outline. Thread-safe.
double MatchOf(const BubbleMeasure& measure, const GroupPrint& print);

// Measures the bubbles of one group. Not thread-safe: it owns working space.
class BubbleMeter {
 public:
  explicit BubbleMeter(const GroupPrint& print);

  // Measures the bubble at page point `center`, looking for its outline near
  // `expected`.
  BubbleMeasure Measure(const GrayImage& scan, const Homography& page_to_scan,
                        PixelPoint center, Shift expected);

 private:
  // The print, in patches just large enough to measure.
  const GroupPrint print_;
  const Outline outline_;
  const std::vector<int> inside_;
  const std::array<std::vector<int>, 4> around_;
  // On the outline, and the path around it.
  const std::vector<int> rim_;
  const std::vector<int> path_;
  const int own_shift_;
  LineMap map_;
  BubblePatch patch_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_MEASURE_H_
