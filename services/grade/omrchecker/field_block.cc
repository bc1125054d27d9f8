#include "services/grade/omrchecker/field_block.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/grade/omrchecker/column_order.h"

namespace sightline::grade::omrchecker {
namespace {

using Kind = JsonValue::Kind;

constexpr size_t kMaxValues = 200;

std::vector<std::string> Letters(absl::string_view letters) {
  std::vector<std::string> values;
  for (const char letter : letters) values.emplace_back(1, letter);
  return values;
}

// The field types that OMRChecker brings along.
std::optional<FieldType> KnownType(absl::string_view name) {
  struct Known {
    absl::string_view name;
    absl::string_view values;
    bool vertical;
  };
  constexpr Known kKnown[] = {
      {"QTYPE_INT", "0123456789", true},
      {"QTYPE_INT_FROM_1", "1234567890", true},
      {"QTYPE_MCQ4", "ABCD", false},
      {"QTYPE_MCQ5", "ABCDE", false},
      {"QTYPE_MCQ4_RTL", "DCBA", false},
      {"QTYPE_MCQ5_RTL", "EDCBA", false},
  };
  for (const Known& known : kKnown) {
    if (known.name == name)
      return FieldType{Letters(known.values), known.vertical};
  }
  return std::nullopt;
}

class BlockReader {
 public:
  BlockReader(const JsonFile& file, const Place& place,
              const BlockDefaults& defaults)
      : file_(file), place_(place), defaults_(defaults) {}

  std::optional<FieldBlockContent> Read(const std::string& name,
                                        int max_labels) {
    if (IsNotOfBubbles()) return std::nullopt;
    file_.NoteUnknown(
        place_,
        {"fieldType", "bubbleFieldType", "fieldDetectionType", "bubbleValues",
         "direction", "fieldLabels", "origin", "bubblesGap", "labelsGap",
         "bubbleDimensions", "emptyValue"},
        "not known, nothing is done for it");
    block_.name = name;
    const bool has_type = ReadType();
    const bool has_labels = ReadLabels(max_labels);
    const bool has_places = ReadPlaces();
    if (!has_type || !has_labels || !has_places) return std::nullopt;
    if (!ReadGaps()) return std::nullopt;
    FitBubble();
    return std::move(block_);
  }

 private:
  // Newer templates name fields that are read as text or barcodes.
  bool IsNotOfBubbles() const {
    const Place kind = place_["fieldDetectionType"];
    if (!kind.exists() || kind.value->kind != Kind::kString ||
        kind.value->text == "BUBBLES_THRESHOLD") {
      return false;
    }
    file_.Note(kind, "only fields of bubbles are read: this block is left out");
    return true;
  }

  bool ReadType() {
    Place type = place_["fieldType"];
    if (!type.exists()) type = place_["bubbleFieldType"];
    const Place values = place_["bubbleValues"];
    const Place direction = place_["direction"];
    std::optional<FieldType> found;
    if (type.exists()) {
      const auto name = file_.String(type);
      if (!name.has_value()) return false;
      const auto own = defaults_.types.find(*name);
      found = own != defaults_.types.end() ? own->second : KnownType(*name);
      if (!found.has_value() && !values.exists()) {
        file_.Error(type, absl::StrCat("'", name->substr(0, 64),
                                       "' is not a known type of field"));
        return false;
      }
    } else if (!values.exists()) {
      file_.Error(place_,
                  "needs \"fieldType\", or \"bubbleValues\" and "
                  "\"direction\"");
      return false;
    }
    // Without a word, as OMRChecker takes it.
    block_.vertical = found.has_value() ? found->vertical : true;
    if (found.has_value()) block_.values = found->values;
    // What the block itself says goes before its type.
    if (values.exists()) {
      auto own = file_.Strings(values);
      if (!own.has_value()) return false;
      block_.values = *std::move(own);
    }
    if (direction.exists()) {
      const auto vertical = ReadDirection(file_, direction);
      if (!vertical.has_value()) return false;
      block_.vertical = *vertical;
    }
    if (block_.values.empty() || block_.values.size() > kMaxValues) {
      file_.Error(values.exists() ? values : place_,
                  absl::StrCat("a field has 1 to ", kMaxValues, " bubbles"));
      return false;
    }
    block_.is_integer =
        block_.vertical && block_.values == Letters("0123456789");
    return true;
  }

