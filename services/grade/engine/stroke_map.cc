#include "services/grade/engine/stroke_map.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// The paper is looked at in cells of this side; strokes are thinner than what
// the closing spans.
constexpr int kCell = 4;
// The closing's reach, cells, and as a share of the picture's shorter side.
constexpr int kMinReach = 2;
constexpr double kReachShare = 0.2;
// Paper is at least this share of the lightest there is: solid black is ink.
constexpr double kDarkestPaper = 0.4;
// Darkness of ink: at least this, and this many deviations of the noise, but
// what is this dark is ink whatever the noise.
constexpr double kLeastInk = 0.10;
constexpr double kNoises = 5;
constexpr double kSureInk = 0.35;
// Noisier pictures are smoothed first.
constexpr double kCalm = 0.03;
// A printed line: this share of a row or column is dark, and beside it this
// share of that at most; blur and all, it is no thicker than that share of the
// picture's shorter side.
constexpr double kRowShare = 0.45;
constexpr double kColumnShare = 0.9;
constexpr double kBesideShare = 0.35;
constexpr double kThickness = 0.3;
constexpr size_t kMaxPieces = 10000;

// The lightest (or darkest) value within `reach` along one direction.
std::vector<float> Extreme(const std::vector<float>& from, int width,
                           int height, int reach, bool along_rows, bool most) {
  std::vector<float> to(from.size());
  const int length = along_rows ? width : height;
  const int lines = along_rows ? height : width;
  const int step = along_rows ? 1 : width;
  const int next_line = along_rows ? width : 1;
  for (int line = 0; line < lines; ++line) {
    const float* row = from.data() + static_cast<ptrdiff_t>(line) * next_line;
    float* out = to.data() + static_cast<ptrdiff_t>(line) * next_line;
    for (int i = 0; i < length; ++i) {
      const int first = std::max(0, i - reach);
      const int last = std::min(length - 1, i + reach);
      float best = row[static_cast<ptrdiff_t>(first) * step];
      for (int j = first + 1; j <= last; ++j) {
        const float value = row[static_cast<ptrdiff_t>(j) * step];
        best = most ? std::max(best, value) : std::min(best, value);
      }
      out[static_cast<ptrdiff_t>(i) * step] = best;
    }
  }
  return to;
}

// How dark every pixel is against the paper around it, 0..1.
std::vector<float> Darkness(const GrayImage& picture) {
  const int columns = (picture.width() + kCell - 1) / kCell;
  const int rows = (picture.height() + kCell - 1) / kCell;
  std::vector<float> paper(static_cast<size_t>(columns) * rows, 0);
  std::vector<float> grays;
  for (int cell_y = 0; cell_y < rows; ++cell_y) {
    for (int cell_x = 0; cell_x < columns; ++cell_x) {
      grays.clear();
      for (int y = cell_y * kCell;
           y < std::min(picture.height(), (cell_y + 1) * kCell); ++y) {
        for (int x = cell_x * kCell;
             x < std::min(picture.width(), (cell_x + 1) * kCell); ++x) {
          grays.push_back(picture.row(y)[x]);
        }
      }
      // Not the lightest: that is noise.
      paper[static_cast<ptrdiff_t>(cell_y) * columns + cell_x] =
          Quantile(grays, 0.75);
    }
  }
  const int reach = std::max(
      kMinReach, static_cast<int>(kReachShare * std::min(columns, rows)));
  for (const bool most : {true, false}) {
    paper = Extreme(paper, columns, rows, reach, true, most);
    paper = Extreme(paper, columns, rows, reach, false, most);
  }
  std::vector<float> cells = paper;
  const float least =
      std::max(1.0f, static_cast<float>(kDarkestPaper * Quantile(cells, 0.95)));
  std::vector<float> darkness(static_cast<size_t>(picture.width()) *
                              picture.height());
  for (int y = 0; y < picture.height(); ++y) {
    const uint8_t* row = picture.row(y);
    float* out = darkness.data() + static_cast<ptrdiff_t>(y) * picture.width();
    const float* cells_of_row =
        paper.data() + static_cast<ptrdiff_t>(y / kCell) * columns;
    for (int x = 0; x < picture.width(); ++x) {
      const float around = std::max(least, cells_of_row[x / kCell]);
      out[x] = std::max(0.0f, 1 - row[x] / around);
    }
  }
  return darkness;
}

// Standard deviation of the picture's noise as a share of its light, from
// neighbours in a row.
double Noise(const GrayImage& picture) {
  std::vector<float> steps;
  std::vector<float> grays;
  const size_t pixels = static_cast<size_t>(picture.width()) * picture.height();
  steps.reserve(pixels);
  grays.reserve(pixels);
  for (int y = 0; y < picture.height(); ++y) {
    const uint8_t* row = picture.row(y);
    for (int x = 1; x < picture.width(); ++x) {
      steps.push_back(static_cast<float>(std::abs(row[x] - row[x - 1])));
      grays.push_back(row[x]);
    }
  }
  return 1.4826 * Quantile(steps, 0.5) / std::sqrt(2.0) /
         std::max(1.0f, Quantile(grays, 0.75));
}

