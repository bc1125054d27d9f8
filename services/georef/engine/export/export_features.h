// Features in the files of geographic information systems.
//
// Takes the GeoJSON that ToGeoJson() writes and hands it to OGR: one layer
// "features" of multi-polygons with a column for each property; the centroid
// becomes two. A shapefile's names hold ten characters at most, and are short
// ones there: perimeter_m is perim_m, truncated_by_edge is trunc_edge.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_EXPORT_EXPORT_FEATURES_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_EXPORT_EXPORT_FEATURES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::georef {

enum class ExportFormat {
  kGeoPackage,
  kFlatGeobuf,
  // A path that ends in .zip becomes one file, any other a folder of files
  // named features.*.
  kShapefile,
  kGeoJson,
  // Text with a column of well-known text.
  kCsv,
};

// "gpkg", "fgb", "shp", "geojson" or "csv-wkt"; nullopt for anything else.
std::optional<ExportFormat> ParseExportFormat(absl::string_view name);

struct ExportOptions {
  ExportFormat format = ExportFormat::kGeoPackage;
  // Must not exist, unless `overwrite`. Ends in .gpkg for a GeoPackage.
  std::string path;
  // The coordinate system of the answer; x is east or longitude. GeoJSON is
  // always 4326 (RFC 7946, 4).
  int epsg = 4326;
  bool overwrite = false;
};

// Returns the number of features written. Nothing is left at the path when it
// fails. Thread-safe for different paths.
// Errors: InvalidArgument EXPORT_INPUT_INVALID, EXPORT_OPTION_INVALID or
// UNKNOWN_COORDINATE_SYSTEM; OutOfRange OUTSIDE_COORDINATE_SYSTEM;
// AlreadyExists EXPORT_OPTION_INVALID (the path); Internal EXPORT_NOT_WRITTEN.
absl::StatusOr<int64_t> ExportFeatures(absl::string_view geojson,
                                       const ExportOptions& options);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_EXPORT_EXPORT_FEATURES_H_
