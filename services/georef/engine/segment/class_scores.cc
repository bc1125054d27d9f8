#include "services/georef/engine/segment/class_scores.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace sightline::georef {
namespace {

// e^x for x <= 0, within 3e-6 of it: 2^x of the whole part by the exponent's
// bits, of the rest by a polynomial (Taylor's to the sixth power around the
// middle). Plain enough for compilers to vectorise.
inline float ExpOfNegative(float x) {
  constexpr float kLog2E = 1.44269504f;
  const float power = std::max(x * kLog2E, -125.0f);
  const auto whole = static_cast<int32_t>(power) - 1;
  // 0..1, in half turns of ln 2 around its middle.
  const float t = (power - static_cast<float>(whole) - 0.5f) * 0.69314718f;
  constexpr float kRootOfTwo = 1.41421356f;
  const float series =
      1 + t * (1 + t * (0.5f +
                        t * (1 / 6.0f + t * (1 / 24.0f + t * (1 / 120.0f)))));
  const float scale =
      std::bit_cast<float>(static_cast<uint32_t>(whole + 127) << 23);
  return series * kRootOfTwo * scale;
}

// The scores of one row of the frame.
class RowOfScores {
 public:
  RowOfScores(const ScoreGrid& grid, const GridAxis& columns)
      : grid_(grid),
        columns_(columns),
        width_(columns.cell.size()),
        cells_(grid.width + 1),
        scores_(width_ * grid.classes),
        best_(width_),
        sum_(width_),
        label_(width_) {}

  // Scores of the frame's row between the grid's rows `upper` and `lower`.
  void Interpolate(int upper, int lower, float weight) {
    for (int c = 0; c < grid_.classes; ++c) {
      BlendRows(c, upper, lower, weight);
      float* const out = scores_.data() + c * width_;
      for (size_t x = 0; x < width_; ++x) {
        const float* const pair = cells_.data() + columns_.cell[x];
        out[x] = pair[0] + columns_.weight[x] * (pair[1] - pair[0]);
      }
    }
  }

  void Compare() {
    std::copy_n(scores_.begin(), width_, best_.begin());
    std::fill(label_.begin(), label_.end(), 0);
    for (int c = 1; c < grid_.classes; ++c) {
      const float* const score = scores_.data() + c * width_;
      for (size_t x = 0; x < width_; ++x) {
        const bool is_higher = score[x] > best_[x];
        label_[x] = is_higher ? c : label_[x];
        best_[x] = is_higher ? score[x] : best_[x];
      }
    }
  }

  void Write(uint8_t* labels, uint8_t* confidence) {
    for (size_t x = 0; x < width_; ++x) {
      labels[x] = static_cast<uint8_t>(label_[x]);
    }
    if (grid_.meaning == OutputMeaning::kProbabilities) {
      for (size_t x = 0; x < width_; ++x) {
        confidence[x] =
            static_cast<uint8_t>(std::clamp(best_[x], 0.0f, 1.0f) * 255 + 0.5f);
      }
      return;
    }
    std::fill(sum_.begin(), sum_.end(), 0.0f);
    for (int c = 0; c < grid_.classes; ++c) {
      const float* const score = scores_.data() + c * width_;
      for (size_t x = 0; x < width_; ++x) {
        sum_[x] += ExpOfNegative(score[x] - best_[x]);
      }
    }
    for (size_t x = 0; x < width_; ++x) {
      // Never above 255: the best class alone adds 1, up to rounding.
      confidence[x] =
          static_cast<uint8_t>(std::min(255.0f / sum_[x] + 0.5f, 255.0f));
    }
  }

 private:
  void BlendRows(int c, int upper, int lower, float weight) {
    const bool planes = grid_.layout == TensorLayout::kChannelsFirst;
    const ptrdiff_t step = planes ? 1 : grid_.classes;
    const ptrdiff_t row = step * grid_.width;
    const float* const begin =
        grid_.scores +
        (planes ? ptrdiff_t{c} * grid_.width * grid_.height : ptrdiff_t{c});
    const float* const a = begin + upper * row;
    const float* const b = begin + lower * row;
    if (planes) {
      for (int i = 0; i < grid_.width; ++i) {
        cells_[i] = a[i] + weight * (b[i] - a[i]);
      }
    } else {
      for (int i = 0; i < grid_.width; ++i) {
        cells_[i] = a[i * step] + weight * (b[i * step] - a[i * step]);
      }
    }
    // The last cell's next.
    cells_[grid_.width] = cells_[grid_.width - 1];
  }

  const ScoreGrid& grid_;
  const GridAxis& columns_;
  const size_t width_;
  std::vector<float> cells_;
  std::vector<float> scores_;
  std::vector<float> best_;
  std::vector<float> sum_;
  std::vector<int32_t> label_;
};

}  // namespace

GridAxis::GridAxis(const TileSpan& span, double scale, int tile, int cells) {
  cell.reserve(span.last - span.first);
  weight.reserve(span.last - span.first);
  const double cells_per_pixel = static_cast<double>(cells) / tile;
  for (int x = span.first; x < span.last; ++x) {
    const double at =
        std::clamp(((x + 0.5) * scale - span.start) * cells_per_pixel - 0.5,
                   0.0, cells - 1.0);
    cell.push_back(static_cast<int32_t>(at));
    weight.push_back(static_cast<float>(at - cell.back()));
  }
}

void WriteClasses(const ScoreGrid& grid, const TileSpan& column,
                  const TileSpan& row, InputSize tile, double scale,
                  GrayImage& labels, GrayImage& confidence) {
  const GridAxis columns(column, scale, tile.width, grid.width);
  const GridAxis rows(row, scale, tile.height, grid.height);
  RowOfScores scores(grid, columns);
  for (int y = row.first; y < row.last; ++y) {
    const int upper = rows.cell[y - row.first];
    scores.Interpolate(upper, std::min(upper + 1, grid.height - 1),
                       rows.weight[y - row.first]);
    scores.Compare();
    scores.Write(labels.row(y) + column.first,
                 confidence.row(y) + column.first);
  }
}

int64_t WriteClassesBytes(int classes, int frame_width, int frame_height,
                          InputSize tile) {
  constexpr int64_t kFloat = sizeof(float);
  // Axes, rows of all classes, three rows beside them, a row of cells.
  return kFloat * (2 * (int64_t{frame_width} + frame_height) +
                   (int64_t{classes} + 3) * frame_width + tile.width + 1);
}

}  // namespace sightline::georef
