// Marks taken back by blacking the bubble out, on sheets where ticks and
// crosses are the marks.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_CANCELLED_MARK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_CANCELLED_MARK_H_

namespace sightline::grade {

enum class Cancelling {
  // Strokes with paper between them.
  kNo,
  // A scribble: a thorough mark or a hasty filling.
  kPerhaps,
  // Filled.
  kYes,
};

// What a mark is by how much of the bubble its strokes cover. `fill`: ink of
// the bubble's inside on average, `stroke`: that of its darkest part, both
// relative to the paper, 0..1. Crosses cover a fifth to less than half of a
// bubble, fillings more than three quarters. Thread-safe.
inline Cancelling CancellingOf(float fill, float stroke) {
  constexpr float kCross = 0.55f;
  constexpr float kFilled = 0.72f;
  const float coverage = stroke > 0 ? fill / stroke : 0;
  if (coverage >= kFilled) return Cancelling::kYes;
  return coverage >= kCross ? Cancelling::kPerhaps : Cancelling::kNo;
}

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_CANCELLED_MARK_H_
