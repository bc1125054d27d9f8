// Layout and key messages to the engine's structures, and a layout to the
// reference that registration needs.
#ifndef SIGHTLINE_SERVICES_GRADE_LAYOUT_FROM_PROTO_H_
#define SIGHTLINE_SERVICES_GRADE_LAYOUT_FROM_PROTO_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "sightline/align/v1/align.pb.h"
#include "sightline/grade/v1/answer_key.pb.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::grade {

// All pages of a layout. Errors: InvalidArgument LAYOUT_INVALID (an enum value
// that is not known), with the field's path below the message. What the layout
// means is checked by Sheet::Create().
absl::StatusOr<SheetLayout> ToLayout(const v1::SheetLayout& message);

// Never fails: what does not fit is found by CheckKey().
AnswerKey ToKey(const v1::AnswerKey& message);

align::v1::ShapeKind ToShapeKind(BubbleShape shape);

// The labels under which answers are listed: the layout's columns, ranges
// expanded; by default every field in the layout's order, and where the first
// member of a combined field stands, that field. Errors: InvalidArgument
// LAYOUT_INVALID (a range that can't be read, a label that `sheet` does not
// have or that is listed twice) with the path below the layout.
absl::StatusOr<std::vector<std::string>> ColumnsOf(
    const v1::SheetLayout& message, const Sheet& sheet);

// The same as problems; none for columns that are right.
std::vector<LayoutProblem> CheckColumns(const v1::SheetLayout& message,
                                        const Sheet& sheet);

// The first page, its picture, its markers, and every bubble on it as a printed
// shape. For another page: the message and the sheet of that page by itself.
align::v1::Reference ToReference(const v1::SheetLayout& message,
                                 const Sheet& sheet);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_LAYOUT_FROM_PROTO_H_
