// Collects what is wrong or doubtful in a layout.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PROBLEMS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PROBLEMS_H_

#include <string>
#include <utility>
#include <vector>

#include "services/grade/engine/layout.h"

namespace sightline::grade {

// At most kMost errors and as many warnings; further ones are dropped.
class LayoutProblems {
 public:
  static constexpr int kMost = 50;

  void Error(std::string field, std::string description) {
    Add(errors_, {true, std::move(field), std::move(description)});
  }
  void Warning(std::string field, std::string description) {
    Add(warnings_, {false, std::move(field), std::move(description)});
  }

  // Whether looking further is in vain. Warnings do not count: a layout that
  // is merely odd is looked at to its end.
  bool Full() const { return errors_ >= kMost; }

  std::vector<LayoutProblem> Take() { return std::move(problems_); }

 private:
  void Add(int& count, LayoutProblem problem) {
    if (count >= kMost) return;
    ++count;
    problems_.push_back(std::move(problem));
  }

  std::vector<LayoutProblem> problems_;
  int errors_ = 0;
  int warnings_ = 0;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PROBLEMS_H_
