#include "services/grade/engine/layout_places.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sightline::grade {
namespace {

// How many of `count` are looked at; more than `limit` are a problem of `list`.
size_t Count(absl::string_view list, size_t count, int limit,
             LayoutProblems& problems) {
  if (count > static_cast<size_t>(limit)) {
    problems.Error(std::string(list), absl::StrCat("more than ", limit, " ",
                                                   list, " in the layout"));
  }
  return std::min(count, static_cast<size_t>(limit));
}

// `what`: "a code".
template <typename Place>
void CheckPlace(const Place& place, const std::string& path,
                absl::string_view what, LayoutLabels& labels,
                LayoutRules& rules, LayoutProblems& problems) {
  labels.AddPlace(path + ".label", place.label);
  if (!rules.CheckSize(path + ".size", place.size, what)) return;
  if (!IsFinite(place.center)) {
    problems.Error(path + ".center", "is not finite");
    return;
  }
  rules.CheckInside(path + ".center", place.center, place.size,
                    absl::StrCat("the place of '", place.label, "'"));
}

}  // namespace

void CheckPlaces(const SheetLayout& layout, const LayoutLimits& limits,
                 LayoutLabels& labels, LayoutRules& rules,
                 LayoutProblems& problems) {
  const size_t codes =
      Count("codes", layout.codes.size(), limits.max_codes, problems);
  for (size_t i = 0; i < codes && !problems.Full(); ++i) {
    CheckPlace(layout.codes[i], absl::StrCat("codes[", i, "]"), "a code",
               labels, rules, problems);
  }
  const size_t boxes =
      Count("boxes", layout.boxes.size(), limits.max_boxes, problems);
  for (size_t i = 0; i < boxes && !problems.Full(); ++i) {
    const HandwritingBox& box = layout.boxes[i];
    const std::string path = absl::StrCat("boxes[", i, "]");
    CheckPlace(box, path, "a box", labels, rules, problems);
    if (box.value.empty() || box.value.size() > kMaxValueBytes) {
      problems.Error(path + ".value", absl::StrCat("a value has 1 to ",
                                                   kMaxValueBytes, " bytes"));
    }
  }
}

}  // namespace sightline::grade
