#include "services/grade/omrchecker/template_file.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/grade/omrchecker/column_order.h"
#include "services/grade/omrchecker/field_block.h"
#include "services/grade/omrchecker/json_file.h"

namespace sightline::grade::omrchecker {
namespace {

using Kind = JsonValue::Kind;

constexpr char kNotKnown[] = "not known, nothing is done for it";
// Room for a marker's rim around its centre, relative to its size: scans show
// some paper around it, too.
constexpr double kMarkerMargin = 1.0;

class TemplateReader {
 public:
  TemplateReader(const Pictures& pictures,
                 const std::set<std::string>& multiple, Findings& findings)
      : file_(File::kTemplate, findings),
        pictures_(pictures),
        multiple_(multiple) {}

  TemplateContent Read(absl::string_view text) {
    const auto root = file_.Parse(text);
    if (!root.has_value()) return {};
    const Place top{&*root, ""};
    file_.NoteUnknown(
        top,
        {"pageDimensions", "templateDimensions", "bubbleDimensions",
         "preProcessors", "fieldBlocks", "customLabels", "outputColumns",
         "emptyValue", "customBubbleFieldTypes"},
        kNotKnown);
    const auto page = Size(top, {"pageDimensions", "templateDimensions"},
                           "the size of the page, [width, height]");
    const auto bubble = Size(top, {"bubbleDimensions"},
                             "the size of a bubble, [width, height]");
    if (!page.has_value() || !bubble.has_value()) return {};
    const PageFinding finding =
        ReadPreProcessors(file_, top["preProcessors"], *page, pictures_);
    content_.page_source = finding.source;
    PlacePage(*page, *bubble, finding);
    defaults_.bubble = *bubble;
    if (const Place empty = top["emptyValue"]; empty.exists()) {
      defaults_.empty_value = file_.String(empty).value_or("");
    }
    ReadFieldTypes(top["customBubbleFieldTypes"]);
    ReadBlocks(top);
    ReadCustomLabels(top["customLabels"]);
    ReadColumns(top["outputColumns"]);
    return std::move(content_);
  }

 private:
  std::optional<PixelSize> Size(const Place& top,
                                std::initializer_list<absl::string_view> names,
                                absl::string_view meaning) {
    for (const absl::string_view name : names) {
      const Place place = top[name];
      if (!place.exists()) continue;
      const auto pair = file_.Pair(place, 1);
      if (!pair.has_value()) return std::nullopt;
      return PixelSize{pair->x, pair->y};
    }
    file_.Missing(top, *names.begin(), meaning);
    return std::nullopt;
  }

  // Where markers are found, the template's page ends at their centres; ours
  // holds them whole.
  void PlacePage(PixelSize page, PixelSize bubble, const PageFinding& finding) {
    v1::SheetLayout& layout = content_.layout;
    if (finding.source == PageSource::kMarkers) {
      defaults_.margin =
          std::ceil(kMarkerMargin *
                    std::max(finding.marker_width, finding.marker_height));
      for (const double y : {0.0, page.height}) {
        for (const double x : {0.0, page.width}) {
          align::v1::Marker* marker = layout.add_markers();
          marker->set_kind(align::v1::MARKER_KIND_IMAGE);
          marker->mutable_center()->set_x(x + defaults_.margin);
          marker->mutable_center()->set_y(y + defaults_.margin);
          marker->mutable_size()->set_width(finding.marker_width);
          marker->mutable_size()->set_height(finding.marker_height);
          marker->set_image(pictures_.at(finding.picture));
        }
      }
    } else if (finding.source == PageSource::kReference) {
      layout.mutable_reference()->set_encoded(pictures_.at(finding.picture));
    }
    layout.mutable_page()->set_width(page.width + 2 * defaults_.margin);
    layout.mutable_page()->set_height(page.height + 2 * defaults_.margin);
    layout.mutable_bubble()->set_width(bubble.width);
    layout.mutable_bubble()->set_height(bubble.height);
    layout.set_bubble_shape(align::v1::SHAPE_KIND_ELLIPSE);
  }

