// sightline.preprocess.v1.PreprocessService: translates between the contract
// and the preprocess engine.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_SERVICE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_SERVICE_H_

#include "absl/status/statusor.h"
#include "common/server/conveyor.h"
#include "common/server/service.h"
#include "services/preprocess/capabilities.h"
#include "services/preprocess/graphics_device.h"
#include "services/preprocess/page_processor.h"
#include "services/preprocess/preprocess_limits.h"
#include "services/preprocess/preprocess_metrics.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

// Most pages of a file that one item of a stream may stand for.
inline constexpr int kMaxFilePages = 1000;

class PreprocessService final : public Service {
 public:
  // `device` and `metrics` must outlive the service.
  PreprocessService(PreprocessLimits limits, ServerFacts facts,
                    const GraphicsDevice& device, PreprocessMetrics& metrics);

 private:
  absl::StatusOr<v1::PreprocessResponse> Preprocess(
      Call& call, const v1::PreprocessRequest& request);
  absl::StatusOr<v1::AssessQualityResponse> AssessQuality(
      Call& call, const v1::AssessQualityRequest& request);
  absl::StatusOr<ItemFunction<v1::PreprocessedFile>> OpenStream(
      const v1::PreprocessStreamSettings& settings);
  absl::StatusOr<v1::PreprocessedFile> PreprocessFile(
      Call& call, const ConveyorItem& item, const PageSettings& settings);

  const ServerFacts facts_;
  const GraphicsDevice& device_;
  PreprocessMetrics& metrics_;
  PageProcessor processor_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_PREPROCESS_SERVICE_H_
