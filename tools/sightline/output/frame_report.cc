#include "tools/sightline/output/frame_report.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/duration.pb.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/output/message_json.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

using georef::v1::ComputeFootprintResponse;
using georef::v1::DescribeModelResponse;
using georef::v1::FeatureSet;
using georef::v1::Footprint;
using georef::v1::PoseReport;
using georef::v1::ProcessResponse;
using georef::v1::ReadOverlayResponse;

// Without the time spent in the line.
double Milliseconds(const common::v1::CallCost& cost) {
  double sum = 0;
  for (const auto& stage : cost.stages()) {
    sum += 1e3 * static_cast<double>(stage.duration().seconds()) +
           1e-6 * stage.duration().nanos();
  }
  return sum;
}

std::string LengthText(double metres) {
  if (metres < 1) return absl::StrFormat("%.1f cm", metres * 100);
  if (metres < 100) return absl::StrFormat("%.2f m", metres);
  if (metres < 10000) return absl::StrFormat("%.0f m", metres);
  return absl::StrFormat("%.2f km", metres / 1000);
}

std::string FailureText(absl::string_view name, const absl::Status& status,
                        bool coloured) {
  return absl::StrCat(Styled(Printable(name), Style::kStrong, coloured), "  ",
                      Styled("failed", Style::kBad, coloured), ": ",
                      DescribeError(status));
}

// "2 oil (1.24 ha), 1 ship (840 m2)".
std::string ClassesText(const FeatureSet& set, const ClassPalette& palette) {
  struct Sum {
    std::string name;
    int count = 0;
    double area_m2 = 0;
  };
  std::map<uint32_t, Sum> sums;
  for (const auto& feature : set.features()) {
    Sum& sum = sums[feature.label()];
    sum.name = feature.class_name().empty() ? palette.Of(feature.label()).name
                                            : feature.class_name();
    ++sum.count;
    sum.area_m2 += feature.area_m2();
  }
  if (sums.empty()) return "nothing found";
  std::vector<std::string> words;
  for (const auto& [label, sum] : sums) {
    words.push_back(absl::StrCat(sum.count, " ", Printable(sum.name), " (",
                                 AreaText(sum.area_m2), ")"));
  }
  return absl::StrJoin(words, ", ");
}

std::string GroundText(const Footprint& footprint) {
  if (footprint.outline().empty()) {
    return absl::StrCat("no outline: ", Printable(footprint.problem()));
  }
  std::string text = absl::StrCat(AreaText(footprint.area_m2()), " in view");
  if (footprint.has_center()) {
    absl::StrAppend(&text, ", ", LengthText(footprint.shortest_pixel_m()),
                    " to ", LengthText(footprint.longest_pixel_m()),
                    " a pixel");
  }
  if (footprint.has_position_error_m()) {
    absl::StrAppend(&text, ", place to ",
                    LengthText(footprint.position_error_m()));
  }
  return text;
}

std::string NotesText(const PoseReport& pose, bool coloured) {
  std::string text;
  for (const std::string& note : pose.notes()) {
    absl::StrAppend(&text, "  ",
                    Styled(Printable(note), Style::kDoubtful, coloured), "\n");
  }
  return text;
}

void WritePath(absl::string_view key, const std::string& path,
               JsonWriter& json) {
  json.Key(key);
  if (path.empty()) {
    json.Null();
  } else {
    json.String(path);
  }
}

}  // namespace

std::string FrameText(const Scan& scan,
                      const absl::StatusOr<ProcessResponse>& outcome,
                      const FrameFiles& files, const ClassPalette& palette,
                      bool coloured) {
  if (!outcome.ok()) return FailureText(scan.name, outcome.status(), coloured);
  std::string text =
      absl::StrCat(Styled(Printable(scan.name), Style::kStrong, coloured), "  ",
                   Styled(ClassesText(outcome->features(), palette),
                          outcome->features().features().empty() ? Style::kFaint
                                                                 : Style::kGood,
                          coloured),
                   "; ", GroundText(outcome->footprint()),
                   absl::StrFormat("; %.0f ms", Milliseconds(outcome->cost())));
  if (!files.polygons.empty()) {
    absl::StrAppend(&text, "; ", Printable(files.polygons));
  }
  absl::StrAppend(&text, "\n", NotesText(outcome->pose(), coloured));
  const int64_t above = outcome->features().pixels_above_horizon();
  if (above > 0) {
    absl::StrAppend(&text, "  ", above,
                    " pixels show no ground and are left out\n");
  }
  return text;
}

