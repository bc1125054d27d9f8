// What registration and tables need to know of a layout.
//
// The server expands and checks layouts; `sightline align --layout` and the
// CSV columns of `sightline grade` need a small part of that here.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LAYOUT_REFERENCE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LAYOUT_REFERENCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sightline/align/v1/align.pb.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::cli {

// "q1..3" -> q1, q2, q3; anything else stands for itself. Errors:
// InvalidArgument LAYOUT_INVALID (backwards, or more than 20000 labels).
absl::StatusOr<std::vector<std::string>> ExpandRange(const std::string& label);

// The layout's page as registration sees it: reference picture, markers, and
// every bubble as a printed shape. Errors: InvalidArgument LAYOUT_INVALID.
absl::StatusOr<align::v1::Reference> ReferenceOf(
    const grade::v1::SheetLayout& layout);

// The labels under which answers are given out, in the layout's order: fields
// that belong to a combined field are replaced, where the first of them
// stands, by that field. Errors: InvalidArgument LAYOUT_INVALID.
absl::StatusOr<std::vector<std::string>> OutputLabels(
    const grade::v1::SheetLayout& layout);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LAYOUT_REFERENCE_H_
