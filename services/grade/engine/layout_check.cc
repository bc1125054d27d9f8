#include "services/grade/engine/layout_check.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/grade/engine/bubble_index.h"

namespace sightline::grade {
namespace {

// Errors that are reported, and warnings.
constexpr int kMaxProblems = 50;
constexpr double kMinPageSide = 100;
constexpr double kMaxPageSide = 20000;
// Bubbles smaller than this share of the page's longer side: 0.3 mm on A4.
// It also bounds how many bubbles may crowd into one cell of a BubbleIndex.
constexpr double kMinBubbleShare = 0.001;
constexpr size_t kMaxNameBytes = 200;
constexpr size_t kMaxLabelBytes = 64;
constexpr size_t kMaxValueBytes = 32;

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

bool IsFinite(PixelPoint point) {
  return std::isfinite(point.x) && std::isfinite(point.y);
}

class LayoutChecker {
 public:
  LayoutChecker(const SheetLayout& layout, const LayoutLimits& limits,
                ExpandedLayout& expanded)
      : layout_(layout), limits_(limits), expanded_(expanded) {}

  std::vector<LayoutProblem> Run() {
    page_ok_ = CheckPage();
    if (layout_.name.size() > kMaxNameBytes) {
      Problem("name", absl::StrCat("longer than ", kMaxNameBytes, " bytes"));
    }
    if (layout_.bubble != PixelSize{}) CheckSize("bubble", layout_.bubble);
    for (size_t i = 0; i < layout_.blocks.size() && !Full(); ++i) AddBlock(i);
    for (size_t i = 0; i < layout_.fields.size() && !Full(); ++i) AddField(i);
    for (size_t i = 0; i < layout_.combined.size() && !Full(); ++i) {
      AddCombined(i);
    }
    if (layout_.blocks.empty() && layout_.fields.empty()) {
      Problem("blocks", "no bubbles: give at least one block or field");
    }
    if (page_ok_) CheckOverlaps();
    return std::move(problems_);
  }

 private:
  void Problem(std::string field, std::string description,
               bool is_error = true) {
    int& count = is_error ? errors_ : warnings_;
    if (count >= kMaxProblems) return;
    ++count;
    problems_.push_back({is_error, std::move(field), std::move(description)});
  }
  void Warning(std::string field, std::string description) {
    Problem(std::move(field), std::move(description), false);
  }
  // Warnings do not count: a layout that is merely odd is expanded to its end.
  bool Full() const { return errors_ >= kMaxProblems; }

  bool CheckPage() {
    bool ok = true;
    for (const auto& [name, side] : {std::pair{"width", layout_.page.width},
                                     {"height", layout_.page.height}}) {
      if (std::isfinite(side) && side >= kMinPageSide && side <= kMaxPageSide) {
        continue;
      }
      ok = false;
      Problem(absl::StrCat("page.", name),
              absl::StrCat("is ", side, ", must be ", kMinPageSide, " to ",
                           kMaxPageSide));
    }
    return ok;
  }

  bool CheckSize(const std::string& path, PixelSize size) {
    const double smallest =
        page_ok_ ? kMinBubbleShare *
                       std::max(layout_.page.width, layout_.page.height)
                 : 0;
    if (std::isfinite(size.width) && std::isfinite(size.height) &&
        size.width > 0 && size.height > 0 && size.width >= smallest &&
        size.height >= smallest) {
      return true;
    }
    Problem(path, absl::StrCat("a bubble of ", size.width, " x ", size.height,
                               " page units: both sides must be finite and at "
                               "least ",
                               smallest));
    return false;
  }

  // The size that applies at `path`, or nullopt after reporting a problem.
  std::optional<PixelSize> SizeOr(const std::string& path, PixelSize own) {
    if (own != PixelSize{}) {
      if (!CheckSize(path, own)) return std::nullopt;
      return own;
    }
    if (layout_.bubble == PixelSize{}) {
      Problem(path, "no bubble size here and none in the layout's bubble");
      return std::nullopt;
    }
    // A bad default was reported at its own place.
    if (!(layout_.bubble.width > 0 && layout_.bubble.height > 0)) {
      return std::nullopt;
    }
    return layout_.bubble;
  }

  void CheckEmptyValue(const std::string& path, const std::string& empty_value,
                       const std::vector<std::string>& values) {
    if (empty_value.size() > kMaxValueBytes) {
      Problem(path, absl::StrCat("longer than ", kMaxValueBytes, " bytes"));
    }
    if (!empty_value.empty() &&
        std::find(values.begin(), values.end(), empty_value) != values.end()) {
      Problem(path, absl::StrCat("'", empty_value,
                                 "' is a bubble's value too: a blank field "
                                 "would read as marked"));
    }
  }

