// Scans through a conveyor of a service: what the commands share.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_SEND_SCANS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_SEND_SCANS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "common/stop/stop_token.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/conveyor.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/input/sheet_pages.h"

namespace sightline::cli {

struct SendingOptions {
  int in_flight = 8;
  int pdf_dots_per_inch = 300;
};

inline void AddSendingFlags(ArgumentParser& parser, SendingOptions* options) {
  parser.Add("in_flight", "N",
             "Scans sent ahead of the oldest answer, 1..256. Default 8.",
             &options->in_flight);
  parser.Add("pdf_dpi", "N",
             "Resolution at which PDF pages are rendered, 36..1200. Default "
             "300.",
             &options->pdf_dots_per_inch);
}

inline absl::Status CheckSendingOptions(const SendingOptions& options) {
  const auto check = [](absl::string_view flag, int value, int least,
                        int most) -> absl::Status {
    if (value >= least && value <= most) return absl::OkStatus();
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message(absl::StrCat("--", flag, " must lie in ", least, "..", most,
                              ", not ", value));
  };
  absl::Status status = check("in_flight", options.in_flight, 1, 256);
  status.Update(check("pdf_dpi", options.pdf_dots_per_inch, 36, 1200));
  return status;
}

// Sends `scans`, each as `read` gives it, and hands every outcome to `take`, in
// their order, one at a time. `read` is as ConveyorJob::read, its token stops
// with `stop` and when `take` fails: then nothing more is sent and its error is
// returned. That is the only error: `take` is told of all others.
template <typename Result, typename Request, typename Response>
absl::Status SendItems(
    const Connection& connection, absl::Span<const Scan> scans, int in_flight,
    const Request& settings,
    const std::function<
        std::unique_ptr<grpc::ClientReaderWriterInterface<Request, Response>>(
            grpc::ClientContext*)>& start,
    const std::function<absl::StatusOr<SheetContent>(const Scan&,
                                                     const StopToken&)>& read,
    const std::function<absl::Status(const Scan&, absl::StatusOr<Result>)>&
        take,
    const StopToken& stop) {
  StopSource source;
  const StopCallback forward(stop, [&] { source.Stop(stop.Poll()); });
  absl::Status take_failure;
  ConveyorJob job;
  job.count = scans.size();
  job.open = [&] {
    return std::make_unique<GrpcConveyorStream<Request, Response>>(
        connection, &settings, start);
  };
  job.read =
      [&](size_t index,
          common::v1::ItemHeader* header) -> absl::StatusOr<std::string> {
    SL_ASSIGN_OR_RETURN(SheetContent content,
                        read(scans[index], source.token()));
    *header = std::move(content.header);
    return std::move(content.bytes);
  };
  job.take = [&](size_t index, ConveyorOutcome outcome) {
    if (!take_failure.ok()) return;
    // Result is what GrpcConveyorStream makes of these responses.
    take_failure =
        outcome.ok()
            ? take(scans[index], std::move(static_cast<Result&>(**outcome)))
            : take(scans[index], outcome.status());
    if (!take_failure.ok()) source.Stop(take_failure);
  };
  RunConveyor(
      job,
      {in_flight, connection.options().retries, connection.options().deadline},
      source.token())
      .IgnoreError();
  return take_failure;
}

// The same for sheets as ReadSheet() reads them.
template <typename Result, typename Request, typename Response>
absl::Status SendScans(
    const Connection& connection, absl::Span<const Scan> scans,
    const SendingOptions& options, const Request& settings,
    const std::function<
        std::unique_ptr<grpc::ClientReaderWriterInterface<Request, Response>>(
            grpc::ClientContext*)>& start,
    const std::function<absl::Status(const Scan&, absl::StatusOr<Result>)>&
        take,
    const StopToken& stop) {
  return SendItems<Result, Request, Response>(
      connection, scans, options.in_flight, settings, start,
      [&](const Scan& scan, const StopToken& token) {
        return ReadSheet(scan, options.pdf_dots_per_inch, token);
      },
      take, stop);
}

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_SEND_SCANS_H_
