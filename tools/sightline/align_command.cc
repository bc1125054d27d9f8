// sightline align: finds where scanned pages lie on their template.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/image/sniff.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/align/v1/align.grpc.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/layout_reference.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/image_folder.h"
#include "tools/sightline/output/progress_bar.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/json_writer.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {
namespace {

using align::v1::AlignAttempt;
using align::v1::AlignResponse;
using align::v1::AlignService;
using align::v1::AlignStreamRequest;
using align::v1::AlignStreamResponse;
using align::v1::Reference;

constexpr int64_t kMaxReferenceBytes = int64_t{32} << 20;

constexpr char kDescription[] =
    "Registers scanned or photographed pages to the template they were printed "
    "from: a picture of the blank page, or the layout of an answer sheet. "
    "Prints for each scan the homography from scan pixels to template pixels "
    "(corner-based, full resolution).\n\n"
    "  sightline align photo.jpg --reference page.png --out aligned/\n"
    "  sightline align scans/ --layout layout.json --json\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first scan that failed.";

struct AlignFlags {
  std::string reference;
  std::string layout;
  bool allow_outside = false;
  int method = align::v1::ALIGN_METHOD_UNSPECIFIED;
  std::optional<bool> enhance;
  int max_dimension = 0;
  int max_features = 0;
  int downsample_size = 0;
  int min_good_matches = 0;
  double min_confidence = 0;
  std::string out;
  int output_width = 0;
  int format = common::v1::IMAGE_FORMAT_JPEG;
  int quality = 0;
  bool json = false;
  SendingOptions sending;
  ConnectionOptions connection;
};

ArgumentParser MakeParser(AlignFlags& flags) {
  ArgumentParser parser("align SCAN... --reference FILE|--layout FILE [flags]",
                        kDescription);
  parser.Add("reference", "FILE", "A picture of the blank page.",
             &flags.reference);
  parser.Add("layout", "FILE",
             "Instead: an answer sheet's layout in JSON; its reference "
             "picture, markers and bubbles are used.",
             &flags.layout);
  parser.AddSwitch("allow_outside",
                   "Lets {\"file\": ...} name files outside the folder of the "
                   "layout.",
                   &flags.allow_outside);
  parser.Heading("Registration");
  parser.AddChoice("method",
                   {{"auto", align::v1::ALIGN_METHOD_AUTO},
                    {"orb", align::v1::ALIGN_METHOD_ORB},
                    {"akaze", align::v1::ALIGN_METHOD_AKAZE},
                    {"sift", align::v1::ALIGN_METHOD_SIFT},
                    {"contour", align::v1::ALIGN_METHOD_CONTOUR},
                    {"markers", align::v1::ALIGN_METHOD_MARKERS},
                    {"patches", align::v1::ALIGN_METHOD_PATCHES},
                    {"timing_marks", align::v1::ALIGN_METHOD_TIMING_MARKS}},
                   "How the page is looked for. Default auto.", &flags.method);
  parser.AddSwitch("enhance",
                   "Even out the illumination first. Default true; --noenhance "
                   "turns it off.",
                   &flags.enhance);
  parser.Add("max_dimension", "PIXELS",
             "Longer side to which a scan is reduced first. Default 2000.",
             &flags.max_dimension);
  parser.Add("max_features", "N",
             "Features per image. Default 2000 for orb, 1500 for the others.",
             &flags.max_features);
  parser.Add("downsample_size", "PIXELS",
             "Longer side at which features are computed. Default 800, akaze "
             "400.",
             &flags.downsample_size);
  parser.Add("min_good_matches", "N",
             "Matches that a feature method needs. Default 12.",
             &flags.min_good_matches);
  parser.Add("min_confidence", "C",
             "Confidence below which a registration is refused, 0..1. Default "
             "0.5.",
             &flags.min_confidence);
  AddSendingFlags(parser, &flags.sending);
  parser.Heading("Output");
  parser.AddSwitch("json", "One JSON object per scan on standard output.",
                   &flags.json);
  parser.Add("out", "DIR",
             "The aligned pages go into this folder, as NAME-aligned.jpg.",
             &flags.out);
  parser.Add("output_width", "PIXELS",
             "Width of those pictures. Default: the template's.",
             &flags.output_width);
  parser.AddChoice("format",
                   {{"jpeg", common::v1::IMAGE_FORMAT_JPEG},
                    {"png", common::v1::IMAGE_FORMAT_PNG}},
                   "Their format. Default jpeg.", &flags.format);
  parser.Add("quality", "Q", "JPEG quality, 1..100. Default 85.",
             &flags.quality);
  AddConnectionFlags(parser, &flags.connection);
  return parser;
}

// `pictures` is given the files that belong to the reference.
absl::StatusOr<Reference> ReadReference(const AlignFlags& flags,
                                        std::vector<std::string>* pictures) {
  if (flags.reference.empty() == flags.layout.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message("give either --reference or --layout: what to align to");
  }
  if (!flags.layout.empty()) {
    grade::v1::SheetLayout layout;
    MessageFileOptions options;
    options.allow_outside = flags.allow_outside;
    options.named_files = pictures;
    SL_RETURN_IF_ERROR(ReadMessageFile(flags.layout, options, &layout));
    return ReferenceOf(layout);
  }
  pictures->push_back(flags.reference);
  SL_ASSIGN_OR_RETURN(std::string content,
                      ReadFile(flags.reference, kMaxReferenceBytes));
  const absl::StatusOr<ImageInfo> info = SniffImage(content);
  if (!info.ok()) {
    return WithDetails(
        absl::Status(info.status().code(),
                     absl::StrCat("--reference ", flags.reference, ": ",
                                  info.status().message())),
        DetailsOf(info.status()).value_or(ErrorDetails{}));
  }
  Reference reference;
  reference.mutable_page()->set_width(info->oriented_width());
  reference.mutable_page()->set_height(info->oriented_height());
  reference.mutable_image()->set_encoded(std::move(content));
  return reference;
}

absl::StatusOr<AlignStreamRequest> MakeSettings(
    const AlignFlags& flags, std::vector<std::string>* pictures) {
  AlignStreamRequest request;
  auto& settings = *request.mutable_settings();
  SL_ASSIGN_OR_RETURN(*settings.mutable_reference(),
                      ReadReference(flags, pictures));
  auto& options = *settings.mutable_options();
  options.set_method(static_cast<align::v1::AlignMethod>(flags.method));
  if (flags.enhance.has_value()) options.set_enhance(*flags.enhance);
  options.set_max_dimension(flags.max_dimension);
  options.set_max_features(flags.max_features);
  options.set_downsample_size(flags.downsample_size);
  options.set_min_good_matches(flags.min_good_matches);
  options.set_min_confidence(flags.min_confidence);
  if (!flags.out.empty()) {
    options.set_return_image(true);
    options.set_output_width(flags.output_width);
    options.mutable_output()->set_format(
        static_cast<common::v1::ImageFormat>(flags.format));
    options.mutable_output()->set_quality(flags.quality);
  }
  return request;
}

std::string AlignmentJson(absl::string_view file,
                          const absl::StatusOr<AlignResponse>& outcome) {
  JsonWriter json;
  json.BeginObject();
  json.Key("file").String(file);
  json.Key("error");
  WriteErrorJson(outcome.status(), json);
  json.Key("homography");
  if (outcome.ok()) {
    json.BeginArray();
    for (const double number : outcome->homography()) json.Number(number);
    json.EndArray();
    json.Key("confidence").Number(outcome->confidence());
    json.Key("method").String(MethodName(outcome->method()));
  } else {
    json.Null();
    json.Key("confidence").Null();
    json.Key("method").Null();
  }
  json.EndObject();
  return json.text();
}

std::string AlignmentText(absl::string_view file,
                          const absl::StatusOr<AlignResponse>& outcome,
                          bool coloured) {
  const std::string name = Styled(Printable(file), Style::kStrong, coloured);
  if (!outcome.ok()) {
    return absl::StrCat(name, "  ",
                        Styled("not aligned", Style::kBad, coloured), ": ",
                        DescribeError(outcome.status()));
  }
  std::string text = absl::StrFormat(
      "%s  aligned by %s, confidence %.2f, %d of %d patches agree within %.2f "
      "pixels\n",
      name, MethodName(outcome->method()), outcome->confidence(),
      outcome->inliers(), outcome->patches(), outcome->reprojection_error());
  const auto& h = outcome->homography();
  for (int i = 0; i + 2 < h.size(); i += 3) {
    absl::StrAppendFormat(&text, "  %14.6g %14.6g %14.6g\n", h[i], h[i + 1],
                          h[i + 2]);
  }
  for (const AlignAttempt& attempt : outcome->attempts()) {
    if (attempt.accepted()) continue;
    absl::StrAppend(&text, "  tried ", MethodName(attempt.method()), ": ",
                    Printable(attempt.outcome()), "\n");
  }
  return text;
}

}  // namespace

