#include "services/preprocess/engine/text_height.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "common/status/status_macros.h"
#include "services/preprocess/engine/adaptive_mean.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/row_source.h"

namespace sightline::preprocess {
namespace {

constexpr int kWindow = 31;
constexpr int kLeastHeight = 4;
constexpr int kGreatestHeight = 255;
constexpr uint8_t kInk = 255;
constexpr int kRowsPerPoll = 256;

// Connected ink, as far as rows have been read.
struct Piece {
  int left = 0;
  int right = 0;
  int top = 0;
  int64_t ink = 0;
};

bool IsLetter(int width, int height, int64_t ink) {
  return height >= kLeastHeight && height <= kGreatestHeight &&
         2 * width <= 5 * height && 8 * width >= height &&
         5 * ink >= int64_t{width} * height;
}

// Follows pieces of ink from row to row. Only those that reach the row read
// last are kept, so that memory depends on the page's width alone.
class LetterCounter {
 public:
  explicit LetterCounter(int width) {
    const size_t most = static_cast<size_t>(MostRuns(width));
    above_.reserve(most);
    runs_.reserve(most);
    open_.reserve(most);
    nodes_.reserve(2 * most);
    parents_.reserve(2 * most);
    places_.reserve(2 * most);
  }

  static int64_t Bytes(int width) {
    const int64_t most = MostRuns(width);
    return most * static_cast<int64_t>(2 * sizeof(Run) + sizeof(Piece) +
                                       2 * (sizeof(Piece) + 2 * sizeof(int)));
  }

  // `row`: kInk or 0. Rows in order.
  void Add(const uint8_t* row, int width, int y) {
    nodes_.assign(open_.begin(), open_.end());
    parents_.resize(nodes_.size());
    for (size_t i = 0; i < parents_.size(); ++i) {
      parents_[i] = static_cast<int>(i);
    }
    FindRuns(row, width, y);
    JoinToAbove();
    KeepOpen(y);
  }

  // After the last row.
  void Finish(int height) {
    for (const Piece& piece : open_) Close(piece, height);
    open_.clear();
  }

  TextHeight Found() const {
    TextHeight found;
    for (const int64_t count : heights_) found.letters += count;
    found.is_doubtful = found.letters < kFewestLetters;
    if (found.is_doubtful) return found;
    int64_t below = 0;
    while (2 * (below + heights_[static_cast<size_t>(found.pixels)]) <
           found.letters) {
      below += heights_[static_cast<size_t>(found.pixels)];
      ++found.pixels;
    }
    return found;
  }

 private:
  // Pixels of ink side by side: begin..end-1.
  struct Run {
    int begin = 0;
    int end = 0;
    // Index into nodes_; between rows, into open_.
    int piece = 0;
  };

  static int64_t MostRuns(int width) { return (int64_t{width} + 1) / 2; }

  void FindRuns(const uint8_t* row, int width, int y) {
    runs_.clear();
    for (int x = 0; x < width;) {
      const void* const begin =
          std::memchr(row + x, kInk, static_cast<size_t>(width - x));
      if (begin == nullptr) return;
      Run run;
      run.begin = static_cast<int>(static_cast<const uint8_t*>(begin) - row);
      const void* const end = std::memchr(
          row + run.begin, 0, static_cast<size_t>(width - run.begin));
      run.end = end == nullptr
                    ? width
                    : static_cast<int>(static_cast<const uint8_t*>(end) - row);
      run.piece = static_cast<int>(nodes_.size());
      parents_.push_back(run.piece);
      nodes_.push_back({run.begin, run.end, y, run.end - run.begin});
      runs_.push_back(run);
      x = run.end;
    }
  }

  void JoinToAbove() {
    size_t first = 0;
    for (const Run& run : runs_) {
      // Corners touch, too.
      while (first < above_.size() && above_[first].end < run.begin) ++first;
      for (size_t i = first; i < above_.size() && above_[i].begin <= run.end;
           ++i) {
        Join(above_[i].piece, run.piece);
      }
    }
  }

  int Root(int node) {
    while (parents_[static_cast<size_t>(node)] != node) {
      int& parent = parents_[static_cast<size_t>(node)];
      parent = parents_[static_cast<size_t>(parent)];
      node = parent;
    }
    return node;
  }

  void Join(int a, int b) {
    a = Root(a);
    b = Root(b);
    if (a == b) return;
    parents_[static_cast<size_t>(b)] = a;
    Piece& into = nodes_[static_cast<size_t>(a)];
    const Piece& from = nodes_[static_cast<size_t>(b)];
    into.left = std::min(into.left, from.left);
    into.right = std::max(into.right, from.right);
    into.top = std::min(into.top, from.top);
    into.ink += from.ink;
  }

  // Pieces that have ink in row `y` stay, the others are whole.
  void KeepOpen(int y) {
    open_.clear();
    places_.assign(nodes_.size(), -1);
    for (Run& run : runs_) {
      const size_t root = static_cast<size_t>(Root(run.piece));
      if (places_[root] < 0) {
        places_[root] = static_cast<int>(open_.size());
        open_.push_back(nodes_[root]);
      }
      run.piece = places_[root];
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (parents_[i] == static_cast<int>(i) && places_[i] < 0) {
        Close(nodes_[i], y);
      }
    }
    above_.swap(runs_);
  }

  void Close(const Piece& piece, int bottom) {
    const int height = bottom - piece.top;
    if (IsLetter(piece.right - piece.left, height, piece.ink)) {
      ++heights_[static_cast<size_t>(height)];
    }
  }

  std::vector<Run> above_;
  std::vector<Run> runs_;
  std::vector<Piece> open_;
  // Of one row: the open pieces, then a piece for each run; union-find.
  std::vector<Piece> nodes_;
  std::vector<int> parents_;
  // Where in open_ a root goes, -1 if nowhere.
  std::vector<int> places_;
  std::array<int64_t, kGreatestHeight + 1> heights_ = {};
};

}  // namespace

int64_t TextHeightBytes(int width) {
  return LetterCounter::Bytes(width) + width + 4096 +
         AdaptiveMean::Create({.size = kWindow})->WorkingBytes(width, 1, 1);
}

absl::StatusOr<TextHeight> EstimateTextHeight(const GrayView& in,
                                              const TextHeightOptions& options,
                                              const Execution& execution) {
  SL_RETURN_IF_ERROR(
      ParameterCheck().Range("offset", options.offset, 1, 255).status());
  SL_RETURN_IF_ERROR(CheckRun(in, execution));
  SL_ASSIGN_OR_RETURN(
      const AdaptiveMean threshold,
      AdaptiveMean::Create(
          {.size = kWindow, .offset = options.offset, .is_inverted = true}));
  const Kernels& kernels = KernelsFor(execution.instructions);
  TextHeight found;
  SL_RETURN_IF_ERROR(RunBands(1, 1, execution, [&](int, int) {
    const std::unique_ptr<RowSource> rows = GrayRows(in);
    const std::unique_ptr<RowSource> ink = threshold.Rows(*rows, kernels);
    std::vector<uint8_t> buffer(static_cast<size_t>(in.width()));
    LetterCounter letters(in.width());
    for (int y = 0; y < in.height(); ++y) {
      if (y % kRowsPerPoll == 0 && !execution.stop.Poll().ok()) return;
      letters.Add(ink->Row(y, buffer.data()), in.width(), y);
    }
    letters.Finish(in.height());
    found = letters.Found();
  }));
  SL_RETURN_IF_ERROR(execution.stop.Poll());
  return found;
}

}  // namespace sightline::preprocess
