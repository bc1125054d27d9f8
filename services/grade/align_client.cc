#include "services/grade/align_client.h"

#include <grpcpp/client_context.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "services/grade/reasons.h"

namespace sightline::grade {

AlignClient::AlignClient(ChannelSource channel) : source_(std::move(channel)) {}

absl::StatusOr<align::v1::AlignResponse> AlignClient::Align(
    const GrayImage& scan, const NamedReference& reference,
    const align::v1::AlignOptions& options, const StopToken& stop) {
  align::v1::AlignRequest request;
  auto* gray = request.mutable_scan()->mutable_gray();
  gray->set_width(scan.width());
  gray->set_height(scan.height());
  gray->set_data(scan.data(), static_cast<size_t>(scan.size_bytes()));
  *request.mutable_options() = options;
  request.mutable_options()->set_return_image(false);
  request.set_reference_id(reference.id);
  absl::StatusOr<align::v1::AlignResponse> response = Call(request, stop);
  const auto details = DetailsOf(response.status());
  const bool is_unknown = absl::IsNotFound(response.status()) &&
                          details.has_value() && details->resource.has_value();
  if (!is_unknown) return response;
  *request.mutable_reference() = reference.reference;
  return Call(request, stop);
}

absl::StatusOr<align::v1::AlignResponse> AlignClient::Call(
    const align::v1::AlignRequest& request, const StopToken& stop) {
  std::call_once(connected_, [this] { channel_ = source_(); });
  grpc::ClientContext context;
  const auto stub =
      align::v1::AlignService::NewStub(channel_->Prepare(context));
  if (stop.deadline() != absl::InfiniteFuture()) {
    context.set_deadline(absl::ToChronoTime(stop.deadline()));
  }
  align::v1::AlignResponse response;
  grpc::Status status;
  {
    const StopCallback on_stop(stop, [&context] { context.TryCancel(); });
    status = stub->Align(&context, request, &response);
  }
  if (status.ok()) return response;
  // Our own stop has the better reason.
  if (absl::Status stopped = stop.Poll(); !stopped.ok()) return stopped;
  const absl::Status failure = FromGrpcStatus(status);
  const auto details = DetailsOf(failure);
  const bool from_service = details.has_value() && !details->reason.empty();
  if (absl::IsUnavailable(failure) && !from_service) {
    return Error(absl::StatusCode::kUnavailable, kAlignUnavailable)
        .Message(absl::StrCat("the align service cannot be reached "
                              "(--align_address): ",
                              std::string(failure.message())))
        .RetryAfter(absl::Seconds(1));
  }
  if (absl::IsUnauthenticated(failure)) {
    // The caller has shown its own token; this one is the operator's.
    return Error(absl::StatusCode::kUnavailable, kAlignUnavailable)
        .Message(absl::StrCat("the align service refuses this server "
                              "(--align_token_file): ",
                              std::string(failure.message())))
        .RetryAfter(absl::Seconds(1));
  }
  return failure;
}

}  // namespace sightline::grade