absl::StatusOr<int> RunAlign(absl::Span<const std::string> arguments,
                             Session& session) {
  AlignFlags flags;
  const ArgumentParser parser = MakeParser(flags);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_RETURN_IF_ERROR(CheckSendingOptions(flags.sending));
  std::vector<std::string> pictures;
  SL_ASSIGN_OR_RETURN(const AlignStreamRequest settings,
                      MakeSettings(flags, &pictures));
  SL_ASSIGN_OR_RETURN(
      const std::vector<Scan> scans,
      ListScans(parsed.positional, {{flags.out}, pictures}, session.stop));
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  std::optional<ImageFolder> folder;
  if (!flags.out.empty()) {
    SL_ASSIGN_OR_RETURN(folder, ImageFolder::Open(flags.out, scans));
  }
  ProgressBar progress(session.err, session.err_is_terminal && scans.size() > 1,
                       scans.size());
  absl::Status first_failure;
  const auto take = [&](const Scan& scan,
                        absl::StatusOr<AlignResponse> outcome) -> absl::Status {
    progress.Clear();
    first_failure.Update(outcome.status());
    if (flags.json) {
      session.out << AlignmentJson(scan.name, outcome) << "\n";
    } else {
      session.out << AlignmentText(scan.name, outcome, session.out_is_terminal);
    }
    if (folder.has_value() && outcome.ok() && outcome->has_image()) {
      SL_ASSIGN_OR_RETURN(const std::string path,
                          folder->Write(scan, "aligned", outcome->image()));
      if (!flags.json) {
        session.out << "  page in " << Printable(path) << "\n";
      }
    }
    session.out << std::flush;
    progress.Advance();
    return CheckOutput(session);
  };
  const auto stub = AlignService::NewStub(connection.channel());
  SL_RETURN_IF_ERROR(
      (SendScans<AlignResponse, AlignStreamRequest, AlignStreamResponse>(
          connection, scans, flags.sending, settings,
          [&](grpc::ClientContext* context) {
            return stub->AlignStream(context);
          },
          take, session.stop)));
  return ExitCode(first_failure);
}

}  // namespace sightline::cli
