#include "tools/sightline/input/layout_reference.h"

#include <map>
#include <set>

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
  std::map<std::string, std::string> combined_of;
  for (const grade::CombinedField& combined : sheet.combined()) {
    for (const std::string& member : combined.fields) {
      combined_of.emplace(member, combined.label);
    }
  }
  std::vector<std::string> output;
  std::set<std::string> given;
  const auto add = [&](const std::string& label) {
    if (given.insert(label).second) output.push_back(label);
  };
  for (const grade::Field& field : sheet.fields()) {
    const auto combined = combined_of.find(field.label);
    add(combined == combined_of.end() ? field.label : combined->second);
  }
  // A combined field shares all its members with earlier ones, perhaps.
  for (const grade::CombinedField& combined : sheet.combined()) {
    add(combined.label);
  }
  return output;
}

}  // namespace sightline::cli
