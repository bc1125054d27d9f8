#include "services/align/engine/pattern.h"

#include <algorithm>
#include <cmath>

namespace sightline::align {
namespace {

// Standard deviation, in gray levels, below which a piece is plain paper.
constexpr double kMinDeviation = 2.0;
constexpr int kMinCompared = 40;

int32_t Dot(const int16_t* a, const int16_t* b, int n) {
  int32_t sum = 0;
  for (int i = 0; i < n; ++i) sum += int32_t{a[i]} * b[i];
  return sum;
}

// Sum and sum of squares of the compared pixels under one place.
struct Moments {
  int32_t sum = 0;
  int32_t squares = 0;
};

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

std::vector<float> Pattern::Scores(const uint8_t* window,
                                   int window_side) const {
  const int places = window_side - side_ + 1;
  const int area = window_side * window_side;
  std::vector<int16_t> pixels(window, window + area);
  std::vector<int16_t> squares_row;
  // Column sums over `side_` rows, slid downwards.
  std::vector<int32_t> column_sum(window_side, 0);
  std::vector<int32_t> column_squares(window_side, 0);
  const auto add_row = [&](int y, int sign) {
    const int16_t* row = &pixels[y * window_side];
    for (int x = 0; x < window_side; ++x) {
      column_sum[x] += sign * row[x];
      column_squares[x] += sign * row[x] * row[x];
    }
  };
  const bool dense = weights_.empty();
  if (dense) {
    for (int y = 0; y < side_; ++y) add_row(y, 1);
  } else {
    squares_row.resize(area);
    // Squares exceed int16: their halves do not, and a half is enough.
    for (int i = 0; i < area; ++i) {
      squares_row[i] = static_cast<int16_t>(pixels[i] * pixels[i] / 2);
    }
  }
  std::vector<float> scores(places * places);
  for (int y = 0; y < places; ++y) {
    if (dense && y > 0) {
      add_row(y - 1, -1);
      add_row(y + side_ - 1, 1);
    }
    Moments moments;
    if (dense) {
      for (int x = 0; x < side_; ++x) {
        moments.sum += column_sum[x];
        moments.squares += column_squares[x];
      }
    }
    for (int x = 0; x < places; ++x) {
      if (dense && x > 0) {
        moments.sum += column_sum[x + side_ - 1] - column_sum[x - 1];
        moments.squares +=
            column_squares[x + side_ - 1] - column_squares[x - 1];
      }
      const int16_t* place = &pixels[y * window_side + x];
      int32_t dot = 0;
      for (int row = 0; row < side_; ++row) {
        dot += Dot(&values_[row * side_], place + row * window_side, side_);
      }
      double squares = moments.squares;
      if (!dense) {
        const int16_t* halves = &squares_row[y * window_side + x];
        moments = Moments();
        for (int row = 0; row < side_; ++row) {
          moments.sum +=
              Dot(&weights_[row * side_], place + row * window_side, side_);
          moments.squares +=
              Dot(&weights_[row * side_], halves + row * window_side, side_);
        }
        squares = 2.0 * moments.squares;
      }
      const double mean = static_cast<double>(moments.sum) / count_;
      const double variation = squares - mean * moments.sum;
      const double covariation = dot - mean * residue_;
      scores[y * places + x] =
          variation < kMinDeviation * kMinDeviation * count_
              ? 0
              : static_cast<float>(covariation /
                                   (norm_ * std::sqrt(variation)));
    }
  }
  return scores;
}

PatternMatch Pattern::FindIn(const uint8_t* window, int window_side) const {
  const int places = window_side - side_ + 1;
  const std::vector<float> scores = Scores(window, window_side);
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
  const std::vector<float> scores = Scores(window, window_side);
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
