// sightline grade: reads and scores answer sheets.
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/grade_jobs.h"
#include "tools/sightline/input/layout_reference.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/image_folder.h"
#include "tools/sightline/output/progress_bar.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/printable.h"

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
    "  sightline grade inputs/\n\n"
    "Without --layout, the files of OMRChecker (template.json, config.json, "
    "evaluation.json and what they name) in the scans' folder or above it "
    "count.\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first sheet that failed.";

struct GradeFlags {
  std::string layout;
  std::string key;
  std::string csv;
  bool json = false;
  std::string annotated;
  int annotated_width = 0;
  int annotated_format = common::v1::IMAGE_FORMAT_JPEG;
  int show = static_cast<int>(TableDetail::kAll);
  std::optional<double> threshold;
  std::optional<double> review_below;
  int batch_size = 0;
  bool allow_outside = false;
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
  parser.Heading("Output");
  parser.AddSwitch("json", "One JSON object per sheet on standard output.",
                   &flags.json);
  parser.Add("csv", "FILE",
             "One line per sheet in this file; - for standard output.",
             &flags.csv);
  parser.AddChoice("show",
                   {{"all", static_cast<int>(TableDetail::kAll)},
                    {"review", static_cast<int>(TableDetail::kReview)},
                    {"summary", static_cast<int>(TableDetail::kSummary)}},
                   "Fields in the tables: all, those to look at, or none. "
                   "Default all.",
                   &flags.show);
  parser.Add("annotated", "DIR",
             "Pages with every reading drawn over them go into this folder, as "
             "NAME-annotated.jpg.",
             &flags.annotated);
  parser.Add("annotated_width", "PIXELS",
             "Width of those pictures. Default 1000.", &flags.annotated_width);
  parser.AddChoice("annotated_format",
                   {{"jpeg", common::v1::IMAGE_FORMAT_JPEG},
                    {"png", common::v1::IMAGE_FORMAT_PNG}},
                   "Their format. Default jpeg.", &flags.annotated_format);
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
  job.except_folder = flags.annotated;
  job.sending = flags.sending;
  auto& options = job.options;
  if (flags.threshold.has_value()) options.set_threshold(*flags.threshold);
  if (flags.review_below.has_value()) {
    options.set_review_below(*flags.review_below);
  }
  options.set_batch_size(flags.batch_size);
  if (!flags.annotated.empty()) {
    options.set_return_annotated(true);
    options.set_annotated_width(flags.annotated_width);
    options.mutable_output()->set_format(
        static_cast<common::v1::ImageFormat>(flags.annotated_format));
  }
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

// Where the outcomes go.
class GradeOutput {
 public:
  GradeOutput(const GradeFlags& flags, Session& session, size_t sheets)
      : flags_(flags),
        session_(session),
        progress_(session.err, session.err_is_terminal && sheets > 1, sheets) {}

  // `sources`: files that results must not be written over, beside the scans.
  absl::Status Open(absl::Span<const Scan> scans,
                    std::vector<std::string> sources,
                    std::vector<std::string> labels) {
    labels_ = std::move(labels);
    if (!flags_.csv.empty()) {
      std::vector<std::string> kept = std::move(sources);
      for (const Scan& scan : scans) kept.push_back(scan.path);
      SL_ASSIGN_OR_RETURN(csv_, ResultFile::Open(flags_.csv, session_, kept));
      SL_RETURN_IF_ERROR(csv_->Write(CsvHeader(labels_)));
    }
    if (!flags_.annotated.empty()) {
      SL_ASSIGN_OR_RETURN(auto folder,
                          ImageFolder::Open(flags_.annotated, scans));
      folder_ = std::move(folder);
    }
    return absl::OkStatus();
  }

  absl::Status Take(const Scan& scan, const SheetOutcome& outcome) {
    summary_.Add(outcome);
    progress_.Clear();
    if (csv_ != nullptr) {
      SL_RETURN_IF_ERROR(csv_->Write(SheetCsv(scan.name, outcome, labels_)));
    }
    std::string annotated;
    if (folder_.has_value() && outcome.ok() && outcome->has_annotated()) {
      SL_ASSIGN_OR_RETURN(
          annotated, folder_->Write(scan, "annotated", outcome->annotated()));
    }
    if (flags_.json) {
      session_.out << SheetJson(scan.name, outcome) << "\n" << std::flush;
    } else if (flags_.csv != "-") {
      WriteTable(scan, outcome, annotated);
    } else if (!outcome.ok()) {
      session_.err << Printable(scan.name) << ": "
                   << DescribeError(outcome.status());
    }
    progress_.Advance();
    return CheckOutput(session_);
  }

  // Prints the summary; returns the exit code.
  int Finish() {
    progress_.Clear();
    const bool table = !flags_.json && flags_.csv != "-";
    (table ? session_.out : session_.err) << summary_.Text() << "\n"
                                          << std::flush;
    return ExitCode(summary_.first_failure());
  }

 private:
  void WriteTable(const Scan& scan, const SheetOutcome& outcome,
                  const std::string& annotated) {
    // A failed stream fails all its sheets in the same words.
    if (!outcome.ok() && outcome.status() == last_failure_) {
      session_.out << Printable(scan.name)
                   << "  not graded: the same failure\n";
      return;
    }
    last_failure_ = outcome.status();
    session_.out << SheetTable(scan.name, outcome,
                               static_cast<TableDetail>(flags_.show),
                               session_.out_is_terminal);
    if (!annotated.empty()) {
      session_.out << "  drawn in " << Printable(annotated) << "\n";
    }
    session_.out << std::flush;
  }

  const GradeFlags& flags_;
  Session& session_;
  ProgressBar progress_;
  SheetSummary summary_;
  std::vector<std::string> labels_;
  std::unique_ptr<ResultFile> csv_;
  std::optional<ImageFolder> folder_;
  absl::Status last_failure_;
};

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
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  SL_ASSIGN_OR_RETURN(
      const std::vector<GradeJob> jobs,
      MakeGradeJobs(JobOptions(flags, parsed.positional), connection, session));
  SL_ASSIGN_OR_RETURN(std::vector<std::string> labels, LabelsOf(jobs));
  std::vector<Scan> scans;
  std::vector<std::string> sources = {flags.layout, flags.key};
  for (const GradeJob& job : jobs) {
    scans.insert(scans.end(), job.scans.begin(), job.scans.end());
    sources.insert(sources.end(), job.sources.begin(), job.sources.end());
  }
  GradeOutput output(flags, session, scans.size());
  SL_RETURN_IF_ERROR(output.Open(scans, std::move(sources), std::move(labels)));

  const auto stub = GradeService::NewStub(connection.channel());
  for (const GradeJob& job : jobs) {
    SL_RETURN_IF_ERROR(
        (SendScans<GradeSheetResponse, GradeSheetsRequest, GradeSheetsResponse>(
            connection, job.scans, flags.sending, job.settings,
            [&](grpc::ClientContext* context) {
              return stub->GradeSheets(context);
            },
            [&](const Scan& scan, SheetOutcome outcome) {
              return output.Take(scan, outcome);
            },
            session.stop)));
  }
  return output.Finish();
}

}  // namespace sightline::cli
