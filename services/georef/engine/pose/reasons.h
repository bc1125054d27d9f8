// Reasons of the failures that resolving a pose reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_REASONS_H_

namespace sightline::georef {

// No source says a value that the pose needs.
inline constexpr char kPoseIncomplete[] = "POSE_INCOMPLETE";
// Two sources say things of which one must be wrong.
inline constexpr char kMetadataContradictory[] = "METADATA_CONTRADICTORY";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_REASONS_H_