  bool ReadLabels(int max_labels) {
    const Place labels = place_["fieldLabels"];
    if (!labels.exists()) {
      file_.Missing(place_, "fieldLabels", "the names of the fields");
      return false;
    }
    auto list = file_.Labels(labels, max_labels);
    if (!list.has_value()) return false;
    if (list->empty()) {
      file_.Error(labels, "no labels: name at least one field");
      return false;
    }
    block_.labels = *std::move(list);
    return true;
  }

  bool ReadPlaces() {
    const Place origin = place_["origin"];
    if (!origin.exists()) {
      file_.Missing(place_, "origin",
                    "the upper left corner of the first bubble");
      return false;
    }
    const auto corner = file_.Pair(origin, 0);
    if (!corner.has_value()) return false;
    block_.origin = {corner->x + defaults_.margin,
                     corner->y + defaults_.margin};
    block_.bubble = defaults_.bubble;
    if (const Place own = place_["bubbleDimensions"]; own.exists()) {
      const auto size = file_.Pair(own, 1);
      if (!size.has_value()) return false;
      block_.bubble = {size->x, size->y};
    }
    block_.bubble_box = block_.bubble;
    block_.empty_value = defaults_.empty_value;
    if (const Place own = place_["emptyValue"]; own.exists()) {
      const auto text = file_.String(own);
      if (!text.has_value()) return false;
      block_.empty_value = *text;
    }
    return true;
  }

  bool ReadGaps() {
    const Place value_gap = place_["bubblesGap"];
    if (value_gap.exists()) {
      const auto gap = file_.Number(value_gap, 0);
      if (!gap.has_value()) return false;
      block_.value_gap = *gap;
    }
    if (block_.values.size() > 1 && !(block_.value_gap > 0)) {
      file_.Error(value_gap.exists() ? value_gap : place_,
                  "\"bubblesGap\", the distance of a field's bubbles, must be "
                  "above 0");
      return false;
    }
    const size_t gaps = block_.labels.size() - 1;
    const Place label_gap = place_["labelsGap"];
    if (label_gap.exists() && label_gap.value->kind == Kind::kArray) {
      if (label_gap.value->items.size() != gaps) {
        file_.Error(
            label_gap,
            absl::StrCat("has ", label_gap.value->items.size(), " distances, ",
                         block_.labels.size(), " labels need ", gaps));
        return false;
      }
      for (size_t i = 0; i < gaps; ++i) {
        const auto gap = file_.Number(label_gap.Item(i), 0);
        if (!gap.has_value()) return false;
        block_.label_gaps.push_back(*gap);
      }
    } else {
      double gap = 0;
      if (label_gap.exists()) {
        const auto given = file_.Number(label_gap, 0);
        if (!given.has_value()) return false;
        gap = *given;
      }
      block_.label_gaps.assign(gaps, gap);
    }
    for (const double gap : block_.label_gaps) {
      if (gap > 0) continue;
      file_.Error(label_gap.exists() ? label_gap : place_,
                  "\"labelsGap\", the distance of the fields, must be above 0");
      return false;
    }
    return true;
  }

  // Bubbles that overlap can't be printed: bubbleDimensions is a box that
  // OMRChecker averages, and may be larger than the print.
  void FitBubble() {
    const double value_room =
        block_.values.size() > 1 ? block_.value_gap : INFINITY;
    double label_room = INFINITY;
    for (const double gap : block_.label_gaps) {
      label_room = std::min(label_room, gap);
    }
    const double width = block_.vertical ? label_room : value_room;
    const double height = block_.vertical ? value_room : label_room;
    if (block_.bubble.width <= width && block_.bubble.height <= height) return;
    block_.bubble.width = std::min(block_.bubble.width, width);
    block_.bubble.height = std::min(block_.bubble.height, height);
    file_.Note(place_,
               absl::StrCat("bubbles of ", block_.bubble_box.width, " x ",
                            block_.bubble_box.height,
                            " would overlap: they are taken as ",
                            block_.bubble.width, " x ", block_.bubble.height));
  }

