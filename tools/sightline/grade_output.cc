#include "tools/sightline/grade_output.h"

#include <algorithm>
#include <climits>
#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/input/sheet_pages.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeSheetResponse;

absl::Status FlagInvalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(message);
}

}  // namespace

void AddGradeOutputFlags(ArgumentParser& parser, GradeOutputFlags* flags) {
  parser.Heading("Output");
  parser.Add("out", "DIR",
             "Fills this folder: results.csv, review.csv and crops of the "
             "doubtful fields, and report.html for people.",
             &flags->out);
  parser.AddSwitch("resume",
                   "Goes on with what --out holds: sheets that were graded "
                   "there with the same layout, key and options are not graded "
                   "again.",
                   &flags->resume);
  parser.AddSwitch("overwrite", "Begins anew although --out holds results.",
                   &flags->overwrite);
  parser.AddSwitch("json", "One JSON object per sheet on standard output.",
                   &flags->json);
  parser.Add("csv", "FILE",
             "One line per sheet in this file; - for standard output.",
             &flags->csv);
  parser.AddChoice("show",
                   {{"all", static_cast<int>(TableDetail::kAll)},
                    {"review", static_cast<int>(TableDetail::kReview)},
                    {"summary", static_cast<int>(TableDetail::kSummary)}},
                   "Fields in the tables: all, those to look at, or none. "
                   "Default all; with --out none.",
                   &flags->show);
  parser.Add("annotated", "DIR",
             "Pages with every reading drawn over them go into this folder, as "
             "NAME-annotated.jpg.",
             &flags->annotated);
  parser.Add("annotated_width", "PIXELS",
             "Width of those pictures. Default 1000.", &flags->annotated_width);
  parser.AddChoice("annotated_format",
                   {{"jpeg", common::v1::IMAGE_FORMAT_JPEG},
                    {"png", common::v1::IMAGE_FORMAT_PNG}},
                   "Their format. Default jpeg.", &flags->annotated_format);
}

void AskForPictures(const GradeOutputFlags& flags,
                    grade::v1::GradeOptions* options) {
  options->set_return_crops(!flags.out.empty());
  if (flags.annotated.empty()) return;
  options->set_return_annotated(true);
  options->set_annotated_width(flags.annotated_width);
  options->mutable_output()->set_format(
      static_cast<common::v1::ImageFormat>(flags.annotated_format));
}

absl::Status CheckGradeOutputFlags(GradeOutputFlags& flags) {
  if (flags.out.empty() && (flags.resume || flags.overwrite)) {
    return FlagInvalid("--resume and --overwrite are about --out DIR");
  }
  if (flags.resume && flags.overwrite) {
    return FlagInvalid("--resume or --overwrite, not both");
  }
  if (flags.show == GradeOutputFlags::kUnsaid) {
    flags.show = static_cast<int>(flags.out.empty() ? TableDetail::kAll
                                                    : TableDetail::kSummary);
  }
  return absl::OkStatus();
}

std::vector<std::string> WrittenFolders(const GradeOutputFlags& flags) {
  std::vector<std::string> folders;
  if (!flags.annotated.empty()) folders.push_back(flags.annotated);
  if (!flags.out.empty()) folders.push_back(CropFolder(flags.out));
  return folders;
}

GradeOutput::GradeOutput(const GradeOutputFlags& flags, Session& session,
                         size_t sheets)
    : flags_(flags),
      session_(session),
      progress_(session.err, session.err_is_terminal && sheets > 1, sheets) {}

absl::Status GradeOutput::Open(absl::Span<const Scan> scans,
                               std::vector<std::string> labels,
                               absl::string_view title,
                               std::vector<std::string> inputs) {
  labels_ = std::move(labels);
  if (!flags_.out.empty()) {
    ResultFolderOptions options;
    options.folder = flags_.out;
    options.resume = flags_.resume;
    options.overwrite = flags_.overwrite;
    options.title = std::string(title);
    options.labels = labels_;
    options.inputs = inputs;
    SL_ASSIGN_OR_RETURN(
        results_, ResultFolder::Open(std::move(options), scans, session_));
  }
  if (!flags_.csv.empty()) {
    for (std::string& path : PathsOf(scans)) inputs.push_back(std::move(path));
    SL_ASSIGN_OR_RETURN(csv_, ResultFile::Open(flags_.csv, session_, inputs));
    SL_RETURN_IF_ERROR(csv_->Write(CsvHeader(labels_)));
  }
  if (!flags_.annotated.empty()) {
    SL_ASSIGN_OR_RETURN(auto folder,
                        ImageFolder::Open(flags_.annotated, scans));
    folder_ = std::move(folder);
  }
  return absl::OkStatus();
}

std::optional<JournalPlace> GradeOutput::FindDone(
    const Scan& scan, absl::string_view settings_id) {
  if (results_ == nullptr) return std::nullopt;
  std::optional<JournalPlace> place = results_->FindDone(scan, settings_id);
  if (place.has_value() && folder_.has_value()) {
    for (const std::string& path : place->annotated) folder_->Keep(path);
  }
  return place;
}

absl::Status GradeOutput::TakeDone(const Scan& scan,
                                   const JournalPlace& place) {
  SL_ASSIGN_OR_RETURN(const SheetOutcome outcome, results_->Recall(place));
  ++recalled_;
  return Put(scan, outcome, place.annotated, false);
}

