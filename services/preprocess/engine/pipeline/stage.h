// One step of a pipeline, ready to run. Internal to the pipeline.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_STAGE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_STAGE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pipeline/operation.h"
#include "services/preprocess/engine/pipeline/report.h"

namespace sightline::preprocess {

// Immutable and thread-safe.
class Stage {
 public:
  virtual ~Stage() = default;

  // 1. Either leaves `out` empty (the page stays) or makes it the new page, at
  //    most LargestOutput() a side.
  // 2. Writes into `report` its reason, what it measured, whether that is
  //    doubtful, where pixels went, and on which device. Nothing else of it.
  // 3. Allocates at most WorkingBytes() beside `out`.
  virtual absl::Status Run(const GrayView& in, GrayImage& out,
                           const Execution& execution,
                           StageReport& report) const = 0;
  // Of each side; covers a page that stays as it is, if that may happen.
  virtual PixelSize LargestOutput(const PixelSize& in) const { return in; }
  // Must not shrink when a side grows.
  virtual int64_t WorkingBytes(const PixelSize& in, int threads) const = 0;
};

using StagePointer = std::shared_ptr<const Stage>;

// The stage of one operation. Errors: PREPROCESS_PARAMETER_INVALID, its fields
// as the operation names them.
absl::StatusOr<StagePointer> MakeStage(const Operation& operation);

// How strong non-local means must be for the page's noise; 0: none is needed.
// Fills in the report's reason and measurements.
absl::StatusOr<double> JudgeNoise(const GrayView& in, const Denoise& options,
                                  const Execution& execution,
                                  StageReport& report);

// For operations that look first (measured_stages.cc, geometry_stages.cc).
absl::StatusOr<StagePointer> MakeStageOf(const CorrectPolarity& operation);
absl::StatusOr<StagePointer> MakeStageOf(const RemoveSpecks& operation);
absl::StatusOr<StagePointer> MakeStageOf(const Denoise& operation);
absl::StatusOr<StagePointer> MakeStageOf(const EvenLight& operation);
absl::StatusOr<StagePointer> MakeStageOf(const RestoreContrast& operation);
absl::StatusOr<StagePointer> MakeStageOf(const CropBorder& operation);
absl::StatusOr<StagePointer> MakeStageOf(const Deskew& operation);
absl::StatusOr<StagePointer> MakeStageOf(const EnlargeSmallText& operation);
// That move pixels (geometry_stages.cc).
absl::StatusOr<StagePointer> MakeStageOf(const Rotate& operation);
absl::StatusOr<StagePointer> MakeStageOf(const Resample& operation);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_STAGE_H_
