#include "services/grade/engine/layout_labels.h"

#include "absl/strings/str_cat.h"
#include "services/grade/engine/layout_rules.h"

namespace sightline::grade {

bool LayoutLabels::AddField(const std::string& path, const std::string& label) {
  return Add(path, label, so_far_.fields);
}

bool LayoutLabels::AddCombined(const std::string& path,
                               const std::string& label) {
  return Add(path, label, so_far_.combined);
}

bool LayoutLabels::AddPlace(const std::string& path, const std::string& label) {
  return Add(path, label, so_far_.places);
}

bool LayoutLabels::Add(const std::string& path, const std::string& label,
                       std::set<std::string>& labels) {
  if (label.empty() || label.size() > kMaxLabelBytes) {
    problems_.Error(
        path, absl::StrCat("a label has 1 to ", kMaxLabelBytes, " bytes"));
    return false;
  }
  if (so_far_.Has(label)) {
    problems_.Error(path,
                    absl::StrCat("the label '", label, "' is used twice"));
    return false;
  }
  labels.insert(label);
  return true;
}

}  // namespace sightline::grade
