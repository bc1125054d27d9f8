// sightline preprocess: cleans pages for OCR.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/preprocess/v1/preprocess.grpc.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/output/before_after.h"
#include "tools/sightline/output/page_files.h"
#include "tools/sightline/output/page_report.h"
#include "tools/sightline/output/progress_bar.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/preprocess_flags.h"
#include "tools/sightline/preprocess_questions.h"

namespace sightline::cli {
namespace {

using preprocess::v1::PreprocessedFile;
using preprocess::v1::PreprocessResponse;
using preprocess::v1::PreprocessService;
using preprocess::v1::PreprocessStreamRequest;
using preprocess::v1::PreprocessStreamResponse;

// 150 million pixels, the most that a server takes, and what is said of them.
constexpr int kLongestAnswerBytes = 160 << 20;
constexpr char kBeforeAfterSuffix[] = "-before_after.png";

bool IsUnwritable(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details.has_value() && details->reason == "FILE_UNWRITABLE";
}

// The only page of an item's answer.
absl::StatusOr<PreprocessResponse> OnlyPage(
    absl::StatusOr<PreprocessedFile> outcome) {
  if (!outcome.ok()) return outcome.status();
  if (outcome->pages_size() != 1) {
    return absl::InternalError(absl::StrCat(
        "the server answered one page with ", outcome->pages_size()));
  }
  return std::move(*outcome->mutable_pages(0));
}

// Writes a page's files.
class PageWriter {
 public:
  PageWriter(const PreprocessFlags& flags, std::string page_suffix,
             std::vector<PlannedFiles> plan, const StopToken& stop)
      : flags_(flags),
        page_suffix_(std::move(page_suffix)),
        plan_(std::move(plan)),
        stop_(stop) {}

  absl::StatusOr<PageOutputs> Write(const Scan& scan,
                                    const PreprocessResponse& response) const {
    PageOutputs outputs;
    if (flags_.out.empty()) return outputs;
    const std::string& stem = plan_[scan.place].stem;
    SL_ASSIGN_OR_RETURN(const std::string file, PageFile(response.page()));
    SL_RETURN_IF_ERROR(WriteFile(stem + page_suffix_, file));
    outputs.page = stem + page_suffix_;
    if (!flags_.before_after) return outputs;
    // Read anew: holding on to all scans in flight would cost their memory.
    SL_ASSIGN_OR_RETURN(
        const std::string before,
        ReadScan(scan, flags_.sending.pdf_dots_per_inch, stop_));
    const auto& map = response.report().output_to_input();
    SL_ASSIGN_OR_RETURN(
        const std::string picture,
        BeforeAfterPicture(before, scan.is_pdf ? 0 : scan.page, response.page(),
                           absl::MakeConstSpan(map.data(), map.size())));
    SL_RETURN_IF_ERROR(WriteFile(stem + kBeforeAfterSuffix, picture));
    outputs.before_after = stem + kBeforeAfterSuffix;
    return outputs;
  }

