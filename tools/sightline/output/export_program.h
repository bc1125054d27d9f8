// GeoPackage, FlatGeobuf and Shapefile, written by a program of their own: this
// command is lean and does without the libraries they take.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_EXPORT_PROGRAM_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_EXPORT_PROGRAM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/stop/stop_token.h"

namespace sightline::cli {

// Where sightline-georef-export is: beside this program, or else on PATH.
// Errors: NotFound PROGRAM_NOT_FOUND.
absl::StatusOr<std::string> FindExportProgram();

// Has `program` write `geojson` to `path` as `format` ("gpkg", "fgb", "shp"),
// in the reference system `epsg` (0: WGS84), over a file that is there.
// Of a Shapefile `path` must end in .zip: it is several files. Errors: Internal
// EXPORT_FAILED (the program's own words), those of RunChild().
absl::Status ExportPolygons(const std::string& program,
                            absl::string_view geojson,
                            const std::string& format, int epsg,
                            const std::string& path, const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_EXPORT_PROGRAM_H_
