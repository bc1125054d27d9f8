#include "good_layout.h"

namespace sightline::grade {

SheetLayout GoodLayout() {
  SheetLayout layout;
  layout.name = "good";
  layout.page = {1000, 1400};
  layout.bubble = {20, 20};
  FieldBlock questions;
  questions.name = "questions";
  questions.labels = {"q1..2"};
  questions.values = {"A", "B", "C"};
  questions.origin = {100, 300};
  questions.value_gap = 40;
  questions.field_gap = 50;
  FieldBlock number;
  number.name = "number";
  number.labels = {"n1", "n2"};
  number.kind = FieldKind::kInteger;
  number.origin = {500, 300};
  number.value_gap = 30;
  number.field_gap = 35;
  layout.blocks = {questions, number};
  Field single;
  single.label = "version";
  single.bubbles = {{"X", {700, 700}, {}, {}}, {"Y", {740, 720}, {}, {}}};
  layout.fields = {single};
  layout.combined = {{"number", {"n1..2"}}};
  return layout;
}

std::vector<std::string> Paths(const std::vector<LayoutProblem>& problems,
                               bool errors) {
  std::vector<std::string> paths;
  for (const LayoutProblem& problem : problems) {
    if (problem.is_error == errors) paths.push_back(problem.field);
  }
  return paths;
}

}  // namespace sightline::grade
