#include "services/grade/engine/proposal/print_components.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/status/status_macros.h"

namespace sightline::grade {
namespace {

constexpr int kRowsPerPoll = 256;

struct Run {
  int begin = 0;
  int end = 0;
  // Index into the components of its row.
  int component = 0;
};

// Components of one colour.
class Tracker {
 public:
  // `reach`: 1 if pixels that share a corner hang together, else 0.
  Tracker(bool is_dark, int reach) : is_dark_(is_dark), reach_(reach) {}

  void Begin() { runs_.clear(); }
  void AddRun(int begin, int end) { runs_.push_back({begin, end, 0}); }

  // Takes the runs of row `y` and calls `done` with every component that does
  // not reach it.
  template <typename Done>
  void End(int y, const Done& done) {
    const int open = static_cast<int>(components_.size());
    parents_.resize(open + runs_.size());
    for (size_t i = 0; i < parents_.size(); ++i) {
      parents_[i] = static_cast<int>(i);
    }
    size_t first = 0;
    for (size_t r = 0; r < runs_.size(); ++r) {
      const Run& run = runs_[r];
      while (first < previous_.size() &&
             previous_[first].end + reach_ <= run.begin) {
        ++first;
      }
      for (size_t p = first;
           p < previous_.size() && previous_[p].begin < run.end + reach_; ++p) {
        Join(previous_[p].component, open + static_cast<int>(r));
      }
    }
    // The new row's components, numbered from the left.
    numbers_.assign(parents_.size(), -1);
    next_.clear();
    for (size_t r = 0; r < runs_.size(); ++r) {
      Run& run = runs_[r];
      int& number = numbers_[Root(open + static_cast<int>(r))];
      if (number < 0) {
        number = static_cast<int>(next_.size());
        next_.push_back({{run.begin, y, run.end, y + 1}, 0, is_dark_});
      }
      run.component = number;
      PrintComponent& component = next_[number];
      component.box.left = std::min(component.box.left, run.begin);
      component.box.right = std::max(component.box.right, run.end);
      component.pixels += run.end - run.begin;
    }
    for (int c = 0; c < open; ++c) {
      const PrintComponent& old = components_[c];
      const int number = numbers_[Root(c)];
      if (number < 0) {
        done(old);
        continue;
      }
      PrintComponent& component = next_[number];
      component.box.left = std::min(component.box.left, old.box.left);
      component.box.right = std::max(component.box.right, old.box.right);
      component.box.top = std::min(component.box.top, old.box.top);
      component.pixels += old.pixels;
    }
    std::swap(components_, next_);
    std::swap(previous_, runs_);
  }

 private:
  int Root(int node) {
    while (parents_[node] != node) {
      parents_[node] = parents_[parents_[node]];
      node = parents_[node];
    }
    return node;
  }
  void Join(int a, int b) {
    a = Root(a);
    b = Root(b);
    if (a != b) parents_[std::max(a, b)] = std::min(a, b);
  }

  const bool is_dark_;
  const int reach_;
  std::vector<Run> runs_;
  std::vector<Run> previous_;
  std::vector<PrintComponent> components_;
  std::vector<PrintComponent> next_;
  std::vector<int> parents_;
  std::vector<int> numbers_;
};

}  // namespace

absl::Status FindComponents(
    const GrayImage& page, const PaperLevel& paper, double share, int min_side,
    int max_side, const StopToken& stop,
    const std::function<void(const PrintComponent&)>& visit) {
  const int width = page.width();
  const auto done = [&](const PrintComponent& component) {
    const int shorter = std::min(component.box.width(), component.box.height());
    const int longer = std::max(component.box.width(), component.box.height());
    if (shorter >= min_side && longer <= max_side) visit(component);
  };
  Tracker print(true, 1);
  Tracker between(false, 0);
  std::vector<uint8_t> levels(width);
  for (int y = 0; y < page.height(); ++y) {
    if (y % kRowsPerPoll == 0) SL_RETURN_IF_ERROR(stop.Poll());
    paper.Row(y, share, levels);
    const uint8_t* row = page.row(y);
    print.Begin();
    between.Begin();
    for (int x = 0; x < width;) {
      const bool is_dark = row[x] < levels[x];
      const int begin = x;
      for (++x; x < width && (row[x] < levels[x]) == is_dark;) ++x;
      (is_dark ? print : between).AddRun(begin, x);
    }
    print.End(y, done);
    between.End(y, done);
  }
  // One more row, without anything, closes what is open.
  for (Tracker* tracker : {&print, &between}) {
    tracker->Begin();
    tracker->End(page.height(), done);
  }
  return absl::OkStatus();
}

int64_t ComponentBytes(int width) {
  // At most every other pixel begins a run; vectors grow to twice their size.
  const int64_t runs = width / 2 + 1;
  return 2 * 2 * runs *
             (2 * sizeof(Run) + 2 * sizeof(PrintComponent) + 4 * sizeof(int)) +
         width;
}

}  // namespace sightline::grade
