#include "tools/sightline/georef_questions.h"

#include <memory>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/image/sniff.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/georef/v1/georef.grpc.pb.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/describe_models.h"
#include "tools/sightline/georef_flags.h"
#include "tools/sightline/input/frame_supplement.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/frame_report.h"
#include "tools/sightline/output/message_json.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

using georef::v1::ComputeFootprintRequest;
using georef::v1::ComputeFootprintResponse;
using georef::v1::DescribeModelResponse;
using georef::v1::GeorefService;
using georef::v1::ReadOverlayRequest;
using georef::v1::ReadOverlayResponse;

constexpr int64_t kMaxFrameBytes = int64_t{512} << 20;

absl::Status FlagInvalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(message);
}

absl::StatusOr<int> PrintMessage(const google::protobuf::Message& message,
                                 Session& session) {
  JsonWriter json;
  WriteMessageJson(message, json);
  session.out << json.text() << "\n" << std::flush;
  SL_RETURN_IF_ERROR(CheckOutput(session));
  return 0;
}

// "1920x1080" into the request, or the size of the frame at `path`.
absl::Status SetSize(const std::string& size,
                     const std::vector<std::string>& paths,
                     ComputeFootprintRequest* request) {
  if (size.empty() == paths.empty() || paths.size() > 1) {
    return FlagInvalid("name one frame, or say --size WIDTHxHEIGHT");
  }
  int width = 0;
  int height = 0;
  if (!size.empty()) {
    const std::vector<std::string> parts = absl::StrSplit(size, 'x');
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &width) ||
        !absl::SimpleAtoi(parts[1], &height)) {
      return FlagInvalid("--size: write it as 1920x1080");
    }
  } else {
    SL_ASSIGN_OR_RETURN(const std::string file,
                        ReadFile(paths[0], kMaxFrameBytes));
    SL_ASSIGN_OR_RETURN(const ImageInfo info, SniffImage(file));
    width = info.oriented_width();
    height = info.oriented_height();
  }
  request->set_width(width);
  request->set_height(height);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> RunGeorefFootprint(absl::Span<const std::string> arguments,
                                       Session& session) {
  GeorefFlags flags;
  ArgumentParser parser(
      "georef footprint FRAME|--size WIDTHxHEIGHT [flags]",
      "Which ground a camera sees. Of a frame only the size is taken; an "
      "overlay, EXIF and XMP are not read.\n\n"
      "  sightline georef footprint --size 1920x1080 --pose pose.json");
  AddCameraFlags(parser, false, &flags.camera);
  parser.Heading("Output");
  parser.Add("size", "WIDTHxHEIGHT", "Of the camera's frames, in pixels.",
             &flags.size);
  parser.Add("points_per_edge", "N",
             "Points along each edge of the frame, 1..1000. Default 1: the "
             "corners.",
             &flags.points_per_edge);
  parser.AddSwitch("json", "One JSON object on standard output.", &flags.json);
  AddConnectionFlags(parser, &flags.connection);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_RETURN_IF_ERROR(CheckCameraFlags(flags.camera));
  ComputeFootprintRequest request;
  SL_RETURN_IF_ERROR(SetSize(flags.size, parsed.positional, &request));
  request.set_points_per_edge(flags.points_per_edge);
  SL_ASSIGN_OR_RETURN(*request.mutable_metadata(),
                      MakeMetadataOptions(flags.camera));
  SL_ASSIGN_OR_RETURN(const FrameSupplements supplements,
                      FrameSupplements::Open(flags.camera, "", 1));
  SL_ASSIGN_OR_RETURN(const auto supplement, supplements.Of({}, 0));
  request.mutable_metadata()->set_local_set(supplement.local_set());
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  const auto stub = GeorefService::NewStub(connection.channel());
  ComputeFootprintResponse response;
  SL_RETURN_IF_ERROR(
      connection.Call(session.stop, [&](grpc::ClientContext* context) {
        response.Clear();
        return stub->ComputeFootprint(context, request, &response);
      }));
  if (flags.json) return PrintMessage(response, session);
  session.out << FootprintText(response, session.out_is_terminal) << std::flush;
  SL_RETURN_IF_ERROR(CheckOutput(session));
  return 0;
}

absl::StatusOr<int> RunGeorefOverlay(absl::Span<const std::string> arguments,
                                     Session& session) {
  GeorefFlags flags;
  ArgumentParser parser(
      "georef overlay FRAMES... --overlay PROFILE.json [flags]",
      "What is burned into frames, field by field, each frame by itself; what "
      "can't be read for sure has no value, and why.\n\n"
      "  sightline georef overlay frame.png --overlay profile.json");
  parser.Heading("Overlay");
  AddOverlayFlags(parser, &flags.camera);
  parser.Heading("Output");
  parser.AddSwitch("json", "One JSON object per frame on standard output.",
                   &flags.json);
  AddConnectionFlags(parser, &flags.connection);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_RETURN_IF_ERROR(CheckCameraFlags(flags.camera));
  SL_ASSIGN_OR_RETURN(const auto metadata, MakeMetadataOptions(flags.camera));
  if (!metadata.has_overlay()) {
    return FlagInvalid("say --overlay PROFILE.json or --overlay_name NAME");
  }
  SL_ASSIGN_OR_RETURN(const std::vector<Scan> frames,
                      ListScans(parsed.positional, {}, session.stop));
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  const auto stub = GeorefService::NewStub(connection.channel());
  absl::Status first_failure;
  for (const Scan& frame : frames) {
    SL_RETURN_IF_ERROR(session.stop.Poll());
    const auto read = [&]() -> absl::StatusOr<ReadOverlayResponse> {
      ReadOverlayRequest request;
      *request.mutable_overlay() = metadata.overlay();
      SL_ASSIGN_OR_RETURN(*request.mutable_frame(),
                          ReadFrame(frame, session.stop));
      ReadOverlayResponse response;
      SL_RETURN_IF_ERROR(
          connection.Call(session.stop, [&](grpc::ClientContext* context) {
            response.Clear();
            return stub->ReadOverlay(context, request, &response);
          }));
      return response;
    };
    const auto outcome = read();
    first_failure.Update(outcome.status());
    if (flags.json) {
      session.out << ResponseJson(frame, outcome.status(),
                                  outcome.ok() ? &*outcome : nullptr)
                  << "\n";
    } else {
      session.out << OverlayText(frame, outcome, session.out_is_terminal);
    }
    session.out << std::flush;
    SL_RETURN_IF_ERROR(CheckOutput(session));
  }
  return ExitCode(first_failure);
}

absl::StatusOr<int> RunGeorefModel(absl::Span<const std::string> arguments,
                                   Session& session) {
  GeorefFlags flags;
  ArgumentParser parser(
      "georef model [NAME] [flags]",
      "The networks of a server: what they are for, their classes, what runs "
      "them.");
  parser.Heading("Output");
  parser.AddSwitch("json", "One JSON object on standard output.", &flags.json);
  AddConnectionFlags(parser, &flags.connection);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  if (parsed.positional.size() > 1) {
    return FlagInvalid("name one network, or none for all");
  }
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  SL_ASSIGN_OR_RETURN(
      const DescribeModelResponse response,
      DescribeModels(connection,
                     parsed.positional.empty() ? "" : parsed.positional[0],
                     session.stop));
  if (flags.json) return PrintMessage(response, session);
  session.out << ModelsText(response, session.out_is_terminal) << std::flush;
  SL_RETURN_IF_ERROR(CheckOutput(session));
  return 0;
}

}  // namespace sightline::cli
