#include "tools/sightline/report/map_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/status/error.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/report/html_text.h"
#include "tools/sightline/report/report_assets.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

using georef::v1::GeoPoint;
using georef::v1::ProcessResponse;

// JSON that no tag can end.
std::string ScriptData(absl::string_view json) {
  return absl::StrReplaceAll(json, {{"<", "\\u003c"}});
}

void WritePoint(const GeoPoint& point, JsonWriter& json) {
  json.BeginArray();
  json.Number(point.longitude_deg()).Number(point.latitude_deg());
  json.EndArray();
}

std::string FrameData(absl::string_view name,
                      const absl::StatusOr<ProcessResponse>& outcome) {
  JsonWriter json;
  json.BeginObject();
  json.Key("name").String(name);
  json.Key("footprint").BeginArray();
  if (outcome.ok()) {
    for (const GeoPoint& point : outcome->footprint().outline()) {
      WritePoint(point, json);
    }
  }
  json.EndArray();
  json.EndObject();
  return json.text();
}

constexpr char kPanes[] = R"(<div class="panes" hidden>
<div class="picture">
<svg id="map" role="group" aria-label="Map" tabindex="0"></svg>
<div class="north" aria-hidden="true">N &#8593;</div>
<div class="buttons"><button type="button" id="nearer" aria-label="Nearer">+</button><button type="button" id="farther" aria-label="Farther">&minus;</button><button type="button" id="all">All</button></div>
</div>
<aside>
<section id="details" aria-live="polite"></section>
<div class="rows"><table id="list">
<thead><tr><th scope="col">Class</th><th scope="col" class="number">Area</th><th scope="col">Frame</th></tr></thead>
<tbody></tbody></table></div>
</aside>
</div>
<noscript><p>The map is drawn by a script of this page; the polygons are in the
files beside it.</p></noscript>
)";

}  // namespace

void MapPage::Add(absl::string_view name,
                  const absl::StatusOr<ProcessResponse>& outcome,
                  const ClassPalette& palette) {
  const size_t index = frames_.size();
  frames_.push_back(FrameData(name, outcome));
  if (!outcome.ok()) {
    ++failed_;
    if (static_cast<int>(failures_.size()) >= limits_.failures) return;
    const ErrorDetails details =
        DetailsOf(outcome.status()).value_or(ErrorDetails{});
    failures_.push_back(
        absl::StrCat("<tr><th scope=\"row\">", HtmlName(name), "</th><td>",
                     HtmlText(outcome.status().message()), "<br><code>",
                     HtmlText(CodeName(outcome.status().code())),
                     details.reason.empty() ? "" : ", ",
                     HtmlText(details.reason), "</code></td></tr>\n"));
    return;
  }
  const auto& set = outcome->features();
  features_ += set.features_size();
  for (const auto& feature : set.features()) {
    ClassLook look = palette.Of(feature.label());
    if (!feature.class_name().empty()) look.name = feature.class_name();
    classes_.emplace(feature.label(), look);
  }
  const auto bytes = static_cast<int64_t>(set.geojson().size());
  if (bytes == 0) return;
  if (polygon_bytes_ + bytes > limits_.polygon_bytes) {
    ++frames_without_polygons_;
    return;
  }
  polygon_bytes_ += bytes;
  polygons_.push_back(absl::StrCat(
      "<script type=\"application/json\" class=\"polygons\" data-frame=\"",
      index, "\">", ScriptData(set.geojson()), "</script>\n"));
}

std::string MapPage::Html() const {
  JsonWriter classes;
  classes.BeginObject();
  for (const auto& [label, look] : classes_) {
    classes.Key(absl::StrCat(label)).BeginObject();
    classes.Key("name").String(look.name);
    classes.Key("color").String(ColorText(look.color));
    classes.EndObject();
  }
  classes.EndObject();
  const auto count = static_cast<int>(frames_.size());
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
      "'none'; style-src ",
      PolicySource(MapStyle()), "; script-src ", PolicySource(MapScript()),
      "; base-uri 'none'; form-action 'none'\">\n"
      "<title>What the frames show</title>\n<style>",
      MapStyle(), "</style>\n</head>\n<body>\n<div class=\"page\">\n<h1>",
      features_, features_ == 1 ? " polygon" : " polygons", " in ", count,
      count == 1 ? " frame" : " frames", "</h1>\n");
  if (frames_without_polygons_ > 0) {
    absl::StrAppend(&html, "<p class=\"sum\">Of ", frames_without_polygons_,
                    frames_without_polygons_ == 1 ? " frame" : " frames",
                    " only the outline is drawn: the polygons would be too "
                    "many for a page. Their files have them.</p>\n");
  }
  absl::StrAppend(&html,
                  "<div id=\"legend\" role=\"group\" aria-label=\"Classes\">"
                  "</div>\n<p class=\"sum\" id=\"said\"></p>\n",
                  kPanes);
  if (failed_ > 0) {
    absl::StrAppend(&html, "<section id=\"failed\"><h2>", failed_,
                    failed_ == 1 ? " frame" : " frames",
                    " failed</h2>\n<table>\n", absl::StrJoin(failures_, ""),
                    "</table>");
    const int left_out = failed_ - static_cast<int>(failures_.size());
    if (left_out > 0) {
      absl::StrAppend(&html, "<p>", left_out, " more are not shown.</p>");
    }
    html += "</section>\n";
  }
  absl::StrAppend(&html,
                  "</div>\n<script type=\"application/json\" "
                  "id=\"frames\">{\"classes\": ",
                  ScriptData(classes.text()), ", \"frames\": [",
                  ScriptData(absl::StrJoin(frames_, ", ")), "]}</script>\n");
  for (const std::string& block : polygons_) html += block;
  absl::StrAppend(&html, "<script>", MapScript(),
                  "</script>\n</body>\n</html>\n");
  return html;
}

}  // namespace sightline::cli
