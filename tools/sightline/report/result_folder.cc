#include "tools/sightline/report/result_folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "common/text/utf8.h"
#include "tools/sightline/input/sheet_pages.h"
#include "tools/sightline/report/review_list.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kResults[] = "results.csv";
constexpr char kReview[] = "review.csv";
constexpr char kReport[] = "report.html";
constexpr char kJournal[] = "journal";

// A label as part of a file's name.
std::string FileWord(absl::string_view label) {
  std::string word;
  for (const char letter : label) {
    const auto byte = static_cast<unsigned char>(letter);
    word += absl::ascii_isalnum(byte) || letter == '-' ? letter : '_';
  }
  return word;
}

// Protobuf reads no other text back.
bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const int length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Whether `whole` begins with all that `part` holds.
bool BeginsWithFile(const std::string& whole, const std::string& part) {
  std::ifstream a(whole, std::ios::binary);
  std::ifstream b(part, std::ios::binary);
  if (!a || !b) return false;
  char from_a[4096];
  char from_b[4096];
  while (b) {
    b.read(from_b, sizeof(from_b));
    a.read(from_a, b.gcount());
    if (a.gcount() != b.gcount() ||
        !std::equal(from_b, from_b + b.gcount(), from_a)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string CropFolder(const std::string& folder) {
  return (fs::path(folder) / "crops").string();
}

bool IsFinal(const absl::Status& failure) {
  switch (failure.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kOutOfRange:
      break;
    default:
      return false;
  }
  const ErrorDetails details = DetailsOf(failure).value_or(ErrorDetails{});
  // Not the sheet's: the whole stream was refused.
  for (const FieldViolation& field : details.fields) {
    if (absl::StartsWith(field.field, "settings")) return false;
  }
  // What this machine lacks may be there the next time.
  return !absl::StartsWith(details.reason, "FILE_") &&
         !absl::StartsWith(details.reason, "PROGRAM_");
}

absl::StatusOr<std::unique_ptr<ResultFolder>> ResultFolder::Open(
    ResultFolderOptions options, absl::Span<const Scan> scans,
    Session& session) {
  auto folder = absl::WrapUnique(new ResultFolder(std::move(options)));
  const ResultFolderOptions& chosen = folder->options_;
  std::error_code ignored;
  for (const char* name : {kJournal, kResults, kReview, kReport}) {
    if (chosen.resume || chosen.overwrite) break;
    if (fs::exists(folder->PathOf(name), ignored)) {
      return Error(absl::StatusCode::kInvalidArgument, "WOULD_OVERWRITE")
          .Message(absl::StrCat(
              chosen.folder, " holds results (", name,
              "); --resume goes on with them, --overwrite begins anew"));
    }
  }
  std::vector<std::string> kept = chosen.inputs;
  for (std::string& path : PathsOf(scans)) kept.push_back(std::move(path));
  // Makes the folder itself, too.
  SL_ASSIGN_OR_RETURN(folder->crops_,
                      ImageFolder::Open(CropFolder(chosen.folder), scans));
  SL_ASSIGN_OR_RETURN(folder->journal_,
                      Journal::Open(folder->PathOf(kJournal), chosen.resume));
  if (chosen.resume) SL_RETURN_IF_ERROR(folder->SetReviewAside());
  SL_ASSIGN_OR_RETURN(
      folder->results_,
      ResultFile::Open(folder->PathOf(kResults), session, kept));
  SL_ASSIGN_OR_RETURN(folder->review_,
                      ResultFile::Open(folder->PathOf(kReview), session, kept));
  SL_RETURN_IF_ERROR(folder->results_->Write(CsvHeader(chosen.labels)));
  SL_RETURN_IF_ERROR(folder->review_->Write(ReviewCsvHeader()));
  SL_ASSIGN_OR_RETURN(
      folder->page_,
      ReportPage::Open(folder->PathOf(kReport), chosen.title, chosen.labels));
  return folder;
}

std::string ResultFolder::PathOf(const char* name) const {
  return (fs::path(options_.folder) / name).string();
}

std::string ResultFolder::report_path() const { return PathOf(kReport); }

absl::Status ResultFolder::SetReviewAside() {
  std::error_code error;
  if (!fs::exists(PathOf(kReview), error)) return absl::OkStatus();
  for (int number = 1; earlier_review_.empty(); ++number) {
    const std::string path =
        PathOf(absl::StrCat("review-before-", number, ".csv").c_str());
    if (!fs::exists(path, error)) earlier_review_ = path;
  }
  fs::rename(PathOf(kReview), earlier_review_, error);
  if (!error) return absl::OkStatus();
  return Error(absl::StatusCode::kInternal, "FILE_UNWRITABLE")
      .Message(absl::StrCat("cannot rename ", PathOf(kReview), ": ",
                            error.message()));
}

absl::Status ResultFolder::DropReviewSetAside() {
  // Nobody wrote in it: the new one says the same and more.
  if (!earlier_review_.empty() &&
      BeginsWithFile(PathOf(kReview), earlier_review_)) {
    std::error_code ignored;
    fs::remove(earlier_review_, ignored);
  }
  return absl::OkStatus();
}

std::optional<JournalPlace> ResultFolder::FindDone(
    const Scan& scan, absl::string_view settings_id) {
  const auto identity = IdentityOf(scan, settings_id);
  if (!identity.has_value()) return std::nullopt;
  return journal_->Find(*identity);
}

absl::StatusOr<SheetOutcome> ResultFolder::Recall(
    const JournalPlace& place) const {
  SL_ASSIGN_OR_RETURN(JournalEntry entry, journal_->Read(place.offset));
  if (entry.has_error()) return SheetOutcome(FromRpcStatus(entry.error()));
  return SheetOutcome(std::move(*entry.mutable_result()));
}

absl::Status ResultFolder::Remember(const Scan& scan,
                                    absl::string_view settings_id,
                                    const SheetOutcome& outcome,
                                    const AnnotatedPaths& annotated) {
  if (!outcome.ok() &&
      (!IsFinal(outcome.status()) || !IsUtf8(outcome.status().message()))) {
    return absl::OkStatus();
  }
  const auto identity = IdentityOf(scan, settings_id);
  if (!identity.has_value()) return absl::OkStatus();
  JournalEntry entry;
  entry.set_path(identity->path);
  entry.set_page(identity->page);
  entry.set_size_bytes(identity->size_bytes);
  entry.set_modified_ns(identity->modified_ns);
  entry.set_settings_id(identity->settings_id);
  for (const std::string& path : annotated) entry.add_annotated(path);
  if (outcome.ok()) {
    *entry.mutable_result() = *outcome;
    entry.mutable_result()->clear_annotated();
    for (grade::v1::ScanPage& page : *entry.mutable_result()->mutable_pages()) {
      page.clear_annotated();
    }
  } else {
    *entry.mutable_error() = ToRpcStatus(outcome.status());
  }
  return journal_->Append(entry);
}

absl::Status ResultFolder::WriteBoxes(
    const Scan& scan, const grade::v1::GradeSheetResponse& sheet) {
  const std::set<std::string> in_review(sheet.review().begin(),
                                        sheet.review().end());
  for (const grade::v1::BoxReading& box : sheet.boxes()) {
    // Those to review have a picture there already.
    if (box.crop().content().empty() || in_review.count(box.label()) > 0) {
      continue;
    }
    SL_RETURN_IF_ERROR(
        crops_->Write(scan, FileWord(box.label()), box.crop()).status());
  }
  return absl::OkStatus();
}

absl::Status ResultFolder::Add(const Scan& scan, const SheetOutcome& outcome) {
  if (outcome.ok()) {
    for (const grade::v1::ReviewItem& item : ReviewItemsOf(*outcome)) {
      std::string crop;
      if (!item.crop().content().empty()) {
        SL_ASSIGN_OR_RETURN(
            crop, crops_->Write(scan, FileWord(item.label()), item.crop()));
        // As seen from the folder: it may be moved.
        crop = absl::StrCat("crops/", fs::path(crop).filename().string());
      }
      SL_RETURN_IF_ERROR(review_->Write(ReviewCsv(scan.name, item, crop)));
    }
  }
  if (outcome.ok()) SL_RETURN_IF_ERROR(WriteBoxes(scan, *outcome));
  SL_RETURN_IF_ERROR(page_->Add(scan.name, outcome));
  // Last: whoever reads the line finds the rest.
  return results_->Write(SheetCsv(scan.name, outcome, options_.labels));
}

absl::Status ResultFolder::Finish(absl::Time now) {
  SL_RETURN_IF_ERROR(page_->Finish(now));
  return DropReviewSetAside();
}

}  // namespace sightline::cli
