#include "services/grade/engine/layout_overlaps.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/grade/engine/bubble_index.h"

namespace sightline::grade {
namespace {

// Where the layout places bubble `b` of expanded field `f`.
std::string PathOf(const SheetLayout& layout, const ExpandedLayout& expanded,
                   int f, int b) {
  if (expanded.blocks[f] >= 0) {
    return absl::StrCat("blocks[", expanded.blocks[f], "].origin");
  }
  // Fields placed one by one follow the blocks' in order, but those that
  // were wrong are missing: find it by its label.
  for (size_t i = 0; i < layout.fields.size(); ++i) {
    if (layout.fields[i].label == expanded.fields[f].label) {
      return absl::StrCat("fields[", i, "].bubbles[", b, "].center");
    }
  }
  return "fields";
}

}  // namespace

void CheckOverlaps(const SheetLayout& layout, const ExpandedLayout& expanded,
                   const LayoutRules& rules, LayoutProblems& problems) {
  if (expanded.fields.empty()) return;
  BubbleIndex index(layout.page, expanded.bubble_count);
  // Of every bubble added: its field and its place there.
  std::vector<std::pair<int, int>> owners;
  for (size_t f = 0; f < expanded.fields.size(); ++f) {
    const Field& field = expanded.fields[f];
    for (size_t b = 0; b < field.bubbles.size(); ++b) {
      const Bubble& bubble = field.bubbles[b];
      // Reported already, and no index could hold it.
      if (!rules.WhyOutside(bubble.center, bubble.size).empty()) continue;
      const auto other = index.Add(bubble.center, bubble.size);
      owners.emplace_back(f, b);
      if (!other.has_value()) continue;
      const auto [other_field, other_bubble] = owners[*other];
      const Field& rival = expanded.fields[other_field];
      problems.Error(
          PathOf(layout, expanded, static_cast<int>(f), static_cast<int>(b)),
          absl::StrCat("bubble '", bubble.value, "' of field '", field.label,
                       "' overlaps bubble '", rival.bubbles[other_bubble].value,
                       "' of field '", rival.label, "'"));
      if (problems.Full()) return;
    }
  }
}

}  // namespace sightline::grade
