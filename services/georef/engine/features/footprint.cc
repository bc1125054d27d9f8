#include "services/georef/engine/features/footprint.h"

#include <cstdint>
#include <vector>

#include "services/georef/engine/features/build_features.h"

namespace sightline::georef {

absl::StatusOr<FeatureSet> FrameFootprint(const GroundCamera& camera,
                                          double edge_tolerance_m,
                                          const StopToken& stop) {
  const auto width = static_cast<int>(camera.frame().width);
  const auto height = static_cast<int>(camera.frame().height);
  const std::vector<uint8_t> labels(static_cast<size_t>(width) * height, 1);
  FeatureInput input;
  input.mask = {labels.data(), width, height, width};
  input.camera = &camera;
  FeatureOptions options;
  options.edge_tolerance_m = edge_tolerance_m;
  return BuildFeatures(input, options, stop);
}

}  // namespace sightline::georef
