#include "services/align/align_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/content_id/content_id.h"
#include "common/image/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/align/engine/warp.h"
#include "services/align/reasons.h"
#include "services/align/reference_from_proto.h"
#include "sightline/align/v1/align.grpc.pb.h"

namespace sightline::align {
namespace {

// What a registrar computes on the way, beside what it keeps.
constexpr int64_t kCreateBytes = int64_t{12} << 20;

// The homography of the reduced scan, as one of the full scan.
Homography AtFullResolution(const Homography& reduced_to_page, int reduction) {
  const double scale = 1.0 / reduction;
  return (reduced_to_page * Homography::Scale(scale, scale)).Normalized();
}

v1::AlignResponse ToResponse(const Registration& found, int reduction,
                             const std::string& reference_id) {
  v1::AlignResponse response;
  const Homography full = AtFullResolution(found.scan_to_page, reduction);
  for (const double value : full.values()) response.add_homography(value);
  response.set_inliers(found.inliers);
  response.set_patches(found.patches);
  response.set_reprojection_error(found.reprojection_error);
  response.set_confidence(found.confidence);
  response.set_method(ToProto(found.method));
  for (const Attempt& attempt : found.attempts) {
    v1::AlignAttempt* out = response.add_attempts();
    out->set_method(ToProto(attempt.method));
    out->set_accepted(attempt.accepted);
    out->set_outcome(attempt.outcome);
    out->set_confidence(attempt.confidence);
    *out->mutable_duration() = ToProtoDuration(attempt.duration);
  }
  response.set_reference_id(reference_id);
  return response;
}

void SetMesh(const PageMesh& mesh, v1::PageMesh* out) {
  out->set_columns(mesh.columns);
  out->set_rows(mesh.rows);
  for (const PixelPoint& displacement : mesh.displacements) {
    out->add_dx(displacement.x);
    out->add_dy(displacement.y);
  }
  out->set_sightings(mesh.sightings);
  out->set_rms_before(mesh.rms_before);
  out->set_rms_after(mesh.rms_after);
}

// What a strategy may use where a scan may have `most_bytes` in all. It follows
// from the server's size alone: a page that is found while the server is idle
// is found while it is busy.
int64_t StrategyBytes(int64_t most_bytes, int width, int height,
                      bool may_take_all, RegistrationOptions options) {
  const int64_t usual = options.memory_bytes;
  options.memory_bytes = 0;
  const int64_t left = std::max<int64_t>(
      0, most_bytes - PageRegistrar::RegisterBytes(width, height, options));
  return may_take_all ? left : std::min(usual, left);
}

// Bytes of an aligned page and its file.
int64_t OutputBytes(const PixelSize& page, int width) {
  const double height = page.height / page.width * width;
  return static_cast<int64_t>(2.5 * width * height);
}

}  // namespace

AlignService::AlignService(AlignLimits limits)
    : Service(v1::AlignService::service_full_name()),
      limits_(limits),
      cache_(limits.reference_cache_bytes) {
  Unary<v1::AlignRequest, v1::AlignResponse>(
      "Align", [this](Call& call, const v1::AlignRequest& request) {
        return Align(call, request);
      });
  Conveyor<v1::AlignStreamRequest, v1::AlignStreamResponse>(
      "AlignStream",
      [this](Call& call, const v1::AlignStreamSettings& settings) {
        return OpenStream(call, settings);
      });
}

absl::StatusOr<v1::AlignResponse> AlignService::Align(
    Call& call, const v1::AlignRequest& request) {
  absl::StatusOr<AlignSettings> settings =
      ToSettings(request.options(), limits_);
  if (!settings.ok()) return PrefixFields(settings.status(), "options");
  SL_ASSIGN_OR_RETURN(const Target target,
                      FindTarget(call, request, "reference"));
  return AlignImage(call, ImageSource::Of(request.scan()), target, *settings);
}

absl::StatusOr<ItemFunction<v1::AlignResponse>> AlignService::OpenStream(
    Call& call, const v1::AlignStreamSettings& message) {
  absl::StatusOr<AlignSettings> settings =
      ToSettings(message.options(), limits_);
  if (!settings.ok()) {
    return PrefixFields(settings.status(), "settings.options");
  }
  SL_ASSIGN_OR_RETURN(const Target target,
                      FindTarget(call, message, "settings.reference"));
  return ItemFunction<v1::AlignResponse>(
      [this, target, settings = *settings](
          Call& item_call,
          const ConveyorItem& item) -> absl::StatusOr<v1::AlignResponse> {
        SL_RETURN_IF_ERROR(CheckOnePage(item.header));
        ImageSource scan;
        scan.encoded = item.bytes;
        scan.page = item.header.page();
        return AlignImage(item_call, scan, target, settings);
      });
}

template <typename Message>
absl::StatusOr<AlignService::Target> AlignService::FindTarget(
    Call& call, const Message& message, const std::string& path) {
  if (message.has_reference()) {
    return MakeTarget(call, message.reference(), path);
  }
  if (!message.has_reference_id()) {
    return Error(absl::StatusCode::kInvalidArgument, kReferenceMissing)
        .Field(path,
               "is missing: send the page to register to, or a "
               "reference_id of an earlier answer");
  }
  auto registrar = cache_.Find(message.reference_id());
  if (registrar == nullptr) {
    return Error(absl::StatusCode::kNotFound, kReferenceUnknown)
        .Message("the server does not have this reference: send it again")
        .Resource("sightline.align.v1.Reference", message.reference_id());
  }
  return Target{message.reference_id(), std::move(registrar)};
}

absl::StatusOr<AlignService::Target> AlignService::MakeTarget(
    Call& call, const v1::Reference& reference, const std::string& path) {
  SL_RETURN_IF_ERROR(call.EnterStage("reference"));
  Target target;
  target.id = ContentId(reference);
  target.registrar = cache_.Find(target.id);
  if (target.registrar != nullptr) return target;
  absl::StatusOr<int64_t> bytes = ReferenceBytes(reference, limits_.image);
  if (!bytes.ok()) return PrefixFields(bytes.status(), path);
  SL_RETURN_IF_ERROR(call.Reserve(*bytes + kCreateBytes));
  absl::StatusOr<Reference> decoded = ToReference(reference, limits_.image);
  if (!decoded.ok()) return PrefixFields(decoded.status(), path);
  absl::StatusOr<std::unique_ptr<PageRegistrar>> registrar =
      PageRegistrar::Create(*std::move(decoded));
  if (!registrar.ok()) return PrefixFields(registrar.status(), path);
  target.registrar = *std::move(registrar);
  // Waiting for the scan's memory while holding this would be hold-and-wait.
  call.ShrinkReservation(0);
  cache_.Insert(target.id, target.registrar);
  return target;
}

absl::StatusOr<v1::AlignResponse> AlignService::AlignImage(
    Call& call, const ImageSource& scan, const Target& target,
    const AlignSettings& settings) {
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  SL_ASSIGN_OR_RETURN(
      const ImageHeader header,
      InspectImage(scan, "scan", settings.min_long_side, limits_.image));
  const PixelSize page = target.registrar->page();
  const int output_width = settings.output_width > 0
                               ? settings.output_width
                               : static_cast<int>(page.width + 0.5);
  const int reduction =
      header.is_raw ? 1 : ReductionFor(header.info, settings.min_long_side);
  const int width = header.info.oriented_width() / reduction + 1;
  const int height = header.info.oriented_height() / reduction + 1;
  const int64_t pixels_bytes = int64_t{width} * height;
  RegistrationOptions options = settings.registration;
  const bool may_take_all =
      !limits_.optimize_memory || options.method == Method::kSift;
  options.memory_bytes = StrategyBytes(call.reservable_bytes() - pixels_bytes,
                                       width, height, may_take_all, options);
  const int64_t register_bytes =
      PageRegistrar::RegisterBytes(width, height, options);
  const bool needs_mesh = settings.return_image || settings.return_mesh;
  const int64_t mesh_bytes = needs_mesh ? PageRegistrar::kMeshBytes : 0;
  const int64_t output_bytes =
      settings.return_image ? OutputBytes(page, output_width) : 0;
  // Registration begins when the decoder's own memory is free again.
  SL_RETURN_IF_ERROR(call.Reserve(std::max(
      header.decode_bytes,
      pixels_bytes + std::max(register_bytes, mesh_bytes + output_bytes))));
  SL_ASSIGN_OR_RETURN(
      const Decoded<GrayImage> decoded,
      DecodeGrayMessage(scan, "scan", settings.min_long_side, limits_.image));

  SL_RETURN_IF_ERROR(call.EnterStage("register"));
  SL_ASSIGN_OR_RETURN(
      const Registration found,
      target.registrar->Register(decoded.pixels, options, call.stop()));
  v1::AlignResponse response = ToResponse(found, decoded.reduction, target.id);

  PageMesh mesh;
  if (needs_mesh) {
    SL_RETURN_IF_ERROR(call.EnterStage("mesh"));
    SL_ASSIGN_OR_RETURN(
        mesh, target.registrar->MeasureMesh(decoded.pixels, found.scan_to_page,
                                            call.stop()));
  }
  if (settings.return_mesh) SetMesh(mesh, response.mutable_mesh());
  if (settings.return_image) {
    SL_RETURN_IF_ERROR(call.EnterStage("warp"));
    SL_ASSIGN_OR_RETURN(const GrayImage aligned,
                        WarpToPage(decoded.pixels, found.scan_to_page, page,
                                   output_width, mesh));
    SL_RETURN_IF_ERROR(call.EnterStage("encode"));
    SL_ASSIGN_OR_RETURN(*response.mutable_image(),
                        EncodeMessage(aligned, settings.output));
  }
  *response.mutable_cost() = call.Cost();
  return response;
}

}  // namespace sightline::align
