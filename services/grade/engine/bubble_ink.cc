#include "services/grade/engine/bubble_ink.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "absl/strings/string_view.h"
#include "services/grade/engine/cancelled_mark.h"

namespace sightline::grade {
namespace {

float InkOf(float gray, float paper) {
  return std::clamp(1 - gray / paper, 0.0f, 1.0f);
}

// How much of the ink that makes a place this `gray` may be a shadow.
float ShadowIn(const BubbleMeasure& measure, float gray) {
  if (measure.darkest_paper < kDarkestPaper) return 0;
  return std::max(0.0f, gray / measure.darkest_paper - gray / measure.paper);
}

}  // namespace

std::vector<Ink> FindInks(const Sheet& sheet,
                          const std::vector<BubbleMeasure>& measures,
                          int* columns) {
  std::vector<Ink> inks(measures.size());
  std::map<std::pair<int, absl::string_view>, int> numbers;
  size_t at = 0;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const Field& field = sheet.fields()[f];
    const int group = sheet.groups()[f];
    for (const Bubble& bubble : field.bubbles) {
      const BubbleMeasure& measure = measures[at];
      Ink& ink = inks[at++];
      ink.group = group;
      ink.column = numbers
                       .try_emplace({group, bubble.value},
                                    static_cast<int>(numbers.size()))
                       .first->second;
      ink.is_usable = measure.is_inside && measure.paper >= kDarkestPaper;
      if (!ink.is_usable) continue;
      ink.fill = InkOf(measure.inside, measure.paper);
      ink.veil = InkOf(measure.light, measure.paper);
      ink.stroke = InkOf(measure.dark, measure.paper);
      ink.rim = InkOf(measure.rim, measure.paper);
      ink.shadow = ShadowIn(measure, measure.inside);
      ink.rim_shadow = ShadowIn(measure, measure.rim);
      ink.is_cancelled = field.filled_cancels &&
                         CancellingOf(ink.fill, ink.stroke) == Cancelling::kYes;
    }
  }
  *columns = static_cast<int>(numbers.size());
  return inks;
}

}  // namespace sightline::grade
