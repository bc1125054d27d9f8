#include "services/grade/engine/proposal/bubble_finder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "common/status/status_macros.h"

namespace sightline::grade {
namespace {

// Of the paper's brightness: faint, ordinary and bold print.
constexpr double kShares[] = {0.9, 0.8, 0.65};
// A box that is more than this full is no outline.
constexpr double kMostInk = 0.8;
constexpr double kMostAspect = 3;
// A marker's sides, as a share of the page's longer side.
constexpr double kLargestSolid = 0.08;
constexpr int kMostSolids = 4000;
// An outline that is seen so well is not looked at again.
constexpr double kGoodScore = 0.93;
// Looked at in pairs: a bound on time.
constexpr size_t kMostBrackets = 10000;
// A spot that is this full is a filled bubble, if it stands in a grid.
constexpr double kFilled = 0.65;

PixelPoint CenterOf(const PixelBox& box) {
  return {(box.left + box.right) / 2.0, (box.top + box.bottom) / 2.0};
}

PixelSize SizeOf(const PixelBox& box) {
  return {double(box.width()), double(box.height())};
}

// Finds what was found at the same place before.
class Places {
 public:
  Places(int width, int height)
      : columns_(width / kCell + 1),
        rows_(height / kCell + 1),
        heads_(static_cast<size_t>(columns_) * rows_, -1) {}

  // The outline of about this one's place and size, or -1.
  int Find(const FoundOutline& outline,
           const std::vector<FoundOutline>& all) const {
    const int column = static_cast<int>(outline.center.x) / kCell;
    const int row = static_cast<int>(outline.center.y) / kCell;
    const int reach = static_cast<int>(Reach(outline.size)) / kCell + 1;
    for (int b = std::max(0, row - reach);
         b <= std::min(rows_ - 1, row + reach); ++b) {
      for (int a = std::max(0, column - reach);
           a <= std::min(columns_ - 1, column + reach); ++a) {
        for (int i = heads_[static_cast<size_t>(b) * columns_ + a]; i >= 0;
             i = next_[i]) {
          if (IsSame(all[i], outline)) return i;
        }
      }
    }
    return -1;
  }

  // Keeps `outline` unless a better one of about its size is there.
  void Add(const FoundOutline& outline, std::vector<FoundOutline>& all) {
    const int same = Find(outline, all);
    if (same >= 0) {
      // It stays in its cell: what is looked for lies that near.
      if (all[same].score < outline.score) all[same] = outline;
      return;
    }
    if (all.size() >= static_cast<size_t>(kMaxOutlines)) return;
    const int column =
        std::clamp(static_cast<int>(outline.center.x) / kCell, 0, columns_ - 1);
    const int row =
        std::clamp(static_cast<int>(outline.center.y) / kCell, 0, rows_ - 1);
    int& head = heads_[static_cast<size_t>(row) * columns_ + column];
    next_.push_back(head);
    head = static_cast<int>(all.size());
    all.push_back(outline);
  }

  static int64_t Bytes(int width, int height) {
    return int64_t{sizeof(int)} * (width / kCell + 1) * (height / kCell + 1) +
           3 * int64_t{kMaxOutlines} * sizeof(int);
  }

 private:
  static constexpr int kCell = 8;

  static double Reach(PixelSize size) {
    return std::max(1.5, 0.15 * std::min(size.width, size.height));
  }
  static bool IsSame(const FoundOutline& a, const FoundOutline& b) {
    const double reach = Reach(b.size);
    return std::abs(a.center.x - b.center.x) <= reach &&
           std::abs(a.center.y - b.center.y) <= reach &&
           std::abs(a.size.width - b.size.width) <= 0.25 * b.size.width + 1 &&
           std::abs(a.size.height - b.size.height) <= 0.25 * b.size.height + 1;
  }

  int columns_;
  int rows_;
  // Per cell the outline added last, per outline the one before it there.
  std::vector<int> heads_;
  std::vector<int> next_;
};

class Finder {
 public:
  Finder(const GrayImage& page, const PaperLevel& paper)
      : view_(page, paper),
        places_(page.width(), page.height()),
        largest_solid_(kLargestSolid * std::max(page.width(), page.height())) {}

  absl::Status Search(const PaperLevel& paper, double share,
                      bool collects_solids, const StopToken& stop) {
    brackets_.clear();
    const int largest =
        std::max(kMaxBubbleSide, static_cast<int>(largest_solid_));
    SL_RETURN_IF_ERROR(FindComponents(view_.page(), paper, share, 2, largest,
                                      stop,
                                      [&](const PrintComponent& component) {
                                        Look(component, collects_solids);
                                      }));
    PairBrackets();
    return absl::OkStatus();
  }

  FoundPrint Take() && {
    for (const SolidPrint& solid : found_.solids) {
      if (solid.fill < kFilled ||
          std::max(solid.size.width, solid.size.height) > kMaxBubbleSide ||
          found_.outlines.size() >= static_cast<size_t>(kMaxOutlines)) {
        continue;
      }
      FoundOutline spot;
      spot.center = solid.center;
      spot.size = solid.size;
      spot.is_filled = true;
      found_.outlines.push_back(spot);
    }
    return std::move(found_);
  }

