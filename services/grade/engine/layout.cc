#include "services/grade/engine/layout.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/grade/engine/bubble_index.h"
#include "services/grade/engine/layout_check.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

// Fields placed one by one belong together when their bubbles are no further
// apart than this many bubble sides.
constexpr double kClusterReach = 3;

std::vector<int> GroupFields(const ExpandedLayout& layout, PixelSize page,
                             int* group_count) {
  std::vector<PixelPoint> points;
  std::vector<int> first_point(layout.fields.size(), -1);
  double largest_side = 0;
  for (size_t f = 0; f < layout.fields.size(); ++f) {
    if (layout.blocks[f] >= 0) continue;
    first_point[f] = static_cast<int>(points.size());
    for (const Bubble& bubble : layout.fields[f].bubbles) {
      points.push_back(bubble.center);
      largest_side =
          std::max({largest_side, bubble.size.width, bubble.size.height});
    }
  }
  int cluster_count = 0;
  const std::vector<int> clusters =
      ClusterPoints(points, page, kClusterReach * largest_side, &cluster_count);

  // Bubbles of different size or shape do not share their outlines.
  using Key = std::tuple<int, int, double, double, BubbleShape>;
  std::map<Key, int> numbers;
  std::vector<int> groups(layout.fields.size());
  for (size_t f = 0; f < layout.fields.size(); ++f) {
    const Bubble& bubble = layout.fields[f].bubbles.front();
    const int cluster = first_point[f] < 0 ? -1 : clusters[first_point[f]];
    const Key key = {layout.blocks[f], cluster, bubble.size.width,
                     bubble.size.height,
                     bubble.shape.value_or(BubbleShape::kEllipse)};
    groups[f] = numbers.try_emplace(key, static_cast<int>(numbers.size()))
                    .first->second;
  }
  *group_count = static_cast<int>(numbers.size());
  return groups;
}

}  // namespace

std::vector<LayoutProblem> Sheet::Check(const SheetLayout& layout,
                                        const LayoutLimits& limits) {
  ExpandedLayout expanded;
  return ExpandLayout(layout, limits, expanded);
}

absl::StatusOr<Sheet> Sheet::Create(const SheetLayout& layout,
                                    const LayoutLimits& limits) {
  ExpandedLayout expanded;
  Error error(absl::StatusCode::kInvalidArgument, kLayoutInvalid);
  bool failed = false;
  for (const LayoutProblem& problem : ExpandLayout(layout, limits, expanded)) {
    if (!problem.is_error) continue;
    failed = true;
    error.Field(problem.field, problem.description);
  }
  if (failed) return error;

  Sheet sheet;
  sheet.page_ = layout.page;
  sheet.groups_ = GroupFields(expanded, layout.page, &sheet.group_count_);
  sheet.fields_ = std::move(expanded.fields);
  sheet.combined_ = std::move(expanded.combined);
  sheet.codes_ = layout.codes;
  sheet.boxes_ = layout.boxes;
  sheet.bubble_count_ = expanded.bubble_count;
  for (size_t i = 0; i < sheet.fields_.size(); ++i) {
    sheet.field_index_.emplace(sheet.fields_[i].label, static_cast<int>(i));
  }
  for (size_t i = 0; i < sheet.combined_.size(); ++i) {
    sheet.combined_index_.emplace(sheet.combined_[i].label,
                                  static_cast<int>(i));
  }
  return sheet;
}

std::optional<int> Sheet::FindField(absl::string_view label) const {
  const auto found = field_index_.find(std::string(label));
  if (found == field_index_.end()) return std::nullopt;
  return found->second;
}

std::optional<int> Sheet::FindCombined(absl::string_view label) const {
  const auto found = combined_index_.find(std::string(label));
  if (found == combined_index_.end()) return std::nullopt;
  return found->second;
}

}  // namespace sightline::grade
