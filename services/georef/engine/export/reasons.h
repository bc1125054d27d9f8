// Reasons of the failures that exporting features reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_EXPORT_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_EXPORT_REASONS_H_

namespace sightline::georef {

// The text is not GeoJSON with polygons.
inline constexpr char kExportInputInvalid[] = "EXPORT_INPUT_INVALID";
// A format or a path that can't be written to.
inline constexpr char kExportOptionInvalid[] = "EXPORT_OPTION_INVALID";
// GDAL could not write the file.
inline constexpr char kExportNotWritten[] = "EXPORT_NOT_WRITTEN";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_EXPORT_REASONS_H_
