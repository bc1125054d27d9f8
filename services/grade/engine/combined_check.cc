#include "services/grade/engine/combined_check.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/grade/engine/layout_labels.h"

namespace sightline::grade {
void CheckCombined(const SheetLayout& layout, const LayoutLimits& limits,
                   SheetSoFar& so_far, LayoutProblems& problems,
                   std::vector<CombinedField>& combined) {
  LayoutLabels labels(so_far, problems);
  int64_t all_members = 0;
  for (size_t i = 0; i < layout.combined.size() && !problems.Full(); ++i) {
    const CombinedField& field = layout.combined[i];
    const std::string path = absl::StrCat("combined[", i, "]");
    if (static_cast<int64_t>(i) >= limits.max_fields) {
      problems.Error("combined", absl::StrCat("more than ", limits.max_fields,
                                              " combined fields"));
      return;
    }
    labels.AddCombined(path + ".label", field.label);
    if (field.fields.empty()) {
      problems.Error(path + ".fields", "no fields to combine");
      continue;
    }
    const auto members = ExpandLabels(field.fields, limits.max_fields);
    if (!members.ok()) {
      ReportLabels(members.status(), path + ".fields", problems);
      continue;
    }
    all_members += static_cast<int64_t>(members->size());
    if (all_members > limits.max_bubbles) {
      problems.Error(path + ".fields",
                     absl::StrCat("combined fields have more than ",
                                  limits.max_bubbles, " members together"));
      continue;
    }
    std::set<absl::string_view> seen;
    for (const std::string& member : *members) {
      if (problems.Full()) return;
      if (so_far.fields.count(member) == 0) {
        problems.Error(path + ".fields",
                       absl::StrCat("there is no field '", member, "'"));
      } else if (!seen.insert(member).second) {
        problems.Warning(path + ".fields",
                         absl::StrCat("the field '", member, "' occurs twice"));
      }
    }
    combined.push_back({field.label, *members, field.check});
  }
}

void ReportLabels(const absl::Status& status, const std::string& path,
                  LayoutProblems& problems) {
  const auto details = DetailsOf(status);
  if (!details.has_value()) return;
  for (const FieldViolation& violation : details->fields) {
    problems.Error(path + violation.field, violation.description);
  }
}

}  // namespace sightline::grade
