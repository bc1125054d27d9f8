// The ground that a camera shows, as answers say it.
#ifndef SIGHTLINE_SERVICES_GEOREF_FOOTPRINT_MESSAGE_H_
#define SIGHTLINE_SERVICES_GEOREF_FOOTPRINT_MESSAGE_H_

#include <optional>

#include "absl/status/statusor.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/position_error.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::georef {

// The footprint of `camera`, which was made from `pose`. Parts that show no
// ground are said, not failed for. `points_per_edge`: 1..1000. Errors: those of
// EstimatePositionError() for uncertainties that are none. Thread-safe.
absl::StatusOr<v1::Footprint> DescribeFootprint(
    const GroundCamera& camera, const Pose& pose,
    const std::optional<PoseUncertainty>& uncertainty, int points_per_edge);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_FOOTPRINT_MESSAGE_H_