// The mean of every pixel and its neighbours.
GrayImage Smoothed(const GrayImage& picture) {
  GrayImage smooth(picture.width(), picture.height());
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      int sum = 0;
      int count = 0;
      for (int v = std::max(0, y - 1);
           v <= std::min(picture.height() - 1, y + 1); ++v) {
        for (int u = std::max(0, x - 1);
             u <= std::min(picture.width() - 1, x + 1); ++u, ++count) {
          sum += picture.row(v)[u];
        }
      }
      smooth.row(y)[x] = static_cast<uint8_t>((sum + count / 2) / count);
    }
  }
  return smooth;
}

// The rows (or columns) of printed lines: dark over `share` of their length
// while those beside them are not.
std::vector<int> FindLines(const std::vector<uint8_t>& ink, int width,
                           int height, bool along_rows, double share) {
  const int length = along_rows ? width : height;
  const int lines = along_rows ? height : width;
  const auto is_ink = [&](int line, int i) {
    return along_rows ? ink[static_cast<size_t>(line) * width + i] != 0
                      : ink[static_cast<size_t>(i) * width + line] != 0;
  };
  std::vector<double> dark(lines, 0);
  for (int line = 0; line < lines; ++line) {
    int count = 0;
    for (int i = 0; i < length; ++i) {
      // A line that leans by a pixel lies in two rows.
      count += is_ink(line, i) || (line > 0 && is_ink(line - 1, i)) ||
               (line + 1 < lines && is_ink(line + 1, i));
    }
    dark[line] = static_cast<double>(count) / length;
  }
  const int thickest =
      std::max(5, static_cast<int>(kThickness * std::min(width, height)));
  const double beside = kBesideShare * share;
  std::vector<int> found;
  for (int line = 0; line < lines; ++line) {
    if (dark[line] < share) continue;
    // With what blur makes of it.
    int first = line;
    int last = line;
    while (first > 0 && dark[first - 1] >= beside) --first;
    while (last + 1 < lines && dark[last + 1] >= beside) ++last;
    line = last;
    if (last - first + 1 > thickest) continue;
    for (int k = first; k <= last; ++k) found.push_back(k);
  }
  return found;
}

// Takes printed lines out of `ink`.
void DropLines(std::vector<uint8_t>& ink, int width, int height) {
  // Both before either is gone: they cross.
  const auto rows = FindLines(ink, width, height, true, kRowShare);
  const auto columns = FindLines(ink, width, height, false, kColumnShare);
  for (const int row : rows) {
    for (int x = 0; x < width; ++x) {
      ink[static_cast<size_t>(row) * width + x] = 0;
    }
  }
  for (const int column : columns) {
    for (int y = 0; y < height; ++y) {
      ink[static_cast<size_t>(y) * width + column] = 0;
    }
  }
}

// The piece of `ink` that holds pixel `start`, which it takes out.
InkPiece TakePiece(std::vector<uint8_t>& ink, const std::vector<float>& dark,
                   int width, int height, int start, std::vector<int>& stack) {
  InkPiece piece;
  double sum = 0;
  int left = width, right = 0, top = height, bottom = 0;
  stack.assign(1, start);
  ink[start] = 0;
  while (!stack.empty()) {
    const int at = stack.back();
    stack.pop_back();
    const int x = at % width;
    const int y = at / width;
    ++piece.area;
    sum += dark[at];
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
    for (int v = std::max(0, y - 1); v <= std::min(height - 1, y + 1); ++v) {
      for (int u = std::max(0, x - 1); u <= std::min(width - 1, x + 1); ++u) {
        const int next = v * width + u;
        if (ink[next] == 0) continue;
        ink[next] = 0;
        stack.push_back(next);
      }
    }
  }
  piece.left = left;
  piece.top = top;
  piece.width = right - left + 1;
  piece.height = bottom - top + 1;
  piece.darkness = sum / piece.area;
  return piece;
}

}  // namespace

std::vector<InkPiece> FindStrokes(const GrayImage& picture) {
  std::vector<InkPiece> pieces;
  const int width = picture.width();
  const int height = picture.height();
  if (width < kCell || height < kCell) return pieces;
  const double noise = Noise(picture);
  const bool is_calm = noise < kCalm;
  const std::vector<float> darkness =
      is_calm ? Darkness(picture) : Darkness(Smoothed(picture));
  const double least = std::min(
      kSureInk, std::max(kLeastInk, kNoises * (is_calm ? noise : noise / 3)));
  std::vector<uint8_t> ink(darkness.size());
  for (size_t i = 0; i < ink.size(); ++i) ink[i] = darkness[i] >= least;
  DropLines(ink, width, height);
  std::vector<int> stack;
  for (size_t i = 0; i < ink.size() && pieces.size() < kMaxPieces; ++i) {
    if (ink[i] == 0) continue;
    pieces.push_back(
        TakePiece(ink, darkness, width, height, static_cast<int>(i), stack));
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const InkPiece& a, const InkPiece& b) {
              return a.extent() > b.extent();
            });
  return pieces;
}

}  // namespace sightline::grade