  // `path` gives the path of value i.
  template <typename Path>
  bool CheckValues(const std::vector<std::string>& values, FieldKind kind,
                   Path path) {
    bool ok = true;
    std::set<absl::string_view> seen;
    bool same_length = true;
    for (size_t i = 0; i < values.size() && !Full(); ++i) {
      if (values[i].empty() || values[i].size() > kMaxValueBytes) {
        Problem(path(i),
                absl::StrCat("a value has 1 to ", kMaxValueBytes, " bytes"));
        ok = false;
      } else if (!seen.insert(values[i]).second) {
        Warning(path(i), absl::StrCat("'", values[i],
                                      "' is the value of another bubble of "
                                      "the field, too"));
      }
      same_length = same_length && values[i].size() == values[0].size();
    }
    if (kind == FieldKind::kMultiple && !same_length) {
      Warning(path(0),
              "values of different lengths can't always be told apart once "
              "several marks are joined");
    }
    return ok;
  }

  bool AddLabel(const std::string& path, const std::string& label) {
    if (label.empty() || label.size() > kMaxLabelBytes) {
      Problem(path,
              absl::StrCat("a label has 1 to ", kMaxLabelBytes, " bytes"));
      return false;
    }
    if (!labels_.insert(label).second) {
      Problem(path, absl::StrCat("the label '", label, "' is used twice"));
      return false;
    }
    return true;
  }

  bool HasRoom(const std::string& path, int64_t fields, int64_t bubbles) {
    const int64_t all_fields = expanded_.fields.size() + fields;
    const int64_t all_bubbles = expanded_.bubble_count + bubbles;
    if (all_fields > limits_.max_fields) {
      Problem(path, absl::StrCat("more than ", limits_.max_fields,
                                 " fields in the layout"));
      return false;
    }
    if (all_bubbles > limits_.max_bubbles) {
      Problem(path, absl::StrCat("more than ", limits_.max_bubbles,
                                 " bubbles in the layout"));
      return false;
    }
    return true;
  }

  // Empty for a bubble within the page.
  std::string WhyOutside(PixelPoint center, PixelSize size) const {
    const auto [width, height] = layout_.page;
    if (!IsFinite(center)) return "its place is not finite";
    if (center.x - size.width / 2 < 0) {
      return absl::StrCat("x ", center.x - size.width / 2, " < 0");
    }
    if (center.x + size.width / 2 > width) {
      return absl::StrCat("x ", center.x + size.width / 2, " > width ", width);
    }
    if (center.y - size.height / 2 < 0) {
      return absl::StrCat("y ", center.y - size.height / 2, " < 0");
    }
    if (center.y + size.height / 2 > height) {
      return absl::StrCat("y ", center.y + size.height / 2, " > height ",
                          height);
    }
    return "";
  }

  // Reports a bubble that leaves the page; `name` names it.
  bool CheckInside(const std::string& path, PixelPoint center, PixelSize size,
                   const std::string& name) {
    if (!page_ok_) return true;
    const std::string why = WhyOutside(center, size);
    if (why.empty()) return true;
    Problem(path, absl::StrCat(name, " lies outside the page (", why, ")"));
    return false;
  }

  bool CheckGap(const std::string& path, double gap, int count, double bubble) {
    if (count < 2 && gap == 0) return true;
    if (!std::isfinite(gap) || gap <= 0) {
      Problem(path, absl::StrCat("is ", gap, ", must be finite and above 0"));
      return false;
    }
    if (count > 1 && gap < bubble * (1 - 1e-6)) {
      Problem(path, absl::StrCat("is ", gap, ", less than the bubble's ",
                                 bubble, ": the bubbles overlap"));
      return false;
    }
    return true;
  }

