#include "services/grade/engine/proposal/paper_level.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sightline::grade {
namespace {

// Of a tile's pixels this share is darker than paper at most: a tile may be
// full of text and bubbles.
constexpr double kPaperQuantile = 0.8;
constexpr float kDarkestPaper = 64;

float TilePaper(const GrayImage& page, int left, int top, int side) {
  std::array<int, 256> counts{};
  int total = 0;
  const int right = std::min(left + side, page.width());
  const int bottom = std::min(top + side, page.height());
  // Every other pixel tells as much.
  for (int y = top; y < bottom; y += 2) {
    const uint8_t* row = page.row(y);
    for (int x = left; x < right; x += 2) {
      ++counts[row[x]];
      ++total;
    }
  }
  int left_over = static_cast<int>(total * kPaperQuantile);
  int level = 0;
  for (; level < 255; ++level) {
    left_over -= counts[level];
    if (left_over < 0) break;
  }
  return std::max(kDarkestPaper, static_cast<float>(level));
}

}  // namespace

PaperLevel::PaperLevel(const GrayImage& page)
    : columns_((page.width() + kTile - 1) / kTile),
      rows_((page.height() + kTile - 1) / kTile),
      tiles_(static_cast<size_t>(columns_) * rows_) {
  std::vector<float> own(tiles_.size());
  for (int r = 0; r < rows_; ++r) {
    for (int c = 0; c < columns_; ++c) {
      own[static_cast<size_t>(r) * columns_ + c] =
          TilePaper(page, c * kTile, r * kTile, kTile);
    }
  }
  // A tile that lies in a black bar takes its neighbours' paper.
  for (int r = 0; r < rows_; ++r) {
    for (int c = 0; c < columns_; ++c) {
      float level = 0;
      for (int b = std::max(0, r - 1); b <= std::min(rows_ - 1, r + 1); ++b) {
        for (int a = std::max(0, c - 1); a <= std::min(columns_ - 1, c + 1);
             ++a) {
          level = std::max(level, own[static_cast<size_t>(b) * columns_ + a]);
        }
      }
      tiles_[static_cast<size_t>(r) * columns_ + c] = level;
    }
  }
}

void PaperLevel::Between(int y, int* upper, int* lower, double* weight) const {
  const double at = (y + 0.5) / kTile - 0.5;
  const int whole = static_cast<int>(std::floor(at));
  *upper = std::clamp(whole, 0, rows_ - 1);
  *lower = std::clamp(whole + 1, 0, rows_ - 1);
  *weight = at - whole;
}

void PaperLevel::Row(int y, double share, std::vector<uint8_t>& levels) const {
  int upper, lower;
  double down;
  Between(y, &upper, &lower, &down);
  const float* above = tiles_.data() + static_cast<size_t>(upper) * columns_;
  const float* below = tiles_.data() + static_cast<size_t>(lower) * columns_;
  const int width = static_cast<int>(levels.size());
  const auto tile = [&](int c) {
    c = std::clamp(c, 0, columns_ - 1);
    return share * ((1 - down) * above[c] + down * below[c]);
  };
  // Between the middles of two tiles the level runs straight.
  for (int c = -1; c < columns_; ++c) {
    const double left = tile(c);
    const double step = (tile(c + 1) - left) / kTile;
    const int begin = c * kTile + kTile / 2;
    const int end = std::min(width, begin + kTile);
    for (int x = std::max(0, begin); x < end; ++x) {
      levels[x] = static_cast<uint8_t>(left + step * (x - begin + 0.5));
    }
  }
}

double PaperLevel::At(int x, int y) const {
  int upper, lower;
  double down;
  Between(y, &upper, &lower, &down);
  const double at = (x + 0.5) / kTile - 0.5;
  const int whole = static_cast<int>(std::floor(at));
  const int left = std::clamp(whole, 0, columns_ - 1);
  const int right = std::clamp(whole + 1, 0, columns_ - 1);
  const double across = at - whole;
  const auto tile = [&](int c, int r) -> double {
    return tiles_[static_cast<size_t>(r) * columns_ + c];
  };
  return (1 - down) *
             ((1 - across) * tile(left, upper) + across * tile(right, upper)) +
         down *
             ((1 - across) * tile(left, lower) + across * tile(right, lower));
}

int64_t PaperLevel::Bytes(int width, int height) {
  return int64_t{2} * sizeof(float) * (width / kTile + 1) *
         (height / kTile + 1);
}

}  // namespace sightline::grade
