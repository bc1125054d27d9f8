// Features as GeoJSON text (RFC 7946).
//
// Longitude before latitude, in degrees of WGS84 rounded to 1e-8 (1.1 mm),
// closed rings, outer ones counterclockwise; a bbox for every feature and for
// the collection; a Polygon where a feature is one, else a MultiPolygon.
// Properties of a feature, null where a value is not known:
//
//   label, class (if named), area_m2, perimeter_m, centroid [lon, lat],
//   centroid_inside, pixel_count, holes, truncated_by_edge,
//   truncated_by_horizon, mean_confidence, min_confidence, position_error_m
//
// The collection has a member "sightline" with mapping_error_m and
// pixels_above_horizon: a foreign member (RFC 7946, 6.1).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GEOJSON_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GEOJSON_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

// What labels are called; a label without a name has no property "class".
// UTF-8.
using ClassNames = std::map<uint8_t, std::string>;

// One FeatureCollection, no line breaks. Thread-safe.
std::string ToGeoJson(const FeatureSet& set, const ClassNames& names = {});

// Parts of such texts, for others that hold GeoJSON. Each appends to `json`;
// thread-safe.
//
// A string with its quotes.
void AppendJsonString(absl::string_view value, std::string& json);
// A member: "bbox":[west,south,east,north].
void AppendGeoJsonBox(const MapBox& box, std::string& json);
// A member: "geometry":{...}.
void AppendGeoJsonGeometry(const FeatureSet& set, const Feature& feature,
                           std::string& json);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GEOJSON_H_
