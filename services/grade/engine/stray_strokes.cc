#include "services/grade/engine/stray_strokes.h"

#include <cstddef>

namespace sightline::grade {
namespace {

// Lines through more than this share of the marks, or of the other bubbles, are
// nothing unusual.
constexpr double kMaxCrossedShare = 0.1;

}  // namespace

bool StrokesStray(const Sheet& sheet,
                  const std::vector<BubbleMeasure>& measures,
                  const MarkLevels& levels) {
  int marks = 0;
  int crossed_marks = 0;
  int crossed = 0;
  size_t at = 0;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const GroupLevels& group = levels.groups[sheet.groups()[f]];
    for (size_t b = 0; b < sheet.fields()[f].bubbles.size(); ++b, ++at) {
      const bool is_mark = levels.excess[at] >= group.threshold;
      marks += is_mark;
      crossed += measures[at].is_crossed;
      crossed_marks += is_mark && measures[at].is_crossed;
    }
  }
  return crossed - crossed_marks <=
             kMaxCrossedShare * (measures.size() - marks) &&
         crossed_marks <= kMaxCrossedShare * marks;
}

}  // namespace sightline::grade
