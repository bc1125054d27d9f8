#include "services/georef/engine/features/prepared_mask.h"

#include <cmath>
#include <utility>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/features/reasons.h"

namespace sightline::georef {
namespace {

absl::StatusOr<double> RadiusInPixels(const LabelSmoothing& smoothing,
                                      const GroundCamera& camera) {
  if (!smoothing.radius_m.has_value()) return smoothing.radius_pixels;
  const auto distance = camera.SampleDistance(
      {camera.frame().width / 2, camera.frame().height / 2});
  if (!distance.ok()) {
    return Error(absl::StatusCode::kInvalidArgument, kFeatureOptionInvalid)
        .Field("smoothing.radius_m",
               "can't be told in pixels, the middle of the frame shows no "
               "ground; give it in pixels");
  }
  return *smoothing.radius_m / std::sqrt(distance->area_m2);
}

}  // namespace

absl::Status PreparedMask::Cut(const GroundExtent& extent,
                               const std::vector<uint8_t>& labels) {
  if (extent.is_whole()) return absl::OkStatus();
  SL_ASSIGN_OR_RETURN(ground_, GroundMask::Create(view_, extent, labels));
  view_ = ground_->view();
  return absl::OkStatus();
}

absl::StatusOr<PreparedMask> PreparedMask::Create(const FeatureInput& input,
                                                  const FeatureOptions& options,
                                                  const GroundExtent& extent,
                                                  const StopToken& stop) {
  PreparedMask mask;
  mask.view_ = input.mask;
  SL_RETURN_IF_ERROR(mask.Cut(extent, options.labels));
  if (mask.ground_.has_value()) {
    mask.labelled_above_horizon_ = mask.ground_->labelled_outside();
  }
  if (options.smoothing.empty()) return mask;
  MorphologyOptions morphology;
  for (const uint8_t label : options.labels) {
    if (label != 0) morphology.labels.push_back(label);
  }
  for (const LabelSmoothing& smoothing : options.smoothing) {
    morphology.operation = smoothing.operation;
    morphology.neighbourhood = smoothing.neighbourhood;
    SL_ASSIGN_OR_RETURN(morphology.radius_pixels,
                        RadiusInPixels(smoothing, *input.camera));
    SL_ASSIGN_OR_RETURN(mask.smoothed_,
                        ApplyMorphology(mask.view_, morphology, stop));
    mask.view_ = {mask.smoothed_.data(), input.mask.width, input.mask.height,
                  input.mask.width};
    // What grew above the horizon is cut again.
    SL_RETURN_IF_ERROR(mask.Cut(extent, options.labels));
  }
  return mask;
}

}  // namespace sightline::georef
