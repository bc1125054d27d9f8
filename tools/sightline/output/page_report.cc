#include "tools/sightline/output/page_report.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/repeated_field.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

using google::protobuf::RepeatedPtrField;
using preprocess::v1::AssessQualityResponse;
using preprocess::v1::Measurement;
using preprocess::v1::PipelineReport;
using preprocess::v1::PreprocessResponse;
using preprocess::v1::Region;
using preprocess::v1::RegionResult;
using preprocess::v1::StageReport;
using Stages = RepeatedPtrField<StageReport>;

double Milliseconds(const google::protobuf::Duration& duration) {
  return 1e3 * static_cast<double>(duration.seconds()) +
         1e-6 * duration.nanos();
}

// Without the time spent in the line.
double Milliseconds(const common::v1::CallCost& cost) {
  double sum = 0;
  for (const auto& stage : cost.stages()) sum += Milliseconds(stage.duration());
  return sum;
}

const Measurement* FindMeasurement(const StageReport& stage,
                                   absl::string_view name) {
  for (const Measurement& measurement : stage.measurements()) {
    if (measurement.name() == name) return &measurement;
  }
  return nullptr;
}

// What a stage measured, in the fewest words: "2.1 degrees"; "" for stages that
// measure nothing.
std::string MainMeasurement(const StageReport& stage) {
  const struct {
    const char* name;
    double factor;
    int decimals;
    const char* unit;
  } kWords[] = {
      {"skew_degrees", 1, 2, " degrees"}, {"light_unevenness", 100, 0, " %"},
      {"ink_contrast", 1, 0, " grays"},   {"speck_share", 100, 1, " %"},
      {"noise_sigma", 1, 1, " grays"},    {"polarity_skewness", 1, 1, ""},
      {"text_height", 1, 0, " pixels"},   {"threshold", 1, 0, " as threshold"},
  };
  for (const auto& word : kWords) {
    const Measurement* found = FindMeasurement(stage, word.name);
    if (found == nullptr) continue;
    return absl::StrCat(Rounded(found->value() * word.factor, word.decimals),
                        word.unit);
  }
  return "";
}

std::string StageWords(const StageReport& stage) {
  const std::string measured = MainMeasurement(stage);
  std::string words = Printable(stage.name());
  if (!measured.empty()) absl::StrAppend(&words, " ", measured);
  if (!stage.fallback_reason().empty()) {
    absl::StrAppend(&words, " (on ", Printable(stage.device()), ": ",
                    Printable(stage.fallback_reason()), ")");
  }
  return words;
}

// "deskew 2.1 degrees, even_light 23 %; left alone: denoise; in doubt: ...".
std::string StagesLine(const Stages& stages, absl::string_view nothing,
                       bool coloured) {
  std::vector<std::string> run;
  std::vector<std::string> left;
  std::vector<std::string> doubtful;
  for (const StageReport& stage : stages) {
    if (stage.has_run()) {
      run.push_back(StageWords(stage));
    } else {
      (stage.doubtful() ? doubtful : left).push_back(Printable(stage.name()));
    }
  }
  std::string line =
      run.empty() ? std::string(nothing) : absl::StrJoin(run, ", ");
  line = Styled(line, run.empty() ? Style::kFaint : Style::kGood, coloured);
  if (!left.empty()) {
    absl::StrAppend(&line, "; left alone: ", absl::StrJoin(left, ", "));
  }
  if (!doubtful.empty()) {
    const std::string words =
        absl::StrCat("in doubt: ", absl::StrJoin(doubtful, ", "));
    absl::StrAppend(&line, "; ", Styled(words, Style::kDoubtful, coloured));
  }
  return line;
}

