// The part of a label mask that shows ground.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_MASK_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_MASK_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "services/georef/engine/features/ground_extent.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// A copy of a mask in which all that shows no ground has a label that nobody
// asks for. Movable; view() stays valid.
class GroundMask {
 public:
  // `mask`: valid; `labels`: those wanted, empty for all but 0.
  // Errors: InvalidArgument FEATURE_OPTION_INVALID (all 256 are wanted).
  static absl::StatusOr<GroundMask> Create(const LabelMask& mask,
                                           const GroundExtent& extent,
                                           const std::vector<uint8_t>& labels);

  const LabelMask& view() const { return view_; }
  // Pixels with a label that is wanted, among those that show no ground.
  int64_t labelled_outside() const { return labelled_outside_; }

 private:
  GroundMask() = default;

  std::vector<uint8_t> pixels_;
  LabelMask view_;
  int64_t labelled_outside_ = 0;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_MASK_H_
