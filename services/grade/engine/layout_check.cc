#include "services/grade/engine/layout_check.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/grade/engine/combined_check.h"
#include "services/grade/engine/layout_labels.h"
#include "services/grade/engine/layout_overlaps.h"
#include "services/grade/engine/layout_places.h"
#include "services/grade/engine/layout_problems.h"
#include "services/grade/engine/layout_rules.h"

namespace sightline::grade {
namespace {

struct Step {
  double x = 0;
  double y = 0;
};

Step StepOf(Direction direction, double gap) {
  switch (direction) {
    case Direction::kLeftToRight:
      return {gap, 0};
    case Direction::kRightToLeft:
      return {-gap, 0};
    case Direction::kBottomToTop:
      return {0, -gap};
    case Direction::kTopToBottom:
    case Direction::kDefault:
      break;
  }
  return {0, gap};
}

bool IsHorizontal(Direction direction) {
  return direction == Direction::kLeftToRight ||
         direction == Direction::kRightToLeft;
}

class LayoutChecker {
 public:
  LayoutChecker(const SheetLayout& layout, const LayoutLimits& limits,
                SheetSoFar& so_far, ExpandedLayout& expanded)
      : layout_(layout),
        limits_(limits),
        so_far_(so_far),
        expanded_(expanded),
        rules_(layout, problems_),
        labels_(so_far, problems_) {}

  // `is_whole_sheet`: there are no other pages, so that combined fields can be
  // looked at, too.
  std::vector<LayoutProblem> Run(bool is_whole_sheet) {
    rules_.CheckPage();
    if (layout_.name.size() > kMaxLayoutNameBytes) {
      problems_.Error(
          "name", absl::StrCat("longer than ", kMaxLayoutNameBytes, " bytes"));
    }
    if (layout_.bubble != PixelSize{}) {
      rules_.CheckSize("bubble", layout_.bubble);
    }
    for (size_t i = 0; i < layout_.blocks.size() && !problems_.Full(); ++i)
      AddBlock(i);
    for (size_t i = 0; i < layout_.fields.size() && !problems_.Full(); ++i)
      AddField(i);
    if (is_whole_sheet) {
      CheckCombined(layout_, limits_, so_far_, problems_, expanded_.combined);
    }
    CheckPlaces(layout_, limits_, labels_, rules_, problems_);
    if (layout_.blocks.empty() && layout_.fields.empty()) {
      problems_.Error("blocks", "no bubbles: give at least one block or field");
    }
    if (rules_.page_ok()) {
      CheckOverlaps(layout_, expanded_, rules_, problems_);
    }
    so_far_.field_count += static_cast<int>(expanded_.fields.size());
    so_far_.bubble_count += expanded_.bubble_count;
    return problems_.Take();
  }

 private:
  bool HasRoom(const std::string& path, int64_t fields, int64_t bubbles) {
    const int64_t all_fields =
        so_far_.field_count + expanded_.fields.size() + fields;
    const int64_t all_bubbles =
        so_far_.bubble_count + expanded_.bubble_count + bubbles;
    if (all_fields > limits_.max_fields) {
      problems_.Error(path, absl::StrCat("more than ", limits_.max_fields,
                                         " fields in the layout"));
      return false;
    }
    if (all_bubbles > limits_.max_bubbles) {
      problems_.Error(path, absl::StrCat("more than ", limits_.max_bubbles,
                                         " bubbles in the layout"));
      return false;
    }
    return true;
  }

  void AddBlock(size_t index) {
    const FieldBlock& block = layout_.blocks[index];
    const std::string path = absl::StrCat("blocks[", index, "]");
    bool ok = true;
    if (block.name.size() > kMaxLayoutNameBytes) {
      problems_.Error(
          path + ".name",
          absl::StrCat("longer than ", kMaxLayoutNameBytes, " bytes"));
    } else if (!block.name.empty() && !names_.insert(block.name).second) {
      problems_.Error(
          path + ".name",
          absl::StrCat("the block name '", block.name, "' is used twice"));
    }

    std::vector<std::string> values = block.values;
    if (values.empty() && block.kind == FieldKind::kInteger) {
      for (char digit = '0'; digit <= '9'; ++digit)
        values.emplace_back(1, digit);
    }
    if (values.empty()) {
      problems_.Error(path + ".values",
                      "no values: write one for every bubble");
      ok = false;
    }
    if (static_cast<int64_t>(values.size()) > limits_.max_bubbles_per_field) {
      problems_.Error(path + ".values",
                      absl::StrCat("more than ", limits_.max_bubbles_per_field,
                                   " bubbles in a field"));
      return;
    }
    ok = rules_.CheckValues(values, block.kind, [&](size_t i) {
      return absl::StrCat(path, ".values[", i, "]");
    }) && ok;
    rules_.CheckEmptyValue(path + ".empty_value", block.empty_value, values);

    if (block.labels.empty()) {
      problems_.Error(path + ".labels", "no labels: write one for every field");
      ok = false;
    }
    const auto labels = ExpandLabels(block.labels, limits_.max_fields);
    if (!labels.ok()) {
      ReportLabels(labels.status(), path + ".labels", problems_);
      return;
    }

    const bool is_integer = block.kind == FieldKind::kInteger;
    Direction along = block.value_direction;
    Direction across = block.field_direction;
    if (along == Direction::kDefault) {
      along = is_integer ? Direction::kTopToBottom : Direction::kLeftToRight;
    }
    if (across == Direction::kDefault) {
      across = is_integer ? Direction::kLeftToRight : Direction::kTopToBottom;
    }
    if (IsHorizontal(along) == IsHorizontal(across) && labels->size() > 1 &&
        values.size() > 1) {
      problems_.Error(
          path + ".field_direction",
          "fields and values follow in the same direction: give "
          "value_direction and field_direction so that one is horizontal "
          "and the other vertical");
      ok = false;
    }

    const std::optional<PixelSize> size =
        rules_.SizeOr(path + ".bubble", block.bubble);
    if (!IsFinite(block.origin)) {
      problems_.Error(path + ".origin", "is not finite");
      ok = false;
    }
    const auto extent = [&](Direction direction) {
      if (!size.has_value()) return 0.0;
      return IsHorizontal(direction) ? size->width : size->height;
    };
    ok = rules_.CheckGap(path + ".value_gap", block.value_gap,
                         static_cast<int>(values.size()), extent(along)) &&
         ok;
    ok = rules_.CheckGap(path + ".field_gap", block.field_gap,
                         static_cast<int>(labels->size()), extent(across)) &&
         ok;
    // Labels are taken even from a block that is wrong otherwise: else every
    // combined field that uses them would be reported as well.
    std::vector<std::string> good_labels;
    for (const std::string& label : *labels) {
      if (problems_.Full()) return;
      if (labels_.AddField(path + ".labels", label)) {
        good_labels.push_back(label);
      }
    }
    if (!HasRoom(path, good_labels.size(),
                 int64_t(good_labels.size()) * int64_t(values.size()))) {
      return;
    }
    if (!ok || !size.has_value() || good_labels.size() != labels->size()) {
      return;
    }
    PlaceBlock(static_cast<int>(index), block, good_labels, values, along,
               across, *size);
  }

