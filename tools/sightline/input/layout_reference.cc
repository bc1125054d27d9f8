#include "tools/sightline/input/layout_reference.h"

#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::cli {
namespace {

using align::v1::PrintedShape;
using align::v1::ShapeKind;
using common::v1::Size;
using grade::v1::Direction;
using grade::v1::FieldBlock;
using grade::v1::SheetLayout;

// The contract's limit of shapes in a reference.
constexpr int kMaxShapes = 20000;

absl::Status Invalid(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, "LAYOUT_INVALID")
      .Field(absl::StrCat("layout.", field), problem);
}

struct Step {
  double x = 0;
  double y = 0;
};

Step StepOf(Direction direction, Direction fallback, double gap) {
  if (direction == grade::v1::DIRECTION_UNSPECIFIED) direction = fallback;
  switch (direction) {
    case grade::v1::DIRECTION_RIGHT_TO_LEFT:
      return {-gap, 0};
    case grade::v1::DIRECTION_TOP_TO_BOTTOM:
      return {0, gap};
    case grade::v1::DIRECTION_BOTTOM_TO_TOP:
      return {0, -gap};
    default:
      return {gap, 0};
  }
}

absl::Status AddShape(double x, double y, const Size& size, ShapeKind kind,
                      align::v1::Reference& reference) {
  if (reference.shapes_size() >= kMaxShapes) {
    return Invalid("blocks",
                   absl::StrCat("more than ", kMaxShapes, " bubbles"));
  }
  PrintedShape& shape = *reference.add_shapes();
  shape.mutable_center()->set_x(x);
  shape.mutable_center()->set_y(y);
  *shape.mutable_size() = size;
  shape.set_kind(kind);
  return absl::OkStatus();
}

absl::Status AddBlock(const FieldBlock& block, const SheetLayout& layout,
                      align::v1::Reference& reference) {
  const bool is_integer = block.kind() == grade::v1::FIELD_KIND_INTEGER;
  const int values =
      block.values().empty() && is_integer ? 10 : block.values_size();
  const Step value_step =
      StepOf(block.value_direction(),
             is_integer ? grade::v1::DIRECTION_TOP_TO_BOTTOM
                        : grade::v1::DIRECTION_LEFT_TO_RIGHT,
             block.value_gap());
  const Step field_step =
      StepOf(block.field_direction(),
             is_integer ? grade::v1::DIRECTION_LEFT_TO_RIGHT
                        : grade::v1::DIRECTION_TOP_TO_BOTTOM,
             block.field_gap());
  const Size& size = block.has_bubble() ? block.bubble() : layout.bubble();
  const ShapeKind kind =
      block.bubble_shape() != align::v1::SHAPE_KIND_UNSPECIFIED
          ? block.bubble_shape()
          : layout.bubble_shape();
  int field = 0;
  for (const std::string& label : block.labels()) {
    SL_ASSIGN_OR_RETURN(const auto labels, ExpandRange(label));
    for (size_t i = 0; i < labels.size(); ++i, ++field) {
      for (int value = 0; value < values; ++value) {
        SL_RETURN_IF_ERROR(AddShape(
            block.origin().x() + field * field_step.x + value * value_step.x,
            block.origin().y() + field * field_step.y + value * value_step.y,
            size, kind, reference));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ExpandRange(const std::string& label) {
  const size_t dots = label.find("..");
  if (dots == std::string::npos) return std::vector<std::string>{label};
  size_t digits = dots;
  while (digits > 0 &&
         absl::ascii_isdigit(static_cast<unsigned char>(label[digits - 1]))) {
    --digits;
  }
  int first = 0;
  int last = 0;
  if (!absl::SimpleAtoi(label.substr(digits, dots - digits), &first) ||
      !absl::SimpleAtoi(label.substr(dots + 2), &last) || first < 0 ||
      last < first || last - first >= kMaxShapes) {
    return Invalid("labels",
                   absl::StrCat("\"", label, "\" is no range such as q1..20"));
  }
  std::vector<std::string> labels;
  for (int number = first; number <= last; ++number) {
    labels.push_back(absl::StrCat(label.substr(0, digits), number));
  }
  return labels;
}

absl::StatusOr<align::v1::Reference> ReferenceOf(
    const grade::v1::SheetLayout& layout) {
  align::v1::Reference reference;
  *reference.mutable_page() = layout.page();
  if (layout.has_reference()) *reference.mutable_image() = layout.reference();
  *reference.mutable_markers() = layout.markers();
  for (const FieldBlock& block : layout.blocks()) {
    SL_RETURN_IF_ERROR(AddBlock(block, layout, reference));
  }
  for (const grade::v1::Field& field : layout.fields()) {
    for (const grade::v1::Bubble& bubble : field.bubbles()) {
      SL_RETURN_IF_ERROR(
          AddShape(bubble.center().x(), bubble.center().y(),
                   bubble.has_size() ? bubble.size() : layout.bubble(),
                   bubble.shape() != align::v1::SHAPE_KIND_UNSPECIFIED
                       ? bubble.shape()
                       : layout.bubble_shape(),
                   reference));
    }
  }
  return reference;
}

absl::StatusOr<std::vector<std::string>> OutputLabels(
    const grade::v1::SheetLayout& layout) {
  std::map<std::string, std::string> combined_of;
  for (const grade::v1::CombinedField& combined : layout.combined()) {
    for (const std::string& member : combined.fields()) {
      SL_ASSIGN_OR_RETURN(const auto labels, ExpandRange(member));
      for (const std::string& label : labels) {
        combined_of.emplace(label, combined.label());
      }
    }
  }
  std::vector<std::string> output;
  std::set<std::string> given;
  const auto add = [&](const std::string& label) {
    const auto combined = combined_of.find(label);
    const std::string& shown =
        combined == combined_of.end() ? label : combined->second;
    if (given.insert(shown).second) output.push_back(shown);
  };
  for (const FieldBlock& block : layout.blocks()) {
    for (const std::string& range : block.labels()) {
      SL_ASSIGN_OR_RETURN(const auto labels, ExpandRange(range));
      for (const std::string& label : labels) add(label);
      if (output.size() > kMaxShapes) {
        return Invalid("blocks",
                       absl::StrCat("more than ", kMaxShapes, " fields"));
      }
    }
  }
  for (const grade::v1::Field& field : layout.fields()) add(field.label());
  // A combined field shares all its members with earlier ones, perhaps.
  for (const grade::v1::CombinedField& combined : layout.combined()) {
    if (given.insert(combined.label()).second) {
      output.push_back(combined.label());
    }
  }
  return output;
}

}  // namespace sightline::cli
