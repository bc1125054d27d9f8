// The parameters of an operation by the names that the contract gives them, for
// reading and writing alike: what is listed here once can do both.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_OPERATION_PARAMETERS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_OPERATION_PARAMETERS_H_

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "services/preprocess/engine/pipeline/operation.h"

namespace sightline::preprocess {

struct Parameter;

// A choice by number, 1 to `count`, as the contract's enums have it.
struct Choice {
  int count = 0;
  std::function<int()> get;
  std::function<void(int)> set;
};

// Refers to a parameter of an operation, which must outlive it. The last kind
// is an operation within an operation.
using ParameterPlace =
    std::variant<int*, double*, bool*, Choice, std::vector<Parameter>>;

struct Parameter {
  std::string name;
  ParameterPlace place;
};

// Every parameter of `operation`. Resample's "target_dots_per_inch" is none of
// them: it becomes a factor.
std::vector<Parameter> ParametersOf(Operation& operation);

// One of each kind with its defaults, in the order of the variant.
const std::vector<Operation>& DefaultOperations();

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_OPERATION_PARAMETERS_H_
