#include "services/grade/engine/proposal/grid_block.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace sightline::grade {
namespace {

// A place is printed if this share of its outline is, however it was found.
constexpr double kPrintedCoverage = 0.6;
// A place this dark inside is filled.
constexpr double kFilledDarkness = 0.3;
constexpr int kLetters = 26;

enum class Place { kEmpty, kOutline, kFilled };

// What a grid has at each of its places, by field and value.
class Places {
 public:
  Places(const PrintView& view, const FoundGrid& grid,
         const std::vector<FoundOutline>& outlines, bool down)
      : fields_(down ? grid.columns : grid.rows),
        values_(down ? grid.rows : grid.columns) {
    for (int f = 0; f < fields_; ++f) {
      for (int v = 0; v < values_; ++v) {
        const int row = down ? v : f;
        const int column = down ? f : v;
        const int index = grid.OutlineAt(row, column);
        places_.push_back(index < 0 ? Look(view, grid, row, column)
                          : outlines[index].is_filled ? Place::kFilled
                                                      : Place::kOutline);
      }
    }
  }

  int fields() const { return fields_; }
  Place At(int field, int value) const {
    return places_[static_cast<size_t>(field) * values_ + value];
  }
  // The first value of a field that is there, and the one after the last.
  int First(int field) const {
    int v = 0;
    while (v < values_ && At(field, v) == Place::kEmpty) ++v;
    return v;
  }
  int End(int field) const {
    int v = values_;
    while (v > 0 && At(field, v - 1) == Place::kEmpty) --v;
    return v;
  }

 private:
  static Place Look(const PrintView& view, const FoundGrid& grid, int row,
                    int column) {
    const PixelPoint at = grid.At(row, column);
    if (view.MeanDarkness(at, grid.size) >= kFilledDarkness) {
      return Place::kFilled;
    }
    const OutlineEvidence evidence = view.Measure(grid.shape, at, grid.size);
    return evidence.coverage >= kPrintedCoverage ? Place::kOutline
                                                 : Place::kEmpty;
  }

  int fields_;
  int values_;
  std::vector<Place> places_;
};

double Rounded(double value) { return std::round(value * 100) / 100; }

std::vector<std::string> Values(int count) {
  std::vector<std::string> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(count <= kLetters ? std::string(1, char('A' + i))
                                       : absl::StrCat(i + 1));
  }
  return values;
}

// Fields `from` to before `to` of `grid`, all with values `first` to `end`.
GridBlock MakeBlock(const FoundGrid& grid, const GridMeaning& meaning,
                    const Places& places, int from, int to, int first,
                    int end) {
  GridBlock made;
  made.fields = to - from;
  made.values = end - first;
  made.is_number = meaning.is_number && made.values == grid.rows;
  const bool down = meaning.values_run_down;
  FieldBlock& block = made.block;
  const PixelPoint origin = down ? grid.At(first, from) : grid.At(from, first);
  block.origin = {Rounded(origin.x), Rounded(origin.y)};
  block.bubble = {Rounded(grid.size.width), Rounded(grid.size.height)};
  block.shape = grid.shape;
  // A line has no second gap; a layout wants one.
  const double across =
      Rounded(grid.columns > 1 ? grid.column_gap : 1.5 * grid.size.width);
  const double downwards =
      Rounded(grid.rows > 1 ? grid.row_gap : 1.5 * grid.size.height);
  block.value_gap = down ? downwards : across;
  block.field_gap = down ? across : downwards;
  if (made.is_number) {
    block.kind = FieldKind::kInteger;
  } else {
    block.values = Values(made.values);
    if (down) {
      block.value_direction = Direction::kTopToBottom;
      block.field_direction = Direction::kLeftToRight;
    }
  }

  int filled = 0;
  int missing = 0;
  for (int f = from; f < to; ++f) {
    for (int v = first; v < end; ++v) {
      filled += places.At(f, v) == Place::kFilled;
      missing += places.At(f, v) == Place::kEmpty;
    }
  }
  const double count = double(made.fields) * made.values;
  const double side = std::min(grid.size.width, grid.size.height);
  made.confidence = meaning.confidence *
                    (1 - (0.5 * filled + missing) / count) *
                    (1 - std::min(0.5, grid.deviation / side));
  if (meaning.is_number && !made.is_number) {
    made.notes.push_back(absl::StrCat("a column of ", made.values,
                                      " beside columns of ", grid.rows,
                                      ": say what its values are"));
  } else if (!meaning.doubt.empty()) {
    made.notes.push_back(meaning.doubt);
  }
  if (filled > 0) {
    made.notes.push_back(
        absl::StrCat(filled, filled == 1 ? " bubble is" : " bubbles are",
                     " filled: a blank page shows more"));
  }
  if (missing > 0) {
    made.notes.push_back(absl::StrCat(
        missing,
        missing == 1 ? " place of the grid is" : " places of the grid are",
        " empty on the page: they count as bubbles all the same"));
  }
  if (made.values > kLetters) {
    made.notes.push_back(
        absl::StrCat(made.values, " values a field, numbered from 1"));
  }
  return made;
}

}  // namespace

std::vector<GridBlock> BlocksOf(const PrintView& view, const FoundGrid& grid,
                                const std::vector<FoundOutline>& outlines) {
  const GridMeaning meaning =
      MeaningOf(grid, ComparePrint(view, grid, outlines));
  const Places places(view, grid, outlines, meaning.values_run_down);
  std::vector<GridBlock> blocks;
  for (int from = 0; from < places.fields();) {
    const int first = places.First(from);
    const int end = places.End(from);
    int to = from + 1;
    while (to < places.fields() && places.First(to) == first &&
           places.End(to) == end) {
      ++to;
    }
    if (first < end) {
      blocks.push_back(MakeBlock(grid, meaning, places, from, to, first, end));
    }
    from = to;
  }
  return blocks;
}

}  // namespace sightline::grade
