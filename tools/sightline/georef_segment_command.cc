// sightline georef segment: what a network takes frames' pixels for.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/georef/v1/georef.grpc.pb.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/describe_models.h"
#include "tools/sightline/georef_flags.h"
#include "tools/sightline/georef_questions.h"
#include "tools/sightline/input/frame_supplement.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/class_palette.h"
#include "tools/sightline/output/frame_report.h"
#include "tools/sightline/output/mask_picture.h"
#include "tools/sightline/output/page_files.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

using georef::v1::GeorefService;
using georef::v1::SegmentRequest;
using georef::v1::SegmentResponse;

// Writes the files of a segmented frame beside `stem`; returns their names.
absl::StatusOr<std::string> WriteSegmented(const Scan& frame,
                                           const common::v1::Image& image,
                                           const SegmentResponse& response,
                                           const ClassPalette& palette,
                                           const std::string& stem) {
  SL_RETURN_IF_ERROR(WriteFile(stem + ".mask.png", response.mask_png()));
  if (!response.confidence_png().empty()) {
    SL_RETURN_IF_ERROR(
        WriteFile(stem + ".confidence.png", response.confidence_png()));
  }
  SL_ASSIGN_OR_RETURN(
      const std::string picture,
      MaskPicture(image.encoded(), frame.is_pdf ? 0 : frame.page,
                  response.mask_png(), {}, palette, {}));
  SL_RETURN_IF_ERROR(WriteFile(stem + ".overlay.jpg", picture));
  return stem + ".mask.png";
}

std::string SegmentText(const Scan& frame, const SegmentResponse& response,
                        const std::string& path) {
  std::string text = absl::StrCat(Printable(frame.name), "  ");
  int64_t pixels = 0;
  for (const auto& share : response.report().classes()) {
    pixels += share.pixels();
  }
  for (const auto& share : response.report().classes()) {
    absl::StrAppend(&text, Printable(share.class_name()), " ",
                    Rounded(100.0 * share.pixels() / pixels, 2), " %, ");
  }
  absl::StrAppend(&text, "confidence ",
                  Rounded(response.report().mean_confidence(), 2), ", ",
                  response.report().tiles(), " tiles, ",
                  Printable(response.report().runtime()));
  if (!path.empty()) absl::StrAppend(&text, "; ", Printable(path));
  return text + "\n";
}

}  // namespace

absl::StatusOr<int> RunGeorefSegment(absl::Span<const std::string> arguments,
                                     Session& session) {
  GeorefFlags flags;
  ArgumentParser parser(
      "georef segment FRAMES... [--out DIR] [flags]",
      "What a network takes frames' pixels for; needs no pose.\n\n"
      "  sightline georef segment frame.jpg --out masks/");
  parser.Heading("Network");
  parser.Add("model", "NAME",
             "The server's network. Default: the one it names first.",
             &flags.model);
  parser.Heading("Output");
  parser.Add("out", "DIR",
             "Writes NAME.mask.png, a label a pixel, and NAME.overlay.jpg, the "
             "frame with its classes drawn in, over files that are there.",
             &flags.out);
  parser.AddSwitch("confidence",
                   "Also writes NAME.confidence.png: 255 where it is sure.",
                   &flags.confidence);
  parser.AddSwitch("json", "One JSON object per frame on standard output.",
                   &flags.json);
  AddConnectionFlags(parser, &flags.connection);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  if (flags.confidence && flags.out.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message("--confidence is about --out DIR");
  }
  ScanListOptions listing;
  listing.except_folders = {flags.out};
  SL_ASSIGN_OR_RETURN(const std::vector<Scan> frames,
                      ListScans(parsed.positional, listing, session.stop));
  std::vector<PlannedFiles> plan(frames.size());
  if (!flags.out.empty()) {
    const std::string suffixes[] = {".mask.png", ".overlay.jpg",
                                    ".confidence.png"};
    SL_ASSIGN_OR_RETURN(plan, PlanFiles(flags.out, frames, suffixes,
                                        ExistingFiles::kOverwrite));
  }
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  const auto stub = GeorefService::NewStub(connection.channel());
  SL_ASSIGN_OR_RETURN(const georef::v1::DescribeModelResponse described,
                      DescribeModels(connection, flags.model, session.stop));
  const ClassPalette palette = described.models().empty()
                                   ? ClassPalette()
                                   : ClassPalette(described.models(0));
  absl::Status first_failure;
  for (size_t at = 0; at < frames.size(); ++at) {
    const Scan& frame = frames[at];
    SL_RETURN_IF_ERROR(session.stop.Poll());
    std::string path;
    SegmentResponse response;
    const auto segment = [&]() -> absl::Status {
      SegmentRequest request;
      SL_ASSIGN_OR_RETURN(*request.mutable_frame(),
                          ReadFrame(frame, session.stop));
      if (!flags.model.empty()) {
        request.mutable_segment()->set_model(flags.model);
      }
      request.set_return_confidence(flags.confidence);
      SL_RETURN_IF_ERROR(
          connection.Call(session.stop, [&](grpc::ClientContext* context) {
            response.Clear();
            return stub->Segment(context, request, &response);
          }));
      if (flags.out.empty()) return absl::OkStatus();
      SL_ASSIGN_OR_RETURN(path, WriteSegmented(frame, request.frame(), response,
                                               palette, plan[at].stem));
      return absl::OkStatus();
    };
    const absl::Status status = segment();
    first_failure.Update(status);
    if (flags.json) {
      session.out << ResponseJson(frame, status,
                                  status.ok() ? &response : nullptr)
                  << "\n";
    } else if (status.ok()) {
      session.out << SegmentText(frame, response, path);
    } else {
      session.out << FrameText(frame, status, {}, palette,
                               session.out_is_terminal);
    }
    session.out << std::flush;
    SL_RETURN_IF_ERROR(CheckOutput(session));
  }
  return ExitCode(first_failure);
}

}  // namespace sightline::cli
