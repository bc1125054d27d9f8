// The mask as it is traced: cut below the horizon and smoothed, or as given.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_PREPARED_MASK_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_PREPARED_MASK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/features/ground_extent.h"
#include "services/georef/engine/features/ground_mask.h"

namespace sightline::georef {

// Movable; view() stays valid as long as the mask that was given.
class PreparedMask {
 public:
  // Errors: InvalidArgument FEATURE_OPTION_INVALID (labels, or a radius in
  // metres where the frame's middle shows no ground); those of
  // ApplyMorphology().
  static absl::StatusOr<PreparedMask> Create(const FeatureInput& input,
                                             const FeatureOptions& options,
                                             const GroundExtent& extent,
                                             const StopToken& stop);

  const LabelMask& view() const { return view_; }
  int64_t labelled_above_horizon() const { return labelled_above_horizon_; }

 private:
  PreparedMask() = default;
  absl::Status Cut(const GroundExtent& extent,
                   const std::vector<uint8_t>& labels);

  LabelMask view_;
  std::optional<GroundMask> ground_;
  std::vector<uint8_t> smoothed_;
  int64_t labelled_above_horizon_ = 0;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_PREPARED_MASK_H_
