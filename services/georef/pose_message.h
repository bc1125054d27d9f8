// Poses and metadata between the contract and the engine.
//
// Everything is thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_POSE_MESSAGE_H_
#define SIGHTLINE_SERVICES_GEOREF_POSE_MESSAGE_H_

#include <optional>

#include "services/georef/engine/camera/position_error.h"
#include "services/georef/engine/metadata/metadata_value.h"
#include "services/georef/engine/pose/resolve_pose.h"
#include "sightline/georef/v1/metadata.pb.h"

namespace sightline::georef {

PartialPose FromProto(const v1::Pose& pose);

// `pose` with each field that `frame` has instead of its own.
v1::Pose Overlaid(const v1::Pose& pose, const v1::Pose& frame);

PoseAssumptions AssumptionsOf(const v1::MetadataOptions& options);

// nullopt if the request states none.
std::optional<PoseUncertainty> UncertaintyOf(
    const v1::MetadataOptions& options);

v1::MetadataValue ToProto(const MetadataValue& value);
v1::PoseReport ToProto(const ResolvedPose& resolved);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_POSE_MESSAGE_H_
