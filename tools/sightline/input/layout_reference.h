// What registration and tables need to know of a layout.
//
// `sightline align --layout` and the CSV columns of `sightline grade` need a
// part of what the server makes of a layout; the code that makes it is the
// server's own.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LAYOUT_REFERENCE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LAYOUT_REFERENCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sightline/align/v1/align.pb.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::cli {

// The layout's page as registration sees it: reference picture, markers, and
// every bubble as a printed shape; no bubbles are needed. Errors:
// InvalidArgument LAYOUT_INVALID with every problem's path below "layout".
absl::StatusOr<align::v1::Reference> ReferenceOf(
    const grade::v1::SheetLayout& layout);

// The labels under which answers are given out: the layout's columns, or all
// in the layout's order, where fields that belong to a combined field are
// replaced, where the first of them stands, by that field. Errors: as for
// ReferenceOf(), and a layout without bubbles.
absl::StatusOr<std::vector<std::string>> OutputLabels(
    const grade::v1::SheetLayout& layout);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_LAYOUT_REFERENCE_H_