absl::Status GradeOutput::Take(const Scan& scan, absl::string_view settings_id,
                               const SheetOutcome& outcome) {
  AnnotatedPaths annotated;
  if (folder_.has_value() && outcome.ok()) {
    SL_ASSIGN_OR_RETURN(annotated, WritePictures(scan, *outcome));
  }
  // After what a later run would not write again, before what it would.
  if (results_ != nullptr) {
    SL_RETURN_IF_ERROR(
        results_->Remember(scan, settings_id, outcome, annotated));
  }
  return Put(scan, outcome, annotated, true);
}

absl::StatusOr<AnnotatedPaths> GradeOutput::WritePictures(
    const Scan& scan, const GradeSheetResponse& sheet) {
  AnnotatedPaths paths;
  const auto write =
      [&](int index, const common::v1::EncodedImage& picture) -> absl::Status {
    if (picture.content().empty()) return absl::OkStatus();
    const Scan* page = PageOf(scan, index);
    SL_ASSIGN_OR_RETURN(
        std::string path,
        folder_->Write(page == nullptr ? scan : *page, "annotated", picture));
    paths.push_back(std::move(path));
    return absl::OkStatus();
  };
  // Which page of the scan the first picture shows.
  int first = 0;
  int first_layout_page = INT_MAX;
  for (const grade::v1::ScanPage& page : sheet.pages()) {
    if (page.has_error() || !page.has_layout_page()) continue;
    if (page.layout_page() >= first_layout_page) continue;
    first_layout_page = page.layout_page();
    first = page.index();
  }
  SL_RETURN_IF_ERROR(write(first, sheet.annotated()));
  for (const grade::v1::ScanPage& page : sheet.pages()) {
    SL_RETURN_IF_ERROR(write(page.index(), page.annotated()));
  }
  return paths;
}

absl::StatusOr<int> GradeOutput::Finish() {
  progress_.Clear();
  if (results_ != nullptr) {
    SL_RETURN_IF_ERROR(results_->Finish(absl::Now()));
  }
  const bool table = !flags_.json && flags_.csv != "-";
  std::ostream& out = table ? session_.out : session_.err;
  out << summary_.Text() << "\n";
  if (recalled_ > 0) {
    out << recalled_ << " of them had been graded before\n";
  }
  if (results_ != nullptr) {
    out << "report: " << Printable(results_->report_path()) << "\n";
  }
  out << std::flush;
  return ExitCode(summary_.first_failure());
}

absl::Status GradeOutput::Put(const Scan& scan, const SheetOutcome& outcome,
                              const AnnotatedPaths& annotated, bool is_new) {
  summary_.Add(outcome);
  progress_.Clear();
  if (results_ != nullptr) SL_RETURN_IF_ERROR(results_->Add(scan, outcome));
  if (csv_ != nullptr) {
    SL_RETURN_IF_ERROR(csv_->Write(SheetCsv(scan.name, outcome, labels_)));
  }
  if (flags_.json) {
    session_.out << SheetJson(scan.name, outcome) << "\n" << std::flush;
  } else if (flags_.csv != "-") {
    // People have seen what was printed before.
    if (is_new) WriteTable(scan, outcome, annotated);
  } else if (!outcome.ok()) {
    session_.err << Printable(scan.name) << ": "
                 << DescribeError(outcome.status());
  }
  progress_.Advance();
  return CheckOutput(session_);
}

void GradeOutput::WriteTable(const Scan& scan, const SheetOutcome& outcome,
                             const AnnotatedPaths& annotated) {
  // A failed stream fails all its sheets in the same words.
  if (!outcome.ok() && outcome.status() == last_failure_) {
    session_.out << Printable(scan.name) << "  not graded: the same failure\n";
    return;
  }
  last_failure_ = outcome.status();
  session_.out << SheetTable(scan.name, outcome,
                             static_cast<TableDetail>(flags_.show),
                             session_.out_is_terminal);
  for (const std::string& path : annotated) {
    session_.out << "  drawn in " << Printable(path) << "\n";
  }
  session_.out << std::flush;
}

SheetOrder::SheetOrder(absl::Span<const Scan> scans,
                       std::vector<std::string> settings_ids,
                       GradeOutput& output)
    : scans_(scans),
      settings_ids_(std::move(settings_ids)),
      output_(output),
      places_(scans.size()) {
  for (size_t i = 0; i < scans.size(); ++i) {
    places_[i] = output.FindDone(scans[i], settings_ids_[i]);
  }
}

std::vector<Scan> SheetOrder::ToSend(size_t first, size_t count) const {
  std::vector<Scan> to_send;
  for (size_t i = first; i < first + count; ++i) {
    if (!places_[i].has_value()) to_send.push_back(scans_[i]);
  }
  return to_send;
}

absl::Status SheetOrder::TakeDone() {
  for (; next_ < scans_.size() && places_[next_].has_value(); ++next_) {
    SL_RETURN_IF_ERROR(output_.TakeDone(scans_[next_], *places_[next_]));
  }
  return absl::OkStatus();
}

absl::Status SheetOrder::Take(const SheetOutcome& outcome) {
  SL_RETURN_IF_ERROR(
      output_.Take(scans_[next_], settings_ids_[next_], outcome));
  ++next_;
  return TakeDone();
}

}  // namespace sightline::cli
