// Reasons of the failures that writing rasters reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_REASONS_H_

namespace sightline::georef {

// Pixels or an option of a raster are out of their range.
inline constexpr char kRasterOptionInvalid[] = "RASTER_OPTION_INVALID";
// No affine map lays the frame on the ground well enough.
inline constexpr char kRasterNotAffine[] = "RASTER_NOT_AFFINE";
// A north-up raster would have more pixels than allowed.
inline constexpr char kRasterTooLarge[] = "RASTER_TOO_LARGE";
// GDAL could not write the raster.
inline constexpr char kRasterNotWritten[] = "RASTER_NOT_WRITTEN";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_REASONS_H_
