#include "services/georef/frame_processor.h"

#include <algorithm>
#include <array>
#include <future>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/features/footprint.h"
#include "services/georef/engine/features/reasons.h"
#include "services/georef/engine/segment/given_mask.h"
#include "services/georef/feature_message.h"
#include "services/georef/footprint_message.h"
#include "services/georef/pose_message.h"
#include "services/georef/raster_message.h"
#include "services/georef/reasons.h"

namespace sightline::georef {
namespace {

constexpr int kLabels = 256;
// Text takes more than BuildFeaturesBytes() counts for a vertex of an answer.
constexpr int64_t kGeoJsonBytesPerVertex = 128;

ClassNames NamesOf(const ModelCard& card) {
  ClassNames names;
  for (size_t i = 0; i < card.classes.size(); ++i) {
    names[static_cast<uint8_t>(i)] = card.classes[i].name;
  }
  return names;
}

// A STAC Item for `raster`. Errors: InvalidArgument GEOREF_OPTION_INVALID if
// nobody says when the frame was taken.
absl::StatusOr<std::string> DescribeRaster(const GeoRaster& raster,
                                           const GroundCamera& camera,
                                           const ResolvedPose& pose,
                                           StacItemOptions item,
                                           const StopToken& stop) {
  if (item.time == absl::InfinitePast()) {
    for (const ResolvedPose::Value& value : pose.values) {
      if (value.value.quantity == Quantity::kTimestamp &&
          value.value.is_trusted()) {
        item.time =
            absl::FromUnixMicros(static_cast<int64_t>(*value.value.value));
      }
    }
  }
  if (item.time == absl::InfinitePast()) {
    return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
        .Field("time",
               "is needed for a STAC Item: no source says when the "
               "frame was taken");
  }
  constexpr double kFootprintTolerance = 1;  // Metres.
  SL_ASSIGN_OR_RETURN(const FeatureSet footprint,
                      FrameFootprint(camera, kFootprintTolerance, stop));
  return ToStacItem(raster, footprint, item);
}

}  // namespace

// What a request needs, found out before anything is decoded.
struct FrameProcessor::Plan {
  int width = 0;
  int height = 0;
  std::optional<ImageHeader> frame;
  // Whether anything looks at the frame's colours. It is decoded in any case:
  // a damaged frame is an error, whatever is done with it.
  PixelKind kind = PixelKind::kGray;
  // Null with a mask.
  std::shared_ptr<const Model> model;
  std::optional<Segmentor> segmentor;
  int64_t bytes = 0;
};

absl::StatusOr<FrameProcessor::Plan> FrameProcessor::MakePlan(
    const FrameRequest& request, const FrameSettings& settings) const {
  Plan plan;
  if (request.frame.has_value()) {
    SL_ASSIGN_OR_RETURN(
        plan.frame, InspectImage(*request.frame, "frame", 0, limits_.image));
    plan.width = plan.frame->info.oriented_width();
    plan.height = plan.frame->info.oriented_height();
  }
  if (request.mask != nullptr) {
    SL_ASSIGN_OR_RETURN(const MaskHeader mask,
                        InspectMask(*request.mask, "mask", limits_.image));
    if (!plan.frame.has_value()) {
      plan.width = mask.width;
      plan.height = mask.height;
    } else if (mask.width != plan.width || mask.height != plan.height) {
      return Error(absl::StatusCode::kInvalidArgument, kMaskFrameMismatch)
          .Field("mask", absl::StrCat("is ", mask.width, " x ", mask.height,
                                      " pixels, the frame ", plan.width, " x ",
                                      plan.height));
    }
    plan.bytes += mask.decode_bytes;
  } else {
    SL_ASSIGN_OR_RETURN(plan.model, models_.Find(settings.model));
    SL_ASSIGN_OR_RETURN(plan.segmentor,
                        Segmentor::Create(plan.model, limits_.segmentation));
    SL_ASSIGN_OR_RETURN(const int64_t bytes, plan.segmentor->SegmentBytes(
                                                 plan.width, plan.height, {}));
    plan.bytes += bytes - plan.model->memory().run_bytes;
  }
  if (plan.frame.has_value()) {
    const bool needs_colour = plan.model != nullptr ||
                              request.overlay != nullptr ||
                              settings.raster.has_value();
    if (needs_colour) plan.kind = KindOf(*plan.frame);
    plan.bytes += DecodeBytes(*plan.frame, plan.kind);
  }
  plan.bytes += BuildFeaturesBytes(plan.width, plan.height, settings.features);
  if (settings.output.format() == v1::FEATURE_FORMAT_GEOJSON) {
    plan.bytes += kGeoJsonBytesPerVertex * limits_.max_vertices;
  }
  if (settings.return_mask) {
    plan.bytes += EncodeMaskBytes(plan.width, plan.height);
  }
  return plan;
}

PixelKind FrameProcessor::KindOf(const ImageHeader& header) {
  return header.info.channels == 1 ? PixelKind::kGray : PixelKind::kColour;
}

int64_t FrameProcessor::DecodeBytes(const ImageHeader& header, PixelKind kind) {
  return kind == PixelKind::kGray ? header.decode_bytes
                                  : header.decode_rgb_bytes;
}

absl::StatusOr<DecodedFrame> FrameProcessor::Decode(const ImageSource& frame,
                                                    PixelKind kind) const {
  DecodedFrame pixels;
  if (kind == PixelKind::kGray) {
    SL_ASSIGN_OR_RETURN(Decoded<GrayImage> decoded,
                        DecodeGrayMessage(frame, "frame", 0, limits_.image));
    pixels.gray = std::move(decoded.pixels);
  } else {
    SL_ASSIGN_OR_RETURN(Decoded<RgbImage> decoded,
                        DecodeRgbMessage(frame, "frame", limits_.image));
    pixels.rgb = std::move(decoded.pixels);
  }
  return pixels;
}

absl::StatusOr<v1::ProcessResponse> FrameProcessor::Process(
    Call& call, const FrameRequest& request,
    const FrameSettings& settings) const {
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  SL_ASSIGN_OR_RETURN(const Plan plan, MakePlan(request, settings));
  int64_t reserved = plan.bytes;
  SL_RETURN_IF_ERROR(call.Reserve(reserved));
  DecodedFrame pixels;
  if (plan.frame.has_value()) {
    SL_ASSIGN_OR_RETURN(pixels, Decode(*request.frame, plan.kind));
  }
  std::optional<Mask> mask;
  if (request.mask != nullptr) {
    SL_ASSIGN_OR_RETURN(mask,
                        Mask::Decode(*request.mask, "mask", limits_.image));
    SL_RETURN_IF_ERROR(PrefixFields(
        CheckGivenMask(mask->view(), plan.width, plan.height, kLabels),
        "mask"));
  }

  FrameSources sources;
  sources.options = request.metadata;
  sources.path = request.metadata_path;
  if (request.frame.has_value()) sources.file = request.frame->encoded;
  sources.overlay = request.overlay.get();
  if (sources.overlay != nullptr) sources.pixels = pixels.ForOverlay();
  sources.course = request.course;
  const PixelSize frame{static_cast<double>(plan.width),
                        static_cast<double>(plan.height)};
  struct Placed {
    ResolvedPose pose;
    GroundCamera camera;
  };
  const auto place = [&]() -> absl::StatusOr<Placed> {
    SL_ASSIGN_OR_RETURN(ResolvedPose pose, ResolveSources(sources));
    SL_ASSIGN_OR_RETURN(GroundCamera camera,
                        GroundCamera::Create(pose.pose, frame));
    return Placed{std::move(pose), camera};
  };

  v1::ProcessResponse response;
  std::optional<Segmentation> segmentation;
  ClassNames names;
  absl::StatusOr<Placed> placed = absl::UnknownError("not placed");
  if (plan.model == nullptr) {
    SL_RETURN_IF_ERROR(call.EnterStage("metadata"));
    placed = place();
  } else {
    names = NamesOf(plan.model->card());
    FrameScale scale;
    std::future<absl::StatusOr<Placed>> placing;
    if (plan.model->card().ground_sample_distance_m.has_value()) {
      // The network wants to know how large things are.
      SL_RETURN_IF_ERROR(call.EnterStage("metadata"));
      placed = place();
      if (!placed.ok()) return placed.status();
      const absl::StatusOr<GroundSampleDistance> step =
          placed->camera.SampleDistance({frame.width / 2, frame.height / 2});
      if (step.ok()) scale.ground_sample_distance_m = step->longest_m;
      SL_ASSIGN_OR_RETURN(
          const int64_t bytes,
          plan.segmentor->SegmentBytes(plan.width, plan.height, scale));
      reserved += bytes - plan.model->memory().run_bytes;
      SL_RETURN_IF_ERROR(call.Reserve(reserved));
    } else {
      // A network takes a hundred times as long as reading what is said.
      placing = std::async(std::launch::async, place);
    }
    SL_RETURN_IF_ERROR(call.EnterStage("segment"));
    absl::StatusOr<Segmentation> segmented =
        pixels.rgb ? plan.segmentor->Segment(*pixels.rgb, scale, call.stop())
                   : plan.segmentor->Segment(*pixels.gray, scale, call.stop());
    if (placing.valid()) placed = placing.get();
    if (!segmented.ok()) return segmented.status();
    segmentation = *std::move(segmented);
    *response.mutable_segment() =
        DescribeSegmentation(*plan.model, *segmentation);
  }
  if (!placed.ok()) return placed.status();
  if (settings.raster.has_value()) {
    // How large it becomes is known now that the camera is.
    SL_ASSIGN_OR_RETURN(const int64_t bytes,
                        RasterBytes(*settings.raster, placed->camera));
    reserved += bytes;
    SL_RETURN_IF_ERROR(call.Reserve(reserved));
  }

  SL_RETURN_IF_ERROR(call.EnterStage("features"));
  FeatureInput input;
  input.camera = &placed->camera;
  if (segmentation.has_value()) {
    mask = Mask::Of(std::move(segmentation->labels));
    input.confidence = ConfidencePlane{
        segmentation->confidence.data(),
        static_cast<ptrdiff_t>(segmentation->confidence.stride_bytes())};
  }
  input.mask = mask->view();
  const std::optional<PoseUncertainty> uncertainty =
      UncertaintyOf(*request.metadata);
  SL_ASSIGN_OR_RETURN(*response.mutable_footprint(),
                      DescribeFootprint(placed->camera, placed->pose.pose,
                                        uncertainty, /*points_per_edge=*/1));
  if (uncertainty.has_value()) {
    input.uncertain_pose = UncertainPose{placed->pose.pose, *uncertainty};
  }
  SL_ASSIGN_OR_RETURN(const FeatureSet features,
                      BuildFeatures(input, settings.features, call.stop()));

  SL_RETURN_IF_ERROR(call.EnterStage("write"));
  SL_ASSIGN_OR_RETURN(*response.mutable_features(),
                      ToProto(features, names, settings.output));
  *response.mutable_pose() = ToProto(placed->pose);
  if (settings.return_mask) {
    SL_ASSIGN_OR_RETURN(*response.mutable_mask_png(), EncodeMask(input.mask));
  }
  if (settings.raster.has_value()) {
    SL_RETURN_IF_ERROR(call.EnterStage("raster"));
    SL_ASSIGN_OR_RETURN(
        GeoRaster raster,
        WriteRaster(pixels, placed->camera, *settings.raster, call.stop()));
    if (settings.stac_item.has_value()) {
      SL_ASSIGN_OR_RETURN(*response.mutable_stac_item(),
                          DescribeRaster(raster, placed->camera, placed->pose,
                                         *settings.stac_item, call.stop()));
    }
    *response.mutable_raster() = ToProto(std::move(raster));
  }
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<v1::SegmentResponse> FrameProcessor::Segment(
    Call& call, const v1::SegmentRequest& request) const {
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  const ImageSource source = ImageSource::Of(request.frame());
  SL_ASSIGN_OR_RETURN(const ImageHeader header,
                      InspectImage(source, "frame", 0, limits_.image));
  SL_ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model,
                      models_.Find(request.segment().model()));
  SL_ASSIGN_OR_RETURN(const Segmentor segmentor,
                      Segmentor::Create(model, limits_.segmentation));
  const int width = header.info.oriented_width();
  const int height = header.info.oriented_height();
  SL_ASSIGN_OR_RETURN(const int64_t bytes,
                      segmentor.SegmentBytes(width, height, {}));
  const PixelKind kind = KindOf(header);
  SL_RETURN_IF_ERROR(call.Reserve(DecodeBytes(header, kind) + bytes -
                                  model->memory().run_bytes +
                                  2 * EncodeMaskBytes(width, height)));
  SL_ASSIGN_OR_RETURN(const DecodedFrame pixels, Decode(source, kind));
  SL_RETURN_IF_ERROR(call.EnterStage("segment"));
  absl::StatusOr<Segmentation> segmentation =
      pixels.rgb ? segmentor.Segment(*pixels.rgb, {}, call.stop())
                 : segmentor.Segment(*pixels.gray, {}, call.stop());
  if (!segmentation.ok()) return segmentation.status();
  SL_RETURN_IF_ERROR(call.EnterStage("write"));
  v1::SegmentResponse response;
  *response.mutable_report() = DescribeSegmentation(*model, *segmentation);
  SL_ASSIGN_OR_RETURN(
      *response.mutable_mask_png(),
      EncodeMask(Mask::Of(std::move(segmentation->labels)).view()));
  if (request.return_confidence()) {
    SL_ASSIGN_OR_RETURN(
        *response.mutable_confidence_png(),
        EncodeMask(Mask::Of(std::move(segmentation->confidence)).view()));
  }
  *response.mutable_cost() = call.Cost();
  return response;
}

v1::SegmentReport DescribeSegmentation(const Model& model,
                                       const Segmentation& segmentation) {
  v1::SegmentReport report;
  report.set_model(model.card().name);
  report.set_model_version(model.card().version);
  report.set_runtime(InferenceRuntimeVersion(model.runtime()));
  report.set_tiles(segmentation.tiles);
  std::array<int64_t, kLabels> pixels = {};
  int64_t confidence = 0;
  const int64_t count = segmentation.labels.size_bytes();
  for (int64_t i = 0; i < count; ++i) {
    ++pixels[segmentation.labels.data()[i]];
    confidence += segmentation.confidence.data()[i];
  }
  const std::vector<ModelClass>& classes = model.card().classes;
  for (size_t label = 0; label < classes.size(); ++label) {
    if (pixels[label] == 0) continue;
    v1::ClassShare& share = *report.add_classes();
    share.set_label(static_cast<uint32_t>(label));
    share.set_class_name(classes[label].name);
    share.set_pixels(pixels[label]);
  }
  report.set_mean_confidence(
      count == 0 ? 0 : static_cast<double>(confidence) / (255.0 * count));
  return report;
}

}  // namespace sightline::georef
