// The labels of a sheet: what its results are called.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_LABELS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_LABELS_H_

#include <set>
#include <string>

#include "services/grade/engine/layout_check.h"
#include "services/grade/engine/layout_problems.h"

namespace sightline::grade {

// Every label is used once in a sheet. Good ones go to `so_far`, what is wrong
// with others to `problems`, under the path given; both outlive this.
class LayoutLabels {
 public:
  LayoutLabels(SheetSoFar& so_far, LayoutProblems& problems)
      : so_far_(so_far), problems_(problems) {}

  // False after reporting a problem.
  bool AddField(const std::string& path, const std::string& label);
  bool AddCombined(const std::string& path, const std::string& label);
  // A code's or a box's.
  bool AddPlace(const std::string& path, const std::string& label);

 private:
  bool Add(const std::string& path, const std::string& label,
           std::set<std::string>& labels);

  SheetSoFar& so_far_;
  LayoutProblems& problems_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_LABELS_H_
