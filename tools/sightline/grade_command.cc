// sightline grade: reads and scores answer sheets.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/content_id/content_id.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/grade_output.h"
#include "tools/sightline/input/layout_reference.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeService;
using grade::v1::GradeSheetResponse;
using grade::v1::GradeSheetsRequest;
using grade::v1::GradeSheetsResponse;

constexpr char kDescription[] =
    "Reads answer sheets and scores them. Names image files (JPEG, PNG, TIFF, "
    "WebP, BMP), PDFs and folders; a folder stands for the images and PDFs in "
    "it and below, in natural order. One sheet's failure is reported and the "
    "rest go on.\n\n"
    "  sightline grade scans/ --layout layout.json --key key.json\n"
    "  sightline grade scans/ --layout layout.json --csv results.csv\n"
    "  sightline grade scan.jpg --layout layout.json --json\n"
    "  sightline grade scans/ --layout layout.json --key key.json --out "
    "results/\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first sheet that failed.";

struct GradeFlags {
  std::string layout;
  std::string key;
  std::optional<double> threshold;
  std::optional<double> review_below;
  int batch_size = 0;
  bool allow_outside = false;
  GradeOutputFlags output;
  SendingOptions sending;
  ConnectionOptions connection;
};

ArgumentParser MakeParser(GradeFlags& flags) {
  ArgumentParser parser("grade FILES_OR_FOLDERS... --layout FILE [flags]",
                        kDescription);
  parser.Add("layout", "FILE",
             "What is printed on the sheets: sightline.grade.v1.SheetLayout in "
             "JSON. Pictures in it may be named: {\"file\": \"page.png\"}.",
             &flags.layout);
  parser.Add("key", "FILE",
             "The right answers: sightline.grade.v1.AnswerKey in JSON. Without "
             "it sheets are read, not scored.",
             &flags.key);
  parser.AddSwitch("allow_outside",
                   "Lets {\"file\": ...} name files outside the folder of the "
                   "layout.",
                   &flags.allow_outside);
  parser.Heading("Reading");
  parser.Add("threshold", "T",
             "Ink above which a bubble counts as marked, 0..1. Default: chosen "
             "for every page and field.",
             &flags.threshold);
  parser.Add("review_below", "C",
             "Confidence below which a field is to be reviewed, 0..1. Default "
             "0.8.",
             &flags.review_below);
  parser.Add("batch_size", "N",
             "Fields read at a time, a bound on the server's memory. Default "
             "15.",
             &flags.batch_size);
  AddSendingFlags(parser, &flags.sending);
  AddGradeOutputFlags(parser, &flags.output);
  AddConnectionFlags(parser, &flags.connection);
  return parser;
}

// `named_files` is given the pictures that the layout names.
absl::StatusOr<GradeSheetsRequest> MakeSettings(
    const GradeFlags& flags, std::vector<std::string>* named_files) {
  if (flags.layout.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message("--layout is missing: what is printed on the sheets");
  }
  GradeSheetsRequest request;
  auto& settings = *request.mutable_settings();
  MessageFileOptions file_options;
  file_options.allow_outside = flags.allow_outside;
  file_options.named_files = named_files;
  SL_RETURN_IF_ERROR(
      ReadMessageFile(flags.layout, file_options, settings.mutable_layout()));
  if (!flags.key.empty()) {
    SL_RETURN_IF_ERROR(
        ReadMessageFile(flags.key, file_options, settings.mutable_key()));
  }
  auto& options = *settings.mutable_options();
  if (flags.threshold.has_value()) options.set_threshold(*flags.threshold);
  if (flags.review_below.has_value()) {
    options.set_review_below(*flags.review_below);
  }
  options.set_batch_size(flags.batch_size);
  AskForPictures(flags.output, &options);
  return request;
}

}  // namespace

absl::StatusOr<int> RunGrade(absl::Span<const std::string> arguments,
                             Session& session) {
  GradeFlags flags;
  const ArgumentParser parser = MakeParser(flags);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_RETURN_IF_ERROR(CheckSendingOptions(flags.sending));
  SL_RETURN_IF_ERROR(CheckGradeOutputFlags(flags.output));
  std::vector<std::string> layout_pictures;
  SL_ASSIGN_OR_RETURN(const GradeSheetsRequest settings,
                      MakeSettings(flags, &layout_pictures));
  SL_ASSIGN_OR_RETURN(std::vector<std::string> labels,
                      OutputLabels(settings.settings().layout()));
  SL_ASSIGN_OR_RETURN(const std::vector<Scan> scans,
                      ListSheets(flags.output, parsed.positional,
                                 layout_pictures, session.stop));
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  GradeOutput output(flags.output, session, scans.size());
  SL_RETURN_IF_ERROR(
      output.Open(scans, std::move(labels), settings.settings().layout().name(),
                  absl::StrCat(ContentId(settings), "@",
                               flags.sending.pdf_dots_per_inch, " dpi"),
                  {flags.layout, flags.key}));
  SheetOrder order(scans, output);
  SL_RETURN_IF_ERROR(order.TakeDone());

  const auto stub = GradeService::NewStub(connection.channel());
  SL_RETURN_IF_ERROR(
      (SendScans<GradeSheetResponse, GradeSheetsRequest, GradeSheetsResponse>(
          connection, order.to_send(), flags.sending, settings,
          [&](grpc::ClientContext* context) {
            return stub->GradeSheets(context);
          },
          [&](const Scan&, SheetOutcome outcome) {
            return order.Take(outcome);
          },
          session.stop)));
  return output.Finish();
}

}  // namespace sightline::cli
