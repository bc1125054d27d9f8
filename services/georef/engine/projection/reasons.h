// Reasons of the failures that changing coordinate systems reports
// (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_PROJECTION_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_PROJECTION_REASONS_H_

namespace sightline::georef {

// No coordinate system of this number is known, or it is not one of places on
// the ground.
inline constexpr char kUnknownCoordinateSystem[] = "UNKNOWN_COORDINATE_SYSTEM";
// Places lie where the coordinate system has no coordinates.
inline constexpr char kOutsideCoordinateSystem[] = "OUTSIDE_COORDINATE_SYSTEM";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_PROJECTION_REASONS_H_
