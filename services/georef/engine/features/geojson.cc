#include "services/georef/engine/features/geojson.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/text/utf8.h"
#include "services/georef/engine/features/number_text.h"

namespace sightline::georef {
namespace {

constexpr int kDegreeDecimals = 8;
constexpr int kMetreDecimals = 3;
constexpr int kConfidenceDecimals = 4;
constexpr int kErrorDecimals = 6;
// A vertex with its brackets and commas.
constexpr size_t kBytesPerVertex = 30;
constexpr size_t kBytesPerFeature = 700;

void AppendKey(absl::string_view key, std::string& text) {
  text += ",\"";
  text.append(key.data(), key.size());
  text += "\":";
}

void AppendNumberMember(absl::string_view key, double value, int decimals,
                        std::string& text) {
  AppendKey(key, text);
  AppendNumber(value, decimals, text);
}

void AppendOptionalMember(absl::string_view key,
                          const std::optional<double>& value, int decimals,
                          std::string& text) {
  AppendKey(key, text);
  if (value.has_value()) {
    AppendNumber(*value, decimals, text);
  } else {
    text += "null";
  }
}

void AppendBoolMember(absl::string_view key, bool value, std::string& text) {
  AppendKey(key, text);
  text += value ? "true" : "false";
}

void AppendPosition(const MapPoint& point, std::string& text) {
  char position[2 * kLongestNumber + 4];
  char* to = position;
  *to++ = '[';
  to = WriteNumber(point.longitude_deg, kDegreeDecimals, to);
  *to++ = ',';
  to = WriteNumber(point.latitude_deg, kDegreeDecimals, to);
  *to++ = ']';
  text.append(position, to - position);
}

void AppendPolygon(const FeatureSet& set, const MapPolygon& polygon,
                   std::string& text) {
  text += '[';
  for (uint32_t i = 0; i < polygon.ring_count; ++i) {
    if (i > 0) text += ',';
    text += '[';
    const auto vertices = set.VerticesOf(set.rings[polygon.first_ring + i]);
    for (const MapPoint& vertex : vertices) {
      AppendPosition(vertex, text);
      text += ',';
    }
    AppendPosition(vertices[0], text);
    text += ']';
  }
  text += ']';
}

void AppendProperties(const Feature& feature, const ClassNames& names,
                      std::string& text) {
  text += absl::StrCat("\"properties\":{\"label\":",
                       static_cast<int>(feature.label));
  if (const auto name = names.find(feature.label); name != names.end()) {
    AppendKey("class", text);
    AppendJsonString(name->second, text);
  }
  AppendNumberMember("area_m2", feature.area_m2, kMetreDecimals, text);
  AppendNumberMember("perimeter_m", feature.perimeter_m, kMetreDecimals, text);
  AppendKey("centroid", text);
  AppendPosition(feature.centroid, text);
  AppendBoolMember("centroid_inside", feature.is_centroid_inside, text);
  AppendKey("pixel_count", text);
  absl::StrAppend(&text, feature.pixel_count);
  AppendKey("holes", text);
  absl::StrAppend(&text, feature.hole_count);
  AppendBoolMember("truncated_by_edge", feature.is_truncated_by_edge, text);
  AppendBoolMember("truncated_by_horizon", feature.is_truncated_by_horizon,
                   text);
  AppendOptionalMember("mean_confidence", feature.mean_confidence,
                       kConfidenceDecimals, text);
  AppendOptionalMember("min_confidence", feature.minimum_confidence,
                       kConfidenceDecimals, text);
  AppendOptionalMember("position_error_m", feature.position_error_m,
                       kMetreDecimals, text);
  text += '}';
}

}  // namespace

// JSON (RFC 8259, 7 and 8.1): quotes, backslashes and control characters are
// escaped, bytes that are no UTF-8 become U+FFFD.
void AppendJsonString(absl::string_view value, std::string& text) {
  text += '"';
  while (!value.empty()) {
    const int length = Utf8Length(value);
    const char c = value[0];
    if (length == 0) {
      text += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (length == 1 && c < 0x20) {
      text += absl::StrCat("\\u", absl::Hex(c, absl::kZeroPad4));
    } else {
      text.append(value.data(), length);
    }
    value.remove_prefix(length == 0 ? 1 : length);
  }
  text += '"';
}

void AppendGeoJsonBox(const MapBox& box, std::string& text) {
  text += "\"bbox\":[";
  const std::array<double, 4> sides = {box.west_deg, box.south_deg,
                                       box.east_deg, box.north_deg};
  for (size_t i = 0; i < sides.size(); ++i) {
    if (i > 0) text += ',';
    AppendNumber(sides[i], kDegreeDecimals, text);
  }
  text += ']';
}

void AppendGeoJsonGeometry(const FeatureSet& set, const Feature& feature,
                           std::string& text) {
  if (feature.polygon_count == 1) {
    text += R"("geometry":{"type":"Polygon","coordinates":)";
    AppendPolygon(set, set.polygons[feature.first_polygon], text);
  } else {
    text += R"("geometry":{"type":"MultiPolygon","coordinates":[)";
    for (uint32_t i = 0; i < feature.polygon_count; ++i) {
      if (i > 0) text += ',';
      AppendPolygon(set, set.polygons[feature.first_polygon + i], text);
    }
    text += ']';
  }
  text += '}';
}

std::string ToGeoJson(const FeatureSet& set, const ClassNames& names) {
  std::string text;
  text.reserve(set.vertices.size() * kBytesPerVertex +
               set.features.size() * kBytesPerFeature + kBytesPerFeature);
  text += R"({"type":"FeatureCollection",)";
  if (const auto box = BoxOf(set)) {
    AppendGeoJsonBox(*box, text);
    text += ',';
  }
  text += R"("sightline":{"mapping_error_m":)";
  AppendNumber(set.mapping.error_bound_m, kErrorDecimals, text);
  AppendKey("pixels_above_horizon", text);
  absl::StrAppend(&text, set.pixels_above_horizon);
  text += R"(},"features":[)";
  for (size_t i = 0; i < set.features.size(); ++i) {
    const Feature& feature = set.features[i];
    if (i > 0) text += ',';
    text += R"({"type":"Feature",)";
    AppendGeoJsonBox(feature.box, text);
    text += ',';
    AppendGeoJsonGeometry(set, feature, text);
    text += ',';
    AppendProperties(feature, names, text);
    text += '}';
  }
  text += "]}";
  return text;
}

}  // namespace sightline::georef
