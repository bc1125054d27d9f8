// The geometry of features as well-known binary.
//
// OGC Simple Features 06-103r4, 8: little-endian, x (longitude) before y
// (latitude), closed rings; a Polygon (3) where a feature is one, else a
// MultiPolygon (6). The extended form, as PostGIS reads it, carries the number
// of the coordinate system in the outermost geometry.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_WKB_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_WKB_H_

#include <optional>
#include <string>

#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

// Bytes of one feature of `set`. With `epsg` (4326 for a set as it is built)
// the extended form. Thread-safe.
std::string ToWkb(const FeatureSet& set, const Feature& feature,
                  std::optional<int> epsg = std::nullopt);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_WKB_H_