  void PlaceBlock(int index, const FieldBlock& block,
                  const std::vector<std::string>& labels,
                  const std::vector<std::string>& values, Direction along,
                  Direction across, PixelSize size) {
    const std::string path = absl::StrCat("blocks[", index, "].origin");
    const Step value_step = StepOf(along, block.value_gap);
    const Step field_step = StepOf(across, block.field_gap);
    const BubbleShape shape = block.shape.value_or(layout_.shape);
    bool is_inside = true;
    for (size_t f = 0; f < labels.size(); ++f) {
      Field field;
      field.label = labels[f];
      field.kind = block.kind;
      field.empty_value = block.empty_value;
      field.filled_cancels = block.filled_cancels;
      field.bubbles.reserve(values.size());
      for (size_t v = 0; v < values.size(); ++v) {
        const PixelPoint center = {
            block.origin.x + value_step.x * v + field_step.x * f,
            block.origin.y + value_step.y * v + field_step.y * f};
        // One report a block: the rest of it lies outside as well.
        is_inside =
            is_inside &&
            rules_.CheckInside(path, center, size,
                               absl::StrCat("bubble '", values[v],
                                            "' of field '", labels[f], "'"));
        field.bubbles.push_back({values[v], center, size, shape});
      }
      Append(std::move(field), index);
    }
  }

  void AddField(size_t index) {
    const Field& field = layout_.fields[index];
    const std::string path = absl::StrCat("fields[", index, "]");
    bool ok = labels_.AddField(path + ".label", field.label);
    if (field.bubbles.empty()) {
      problems_.Error(path + ".bubbles", "no bubbles");
      return;
    }
    if (static_cast<int64_t>(field.bubbles.size()) >
        limits_.max_bubbles_per_field) {
      problems_.Error(path + ".bubbles",
                      absl::StrCat("more than ", limits_.max_bubbles_per_field,
                                   " bubbles in a field"));
      return;
    }
    if (!HasRoom(path, 1, field.bubbles.size())) return;
    const auto bubble_path = [&](size_t i) {
      return absl::StrCat(path, ".bubbles[", i, "]");
    };
    std::vector<std::string> values;
    for (const Bubble& bubble : field.bubbles) values.push_back(bubble.value);
    ok = rules_.CheckValues(values, field.kind, [&](size_t i) {
      return bubble_path(i) + ".value";
    }) && ok;
    rules_.CheckEmptyValue(path + ".empty_value", field.empty_value, values);
    Field placed = field;
    for (size_t i = 0; i < placed.bubbles.size() && !problems_.Full(); ++i) {
      Bubble& bubble = placed.bubbles[i];
      const auto size = rules_.SizeOr(bubble_path(i) + ".size", bubble.size);
      if (!IsFinite(bubble.center)) {
        problems_.Error(bubble_path(i) + ".center", "is not finite");
        ok = false;
      } else if (size.has_value()) {
        rules_.CheckInside(bubble_path(i) + ".center", bubble.center, *size,
                           absl::StrCat("bubble '", bubble.value,
                                        "' of field '", field.label, "'"));
      }
      ok = ok && size.has_value();
      bubble.size = size.value_or(PixelSize{});
      bubble.shape = bubble.shape.value_or(layout_.shape);
    }
    if (ok && !problems_.Full()) Append(std::move(placed), -1);
  }

  void Append(Field field, int block) {
    expanded_.bubble_count += static_cast<int>(field.bubbles.size());
    expanded_.fields.push_back(std::move(field));
    expanded_.blocks.push_back(block);
  }

  const SheetLayout& layout_;
  const LayoutLimits& limits_;
  SheetSoFar& so_far_;
  ExpandedLayout& expanded_;
  LayoutProblems problems_;
  LayoutRules rules_;
  std::set<std::string> names_;
  LayoutLabels labels_;
};

}  // namespace

std::vector<LayoutProblem> ExpandLayout(const SheetLayout& layout,
                                        const LayoutLimits& limits,
                                        bool is_whole_sheet, SheetSoFar& so_far,
                                        ExpandedLayout& expanded) {
  expanded = {};
  return LayoutChecker(layout, limits, so_far, expanded).Run(is_whole_sheet);
}

}  // namespace sightline::grade
