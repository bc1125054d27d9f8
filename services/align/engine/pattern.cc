#include "services/align/engine/pattern.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace sightline::align {
namespace {

// Standard deviation, in gray levels, below which a piece is plain paper.
constexpr double kMinDeviation = 2.0;
constexpr int kMinCompared = 40;
// Patterns with pixels left out, outlines as a rule, are searched at every
// second place first from this many places a side on; around the best of them
// at all. An outline is seen a pixel off.
constexpr int kSparseFrom = 9;
constexpr size_t kSparseBest = 4;

int32_t Dot(const int16_t* a, const int16_t* b, int n) {
  int32_t sum = 0;
  for (int i = 0; i < n; ++i) sum += int32_t{a[i]} * b[i];
  return sum;
}

// Offset of a parabola's top from the middle of three equidistant values.
double TopOfParabola(double left, double middle, double right) {
  const double curvature = left - 2 * middle + right;
  if (curvature >= 0) return 0;
  return std::clamp(0.5 * (left - right) / curvature, -0.5, 0.5);
}

}  // namespace

std::optional<Pattern> Pattern::Create(
    int side, const std::vector<uint8_t>& pixels,
    const std::vector<uint8_t>& is_compared) {
  Pattern pattern;
  pattern.side_ = side;
  const int n = side * side;
  int64_t sum = 0;
  for (int i = 0; i < n; ++i) {
    if (!is_compared.empty() && !is_compared[i]) continue;
    ++pattern.count_;
    sum += pixels[i];
  }
  if (pattern.count_ < kMinCompared) return std::nullopt;
  const int mean =
      static_cast<int>(std::lround(static_cast<double>(sum) / pattern.count_));
  pattern.values_.assign(n, 0);
  int64_t squares = 0;
  for (int i = 0; i < n; ++i) {
    if (!is_compared.empty() && !is_compared[i]) continue;
    const int value = pixels[i] - mean;
    pattern.values_[i] = static_cast<int16_t>(value);
    pattern.residue_ += value;
    squares += value * value;
  }
  const double residue = pattern.residue_;
  const double variation = squares - residue * residue / pattern.count_;
  if (variation < kMinDeviation * kMinDeviation * pattern.count_) {
    return std::nullopt;
  }
  pattern.norm_ = std::sqrt(variation);
  if (pattern.count_ < n) {
    pattern.weights_.assign(is_compared.begin(), is_compared.end());
    for (int16_t& weight : pattern.weights_) weight = weight != 0;
  }
  return pattern;
}

// The pixels of a window, widened for the dot products.
class Pattern::Window {
 public:
  Window(const uint8_t* pixels, int side, bool with_squares)
      : side_(side), pixels_(pixels, pixels + side * side) {
    if (!with_squares) return;
    // Squares exceed int16: their halves do not, and a half is exact enough.
    half_squares_.resize(pixels_.size());
    for (size_t i = 0; i < pixels_.size(); ++i) {
      half_squares_[i] = static_cast<int16_t>(pixels_[i] * pixels_[i] / 2);
    }
  }
  int side() const { return side_; }
  const int16_t* pixels(int x, int y) const { return &pixels_[y * side_ + x]; }
  const int16_t* half_squares(int x, int y) const {
    return &half_squares_[y * side_ + x];
  }

 private:
  int side_;
  std::vector<int16_t> pixels_;
  std::vector<int16_t> half_squares_;
};

float Pattern::Correlation(int32_t dot, double sum, double squares) const {
  const double mean = sum / count_;
  const double variation = squares - mean * sum;
  if (variation < kMinDeviation * kMinDeviation * count_) return 0;
  return static_cast<float>((dot - mean * residue_) /
                            (norm_ * std::sqrt(variation)));
}

float Pattern::ScoreAt(const Window& window, int x, int y) const {
  int32_t dot = 0;
  int32_t sum = 0;
  int32_t half_squares = 0;
  for (int row = 0; row < side_; ++row) {
    const int16_t* weights = &weights_[row * side_];
    dot += Dot(&values_[row * side_], window.pixels(x, y + row), side_);
    sum += Dot(weights, window.pixels(x, y + row), side_);
    half_squares += Dot(weights, window.half_squares(x, y + row), side_);
  }
  return Correlation(dot, sum, 2.0 * half_squares);
}