  void ReadFieldTypes(const Place& types) {
    if (!types.exists() || !file_.IsObject(types)) return;
    for (const JsonMember& member : types.value->members) {
      const Place place = types.Of(member);
      if (!file_.IsObject(place)) continue;
      FieldType type;
      const Place values = place["bubbleValues"];
      const Place direction = place["direction"];
      if (!values.exists() || !direction.exists()) {
        file_.Error(place, "needs \"bubbleValues\" and \"direction\"");
        continue;
      }
      auto list = file_.Strings(values);
      const auto vertical = ReadDirection(file_, direction);
      if (!list.has_value() || !vertical.has_value()) continue;
      defaults_.types[member.name] = {*std::move(list), *vertical};
    }
  }

  void ReadBlocks(const Place& top) {
    const Place blocks = top["fieldBlocks"];
    if (!blocks.exists()) {
      return file_.Missing(top, "fieldBlocks", "where the bubbles are");
    }
    if (!file_.IsObject(blocks)) return;
    for (const JsonMember& member : blocks.value->members) {
      if (file_.findings().Full()) return;
      const Place place = blocks.Of(member);
      if (!file_.IsObject(place)) continue;
      const auto block =
          ReadFieldBlock(file_, place, member.name, defaults_,
                         kMaxFields - static_cast<int>(labels_.size()));
      if (!block.has_value()) continue;
      for (const std::string& label : block->labels) {
        if (!labels_.insert(label).second) {
          file_.Error(place, absl::StrCat("the label '", label.substr(0, 64),
                                          "' is used twice"));
        }
      }
      bubbles_ += static_cast<int64_t>(block->labels.size()) *
                  static_cast<int64_t>(block->values.size());
      if (bubbles_ > kMaxBubbles) {
        file_.Error(place, absl::StrCat("more than ", kMaxBubbles,
                                        " bubbles in the template"));
        return;
      }
      AddToLayout(*block, multiple_, &content_.layout);
    }
  }

  void ReadCustomLabels(const Place& custom) {
    if (!custom.exists() || !file_.IsObject(custom)) return;
    for (const JsonMember& member : custom.value->members) {
      if (file_.findings().Full()) return;
      const Place place = custom.Of(member);
      const auto members = file_.Labels(place, kMaxFields);
      if (!members.has_value()) continue;
      if (members->empty()) {
        file_.Note(place, "joins no fields: left out");
        continue;
      }
      // A field under its own name.
      if (members->size() == 1 && members->front() == member.name) continue;
      for (const std::string& label : *members) {
        if (labels_.count(label) != 0) continue;
        file_.Error(place, absl::StrCat("there is no field '",
                                        label.substr(0, 64), "'"));
      }
      v1::CombinedField* combined = content_.layout.add_combined();
      combined->set_label(member.name);
      for (std::string& text : AsRanges(*members)) {
        combined->add_fields(std::move(text));
      }
      combined_[member.name] = *members;
    }
  }

  void ReadColumns(const Place& place) {
    std::set<std::string> members;
    for (const auto& [label, fields] : combined_) {
      members.insert(fields.begin(), fields.end());
    }
    std::vector<std::string> all;
    for (const std::string& label : labels_) {
      if (members.count(label) == 0) all.push_back(label);
    }
    for (const auto& [label, fields] : combined_) all.push_back(label);

    std::vector<std::string> columns;
    if (place.exists()) {
      auto given = file_.Labels(place, 2 * kMaxFields);
      if (!given.has_value()) return;
      columns = *std::move(given);
      for (const std::string& label : columns) {
        if (labels_.count(label) != 0 || combined_.count(label) != 0) continue;
        file_.Error(place, absl::StrCat("there is no field '",
                                        label.substr(0, 64), "'"));
      }
    }
    if (columns.empty()) {
      SortAsColumns(all);
      columns = all;
    }
    for (std::string& text : AsRanges(columns)) {
      content_.layout.add_columns(std::move(text));
    }
  }

  JsonFile file_;
  const Pictures& pictures_;
  const std::set<std::string>& multiple_;
  TemplateContent content_;
  BlockDefaults defaults_;
  std::set<std::string> labels_;
  std::map<std::string, std::vector<std::string>> combined_;
  int64_t bubbles_ = 0;
};

}  // namespace

TemplateContent ReadTemplate(absl::string_view text, const Pictures& pictures,
                             const std::set<std::string>& multiple,
                             Findings& findings) {
  return TemplateReader(pictures, multiple, findings).Read(text);
}

}  // namespace sightline::grade::omrchecker