std::string FrameJson(const Scan& scan,
                      const absl::StatusOr<ProcessResponse>& outcome,
                      const FrameFiles& files, bool with_geojson) {
  JsonWriter json;
  json.BeginObject();
  json.Key("file").String(scan.name);
  json.Key("page").Integer(scan.page + 1);
  json.Key("error");
  WriteErrorJson(outcome.status(), json);
  json.Key("files").BeginObject();
  WritePath("polygons", files.polygons, json);
  WritePath("picture", files.picture, json);
  WritePath("raster", files.raster, json);
  WritePath("stac", files.stac, json);
  WritePath("mask", files.mask, json);
  json.EndObject();
  json.Key("response");
  if (outcome.ok()) {
    WriteMessageJson(*outcome, json);
  } else {
    json.Null();
  }
  if (with_geojson) {
    json.Key("geojson");
    if (outcome.ok() && !outcome->features().geojson().empty()) {
      // An object takes one line.
      json.Raw(absl::StrReplaceAll(outcome->features().geojson(),
                                   {{"\n", " "}, {"\r", " "}}));
    } else {
      json.Null();
    }
  }
  json.EndObject();
  return json.text();
}

std::string ResponseJson(const Scan& scan, const absl::Status& status,
                         const google::protobuf::Message* response) {
  JsonWriter json;
  json.BeginObject();
  json.Key("file").String(scan.name);
  json.Key("page").Integer(scan.page + 1);
  json.Key("error");
  WriteErrorJson(status, json);
  json.Key("response");
  if (response == nullptr) {
    json.Null();
  } else {
    WriteMessageJson(*response, json);
  }
  json.EndObject();
  return json.text();
}

std::string FootprintText(const ComputeFootprintResponse& response,
                          bool coloured) {
  const Footprint& footprint = response.footprint();
  std::string text = absl::StrCat(GroundText(footprint), "\n");
  if (footprint.has_center()) {
    absl::StrAppendFormat(&text, "center %.8f %.8f, %s away\n",
                          footprint.center().longitude_deg(),
                          footprint.center().latitude_deg(),
                          LengthText(footprint.slant_range_m()));
  }
  Table table({{"longitude", true}, {"latitude", true}, {"height m", true}});
  for (const auto& point : footprint.outline()) {
    table.AddRow({{absl::StrFormat("%.8f", point.longitude_deg())},
                  {absl::StrFormat("%.8f", point.latitude_deg())},
                  {absl::StrFormat("%.1f", point.height_m())}});
  }
  return absl::StrCat(text, table.Render(coloured),
                      NotesText(response.pose(), coloured));
}

std::string OverlayText(const Scan& scan,
                        const absl::StatusOr<ReadOverlayResponse>& outcome,
                        bool coloured) {
  if (!outcome.ok()) return FailureText(scan.name, outcome.status(), coloured);
  Table fields({{"field"}, {"read"}, {"sure", true}, {"problem"}});
  for (const auto& field : outcome->fields()) {
    fields.AddRow({{field.name()},
                   {field.text()},
                   {absl::StrFormat("%.2f", field.confidence())},
                   {field.problem(), Style::kDoubtful}});
  }
  Table values({{"quantity"}, {"value", true}, {""}});
  for (const auto& value : outcome->values()) {
    if (value.has_value()) {
      values.AddRow({{value.quantity()},
                     {ShortestNumber(value.value())},
                     {value.unit()}});
    } else {
      values.AddRow({{value.quantity()}, {"not sure", Style::kDoubtful}, {}});
    }
  }
  return absl::StrCat(Styled(Printable(scan.name), Style::kStrong, coloured),
                      "\n", fields.Render(coloured), values.Render(coloured));
}

std::string ModelsText(const DescribeModelResponse& response, bool coloured) {
  std::string text;
  for (const auto& model : response.models()) {
    absl::StrAppend(
        &text, Styled(Printable(model.name()), Style::kStrong, coloured), " ",
        Printable(model.version()), "  ", Printable(model.runtime()), ", ",
        model.input_width(), " x ", model.input_height(), ", ",
        absl::StrFormat("%.0f MiB a run", model.run_bytes() / 1048576.0),
        "\n  ", Printable(model.description()), "\n  licence ",
        Printable(model.licence()), ", sha256 ", Printable(model.sha256()),
        "\n");
    if (!model.reload_problem().empty()) {
      absl::StrAppend(&text, "  ",
                      Styled(absl::StrCat("the last replacement was refused: ",
                                          Printable(model.reload_problem())),
                             Style::kBad, coloured),
                      "\n");
    }
    Table table({{"label", true}, {"class"}, {"colour"}, {""}});
    for (const auto& of : model.classes()) {
      table.AddRow({{absl::StrCat(of.label())},
                    {of.name()},
                    {ColorText(of.color())},
                    {of.is_background() ? "background" : ""}});
    }
    text += table.Render(coloured);
  }
  return text.empty() ? "the server has no network\n" : text;
}

}  // namespace sightline::cli
