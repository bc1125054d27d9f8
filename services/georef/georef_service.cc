#include "services/georef/georef_service.h"

#include <atomic>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/image_message/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/overlay_checks.h"
#include "services/georef/footprint_message.h"
#include "services/georef/frame_stream.h"
#include "services/georef/pose_message.h"
#include "services/georef/reasons.h"
#include "sightline/georef/v1/georef.grpc.pb.h"

namespace sightline::georef {
namespace {

// Where there is no frame there is no overlay.
absl::Status CheckNoOverlay(const v1::MetadataOptions& metadata) {
  if (!metadata.has_overlay()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kOverlayNotReadable)
      .Field("metadata.overlay",
             "can't be read: this request brings no frame; use Process");
}

v1::ModelDescription Describe(const Models::Entry& entry) {
  const ModelCard& card = entry.model->card();
  v1::ModelDescription model;
  model.set_name(card.name);
  model.set_version(card.version);
  model.set_sha256(card.sha256);
  model.set_licence(card.licence);
  model.set_description(card.description);
  model.set_runtime(InferenceRuntimeVersion(entry.model->runtime()));
  for (size_t i = 0; i < card.classes.size(); ++i) {
    v1::ModelClass& entry_class = *model.add_classes();
    entry_class.set_label(static_cast<uint32_t>(i));
    entry_class.set_name(card.classes[i].name);
    const auto& colour = card.classes[i].colour;
    entry_class.set_color(static_cast<uint32_t>(colour[0]) << 16 |
                          static_cast<uint32_t>(colour[1]) << 8 | colour[2]);
    // Label 0 is traced only on request, as of any mask.
    entry_class.set_is_background(i == 0);
  }
  const InputSize largest = card.input.LargestSize();
  model.set_input_width(largest.width);
  model.set_input_height(largest.height);
  model.set_run_bytes(entry.model->memory().run_bytes);
  model.set_reloads(entry.history.loaded - 1);
  if (!entry.history.last_refusal.ok()) {
    model.set_reload_problem(std::string(entry.history.last_refusal.message()));
  }
  return model;
}

}  // namespace

GeorefService::GeorefService(GeorefLimits limits, const Models& models,
                             OverlayProfiles& profiles)
    : Service(v1::GeorefService::service_full_name()),
      models_(models),
      profiles_(profiles),
      processor_(limits, models) {
  Unary<v1::ProcessRequest, v1::ProcessResponse>(
      "Process", [this](Call& call, const v1::ProcessRequest& request) {
        return Process(call, request);
      });
  Unary<v1::SegmentRequest, v1::SegmentResponse>(
      "Segment", [this](Call& call, const v1::SegmentRequest& request) {
        return processor_.Segment(call, request);
      });
  Unary<v1::ReadOverlayRequest, v1::ReadOverlayResponse>(
      "ReadOverlay", [this](Call& call, const v1::ReadOverlayRequest& request) {
        return ReadOverlay(call, request);
      });
  Unary<v1::GeoreferenceRequest, v1::GeoreferenceResponse>(
      "Georeference",
      [this](Call& call, const v1::GeoreferenceRequest& request) {
        return Georeference(call, request);
      });
  Unary<v1::ComputeFootprintRequest, v1::ComputeFootprintResponse>(
      "ComputeFootprint",
      [this](Call& call, const v1::ComputeFootprintRequest& request) {
        return ComputeFootprint(call, request);
      });
  Unary<v1::DescribeModelRequest, v1::DescribeModelResponse>(
      "DescribeModel", [this](Call&, const v1::DescribeModelRequest& request) {
        return DescribeModel(request);
      });
  ConveyorInOrder<v1::ProcessStreamRequest, v1::ProcessStreamResponse>(
      "ProcessStream",
      [this](Call&, const v1::ProcessStreamSettings& settings) {
        return OpenStream(settings);
      });
}

absl::StatusOr<std::shared_ptr<const OverlayReader>> GeorefService::OverlayOf(
    const v1::MetadataOptions& metadata, absl::string_view path) {
  if (!metadata.has_overlay()) return std::shared_ptr<const OverlayReader>();
  return profiles_.Find(metadata.overlay(), absl::StrCat(path, ".overlay"));
}

absl::StatusOr<v1::ProcessResponse> GeorefService::Process(
    Call& call, const v1::ProcessRequest& request) {
  SL_ASSIGN_OR_RETURN(const FrameSettings settings,
                      FrameSettings::Of(request, processor_.limits()));
  FrameRequest frame;
  frame.frame = ImageSource::Of(request.frame());
  if (request.has_mask()) frame.mask = &request.mask();
  frame.metadata = &request.metadata();
  SL_ASSIGN_OR_RETURN(frame.overlay, OverlayOf(request.metadata(), "metadata"));
  return processor_.Process(call, frame, settings);
}

absl::StatusOr<v1::GeoreferenceResponse> GeorefService::Georeference(
    Call& call, const v1::GeoreferenceRequest& request) {
  SL_RETURN_IF_ERROR(CheckNoOverlay(request.metadata()));
  SL_ASSIGN_OR_RETURN(const FrameSettings settings,
                      FrameSettings::Of(request, processor_.limits()));
  FrameRequest frame;
  frame.mask = &request.mask();
  frame.metadata = &request.metadata();
  SL_ASSIGN_OR_RETURN(v1::ProcessResponse processed,
                      processor_.Process(call, frame, settings));
  v1::GeoreferenceResponse response;
  response.mutable_features()->Swap(processed.mutable_features());
  response.mutable_pose()->Swap(processed.mutable_pose());
  response.mutable_footprint()->Swap(processed.mutable_footprint());
  response.mutable_cost()->Swap(processed.mutable_cost());
  return response;
}

absl::StatusOr<v1::ReadOverlayResponse> GeorefService::ReadOverlay(
    Call& call, const v1::ReadOverlayRequest& request) {
  SL_ASSIGN_OR_RETURN(const std::shared_ptr<const OverlayReader> reader,
                      profiles_.Find(request.overlay(), "overlay"));
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  const ImageSource source = ImageSource::Of(request.frame());
  SL_ASSIGN_OR_RETURN(
      const ImageHeader header,
      InspectImage(source, "frame", 0, processor_.limits().image));
  const PixelKind kind = FrameProcessor::KindOf(header);
  SL_RETURN_IF_ERROR(call.Reserve(FrameProcessor::DecodeBytes(header, kind)));
  SL_ASSIGN_OR_RETURN(const DecodedFrame pixels,
                      processor_.Decode(source, kind));
  SL_RETURN_IF_ERROR(call.EnterStage("overlay"));
  SL_ASSIGN_OR_RETURN(OverlayReading reading,
                      reader->Read(pixels.ForOverlay()));
  CheckOverlay(reader->profile(), reading);
  v1::ReadOverlayResponse response;
  for (const FieldReading& field : reading.fields) {
    v1::OverlayField& message = *response.add_fields();
    message.set_name(field.name);
    message.set_text(field.text);
    message.set_confidence(field.confidence);
    message.set_problem(field.why);
  }
  for (const MetadataValue& value : MetadataOf(reader->profile(), reading)) {
    *response.add_values() = ToProto(value);
  }
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<v1::ComputeFootprintResponse> GeorefService::ComputeFootprint(
    Call& call, const v1::ComputeFootprintRequest& request) {
  SL_RETURN_IF_ERROR(CheckNoOverlay(request.metadata()));
  SL_RETURN_IF_ERROR(call.EnterStage("metadata"));
  constexpr int kMostPoints = 1000;
  if (request.points_per_edge() < 0 ||
      request.points_per_edge() > kMostPoints) {
    return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
        .Field("points_per_edge", absl::StrCat("is ", request.points_per_edge(),
                                               ", must be 1..", kMostPoints));
  }
  FrameSources sources;
  sources.options = &request.metadata();
  sources.path = "metadata";
  SL_ASSIGN_OR_RETURN(const ResolvedPose pose, ResolveSources(sources));
  SL_ASSIGN_OR_RETURN(
      const GroundCamera camera,
      GroundCamera::Create(pose.pose, {static_cast<double>(request.width()),
                                       static_cast<double>(request.height())}));
  v1::ComputeFootprintResponse response;
  SL_ASSIGN_OR_RETURN(
      *response.mutable_footprint(),
      DescribeFootprint(camera, pose.pose, UncertaintyOf(request.metadata()),
                        std::max(1, request.points_per_edge())));
  *response.mutable_pose() = ToProto(pose);
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<v1::DescribeModelResponse> GeorefService::DescribeModel(
    const v1::DescribeModelRequest& request) const {
  v1::DescribeModelResponse response;
  if (!request.model().empty()) {
    SL_RETURN_IF_ERROR(models_.Find(request.model()).status());
  }
  for (const Models::Entry& entry : models_.List()) {
    if (request.model().empty() ||
        request.model() == entry.model->card().name) {
      *response.add_models() = Describe(entry);
    }
  }
  return response;
}

absl::StatusOr<ItemFunction<v1::ProcessResponse>> GeorefService::OpenStream(
    const v1::ProcessStreamSettings& settings) {
  SL_ASSIGN_OR_RETURN(const std::shared_ptr<const OverlayReader> overlay,
                      OverlayOf(settings.metadata(), "settings.metadata"));
  SL_ASSIGN_OR_RETURN(const std::shared_ptr<FrameStream> stream,
                      FrameStream::Open(settings, overlay, processor_));
  return ItemFunction<v1::ProcessResponse>(
      [stream](Call& call, const ConveyorItem& item) {
        return stream->Process(call, item);
      });
}

}  // namespace sightline::georef
