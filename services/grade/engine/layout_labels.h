// The labels of a layout: what its results are called.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_LABELS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_LABELS_H_

#include <set>
#include <string>

#include "services/grade/engine/layout_problems.h"

namespace sightline::grade {

// Every label is used once. What is wrong with one goes to `problems`, which
// outlives this, under the path given.
class LayoutLabels {
 public:
  explicit LayoutLabels(LayoutProblems& problems) : problems_(problems) {}

  // False after reporting a problem.
  bool AddField(const std::string& path, const std::string& label);
  bool AddCombined(const std::string& path, const std::string& label);
  // A code's or a box's.
  bool AddPlace(const std::string& path, const std::string& label);

  bool HasField(const std::string& label) const {
    return fields_.count(label) > 0;
  }

 private:
  bool Add(const std::string& path, const std::string& label,
           std::set<std::string>& labels);

  LayoutProblems& problems_;
  std::set<std::string> fields_;
  std::set<std::string> others_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_LABELS_H_