std::vector<float> Pattern::SparseScores(const Window& window) const {
  const int places = window.side() - side_ + 1;
  std::vector<float> scores(places * places, -1);
  std::vector<std::pair<float, int>> seen;
  for (int y = 0; y < places; y += 2) {
    for (int x = 0; x < places; x += 2) {
      const int place = y * places + x;
      scores[place] = ScoreAt(window, x, y);
      seen.push_back({scores[place], place});
    }
  }
  const size_t best = std::min<size_t>(kSparseBest, seen.size());
  std::partial_sort(seen.begin(), seen.begin() + best, seen.end(),
                    std::greater<>());
  // Two places around: the neighbours of the best one serve the parabola.
  for (size_t i = 0; i < best; ++i) {
    const int at_x = seen[i].second % places;
    const int at_y = seen[i].second / places;
    for (int y = std::max(0, at_y - 2); y <= std::min(places - 1, at_y + 2);
         ++y) {
      for (int x = std::max(0, at_x - 2); x <= std::min(places - 1, at_x + 2);
           ++x) {
        float& score = scores[y * places + x];
        if (score == -1) score = ScoreAt(window, x, y);
      }
    }
  }
  return scores;
}

std::vector<float> Pattern::Scores(const Window& window) const {
  const int side = window.side();
  const int places = side - side_ + 1;
  std::vector<float> scores(places * places);
  if (!weights_.empty()) {
    if (places >= kSparseFrom) return SparseScores(window);
    for (int y = 0; y < places; ++y) {
      for (int x = 0; x < places; ++x) {
        scores[y * places + x] = ScoreAt(window, x, y);
      }
    }
    return scores;
  }
  // All pixels are compared: sums over columns of `side_` rows are slid
  // downwards, sums over their row sideways.
  std::vector<int32_t> column_sum(side, 0);
  std::vector<int32_t> column_squares(side, 0);
  const auto add_row = [&](int y, int sign) {
    const int16_t* row = window.pixels(0, y);
    for (int x = 0; x < side; ++x) {
      column_sum[x] += sign * row[x];
      column_squares[x] += sign * row[x] * row[x];
    }
  };
  for (int y = 0; y < side_; ++y) add_row(y, 1);
  for (int y = 0; y < places; ++y) {
    if (y > 0) {
      add_row(y - 1, -1);
      add_row(y + side_ - 1, 1);
    }
    int32_t sum = 0;
    int32_t squares = 0;
    for (int x = 0; x < side_; ++x) {
      sum += column_sum[x];
      squares += column_squares[x];
    }
    for (int x = 0; x < places; ++x) {
      if (x > 0) {
        sum += column_sum[x + side_ - 1] - column_sum[x - 1];
        squares += column_squares[x + side_ - 1] - column_squares[x - 1];
      }
      int32_t dot = 0;
      for (int row = 0; row < side_; ++row) {
        dot += Dot(&values_[row * side_], window.pixels(x, y + row), side_);
      }
      scores[y * places + x] = Correlation(dot, sum, squares);
    }
  }
  return scores;
}

PatternMatch Pattern::FindIn(const uint8_t* window, int window_side) const {
  const int places = window_side - side_ + 1;
  const std::vector<float> scores =
      Scores(Window(window, window_side, !weights_.empty()));
  const int best = static_cast<int>(
      std::max_element(scores.begin(), scores.end()) - scores.begin());
  const int x = best % places;
  const int y = best / places;
  PatternMatch match;
  match.score = scores[best];
  match.dx = x - places / 2;
  match.dy = y - places / 2;
  match.is_at_rim = x == 0 || y == 0 || x == places - 1 || y == places - 1;
  if (!match.is_at_rim) {
    const float* middle = &scores[best];
    match.dx += TopOfParabola(middle[-1], middle[0], middle[1]);
    match.dy += TopOfParabola(middle[-places], middle[0], middle[places]);
  }
  return match;
}

double Pattern::RivalScore(const uint8_t* window, int window_side,
                           int excluded) const {
  const int places = window_side - side_ + 1;
  const std::vector<float> scores =
      Scores(Window(window, window_side, !weights_.empty()));
  float best = -1;
  for (int y = 0; y < places; ++y) {
    for (int x = 0; x < places; ++x) {
      if (std::abs(x - places / 2) <= excluded &&
          std::abs(y - places / 2) <= excluded) {
        continue;
      }
      best = std::max(best, scores[y * places + x]);
    }
  }
  return best;
}

int64_t Pattern::bytes() const {
  return static_cast<int64_t>((values_.capacity() + weights_.capacity()) *
                              sizeof(int16_t));
}

}  // namespace sightline::align