  void AddBlock(size_t index) {
    const FieldBlock& block = layout_.blocks[index];
    const std::string path = absl::StrCat("blocks[", index, "]");
    bool ok = true;
    if (block.name.size() > kMaxNameBytes) {
      Problem(path + ".name",
              absl::StrCat("longer than ", kMaxNameBytes, " bytes"));
    } else if (!block.name.empty() && !names_.insert(block.name).second) {
      Problem(path + ".name",
              absl::StrCat("the block name '", block.name, "' is used twice"));
    }

    std::vector<std::string> values = block.values;
    if (values.empty() && block.kind == FieldKind::kInteger) {
      for (char digit = '0'; digit <= '9'; ++digit)
        values.emplace_back(1, digit);
    }
    if (values.empty()) {
      Problem(path + ".values", "no values: write one for every bubble");
      ok = false;
    }
    if (static_cast<int64_t>(values.size()) > limits_.max_bubbles_per_field) {
      Problem(path + ".values",
              absl::StrCat("more than ", limits_.max_bubbles_per_field,
                           " bubbles in a field"));
      return;
    }
    ok = CheckValues(values, block.kind,
                     [&](size_t i) {
                       return absl::StrCat(path, ".values[", i, "]");
                     }) &&
         ok;
    CheckEmptyValue(path + ".empty_value", block.empty_value, values);

    if (block.labels.empty()) {
      Problem(path + ".labels", "no labels: write one for every field");
      ok = false;
    }
    const auto labels = ExpandLabels(block.labels, limits_.max_fields);
    if (!labels.ok()) {
      ReportLabels(labels.status(), path + ".labels");
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
      Problem(path + ".field_direction",
              "fields and values follow in the same direction: give "
              "value_direction and field_direction so that one is horizontal "
              "and the other vertical");
      ok = false;
    }

    const std::optional<PixelSize> size =
        SizeOr(path + ".bubble", block.bubble);
    if (!IsFinite(block.origin)) {
      Problem(path + ".origin", "is not finite");
      ok = false;
    }
    const auto extent = [&](Direction direction) {
      if (!size.has_value()) return 0.0;
      return IsHorizontal(direction) ? size->width : size->height;
    };
    ok = CheckGap(path + ".value_gap", block.value_gap,
                  static_cast<int>(values.size()), extent(along)) &&
         ok;
    ok = CheckGap(path + ".field_gap", block.field_gap,
                  static_cast<int>(labels->size()), extent(across)) &&
         ok;
    // Labels are taken even from a block that is wrong otherwise: else every
    // combined field that uses them would be reported as well.
    std::vector<std::string> good_labels;
    for (const std::string& label : *labels) {
      if (Full()) return;
      if (AddLabel(path + ".labels", label)) good_labels.push_back(label);
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
      field.bubbles.reserve(values.size());
      for (size_t v = 0; v < values.size(); ++v) {
        const PixelPoint center = {
            block.origin.x + value_step.x * v + field_step.x * f,
            block.origin.y + value_step.y * v + field_step.y * f};
        // One report a block: the rest of it lies outside as well.
        is_inside = is_inside &&
                    CheckInside(path, center, size,
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
    bool ok = AddLabel(path + ".label", field.label);
    if (field.bubbles.empty()) {
      Problem(path + ".bubbles", "no bubbles");
      return;
    }
    if (static_cast<int64_t>(field.bubbles.size()) >
        limits_.max_bubbles_per_field) {
      Problem(path + ".bubbles",
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
    ok = CheckValues(values, field.kind,
                     [&](size_t i) { return bubble_path(i) + ".value"; }) &&
         ok;
    CheckEmptyValue(path + ".empty_value", field.empty_value, values);
    Field placed = field;
    for (size_t i = 0; i < placed.bubbles.size() && !Full(); ++i) {
      Bubble& bubble = placed.bubbles[i];
      const auto size = SizeOr(bubble_path(i) + ".size", bubble.size);
      if (!IsFinite(bubble.center)) {
        Problem(bubble_path(i) + ".center", "is not finite");
        ok = false;
      } else if (size.has_value()) {
        CheckInside(bubble_path(i) + ".center", bubble.center, *size,
                    absl::StrCat("bubble '", bubble.value, "' of field '",
                                 field.label, "'"));
      }
      ok = ok && size.has_value();
      bubble.size = size.value_or(PixelSize{});
      bubble.shape = bubble.shape.value_or(layout_.shape);
    }
    if (ok && !Full()) Append(std::move(placed), -1);
  }

  void Append(Field field, int block) {
    expanded_.bubble_count += static_cast<int>(field.bubbles.size());
    expanded_.fields.push_back(std::move(field));
    expanded_.blocks.push_back(block);
  }

  void AddCombined(size_t index) {
    const CombinedField& combined = layout_.combined[index];
    const std::string path = absl::StrCat("combined[", index, "]");
    if (static_cast<int64_t>(index) >= limits_.max_fields) {
      if (static_cast<int64_t>(index) == limits_.max_fields) {
        Problem("combined", absl::StrCat("more than ", limits_.max_fields,
                                         " combined fields"));
      }
      return;
    }
    AddCombinedLabel(path + ".label", combined.label);
    if (combined.fields.empty()) {
      Problem(path + ".fields", "no fields to combine");
      return;
    }
    const auto members = ExpandLabels(combined.fields, limits_.max_fields);
    if (!members.ok()) {
      ReportLabels(members.status(), path + ".fields");
      return;
    }
    combined_members_ += members->size();
    if (combined_members_ > limits_.max_bubbles) {
      Problem(path + ".fields",
              absl::StrCat("combined fields have more than ",
                           limits_.max_bubbles, " members together"));
      return;
    }
    std::set<absl::string_view> seen;
    for (const std::string& member : *members) {
      if (Full()) return;
      if (labels_.count(member) == 0) {
        Problem(path + ".fields",
                absl::StrCat("there is no field '", member, "'"));
      } else if (!seen.insert(member).second) {
        Warning(path + ".fields",
                absl::StrCat("the field '", member, "' occurs twice"));
      }
    }
    expanded_.combined.push_back({combined.label, *members});
  }

  void AddCombinedLabel(const std::string& path, const std::string& label) {
    if (label.empty() || label.size() > kMaxLabelBytes) {
      Problem(path,
              absl::StrCat("a label has 1 to ", kMaxLabelBytes, " bytes"));
    } else if (labels_.count(label) > 0 ||
               !combined_labels_.insert(label).second) {
      Problem(path, absl::StrCat("the label '", label, "' is used twice"));
    }
  }

  // Takes the problems of ExpandLabels() over, under `path`.
  void ReportLabels(const absl::Status& status, const std::string& path) {
    const auto details = DetailsOf(status);
    if (!details.has_value()) return;
    for (const FieldViolation& violation : details->fields) {
      Problem(path + violation.field, violation.description);
    }
  }

  void CheckOverlaps() {
    if (expanded_.fields.empty()) return;
    BubbleIndex index(layout_.page, expanded_.bubble_count);
    // Of every bubble added: its field and its place there.
    std::vector<std::pair<int, int>> owners;
    for (size_t f = 0; f < expanded_.fields.size(); ++f) {
      const Field& field = expanded_.fields[f];
      for (size_t b = 0; b < field.bubbles.size(); ++b) {
        const Bubble& bubble = field.bubbles[b];
        // Reported already, and no index could hold it.
        if (!WhyOutside(bubble.center, bubble.size).empty()) continue;
        const auto other = index.Add(bubble.center, bubble.size);
        owners.emplace_back(f, b);
        if (!other.has_value()) continue;
        const auto [other_field, other_bubble] = owners[*other];
        const Field& rival = expanded_.fields[other_field];
        Problem(PathOf(static_cast<int>(f), static_cast<int>(b)),
                absl::StrCat("bubble '", bubble.value, "' of field '",
                             field.label, "' overlaps bubble '",
                             rival.bubbles[other_bubble].value, "' of field '",
                             rival.label, "'"));
        if (Full()) return;
      }
    }
  }

  // Where the layout places bubble `b` of expanded field `f`.
  std::string PathOf(int f, int b) const {
    if (expanded_.blocks[f] >= 0) {
      return absl::StrCat("blocks[", expanded_.blocks[f], "].origin");
    }
    // Fields placed one by one follow the blocks' in order, but those that
    // were wrong are missing: find it by its label.
    for (size_t i = 0; i < layout_.fields.size(); ++i) {
      if (layout_.fields[i].label == expanded_.fields[f].label) {
        return absl::StrCat("fields[", i, "].bubbles[", b, "].center");
      }
    }
    return "fields";
  }

  const SheetLayout& layout_;
  const LayoutLimits& limits_;
  ExpandedLayout& expanded_;
  bool page_ok_ = false;
  int errors_ = 0;
  int warnings_ = 0;
  int64_t combined_members_ = 0;
  std::set<std::string> names_;
  std::set<std::string> labels_;
  std::set<std::string> combined_labels_;
  std::vector<LayoutProblem> problems_;
};

}  // namespace

std::vector<LayoutProblem> ExpandLayout(const SheetLayout& layout,
                                        const LayoutLimits& limits,
                                        ExpandedLayout& expanded) {
  expanded = {};
  return LayoutChecker(layout, limits, expanded).Run();
}

}  // namespace sightline::grade
