// The ground that a frame shows, as a feature.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_FOOTPRINT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_FOOTPRINT_H_

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

// One feature of label 1: the outline of all pixels that show ground, cut below
// the horizon and at the antimeridian, true to `edge_tolerance_m`
// (0.001..1000); none if the frame shows no ground. Takes a byte for each
// pixel. Thread-safe. Errors: those of BuildFeatures().
absl::StatusOr<FeatureSet> FrameFootprint(const GroundCamera& camera,
                                          double edge_tolerance_m,
                                          const StopToken& stop);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_FOOTPRINT_H_