 private:
  const PreprocessFlags& flags_;
  const std::string page_suffix_;
  const std::vector<PlannedFiles> plan_;
  const StopToken& stop_;
};

absl::StatusOr<int> CleanPages(const PreprocessFlags& flags,
                               const Connection& connection,
                               std::vector<Scan> scans, Session& session) {
  PreprocessStreamRequest settings;
  auto& options = *settings.mutable_settings()->mutable_options();
  SL_ASSIGN_OR_RETURN(options, MakePreprocessOptions(flags));
  const std::string page_suffix = PageSuffix(options.output().format());
  std::vector<PlannedFiles> plan;
  size_t skipped = 0;
  if (!flags.out.empty()) {
    std::vector<std::string> suffixes = {page_suffix};
    if (flags.before_after) suffixes.push_back(kBeforeAfterSuffix);
    SL_ASSIGN_OR_RETURN(
        plan, PlanFiles(flags.out, scans, suffixes, ExistingFilesOf(flags)));
    for (size_t i = 0; i < scans.size(); ++i) scans[i].place = i;
    const auto is_done = [&](const Scan& scan) {
      return plan[scan.place].is_done;
    };
    const auto rest = std::remove_if(scans.begin(), scans.end(), is_done);
    skipped = scans.end() - rest;
    scans.erase(rest, scans.end());
  }
  const PageWriter writer(flags, page_suffix, std::move(plan), session.stop);
  ProgressBar progress(session.err, session.err_is_terminal && scans.size() > 1,
                       scans.size());
  absl::Status first_failure;
  size_t failed = 0;
  const auto take =
      [&](const Scan& scan,
          absl::StatusOr<PreprocessedFile> answer) -> absl::Status {
    absl::StatusOr<PreprocessResponse> outcome = OnlyPage(std::move(answer));
    absl::StatusOr<PageOutputs> outputs = PageOutputs{};
    if (outcome.ok()) {
      outputs = writer.Write(scan, *outcome);
      // Not of this page alone: the folder takes nothing more.
      if (IsUnwritable(outputs.status())) return outputs.status();
      if (!outputs.ok()) outcome = outputs.status();
    }
    progress.Clear();
    first_failure.Update(outcome.status());
    if (!outcome.ok()) ++failed;
    const PageOutputs written = outputs.ok() ? *outputs : PageOutputs{};
    if (flags.json) {
      session.out << PageJson(scan, outcome, written) << "\n";
    } else {
      session.out << PageText(scan, outcome, written,
                              {session.out_is_terminal, flags.reasons});
    }
    session.out << std::flush;
    progress.Advance();
    return CheckOutput(session);
  };
  const auto stub = PreprocessService::NewStub(connection.channel());
  SL_RETURN_IF_ERROR((SendScans<PreprocessedFile, PreprocessStreamRequest,
                                PreprocessStreamResponse>(
      connection, scans, flags.sending, settings,
      [&](grpc::ClientContext* context) {
        return stub->PreprocessStream(context);
      },
      take, session.stop)));
  if (!flags.json && (scans.size() > 1 || skipped > 0)) {
    session.out << scans.size() << (scans.size() == 1 ? " page" : " pages")
                << ": " << scans.size() - failed << " cleaned, " << failed
                << " failed";
    if (skipped > 0) session.out << "; " << skipped << " were there already";
    session.out << "\n" << std::flush;
  }
  return ExitCode(first_failure);
}

}  // namespace

absl::StatusOr<int> RunPreprocess(absl::Span<const std::string> arguments,
                                  Session& session) {
  PreprocessFlags flags;
  flags.connection.longest_answer_bytes = kLongestAnswerBytes;
  const ArgumentParser parser = MakePreprocessParser(flags);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_RETURN_IF_ERROR(CheckPreprocessFlags(flags));
  if (flags.capabilities) {
    if (!parsed.positional.empty()) {
      return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
          .Message("--capabilities is about the server: name no pages");
    }
    SL_ASSIGN_OR_RETURN(const Connection connection,
                        Connection::Open(flags.connection));
    return ShowCapabilities(flags, connection, session);
  }
  // What is wrong with flags and files is said before pages are looked for.
  SL_RETURN_IF_ERROR(MakePreprocessOptions(flags).status());
  ScanListOptions listing;
  if (!flags.out.empty()) listing.except_folders.push_back(flags.out);
  SL_ASSIGN_OR_RETURN(std::vector<Scan> scans,
                      ListScans(parsed.positional, listing, session.stop));
  SL_ASSIGN_OR_RETURN(const Connection connection,
                      Connection::Open(flags.connection));
  if (flags.assess) return AssessPages(flags, connection, scans, session);
  if (!flags.regions.empty()) {
    return CleanRegions(flags, connection, scans, session);
  }
  return CleanPages(flags, connection, std::move(scans), session);
}

}  // namespace sightline::cli
