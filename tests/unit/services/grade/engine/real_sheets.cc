#include "real_sheets.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace sightline::grade {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

absl::StatusOr<Struct> ReadJson(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  Struct json;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &json);
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", status.ToString()));
  }
  return json;
}

const Value& At(const Struct& json, const std::string& key) {
  return json.fields().at(key);
}

double NumberAt(const ListValue& list, int i) {
  return list.values(i).number_value();
}

SheetLayout ReadLayout(const Struct& bubbles, BubbleShape shape) {
  SheetLayout layout;
  layout.shape = shape;
  const ListValue& page = At(bubbles, "page").list_value();
  layout.page = {NumberAt(page, 0), NumberAt(page, 1)};
  for (const Value& value : At(bubbles, "boxes").list_value().values()) {
    // Field, value, left, top, width, height.
    const ListValue& box = value.list_value();
    const std::string& label = box.values(0).string_value();
    if (layout.fields.empty() || layout.fields.back().label != label) {
      layout.fields.emplace_back().label = label;
    }
    const PixelSize size = {NumberAt(box, 4), NumberAt(box, 5)};
    layout.fields.back().bubbles.push_back(
        {box.values(1).string_value(),
         {NumberAt(box, 2) + size.width / 2,
          NumberAt(box, 3) + size.height / 2},
         size,
         {}});
  }
  return layout;
}

// The booklet number b1..b7 of the timing-marks form: its bubbles.json has
// the digits and gaps of a template that was wrong; the mended template tells.
void MendBooklet(const Struct& fixed, SheetLayout& layout) {
  for (const auto& [name, value] :
       At(fixed, "fieldBlocks").struct_value().fields()) {
    const Struct& block = value.struct_value();
    const std::string& first =
        At(block, "fieldLabels").list_value().values(0).string_value();
    if (first.empty() || first[0] != 'b') continue;
    const ListValue& origin = At(block, "origin").list_value();
    const ListValue& digits = At(block, "bubbleValues").list_value();
    const double field_gap = At(block, "labelsGap").number_value();
    const double value_gap = At(block, "bubblesGap").number_value();
    int column = 0;
    for (Field& field : layout.fields) {
      if (field.label[0] != 'b') continue;
      for (size_t i = 0; i < field.bubbles.size(); ++i) {
        Bubble& bubble = field.bubbles[i];
        bubble.value = digits.values(static_cast<int>(i)).string_value();
        bubble.center = {
            NumberAt(origin, 0) + column * field_gap + bubble.size.width / 2,
            NumberAt(origin, 1) + i * value_gap + bubble.size.height / 2};
      }
      ++column;
    }
  }
}

}  // namespace

std::optional<std::string> RealSheetFolder() {
  std::vector<std::string> places;
  if (const char* data = std::getenv("SIGHTLINE_SHARED_DATA")) {
    places.push_back(data);
  }
  places.push_back(SIGHTLINE_SOURCE_DIR "/../shared/data");
  for (const std::string& place : places) {
    const std::string folder = place + "/omr";
    if (std::filesystem::exists(folder + "/README.md")) return folder;
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<RealSheet>> LoadRealSheets(const std::string& folder,
                                                      const std::string& sample,
                                                      BubbleShape shape) {
  const std::string path = absl::StrCat(folder, "/", sample, "/");
  SL_ASSIGN_OR_RETURN(const Struct bubbles, ReadJson(path + "bubbles.json"));
  SL_ASSIGN_OR_RETURN(const Struct geometry, ReadJson(path + "geometry.json"));
  SL_ASSIGN_OR_RETURN(const Struct truth, ReadJson(path + "truth.json"));
  SheetLayout layout = ReadLayout(bubbles, shape);
  const std::string fixed = path + "template_fixed.json";
  if (std::filesystem::exists(fixed)) {
    SL_ASSIGN_OR_RETURN(const Struct mended, ReadJson(fixed));
    MendBooklet(mended, layout);
  }
  std::vector<RealSheet> sheets;
  for (const auto& [name, value] :
       At(geometry, "sheets").struct_value().fields()) {
    RealSheet& sheet = sheets.emplace_back();
    sheet.name = absl::StrCat(sample, "/", name);
    sheet.layout = layout;
    SL_ASSIGN_OR_RETURN(sheet.file, ReadFile(path + name));
    const ListValue& rows =
        At(value.struct_value(), "raw_to_page").list_value();
    std::array<double, 9> m;
    for (int i = 0; i < 9; ++i) {
      m[i] = NumberAt(rows.values(i / 3).list_value(), i % 3);
    }
    sheet.scan_to_page = Homography(m);
    const Struct& answers =
        At(At(truth, "sheets").struct_value(), name).struct_value();
    for (const auto& [label, answer] :
         At(answers, "fields").struct_value().fields()) {
      sheet.answers[label] = answer.string_value();
    }
    for (const Value& label : At(answers, "ambiguous").list_value().values()) {
      sheet.ambiguous.insert(label.string_value());
    }
  }
  return sheets;
}

}  // namespace sightline::grade
