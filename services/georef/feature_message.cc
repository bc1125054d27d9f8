#include "services/georef/feature_message.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/features/wkb.h"
#include "services/georef/engine/projection/projector.h"
#include "services/georef/field_error.h"
#include "services/georef/reasons.h"

namespace sightline::georef {
namespace {

constexpr int kWgs84 = 4326;
constexpr int kDefaultVertices = 100'000;
constexpr int kMostMorphologyPixels = 64;
constexpr double kDefaultMappingTolerance = 0.001;

absl::Status Invalid(absl::string_view path, absl::string_view field,
                     absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
      .Field(absl::StrCat(path, ".", field), what);
}

// Whether `value` is `least` or more, and a number.
absl::Status CheckLeast(absl::string_view path, absl::string_view field,
                        double value, double least, double most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return Invalid(path, field,
                 absl::StrCat("is ", value, ", must be ", least, "..", most));
}

v1::Feature AttributesOf(const Feature& feature, const ClassNames& names) {
  v1::Feature message;
  message.set_label(feature.label);
  if (const auto name = names.find(feature.label); name != names.end()) {
    message.set_class_name(name->second);
  }
  message.set_area_m2(feature.area_m2);
  message.set_perimeter_m(feature.perimeter_m);
  message.set_centroid_longitude_deg(feature.centroid.longitude_deg);
  message.set_centroid_latitude_deg(feature.centroid.latitude_deg);
  v1::GeoBox& box = *message.mutable_box();
  box.set_west_deg(feature.box.west_deg);
  box.set_south_deg(feature.box.south_deg);
  box.set_east_deg(feature.box.east_deg);
  box.set_north_deg(feature.box.north_deg);
  message.set_pixel_count(feature.pixel_count);
  message.set_hole_count(feature.hole_count);
  message.set_truncated_by_edge(feature.is_truncated_by_edge ||
                                feature.is_truncated_by_horizon);
  if (feature.mean_confidence.has_value()) {
    message.set_mean_confidence(*feature.mean_confidence);
  }
  if (feature.minimum_confidence.has_value()) {
    message.set_minimum_confidence(*feature.minimum_confidence);
  }
  if (feature.position_error_m.has_value()) {
    message.set_position_error_m(*feature.position_error_m);
  }
  return message;
}

void AddPolygons(const FeatureSet& set, const Feature& feature,
                 v1::Feature& message) {
  for (const MapPolygon& polygon : set.PolygonsOf(feature)) {
    v1::Polygon& polygon_message = *message.add_polygons();
    for (const MapRing& ring : set.RingsOf(polygon)) {
      auto& coordinates = *polygon_message.add_rings()->mutable_coordinates();
      coordinates.Reserve(static_cast<int>(2 * ring.vertex_count));
      for (const MapPoint& vertex : set.VerticesOf(ring)) {
        coordinates.AddAlreadyReserved(vertex.longitude_deg);
        coordinates.AddAlreadyReserved(vertex.latitude_deg);
      }
    }
  }
}

}  // namespace

absl::StatusOr<FeatureOptions> ToFeatureOptions(
    const v1::FeatureOptions& options, absl::string_view path,
    int maximum_vertices) {
  FeatureOptions result;
  std::set<uint32_t> seen;
  for (int i = 0; i < options.labels_size(); ++i) {
    const uint32_t label = options.labels(i);
    if (label > 255 || !seen.insert(label).second) {
      return Invalid(path, absl::StrCat("labels[", i, "]"),
                     absl::StrCat("is ", label,
                                  label > 255 ? ", must be 0..255"
                                              : " for the second time"));
    }
    result.labels.push_back(static_cast<uint8_t>(label));
  }
  if (!v1::Connectivity_IsValid(options.connectivity())) {
    return Invalid(path, "connectivity", "is not a known one");
  }
  result.connectivity =
      options.connectivity() == v1::CONNECTIVITY_SIDES_AND_CORNERS
          ? Connectivity::kSidesAndCorners
          : Connectivity::kSides;
  constexpr double kMostArea = 1e15;  // Twice the Earth's.
  SL_RETURN_IF_ERROR(CheckLeast(path, "minimum_area_m2",
                                options.minimum_area_m2(), 0, kMostArea));
  SL_RETURN_IF_ERROR(CheckLeast(path, "minimum_hole_m2",
                                options.minimum_hole_m2(), 0, kMostArea));
  SL_RETURN_IF_ERROR(CheckLeast(path, "simplify_tolerance_m",
                                options.simplify_tolerance_m(), 0, 10000));
  SL_RETURN_IF_ERROR(CheckLeast(path, "dilate_pixels", options.dilate_pixels(),
                                0, kMostMorphologyPixels));
  SL_RETURN_IF_ERROR(CheckLeast(path, "close_pixels", options.close_pixels(), 0,
                                kMostMorphologyPixels));
  SL_RETURN_IF_ERROR(CheckLeast(path, "maximum_vertices",
                                options.maximum_vertices(), 0,
                                maximum_vertices));
  result.minimum_area_m2 = options.minimum_area_m2();
  result.minimum_hole_m2 = options.minimum_hole_m2();
  result.simplify_tolerance_m = options.simplify_tolerance_m();
  result.maximum_vertices = options.maximum_vertices() > 0
                                ? options.maximum_vertices()
                                : std::min(kDefaultVertices, maximum_vertices);
  for (const auto& [operation, pixels] :
       {std::pair(MaskOperation::kClose, options.close_pixels()),
        std::pair(MaskOperation::kDilate, options.dilate_pixels())}) {
    if (pixels == 0) continue;
    LabelSmoothing& smoothing = result.smoothing.emplace_back();
    smoothing.operation = operation;
    smoothing.radius_pixels = pixels;
  }
  result.maximum_traced_vertices = maximum_vertices;
  result.mapping_tolerance_m = kDefaultMappingTolerance;
  if (options.mapping_tolerance_m() != 0) {
    SL_RETURN_IF_ERROR(CheckLeast(path, "mapping_tolerance_m",
                                  options.mapping_tolerance_m(), 0.0001, 1000));
    result.mapping_tolerance_m = options.mapping_tolerance_m();
  }
  return result;
}

absl::Status CheckFeatureOutput(const v1::FeatureOutput& output,
                                absl::string_view path) {
  if (!v1::FeatureFormat_IsValid(output.format())) {
    return Invalid(path, "format", "is not a known one");
  }
  const bool is_wgs84 = output.epsg() == 0 || output.epsg() == kWgs84;
  if (output.format() == v1::FEATURE_FORMAT_GEOJSON && !is_wgs84) {
    return Invalid(path, "epsg",
                   absl::StrCat("is ", output.epsg(),
                                "; GeoJSON is always in WGS84 (RFC 7946)"));
  }
  if (!is_wgs84) {
    const absl::Status known = Projector::Create(output.epsg()).status();
    if (!known.ok()) return InField(known, absl::StrCat(path, ".epsg"));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::FeatureSet> ToProto(const FeatureSet& set,
                                       const ClassNames& names,
                                       const v1::FeatureOutput& output) {
  v1::FeatureSet message;
  const int epsg = output.epsg() == 0 ? kWgs84 : output.epsg();
  message.set_epsg(epsg);
  FeatureSet projected;
  if (epsg != kWgs84) {
    SL_ASSIGN_OR_RETURN(const Projector projector, Projector::Create(epsg));
    SL_ASSIGN_OR_RETURN(projected, Project(set, projector));
  }
  const FeatureSet& outlines = epsg == kWgs84 ? set : projected;
  message.set_simplify_tolerance_m(set.simplify_tolerance_m);
  message.set_mapping_error_bound_m(set.mapping.error_bound_m);
  message.set_vertex_count(static_cast<int64_t>(set.vertices.size()));
  message.set_pixels_above_horizon(set.pixels_above_horizon);
  for (const Feature& feature : set.features) {
    v1::Feature& added = *message.add_features();
    added = AttributesOf(feature, names);
    if (output.format() == v1::FEATURE_FORMAT_WKB) {
      added.set_wkb(ToWkb(outlines, feature));
    } else if (output.format() == v1::FEATURE_FORMAT_PACKED ||
               output.format() == v1::FEATURE_FORMAT_UNSPECIFIED) {
      AddPolygons(outlines, feature, added);
    }
  }
  if (output.format() == v1::FEATURE_FORMAT_GEOJSON) {
    message.set_geojson(ToGeoJson(set, names));
  }
  return message;
}

}  // namespace sightline::georef
