// A small piece of the printed page that is looked for in a scan.
//
// Pixels may be left out of the comparison (the inside of a bubble differs on
// every scan), so the score is a correlation over the remaining ones: +1 for
// the same pattern whatever its brightness and contrast, 0 for unrelated ones.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PATTERN_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PATTERN_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "common/geometry/homography.h"

namespace sightline::align {

// Where a pattern fits best in a window.
struct PatternMatch {
  // -1..1.
  double score = 0;
  // From the window's middle to the pattern's, in window pixels, to a fraction
  // of a pixel.
  double dx = 0;
  double dy = 0;
  // The best place is at the rim of the search: the true one may be beyond.
  bool is_at_rim = false;
};

// A square of pixels prepared for matching. Immutable; thread-safe.
class Pattern {
 public:
  // `pixels` and `is_compared` (empty: all are) hold side x side values.
  // nullopt when too few pixels are compared, or they are all but alike.
  static std::optional<Pattern> Create(int side,
                                       const std::vector<uint8_t>& pixels,
                                       const std::vector<uint8_t>& is_compared);

  int side() const { return side_; }

  // The best place in `window` (window_side x window_side pixels, at least
  // `side` and of the same parity). `window_side` at most kMaxWindowSide.
  PatternMatch FindIn(const uint8_t* window, int window_side) const;

  // Best score outside `excluded` pixels around the window's middle: how
  // easily the pattern is mistaken for something near it.
  double RivalScore(const uint8_t* window, int window_side, int excluded) const;

  int64_t bytes() const;

  static constexpr int kMaxWindowSide = 192;

 private:
  Pattern() = default;
  class Window;
  // Scores of all places, row by row.
  std::vector<float> Scores(const Window& window) const;
  // Score of one place; for any pattern.
  float ScoreAt(const Window& window, int x, int y) const;
  // The same as Scores() where the best places are, found by every second
  // place first; -1 elsewhere.
  std::vector<float> SparseScores(const Window& window) const;
  float Correlation(int32_t dot, double sum, double squares) const;

  int side_ = 0;
  // Compared pixels.
  int count_ = 0;
  // Differences from the rounded mean over the compared pixels, 0 elsewhere.
  std::vector<int16_t> values_;
  // Sum of values_: what the rounding left.
  int residue_ = 0;
  // 1 for compared pixels; empty if all are.
  std::vector<int16_t> weights_;
  // Euclidean norm of values_ less their mean.
  double norm_ = 0;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PATTERN_H_
