// sightline georef: aerial frames in, polygons on the map out.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/georef/v1/georef.grpc.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/describe_models.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/georef_flags.h"
#include "tools/sightline/georef_questions.h"
#include "tools/sightline/input/frame_supplement.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/class_palette.h"
#include "tools/sightline/output/frame_files.h"
#include "tools/sightline/output/frame_report.h"
#include "tools/sightline/output/progress_bar.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/report/map_page.h"

namespace sightline::cli {
namespace {

using georef::v1::FrameSupplement;
using georef::v1::GeorefService;
using georef::v1::ProcessRequest;
using georef::v1::ProcessResponse;
using georef::v1::ProcessStreamRequest;
using georef::v1::ProcessStreamResponse;
using georef::v1::ProcessStreamSettings;

// Servers take 8 MiB in a message unless told otherwise.
constexpr size_t kLargestRequest = 7 << 20;

bool IsUnwritable(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() && details->reason == "FILE_UNWRITABLE";
}

// Whether the next call would fail in the same way: nobody is there, or nobody
// who knows this service or this client, or the user has had enough.
bool EndsAll(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kUnauthenticated ||
         status.code() == absl::StatusCode::kUnimplemented ||
         status.code() == absl::StatusCode::kCancelled;
}

ProcessRequest ToRequest(const ProcessStreamSettings& settings,
                         FrameSupplement supplement) {
  ProcessRequest request;
  *request.mutable_metadata() = settings.metadata();
  if (supplement.has_pose()) {
    request.mutable_metadata()->mutable_pose()->MergeFrom(supplement.pose());
  }
  request.mutable_metadata()->set_local_set(supplement.local_set());
  if (supplement.has_mask()) {
    request.mutable_mask()->Swap(supplement.mutable_mask());
  }
  if (settings.has_segment()) *request.mutable_segment() = settings.segment();
  *request.mutable_features() = settings.features();
  *request.mutable_output() = settings.output();
  if (settings.has_raster()) *request.mutable_raster() = settings.raster();
  request.set_return_mask(settings.return_mask());
  return request;
}

// One run: sends frames, by whichever call, and takes what comes back.
class Run {
 public:
  Run(const GeorefFlags& flags, const Connection& connection,
      const FrameSupplements& supplements, Session& session)
      : flags_(flags),
        connection_(connection),
        supplements_(supplements),
        session_(session),
        stub_(GeorefService::NewStub(connection.channel())) {}

  absl::StatusOr<int> Do(std::vector<Scan> frames) {
    for (size_t i = 0; i < frames.size(); ++i) frames[i].place = i;
    SL_ASSIGN_OR_RETURN(*settings_.mutable_settings(),
                        MakeProcessSettings(flags_));
    if (!flags_.out.empty()) {
      SL_ASSIGN_OR_RETURN(writer_, FrameWriter::Plan(flags_, frames));
      if (!flags_.without_map && flags_.polygon_file() != PolygonFile::kWkb) {
        map_.emplace();
      }
    }
    ProgressBar progress(session_.err,
                         session_.err_is_terminal && frames.size() > 1,
                         frames.size());
    progress_ = &progress;
    SL_ASSIGN_OR_RETURN(const bool as_stream, GoesAsStream(frames));
    SL_RETURN_IF_ERROR(as_stream ? SendAsStream(frames) : SendEach(frames));
    progress.Clear();
    SL_RETURN_IF_ERROR(Conclude(frames.size()));
    return ExitCode(first_failure_);
  }

 private:
  absl::StatusOr<bool> GoesAsStream(const std::vector<Scan>& frames) const {
    if (flags_.stac) return false;
    if (flags_.stream || frames.size() > 1) return true;
    if (!frames.front().problem.ok()) return false;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(frames.front().path, error);
    // Of a mask's bytes, too, half of the limit is left.
    return !error && bytes > kLargestRequest / 2;
  }

  absl::Status SendAsStream(const std::vector<Scan>& frames) {
    return SendItems<ProcessResponse, ProcessStreamRequest,
                     ProcessStreamResponse>(
        connection_, frames, flags_.in_flight, settings_,
        [&](grpc::ClientContext* context) {
          return stub_->ProcessStream(context);
        },
        [&](const Scan& frame, const StopToken& stop)
            -> absl::StatusOr<SheetContent> { return ReadItem(frame, stop); },
        [&](const Scan& frame, absl::StatusOr<ProcessResponse> outcome) {
          return Take(frame, std::move(outcome));
        },
        session_.stop);
  }

  absl::StatusOr<SheetContent> ReadItem(const Scan& frame,
                                        const StopToken& stop) const {
    SL_ASSIGN_OR_RETURN(const FrameSupplement supplement,
                        supplements_.Of(frame, frame.place));
    SheetContent content;
    SL_ASSIGN_OR_RETURN(content.bytes,
                        ReadScan(frame, kFrameDotsPerInch, stop));
    content.header.set_media_type(frame.media_type);
    if (!frame.is_pdf) content.header.set_page(frame.page);
    const std::string beside = supplement.SerializeAsString();
    if (!beside.empty()) {
      content.header.add_part_sizes(static_cast<int64_t>(content.bytes.size()));
      content.header.add_part_sizes(static_cast<int64_t>(beside.size()));
      content.bytes += beside;
    }
    return content;
  }

