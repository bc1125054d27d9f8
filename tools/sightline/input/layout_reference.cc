#include "tools/sightline/input/layout_reference.h"

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/grade/engine/layout.h"
#include "services/grade/layout_from_proto.h"

namespace sightline::cli {
namespace {

absl::StatusOr<grade::Sheet> SheetOf(const grade::v1::SheetLayout& message) {
  const absl::StatusOr<grade::SheetLayout> layout = grade::ToLayout(message);
  if (!layout.ok()) return PrefixFields(layout.status(), "layout");
  absl::StatusOr<grade::Sheet> sheet = grade::Sheet::Create(*layout);
  if (!sheet.ok()) return PrefixFields(sheet.status(), "layout");
  return sheet;
}

}  // namespace

absl::StatusOr<align::v1::Reference> ReferenceOf(
    const grade::v1::SheetLayout& layout) {
  // A page can be registered by its picture or its markers alone.
  if (layout.blocks().empty() && layout.fields().empty()) {
    return grade::ToReference(layout, grade::Sheet());
  }
  SL_ASSIGN_OR_RETURN(const grade::Sheet sheet, SheetOf(layout));
  return grade::ToReference(layout, sheet);
}

absl::StatusOr<std::vector<std::string>> OutputLabels(
    const grade::v1::SheetLayout& layout) {
  SL_ASSIGN_OR_RETURN(const grade::Sheet sheet, SheetOf(layout));
  absl::StatusOr<std::vector<std::string>> columns =
      grade::ColumnsOf(layout, sheet);
  if (!columns.ok()) return PrefixFields(columns.status(), "layout");
  return columns;
}

}  // namespace sightline::cli
