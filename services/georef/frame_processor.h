// One frame from its file to its answer: what most methods of the service do.
#ifndef SIGHTLINE_SERVICES_GEOREF_FRAME_PROCESSOR_H_
#define SIGHTLINE_SERVICES_GEOREF_FRAME_PROCESSOR_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/image_message/image_message.h"
#include "common/server/call.h"
#include "services/georef/decoded_frame.h"
#include "services/georef/engine/segment/segmentor.h"
#include "services/georef/frame_settings.h"
#include "services/georef/georef_limits.h"
#include "services/georef/mask_message.h"
#include "services/georef/metadata_sources.h"
#include "services/georef/models.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::georef {

// What comes with one frame. Refers to the request.
struct FrameRequest {
  // The frame; nullopt where there is a mask alone.
  std::optional<ImageSource> frame;
  // null: a network finds out.
  const v1::LabelMask* mask = nullptr;
  // Where the frame was taken, and where that stands in the request.
  const v1::MetadataOptions* metadata = nullptr;
  std::string metadata_path = "metadata";
  // Null where no overlay is to be read.
  std::shared_ptr<const OverlayReader> overlay;
  // Of a stream.
  OverlayCourse* course = nullptr;
};

// Thread-safe.
class FrameProcessor {
 public:
  // `models` must outlive the processor.
  FrameProcessor(GeorefLimits limits, const Models& models)
      : limits_(limits), models_(models) {}

  const GeorefLimits& limits() const { return limits_; }

  // Everything: segments or takes the mask, meanwhile reads what is said of the
  // camera, and lays polygons on the map. Errors: of every part, fields named
  // as in ProcessRequest.
  absl::StatusOr<v1::ProcessResponse> Process(
      Call& call, const FrameRequest& request,
      const FrameSettings& settings) const;

  absl::StatusOr<v1::SegmentResponse> Segment(
      Call& call, const v1::SegmentRequest& request) const;

  // As what a file is decoded where colour matters.
  static PixelKind KindOf(const ImageHeader& header);
  // Decodes a frame for which memory is reserved. Errors: those of decoding.
  absl::StatusOr<DecodedFrame> Decode(const ImageSource& frame,
                                      PixelKind kind) const;
  // What Decode() allocates.
  static int64_t DecodeBytes(const ImageHeader& header, PixelKind kind);

 private:
  // What a request needs, found out before anything is decoded. What a network
  // keeps between runs is set aside for it and not reserved again.
  struct Plan;
  absl::StatusOr<Plan> MakePlan(const FrameRequest& request,
                                const FrameSettings& settings) const;

  const GeorefLimits limits_;
  const Models& models_;
};

// What a network made of a frame, for the answer.
v1::SegmentReport DescribeSegmentation(const Model& model,
                                       const Segmentation& segmentation);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_FRAME_PROCESSOR_H_
