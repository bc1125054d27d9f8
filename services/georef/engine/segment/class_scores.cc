#include "services/georef/engine/segment/class_scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "services/georef/engine/segment/wide_rows.h"

namespace sightline::georef {
namespace {

// Where the pixels of a row go while it is computed. If every `period`th pixel
// has the same place within its cell (as when a network gives scores at half
// its input's resolution), pixels of the same place stand together: they have
// one weight and cells that follow each other, which needs no look-up.
size_t PeriodOf(const GridAxis& axis) {
  for (const size_t period : {1u, 2u, 4u, 8u}) {
    bool is_period = axis.cell.size() > period;
    for (size_t x = period; x < axis.cell.size() && is_period; ++x) {
      is_period = axis.cell[x] == axis.cell[x - period] + 1 &&
                  axis.weight[x] == axis.weight[x - period];
    }
    if (is_period) return period;
  }
  return 0;
}

// The scores of one row of the frame.
class RowOfScores {
 public:
  RowOfScores(const ScoreGrid& grid, const GridAxis& columns)
      : grid_(grid),
        columns_(columns),
        width_(columns.cell.size()),
        period_(PeriodOf(columns)),
        cells_(grid.width + 2),
        scores_(width_ * grid.classes),
        best_(width_),
        sum_(width_),
        labels_(width_),
        confidence_(width_) {}

  // Scores of the frame's row between the grid's rows `upper` and `lower`.
  void Interpolate(int upper, int lower, float weight) {
    for (int c = 0; c < grid_.classes; ++c) {
      BlendRows(c, upper, lower, weight);
      float* out = scores_.data() + c * width_;
      if (period_ == 0) {
        LookUp(out);
        continue;
      }
      for (size_t k = 0; k < period_; ++k) {
        const size_t count = CountAt(k);
        const float* const cells = cells_.data() + columns_.cell[k];
        Between(cells, cells + 1, columns_.weight[k], count, out);
        out += count;
      }
    }
  }

  void Write(uint8_t* labels, uint8_t* confidence) {
    ClassifyRow({scores_.data(), grid_.classes, width_,
                 grid_.meaning == OutputMeaning::kLogits, labels_.data(),
                 confidence_.data(), best_.data(), sum_.data()});
    Order(labels_.data(), labels);
    Order(confidence_.data(), confidence);
  }

 private:
  // Pixels k, k + period_, ...
  size_t CountAt(size_t k) const {
    return (width_ - k + period_ - 1) / period_;
  }

  void LookUp(float* out) const {
    const float* const cells = cells_.data();
    const int32_t* const cell = columns_.cell.data();
    const float* const weight = columns_.weight.data();
    for (size_t x = 0; x < width_; ++x) {
      const float* const pair = cells + cell[x];
      out[x] = pair[0] + weight[x] * (pair[1] - pair[0]);
    }
  }

  // Back to where the pixels belong.
  void Order(const int32_t* in, uint8_t* out) const {
    if (period_ == 2) {
      const size_t pairs = width_ / 2;
      Interleave(in, in + CountAt(0), pairs, out);
      if (width_ % 2 == 1) out[width_ - 1] = static_cast<uint8_t>(in[pairs]);
      return;
    }
    const size_t step = std::max<size_t>(period_, 1);
    for (size_t k = 0; k < step; ++k) {
      for (size_t x = k; x < width_; x += step) {
        out[x] = static_cast<uint8_t>(*in++);
      }
    }
  }

  void BlendRows(int c, int upper, int lower, float weight) {
    const bool planes = grid_.layout == TensorLayout::kChannelsFirst;
    const ptrdiff_t step = planes ? 1 : grid_.classes;
    const ptrdiff_t row = step * grid_.width;
    const float* const begin =
        grid_.scores +
        (planes ? ptrdiff_t{c} * grid_.width * grid_.height : ptrdiff_t{c});
    const float* const a = begin + upper * row;
    const float* const b = begin + lower * row;
    float* const out = cells_.data() + 1;
    if (planes) {
      Between(a, b, weight, static_cast<size_t>(grid_.width), out);
    } else {
      for (int i = 0; i < grid_.width; ++i) {
        out[i] = a[i * step] + weight * (b[i * step] - a[i * step]);
      }
    }
    // Beyond the edges their cells go on.
    out[-1] = out[0];
    out[grid_.width] = out[grid_.width - 1];
  }

  const ScoreGrid& grid_;
  const GridAxis& columns_;
  const size_t width_;
  const size_t period_;
  std::vector<float> cells_;
  std::vector<float> scores_;
  std::vector<float> best_;
  std::vector<float> sum_;
  std::vector<int32_t> labels_;
  std::vector<int32_t> confidence_;
};

}  // namespace

GridAxis::GridAxis(const TileSpan& span, double scale, int tile, int cells) {
  cell.reserve(span.last - span.first);
  weight.reserve(span.last - span.first);
  const double cells_per_pixel = static_cast<double>(cells) / tile;
  for (int x = span.first; x < span.last; ++x) {
    // From the middle of the cell before the first to that after the last.
    const double at =
        std::clamp(((x + 0.5) * scale - span.start) * cells_per_pixel + 0.5,
                   0.0, static_cast<double>(cells) + 0.5);
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
    const int upper = rows.cell[y - row.first] - 1;
    scores.Interpolate(std::max(upper, 0), std::min(upper + 1, grid.height - 1),
                       rows.weight[y - row.first]);
    scores.Write(labels.row(y) + column.first,
                 confidence.row(y) + column.first);
  }
}

int64_t WriteClassesBytes(int classes, int frame_width, int frame_height,
                          InputSize tile) {
  constexpr int64_t kFloat = sizeof(float);
  // Axes, rows of all classes, four rows beside them, a row of cells.
  return kFloat * (2 * (int64_t{frame_width} + frame_height) +
                   (int64_t{classes} + 4) * frame_width + tile.width + 2);
}

}  // namespace sightline::georef
