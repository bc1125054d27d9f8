// sightline grade: reads and scores answer sheets.
#include <memory>
#include <optional>
#include <set>
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
#include "tools/sightline/grade_jobs.h"
#include "tools/sightline/grade_output.h"
#include "tools/sightline/input/layout_reference.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/input/sheet_pages.h"

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
    "results/\n"
    "  sightline grade inputs/\n\n"
    "Without --layout, the files of OMRChecker (template.json, config.json, "
    "evaluation.json and what they name) in the scans' folder or above it "
    "count.\n\n"
    "With a layout of several pages the pages of one file are one sheet, in "
    "any "
    "order: sightline grade exam.pdf --layout exam.json\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first sheet that failed.";

struct GradeFlags {
  std::string layout;
  std::string key;
  std::optional<double> threshold;
  std::optional<double> review_below;
  int batch_size = 0;
  int pages_per_sheet = 0;
  bool allow_outside = false;
  GradeOutputFlags output;
  SendingOptions sending;
  ConnectionOptions connection;
};

ArgumentParser MakeParser(GradeFlags& flags) {
  ArgumentParser parser("grade FILES_OR_FOLDERS... [--layout FILE] [flags]",
                        kDescription);
  parser.Add(
      "layout", "FILE",
      "What is printed on the sheets: sightline.grade.v1.SheetLayout in "
      "JSON, where pictures may be named: {\"file\": \"page.png\"}; or a "
      "template.json of OMRChecker. Default: the template.json in the "
      "scans' folder or above it.",
      &flags.layout);
  parser.Add(
      "key", "FILE",
      "The right answers: sightline.grade.v1.AnswerKey in JSON. Default: "
      "the evaluation.json beside a template.json; without either, "
      "sheets are read, not scored.",
      &flags.key);
  parser.AddSwitch("allow_outside",
                   "Lets {\"file\": ...} name files outside the folder of the "
                   "layout.",
                   &flags.allow_outside);
  parser.Add("pages_per_sheet", "N",
             "Pages of a scan that make one sheet, 1..64: of a PDF or TIFF in "
             "turn, and of single-page files that follow each other in a "
             "folder. Default: as many as the layout has.",
             &flags.pages_per_sheet);
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

GradeJobOptions JobOptions(const GradeFlags& flags,
                           std::vector<std::string> paths) {
  GradeJobOptions job;
  job.paths = std::move(paths);
  job.layout = flags.layout;
  job.key = flags.key;
  job.allow_outside = flags.allow_outside;
  job.pages_per_sheet = flags.pages_per_sheet;
  job.except_folders = WrittenFolders(flags.output);
  job.sending = flags.sending;
  auto& options = job.options;
  if (flags.threshold.has_value()) options.set_threshold(*flags.threshold);
  if (flags.review_below.has_value()) {
    options.set_review_below(*flags.review_below);
  }
  options.set_batch_size(flags.batch_size);
  AskForPictures(flags.output, &options);
  return job;
}

// The labels that any of `jobs` lists, those of the first one first.
absl::StatusOr<std::vector<std::string>> LabelsOf(
    absl::Span<const GradeJob> jobs) {
  std::vector<std::string> labels;
  std::set<std::string> listed;
  for (const GradeJob& job : jobs) {
    SL_ASSIGN_OR_RETURN(const std::vector<std::string> own,
                        OutputLabels(job.settings.settings().layout()));
    for (const std::string& label : own) {
      if (listed.insert(label).second) labels.push_back(label);
    }
  }
  return labels;
}

// Names what the sheets of `job` are graded with.
std::string SettingsId(const GradeJob& job, const SendingOptions& sending) {
  return absl::StrCat(ContentId(job.settings), "@", sending.pdf_dots_per_inch,
                      " dpi");
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
  if (flags.pages_per_sheet < 0 || flags.pages_per_sheet > kMaxPagesPerSheet) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message(absl::StrCat("--pages_per_sheet must lie in 1..",
                              kMaxPagesPerSheet, ", not ",
                              flags.pages_per_sheet));
  }
  SL_RETURN_IF_ERROR(CheckGradeOutputFlags(flags.output));
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  SL_ASSIGN_OR_RETURN(
      const std::vector<GradeJob> jobs,
      MakeGradeJobs(JobOptions(flags, parsed.positional), connection, session));
  SL_ASSIGN_OR_RETURN(std::vector<std::string> labels, LabelsOf(jobs));
  std::vector<Scan> scans;
  std::vector<std::string> sources = {flags.layout, flags.key};
  std::vector<std::string> settings_ids;
  for (const GradeJob& job : jobs) {
    scans.insert(scans.end(), job.scans.begin(), job.scans.end());
    settings_ids.resize(scans.size(), SettingsId(job, flags.sending));
    sources.insert(sources.end(), job.sources.begin(), job.sources.end());
  }
  GradeOutput output(flags.output, session, scans.size());
  SL_RETURN_IF_ERROR(output.Open(
      scans, std::move(labels),
      jobs.front().settings.settings().layout().name(), std::move(sources)));
  SheetOrder order(scans, std::move(settings_ids), output);
  SL_RETURN_IF_ERROR(order.TakeDone());

  const auto stub = GradeService::NewStub(connection.channel());
  size_t first = 0;
  for (const GradeJob& job : jobs) {
    const std::vector<Scan> to_send = order.ToSend(first, job.scans.size());
    first += job.scans.size();
    if (to_send.empty()) continue;
    SL_RETURN_IF_ERROR(
        (SendScans<GradeSheetResponse, GradeSheetsRequest, GradeSheetsResponse>(
            connection, to_send, flags.sending, job.settings,
            [&](grpc::ClientContext* context) {
              return stub->GradeSheets(context);
            },
            [&](const Scan&, SheetOutcome outcome) {
              return order.Take(outcome);
            },
            session.stop)));
  }
  return output.Finish();
}

}  // namespace sightline::cli
