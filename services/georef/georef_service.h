// sightline.georef.v1.GeorefService: translates between the contract and the
// georef engine.
#ifndef SIGHTLINE_SERVICES_GEOREF_GEOREF_SERVICE_H_
#define SIGHTLINE_SERVICES_GEOREF_GEOREF_SERVICE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/server/conveyor.h"
#include "common/server/service.h"
#include "services/georef/frame_processor.h"
#include "services/georef/georef_limits.h"
#include "services/georef/models.h"
#include "services/georef/overlay_profiles.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::georef {

class GeorefService final : public Service {
 public:
  // `models` and `profiles` must outlive the service.
  GeorefService(GeorefLimits limits, const Models& models,
                OverlayProfiles& profiles);

 private:
  absl::StatusOr<v1::ProcessResponse> Process(
      Call& call, const v1::ProcessRequest& request);
  absl::StatusOr<v1::ReadOverlayResponse> ReadOverlay(
      Call& call, const v1::ReadOverlayRequest& request);
  absl::StatusOr<v1::GeoreferenceResponse> Georeference(
      Call& call, const v1::GeoreferenceRequest& request);
  absl::StatusOr<v1::ComputeFootprintResponse> ComputeFootprint(
      Call& call, const v1::ComputeFootprintRequest& request);
  absl::StatusOr<v1::DescribeModelResponse> DescribeModel(
      const v1::DescribeModelRequest& request) const;
  absl::StatusOr<ItemFunction<v1::ProcessResponse>> OpenStream(
      const v1::ProcessStreamSettings& settings);

  // The reader for `metadata`'s overlay; null without one.
  absl::StatusOr<std::shared_ptr<const OverlayReader>> OverlayOf(
      const v1::MetadataOptions& metadata, absl::string_view path);

  const Models& models_;
  OverlayProfiles& profiles_;
  const FrameProcessor processor_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_GEOREF_SERVICE_H_