  absl::Status SendEach(const std::vector<Scan>& frames) {
    absl::Status ending;
    for (const Scan& frame : frames) {
      absl::StatusOr<ProcessResponse> outcome =
          ending.ok() ? SendOne(frame) : ending;
      if (EndsAll(outcome.status())) ending = outcome.status();
      SL_RETURN_IF_ERROR(Take(frame, std::move(outcome)));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ProcessResponse> SendOne(const Scan& frame) const {
    SL_RETURN_IF_ERROR(session_.stop.Poll());
    SL_ASSIGN_OR_RETURN(FrameSupplement supplement,
                        supplements_.Of(frame, frame.place));
    ProcessRequest request =
        ToRequest(settings_.settings(), std::move(supplement));
    SL_ASSIGN_OR_RETURN(*request.mutable_frame(),
                        ReadFrame(frame, session_.stop));
    request.set_return_stac_item(flags_.stac);
    if (flags_.stac) {
      request.set_stac_item_id(
          std::filesystem::path(frame.path).stem().string());
      absl::Time time;
      // The flags were checked.
      if (absl::ParseTime(absl::RFC3339_full, flags_.time, &time, nullptr)) {
        request.mutable_time()->set_seconds(absl::ToUnixSeconds(time));
        request.mutable_time()->set_nanos(
            static_cast<int32_t>(absl::ToInt64Nanoseconds(
                time - absl::FromUnixSeconds(absl::ToUnixSeconds(time)))));
      }
    }
    ProcessResponse response;
    SL_RETURN_IF_ERROR(
        connection_.Call(session_.stop, [&](grpc::ClientContext* context) {
          response.Clear();
          return stub_->Process(context, request, &response);
        }));
    return response;
  }

  absl::Status Take(const Scan& frame,
                    absl::StatusOr<ProcessResponse> outcome) {
    FrameFiles files;
    if (outcome.ok()) {
      LearnClasses(*outcome);
      if (writer_.has_value()) {
        absl::StatusOr<FrameFiles> written =
            writer_->Write(frame, *outcome, palette_, session_.stop);
        // Not of this frame alone: the folder takes nothing more.
        if (IsUnwritable(written.status())) return written.status();
        if (written.ok()) {
          files = *std::move(written);
        } else {
          outcome = written.status();
        }
      }
    }
    first_failure_.Update(outcome.status());
    if (!outcome.ok()) ++failed_;
    if (map_.has_value()) map_->Add(frame.name, outcome, palette_);
    progress_->Clear();
    if (flags_.json) {
      session_.out << FrameJson(frame, outcome, files, flags_.out.empty())
                   << "\n";
    } else {
      session_.out << FrameText(frame, outcome, files, palette_,
                                session_.out_is_terminal);
    }
    session_.out << std::flush;
    progress_->Advance();
    return CheckOutput(session_);
  }

  // Asks once what the network's classes look like. Without an answer they
  // have the colours of masks.
  void LearnClasses(const ProcessResponse& response) {
    if (has_asked_ || !response.has_segment()) return;
    has_asked_ = true;
    const auto described =
        DescribeModels(connection_, response.segment().model(), session_.stop);
    if (described.ok() && described->models_size() == 1) {
      palette_ = ClassPalette(described->models(0));
    }
  }

  absl::Status Conclude(size_t count) {
    std::string map_path;
    if (map_.has_value()) {
      map_path = (std::filesystem::path(flags_.out) / kMapFile).string();
      SL_RETURN_IF_ERROR(WriteFile(map_path, map_->Html()));
    }
    if (flags_.json) return CheckOutput(session_);
    if (count > 1) {
      session_.out << count << " frames: " << count - failed_ << " on the map, "
                   << failed_ << " failed\n";
    }
    if (!map_path.empty()) session_.out << "map: " << map_path << "\n";
    session_.out << std::flush;
    return CheckOutput(session_);
  }

  const GeorefFlags& flags_;
  const Connection& connection_;
  const FrameSupplements& supplements_;
  Session& session_;
  const std::unique_ptr<GeorefService::Stub> stub_;
  ProcessStreamRequest settings_;
  std::optional<FrameWriter> writer_;
  std::optional<MapPage> map_;
  ProgressBar* progress_ = nullptr;
  ClassPalette palette_;
  bool has_asked_ = false;
  absl::Status first_failure_;
  size_t failed_ = 0;
};

absl::StatusOr<int> RunProcess(absl::Span<const std::string> arguments,
                               Session& session) {
  GeorefFlags flags;
  const ArgumentParser parser = MakeGeorefParser(flags);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_RETURN_IF_ERROR(CheckGeorefFlags(flags));
  // What is wrong with flags and files is said before frames are looked for.
  SL_RETURN_IF_ERROR(MakeProcessSettings(flags).status());
  ScanListOptions listing;
  listing.except_folders = {flags.out, flags.mask};
  SL_ASSIGN_OR_RETURN(std::vector<Scan> frames,
                      ListScans(parsed.positional, listing, session.stop));
  SL_ASSIGN_OR_RETURN(
      const FrameSupplements supplements,
      FrameSupplements::Open(flags.camera, flags.mask, frames.size()));
  if (!supplements.note().empty()) {
    session.err << "sightline: " << supplements.note() << "\n";
  }
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  return Run(flags, connection, supplements, session).Do(std::move(frames));
}

}  // namespace

absl::StatusOr<int> RunGeoref(absl::Span<const std::string> arguments,
                              Session& session) {
  const std::string first = arguments.empty() ? "" : arguments[0];
  const auto rest = arguments.subspan(arguments.empty() ? 0 : 1);
  if (first == "footprint") return RunGeorefFootprint(rest, session);
  if (first == "overlay") return RunGeorefOverlay(rest, session);
  if (first == "segment") return RunGeorefSegment(rest, session);
  if (first == "model") return RunGeorefModel(rest, session);
  return RunProcess(arguments, session);
}

}  // namespace sightline::cli