  const JsonFile& file_;
  const Place& place_;
  const BlockDefaults& defaults_;
  FieldBlockContent block_;
};

PixelPoint CenterOf(const FieldBlockContent& block, double fields_along,
                    double values_along) {
  const double dx = block.vertical ? fields_along : values_along;
  const double dy = block.vertical ? values_along : fields_along;
  return {block.origin.x + block.bubble_box.width / 2 + dx,
          block.origin.y + block.bubble_box.height / 2 + dy};
}

void SetPoint(PixelPoint from, common::v1::Point* to) {
  to->set_x(from.x);
  to->set_y(from.y);
}

void SetSize(PixelSize from, common::v1::Size* to) {
  to->set_width(from.width);
  to->set_height(from.height);
}

// Whether its bubbles differ from the layout's.
bool HasOwnBubble(const FieldBlockContent& block,
                  const v1::SheetLayout& layout) {
  return block.bubble.width != layout.bubble().width() ||
         block.bubble.height != layout.bubble().height();
}

// Labels first..end - 1 as a block of their own.
void AddBlock(const FieldBlockContent& block, size_t first, size_t end,
              bool is_multiple, v1::SheetLayout* layout) {
  v1::FieldBlock* out = layout->add_blocks();
  out->set_name(first == 0 && end == block.labels.size()
                    ? block.name
                    : absl::StrCat(block.name, ":", block.labels[first]));
  for (std::string& text :
       AsRanges({block.labels.begin() + static_cast<std::ptrdiff_t>(first),
                 block.labels.begin() + static_cast<std::ptrdiff_t>(end)})) {
    out->add_labels(std::move(text));
  }
  if (is_multiple) {
    out->set_kind(v1::FIELD_KIND_MULTIPLE);
  } else if (block.is_integer) {
    out->set_kind(v1::FIELD_KIND_INTEGER);
  }
  if (!block.is_integer || is_multiple) {
    for (const std::string& value : block.values) out->add_values(value);
  }
  const double gap = block.label_gaps.empty() ? 0 : block.label_gaps.front();
  SetPoint(CenterOf(block, static_cast<double>(first) * gap, 0),
           out->mutable_origin());
  out->set_value_direction(block.vertical ? v1::DIRECTION_TOP_TO_BOTTOM
                                          : v1::DIRECTION_LEFT_TO_RIGHT);
  out->set_field_direction(block.vertical ? v1::DIRECTION_LEFT_TO_RIGHT
                                          : v1::DIRECTION_TOP_TO_BOTTOM);
  out->set_value_gap(block.value_gap);
  out->set_field_gap(gap);
  if (HasOwnBubble(block, *layout)) {
    SetSize(block.bubble, out->mutable_bubble());
  }
  out->set_empty_value(block.empty_value);
}

void AddField(const FieldBlockContent& block, size_t index, double along,
              bool is_multiple, v1::SheetLayout* layout) {
  v1::Field* out = layout->add_fields();
  out->set_label(block.labels[index]);
  if (is_multiple) out->set_kind(v1::FIELD_KIND_MULTIPLE);
  out->set_empty_value(block.empty_value);
  for (size_t i = 0; i < block.values.size(); ++i) {
    v1::Bubble* bubble = out->add_bubbles();
    bubble->set_value(block.values[i]);
    SetPoint(CenterOf(block, along, static_cast<double>(i) * block.value_gap),
             bubble->mutable_center());
    if (HasOwnBubble(block, *layout)) {
      SetSize(block.bubble, bubble->mutable_size());
    }
  }
}

}  // namespace

std::optional<bool> ReadDirection(const JsonFile& file, const Place& place) {
  const auto text = file.String(place);
  if (!text.has_value()) return std::nullopt;
  if (*text == "vertical") return true;
  if (*text == "horizontal") return false;
  file.Error(place, absl::StrCat("is '", text->substr(0, 64),
                                 "', must be vertical or horizontal"));
  return std::nullopt;
}

std::optional<FieldBlockContent> ReadFieldBlock(const JsonFile& file,
                                                const Place& place,
                                                const std::string& name,
                                                const BlockDefaults& defaults,
                                                int max_labels) {
  return BlockReader(file, place, defaults).Read(name, max_labels);
}

void AddToLayout(const FieldBlockContent& block,
                 const std::set<std::string>& multiple,
                 v1::SheetLayout* layout) {
  const auto is_multiple = [&](size_t i) {
    return multiple.count(block.labels[i]) != 0;
  };
  const std::vector<double>& gaps = block.label_gaps;
  const bool is_regular =
      std::all_of(gaps.begin(), gaps.end(),
                  [&](double gap) { return gap == gaps.front(); });
  if (!is_regular) {
    double along = 0;
    for (size_t i = 0; i < block.labels.size(); ++i) {
      AddField(block, i, along, is_multiple(i), layout);
      if (i < gaps.size()) along += gaps[i];
    }
    return;
  }
  for (size_t first = 0; first < block.labels.size();) {
    size_t end = first + 1;
    while (end < block.labels.size() &&
           is_multiple(end) == is_multiple(first)) {
      ++end;
    }
    AddBlock(block, first, end, is_multiple(first), layout);
    first = end;
  }
}

}  // namespace sightline::grade::omrchecker
