// Reasons of the failures that the camera engine reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_REASONS_H_

namespace sightline::georef {

// A value of the pose is missing, not a number or out of its range.
inline constexpr char kPoseInvalid[] = "CAMERA_POSE_INVALID";
// The camera is not above the ground height it is said to see.
inline constexpr char kCameraBelowGround[] = "CAMERA_BELOW_GROUND";
// Directions or longitudes mean nothing so near to a pole.
inline constexpr char kTooNearPole[] = "TOO_NEAR_POLE";
// A pixel coordinate is not a number, or a region lies outside its frame.
inline constexpr char kPixelInvalid[] = "PIXEL_INVALID";
// A pixel's ray misses the ground, or grazes it.
inline constexpr char kPixelAboveHorizon[] = "PIXEL_ABOVE_HORIZON";
// A place on the ground is behind the camera or beyond the horizon.
inline constexpr char kGroundNotVisible[] = "GROUND_NOT_VISIBLE";
// Slant range and positions do not belong to the same line of sight.
inline constexpr char kSlantRangeContradictory[] = "SLANT_RANGE_CONTRADICTORY";
// No grid of an acceptable size maps the region within the tolerance.
inline constexpr char kMappingToleranceMissed[] = "MAPPING_TOLERANCE_MISSED";
// A ring has too few points, or a coordinate that is none.
inline constexpr char kPolygonInvalid[] = "POLYGON_INVALID";
// A ring crosses the antimeridian or goes around a pole.
inline constexpr char kPolygonCrossesAntimeridian[] =
    "POLYGON_CROSSES_ANTIMERIDIAN";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_REASONS_H_
