// Frames of one camera, one after another: what a stream remembers.
#ifndef SIGHTLINE_SERVICES_GEOREF_FRAME_STREAM_H_
#define SIGHTLINE_SERVICES_GEOREF_FRAME_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "common/server/conveyor.h"
#include "services/georef/frame_processor.h"
#include "services/georef/frame_settings.h"
#include "services/georef/metadata_sources.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::georef {

// Used for one item at a time, in the order in which they came.
class FrameStream {
 public:
  // `overlay`: null if none is to be read. `processor` must outlive the stream.
  // Errors: InvalidArgument GEOREF_OPTION_INVALID, fields under "settings".
  static absl::StatusOr<std::shared_ptr<FrameStream>> Open(
      const v1::ProcessStreamSettings& settings,
      std::shared_ptr<const OverlayReader> overlay,
      const FrameProcessor& processor);

  // Errors: InvalidArgument FRAME_ITEM_INVALID, and those of
  // FrameProcessor::Process().
  absl::StatusOr<v1::ProcessResponse> Process(Call& call,
                                              const ConveyorItem& item);

 private:
  FrameStream(v1::MetadataOptions metadata, FrameSettings settings,
              std::shared_ptr<const OverlayReader> overlay,
              const FrameProcessor& processor)
      : metadata_(std::move(metadata)),
        settings_(std::move(settings)),
        overlay_(std::move(overlay)),
        processor_(processor) {}

  const v1::MetadataOptions metadata_;
  const FrameSettings settings_;
  const std::shared_ptr<const OverlayReader> overlay_;
  const FrameProcessor& processor_;
  double frames_per_second_ = 0;
  // Set if frames_per_second_ and overlay_ are.
  std::optional<OverlayCourse> course_;
  int64_t frames_ = 0;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_FRAME_STREAM_H_