std::string ReasonsTable(const Stages& stages, bool coloured) {
  Table table({{"stage"}, {"changed"}, {"why", false}, {"ms", true}});
  for (const StageReport& stage : stages) {
    const char* word = stage.has_run() ? "yes" : "no";
    table.AddRow({{stage.name()},
                  {stage.doubtful() ? "in doubt" : word,
                   stage.doubtful()  ? Style::kDoubtful
                   : stage.has_run() ? Style::kGood
                                     : Style::kFaint},
                  {stage.reason()},
                  {absl::StrFormat("%.1f", Milliseconds(stage.duration()))}});
  }
  return table.Render(coloured);
}

std::string FailureText(absl::string_view name, absl::string_view what,
                        const absl::Status& status, bool coloured) {
  return absl::StrCat(Styled(Printable(name), Style::kStrong, coloured), "  ",
                      Styled(what, Style::kBad, coloured), ": ",
                      DescribeError(status));
}

void WriteMeasurements(const RepeatedPtrField<Measurement>& measurements,
                       JsonWriter& json) {
  // Of a name that comes twice, the first: the page before others changed it.
  std::map<std::string, double> by_name;
  for (const Measurement& measurement : measurements) {
    by_name.try_emplace(measurement.name(), measurement.value());
  }
  json.Key("measurements").BeginObject();
  for (const auto& [name, value] : by_name) json.Key(name).Number(value);
  json.EndObject();
}

void WriteStages(const Stages& stages, JsonWriter& json) {
  json.Key("stages").BeginArray();
  for (const StageReport& stage : stages) {
    json.BeginObject();
    json.Key("name").String(stage.name());
    json.Key("first_operation").Integer(stage.first_operation());
    json.Key("operation_count").Integer(stage.operation_count());
    json.Key("has_run").Bool(stage.has_run());
    json.Key("reason").String(stage.reason());
    json.Key("doubtful").Bool(stage.doubtful());
    WriteMeasurements(stage.measurements(), json);
    json.Key("duration_ms").Number(Milliseconds(stage.duration()));
    json.Key("device").String(stage.device());
    json.Key("fallback_reason").String(stage.fallback_reason());
    json.EndObject();
  }
  json.EndArray();
}

// "file", "page" and "error", with which every object begins.
void BeginPage(const Scan& scan, const absl::Status& status, JsonWriter& json) {
  json.BeginObject();
  json.Key("file").String(scan.name);
  json.Key("page").Integer(scan.page + 1);
  json.Key("error");
  WriteErrorJson(status, json);
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

void WriteMap(const PipelineReport& report, JsonWriter& json) {
  json.Key("output_to_input").BeginArray();
  for (const double number : report.output_to_input()) json.Number(number);
  json.EndArray();
}

}  // namespace

std::string PageText(const Scan& scan,
                     const absl::StatusOr<PreprocessResponse>& outcome,
                     const PageOutputs& outputs,
                     const PageTextOptions& options) {
  if (!outcome.ok()) {
    return FailureText(scan.name, "failed", outcome.status(), options.coloured);
  }
  const auto& stages = outcome->report().stages();
  std::string text = absl::StrCat(
      Styled(Printable(scan.name), Style::kStrong, options.coloured), "  ",
      StagesLine(stages, "nothing to do", options.coloured),
      absl::StrFormat("; %.0f ms", Milliseconds(outcome->cost())));
  if (!outputs.page.empty()) {
    absl::StrAppend(&text, "; ", Printable(outputs.page));
  }
  absl::StrAppend(&text, "\n");
  if (options.with_reasons) {
    absl::StrAppend(&text, ReasonsTable(stages, options.coloured));
  }
  return text;
}

std::string PageJson(const Scan& scan,
                     const absl::StatusOr<PreprocessResponse>& outcome,
                     const PageOutputs& outputs) {
  JsonWriter json;
  BeginPage(scan, outcome.status(), json);
  WritePath("output", outputs.page, json);
  WritePath("before_after", outputs.before_after, json);
  const PreprocessResponse nothing;
  const PreprocessResponse& response = outcome.ok() ? *outcome : nothing;
  json.Key("width").Integer(response.page().width());
  json.Key("height").Integer(response.page().height());
  json.Key("dots_per_inch").Number(response.page().dots_per_inch());
  WriteStages(response.report().stages(), json);
  WriteMap(response.report(), json);
  json.Key("unchanged");
  if (outcome.ok()) {
    json.Bool(response.report().unchanged());
  } else {
    json.Null();
  }
  json.Key("server_ms").Number(Milliseconds(response.cost()));
  json.EndObject();
  return json.text();
}