 private:
  void Look(const PrintComponent& component, bool collects_solids) {
    const PixelBox& box = component.box;
    const double fill =
        double(component.pixels) / (double(box.width()) * box.height());
    if (component.is_dark && collects_solids) LookAtSolid(box, fill);
    if (box.width() > kMaxBubbleSide || box.height() > kMaxBubbleSide) return;
    if (component.is_dark && box.height() >= kMinBubbleSide &&
        box.height() >= 2.2 * box.width() && fill < 0.9) {
      if (brackets_.size() < kMostBrackets) {
        brackets_.push_back(box);
      }
      return;
    }
    if (box.width() < kMinBubbleSide - 3 || box.height() < kMinBubbleSide - 3 ||
        box.width() > kMostAspect * box.height() ||
        box.height() > kMostAspect * box.width()) {
      return;
    }
    if (component.is_dark) {
      if (fill <= kMostInk) Try(CenterOf(box), SizeOf(box));
    } else {
      TryAround(box);
    }
  }

  void LookAtSolid(const PixelBox& box, double fill) {
    const int longer = std::max(box.width(), box.height());
    const int shorter = std::min(box.width(), box.height());
    if (shorter < kMinBubbleSide || longer > largest_solid_ ||
        longer > kMostAspect * shorter ||
        found_.solids.size() >= static_cast<size_t>(kMostSolids)) {
      return;
    }
    found_.solids.push_back({CenterOf(box), SizeOf(box), fill});
  }

  bool Try(PixelPoint center, PixelSize size) {
    if (std::min(size.width, size.height) < kMinBubbleSide ||
        std::max(size.width, size.height) > kMaxBubbleSide) {
      return false;
    }
    FoundOutline best;
    best.center = center;
    best.size = size;
    const int known = places_.Find(best, found_.outlines);
    if (known >= 0 && found_.outlines[known].score >= kGoodScore) return true;
    for (const BubbleShape shape :
         {BubbleShape::kEllipse, BubbleShape::kRectangle}) {
      const double score = view_.Measure(shape, center, size).Score();
      if (score > best.score) best = {center, size, shape, score};
    }
    if (best.score == 0) return false;
    view_.Refine(best.shape, &best.center, &best.size);
    places_.Add(best, found_.outlines);
    return true;
  }

  // An outline that touches other print is no piece of its own, but the paper
  // inside it is. Its line's thickness is the least of the four sides'.
  void TryAround(const PixelBox& inside) {
    const PixelPoint center = CenterOf(inside);
    const PixelSize size = SizeOf(inside);
    const double most = 2 + 0.15 * std::min(size.width, size.height);
    double thickness = most;
    for (const auto& [dx, dy] : {std::pair{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
      double line = 0;
      const double x = center.x + dx * (size.width / 2 + 0.5);
      const double y = center.y + dy * (size.height / 2 + 0.5);
      const double edge = view_.Darkness(x, y);
      while (line < most &&
             view_.Darkness(x + dx * line, y + dy * line) > 0.5 * edge) {
        ++line;
      }
      thickness = std::min(thickness, line);
    }
    if (thickness >= most) return;
    Try(center, {size.width + 2 * thickness, size.height + 2 * thickness});
  }

  // Of every left bracket, the nearest right one of its height beside it.
  void PairBrackets() {
    std::sort(brackets_.begin(), brackets_.end(),
              [](const PixelBox& a, const PixelBox& b) {
                return a.top != b.top ? a.top < b.top : a.left < b.left;
              });
    for (size_t i = 0; i < brackets_.size(); ++i) {
      const PixelBox& left = brackets_[i];
      const int slack = std::max(1, left.height() / 10);
      std::optional<PixelBox> right;
      // Tops are sorted; those a little above were seen before.
      size_t from = i;
      while (from > 0 && brackets_[from - 1].top >= left.top - slack) --from;
      for (size_t j = from;
           j < brackets_.size() && brackets_[j].top <= left.top + slack; ++j) {
        const PixelBox& other = brackets_[j];
        if (other.left < left.right ||
            other.right - left.left > 3 * left.height() ||
            std::abs(other.bottom - left.bottom) > slack) {
          continue;
        }
        if (!right.has_value() || other.left < right->left) right = other;
      }
      if (!right.has_value()) continue;
      const PixelBox whole = {left.left, std::min(left.top, right->top),
                              right->right,
                              std::max(left.bottom, right->bottom)};
      if (whole.width() < kMinBubbleSide || whole.width() > kMaxBubbleSide) {
        continue;
      }
      FoundOutline found;
      found.center = CenterOf(whole);
      found.size = SizeOf(whole);
      found.shape = BubbleShape::kBrackets;
      found.score =
          view_.Measure(found.shape, found.center, found.size).Score();
      if (found.score == 0) continue;
      view_.Refine(found.shape, &found.center, &found.size);
      places_.Add(found, found_.outlines);
    }
  }

  PrintView view_;
  Places places_;
  const double largest_solid_;
  FoundPrint found_;
  std::vector<PixelBox> brackets_;
};

}  // namespace

absl::StatusOr<FoundPrint> FindPrint(const GrayImage& page,
                                     const PaperLevel& paper,
                                     const StopToken& stop) {
  Finder finder(page, paper);
  for (const double share : kShares) {
    SL_RETURN_IF_ERROR(finder.Search(paper, share, share == 0.65, stop));
  }
  return std::move(finder).Take();
}

int64_t FindPrintBytes(int width, int height) {
  return ComponentBytes(width) + Places::Bytes(width, height) +
         // Vectors grow to twice their size.
         3 * (int64_t{kMaxOutlines} *
                  (sizeof(FoundOutline) + sizeof(PixelBox)) +
              int64_t{kMostSolids} * sizeof(SolidPrint));
}

}  // namespace sightline::grade
