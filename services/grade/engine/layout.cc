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
  std::vector<ExpandedLayout> expanded;
  return ExpandPages(layout, limits, expanded);
}

absl::StatusOr<Sheet> Sheet::Create(const SheetLayout& layout,
                                    const LayoutLimits& limits) {
  std::vector<ExpandedLayout> expanded;
  Error error(absl::StatusCode::kInvalidArgument, kLayoutInvalid);
  bool failed = false;
  for (const LayoutProblem& problem : ExpandPages(layout, limits, expanded)) {
    if (!problem.is_error) continue;
    failed = true;
    error.Field(problem.field, problem.description);
  }
  if (failed) return error;

  if (expanded.size() == 1) return OfPage(layout, std::move(expanded[0]));
  std::vector<CombinedField> combined;
  combined.swap(expanded[0].combined);
  std::vector<Sheet> pages;
  pages.push_back(OfPage(layout, std::move(expanded[0])));
  for (size_t i = 0; i < layout.more_pages.size(); ++i) {
    pages.push_back(OfPage(layout.more_pages[i], std::move(expanded[i + 1])));
  }
  return OfPages(std::move(pages), std::move(combined));
}

Sheet Sheet::OfPage(const SheetLayout& layout, ExpandedLayout expanded) {
  Sheet sheet;
  sheet.page_ = layout.page;
  sheet.page_code_ = layout.page_code;
  sheet.groups_ = GroupFields(expanded, layout.page, &sheet.group_count_);
  sheet.fields_ = std::move(expanded.fields);
  sheet.combined_ = std::move(expanded.combined);
  sheet.codes_ = layout.codes;
  sheet.boxes_ = layout.boxes;
  sheet.bubble_count_ = expanded.bubble_count;
  sheet.IndexLabels();
  return sheet;
}

Sheet Sheet::OfPages(std::vector<Sheet> pages,
                     std::vector<CombinedField> combined) {
  Sheet sheet;
  sheet.page_ = pages.front().page_;
  for (const Sheet& page : pages) {
    for (const int group : page.groups_) {
      sheet.groups_.push_back(sheet.group_count_ + group);
    }
    sheet.group_count_ += page.group_count_;
    sheet.fields_.insert(sheet.fields_.end(), page.fields_.begin(),
                         page.fields_.end());
    sheet.codes_.insert(sheet.codes_.end(), page.codes_.begin(),
                        page.codes_.end());
    sheet.boxes_.insert(sheet.boxes_.end(), page.boxes_.begin(),
                        page.boxes_.end());
    sheet.bubble_count_ += page.bubble_count_;
  }
  sheet.combined_ = std::move(combined);
  sheet.pages_ = std::move(pages);
  sheet.IndexLabels();
  return sheet;
}

void Sheet::IndexLabels() {
  for (size_t i = 0; i < fields_.size(); ++i) {
    field_index_.emplace(fields_[i].label, static_cast<int>(i));
  }
  for (size_t i = 0; i < combined_.size(); ++i) {
    combined_index_.emplace(combined_[i].label, static_cast<int>(i));
  }
}

int Sheet::first_field(int page) const {
  int first = 0;
  for (int i = 0; i < page; ++i) {
    first += static_cast<int>(page_sheet(i).fields_.size());
  }
  return first;
}

int Sheet::first_code(int page) const {
  int first = 0;
  for (int i = 0; i < page; ++i) {
    first += static_cast<int>(page_sheet(i).codes_.size());
  }
  return first;
}

int Sheet::PageOfField(int field) const {
  int page = 0;
  while (page + 1 < page_count() && field >= first_field(page + 1)) ++page;
  return page;
}

int Sheet::PageOfCode(int code) const {
  int page = 0;
  while (page + 1 < page_count() && code >= first_code(page + 1)) ++page;
  return page;
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