std::string AssessmentText(const Scan& scan,
                           const absl::StatusOr<AssessQualityResponse>& outcome,
                           const PageTextOptions& options) {
  if (!outcome.ok()) {
    return FailureText(scan.name, "not judged", outcome.status(),
                       options.coloured);
  }
  std::string text = absl::StrFormat(
      "%s  %d x %d",
      Styled(Printable(scan.name), Style::kStrong, options.coloured),
      outcome->width(), outcome->height());
  if (outcome->dots_per_inch() > 0) {
    absl::StrAppend(&text, ", ", Rounded(outcome->dots_per_inch(), 1), " dpi");
  }
  absl::StrAppend(
      &text, "  ",
      outcome->clean()
          ? Styled("clean", Style::kGood, options.coloured)
          : absl::StrCat("auto would: ",
                         StagesLine(outcome->stages(), "", options.coloured)),
      "\n", ReasonsTable(outcome->stages(), options.coloured));
  return text;
}

std::string AssessmentJson(
    const Scan& scan, const absl::StatusOr<AssessQualityResponse>& outcome) {
  JsonWriter json;
  BeginPage(scan, outcome.status(), json);
  const AssessQualityResponse nothing;
  const AssessQualityResponse& response = outcome.ok() ? *outcome : nothing;
  json.Key("width").Integer(response.width());
  json.Key("height").Integer(response.height());
  json.Key("dots_per_inch").Number(response.dots_per_inch());
  WriteMeasurements(response.measurements(), json);
  WriteStages(response.stages(), json);
  json.Key("clean");
  if (outcome.ok()) {
    json.Bool(response.clean());
  } else {
    json.Null();
  }
  json.EndObject();
  return json.text();
}

std::string RegionText(const Scan& scan, int region, const Region& box,
                       const absl::StatusOr<RegionResult>& outcome,
                       const std::string& path,
                       const PageTextOptions& options) {
  const std::string name =
      absl::StrFormat("%s#region=%d (%d,%d %d x %d)", scan.name, region + 1,
                      box.x(), box.y(), box.width(), box.height());
  if (!outcome.ok()) {
    return FailureText(name, "failed", outcome.status(), options.coloured);
  }
  std::string text = absl::StrCat(
      Styled(Printable(name), Style::kStrong, options.coloured), "  ",
      StagesLine(outcome->report().stages(), "nothing to do",
                 options.coloured));
  if (!path.empty()) absl::StrAppend(&text, "; ", Printable(path));
  absl::StrAppend(&text, "\n");
  if (options.with_reasons) {
    absl::StrAppend(&text,
                    ReasonsTable(outcome->report().stages(), options.coloured));
  }
  return text;
}

std::string RegionJson(const Scan& scan, int region, const Region& box,
                       const absl::StatusOr<RegionResult>& outcome,
                       const std::string& path) {
  JsonWriter json;
  BeginPage(scan, outcome.status(), json);
  json.Key("region").BeginObject();
  json.Key("index").Integer(region + 1);
  json.Key("x").Integer(box.x());
  json.Key("y").Integer(box.y());
  json.Key("width").Integer(box.width());
  json.Key("height").Integer(box.height());
  json.EndObject();
  WritePath("output", path, json);
  const PipelineReport nothing;
  const PipelineReport& report = outcome.ok() ? outcome->report() : nothing;
  WriteStages(report.stages(), json);
  WriteMap(report, json);
  json.EndObject();
  return json.text();
}

}  // namespace sightline::cli
