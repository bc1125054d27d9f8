#include "tools/sightline/preprocess_questions.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "sightline/preprocess/v1/preprocess.grpc.pb.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/input/region_list.h"
#include "tools/sightline/output/capabilities_text.h"
#include "tools/sightline/output/message_json.h"
#include "tools/sightline/output/page_files.h"
#include "tools/sightline/output/page_report.h"
#include "tools/sightline/output/progress_bar.h"
#include "tools/sightline/output/result_file.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

using preprocess::v1::AssessQualityRequest;
using preprocess::v1::AssessQualityResponse;
using preprocess::v1::GetCapabilitiesRequest;
using preprocess::v1::GetCapabilitiesResponse;
using preprocess::v1::PreprocessRegionsRequest;
using preprocess::v1::PreprocessRegionsResponse;
using preprocess::v1::PreprocessService;
using preprocess::v1::Region;
using preprocess::v1::RegionResult;

// Servers take 8 MiB in a message unless told otherwise.
constexpr int64_t kLargestPage = 7 << 20;
constexpr int64_t kMaxScanBytes = int64_t{512} << 20;
// Of one call: pixels whose gray fits into an answer, and boxes. A region of
// its own may be larger.
constexpr int64_t kMaxPixelsOfCall = 4 << 20;
constexpr size_t kMaxRegionsOfCall = 10000;

// The one page that `scan` stands for.
absl::StatusOr<common::v1::Image> ReadPage(const Scan& scan,
                                           const PreprocessFlags& flags,
                                           const StopToken& stop) {
  SL_ASSIGN_OR_RETURN(std::string bytes,
                      ReadScan(scan, flags.sending.pdf_dots_per_inch, stop));
  common::v1::Image image;
  // A PDF's page was rendered to a file of its own.
  const int page = scan.is_pdf ? 0 : scan.page;
  if (static_cast<int64_t>(bytes.size()) <= kLargestPage) {
    image.set_encoded(std::move(bytes));
    image.set_page(page);
    return image;
  }
  DecodeOptions options;
  options.page = page;
  options.limits.max_file_bytes = kMaxScanBytes;
  SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> decoded,
                      DecodeGray(bytes, options));
  SL_ASSIGN_OR_RETURN(
      *image.mutable_encoded(),
      EncodePng(decoded.pixels, 6, decoded.info.dots_per_inch_x));
  return image;
}

// Rendered pages have the resolution that they were rendered at.
double ResolutionOf(const Scan& scan, const PreprocessFlags& flags) {
  if (flags.dots_per_inch != 0) return flags.dots_per_inch;
  return scan.is_pdf ? flags.sending.pdf_dots_per_inch : 0;
}

// Whether the next call would fail in the same way: nobody is there, or nobody
// who knows this service or this client, or the user has had enough.
bool EndsAll(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kUnauthenticated ||
         status.code() == absl::StatusCode::kUnimplemented ||
         status.code() == absl::StatusCode::kCancelled;
}

// How many of the regions from `first` on go into one call.
size_t CountForCall(absl::Span<const Region> regions) {
  int64_t pixels = 0;
  size_t count = 0;
  for (const Region& region : regions) {
    pixels += int64_t{region.width()} * region.height();
    if (count > 0 &&
        (pixels > kMaxPixelsOfCall || count == kMaxRegionsOfCall)) {
      break;
    }
    ++count;
  }
  return count;
}

// Cleans all regions of one page, in as many calls as it takes.
class RegionCalls {
 public:
  RegionCalls(const Connection& connection, const StopToken& stop)
      : connection_(connection),
        stop_(stop),
        stub_(PreprocessService::NewStub(connection.channel())) {}

  // An outcome for each region.
  std::vector<absl::StatusOr<RegionResult>> Clean(
      PreprocessRegionsRequest request, absl::Span<const Region> regions) {
    std::vector<absl::StatusOr<RegionResult>> outcomes;
    while (outcomes.size() < regions.size()) {
      if (!failure_.ok()) {
        outcomes.resize(regions.size(), failure_);
        break;
      }
      const auto rest = regions.subspan(outcomes.size());
      const auto part = rest.subspan(0, CountForCall(rest));
      request.clear_regions();
      for (const Region& region : part) *request.add_regions() = region;
      PreprocessRegionsResponse response;
      absl::Status status =
          connection_.Call(stop_, [&](grpc::ClientContext* context) {
            response.Clear();
            return stub_->PreprocessRegions(context, request, &response);
          });
      if (status.ok() &&
          response.results_size() != static_cast<int>(part.size())) {
        status = absl::InternalError("the answer lacks regions");
      }
      if (EndsAll(status)) failure_ = status;
      for (size_t i = 0; i < part.size(); ++i) {
        if (!status.ok()) {
          outcomes.push_back(status);
          continue;
        }
        RegionResult& result = *response.mutable_results(static_cast<int>(i));
        if (result.has_error()) {
          outcomes.push_back(FromRpcStatus(result.error()));
        } else {
          outcomes.push_back(std::move(result));
        }
      }
    }
    return outcomes;
  }

 private:
  const Connection& connection_;
  const StopToken& stop_;
  const std::unique_ptr<PreprocessService::Stub> stub_;
  // Of all calls from here on.
  absl::Status failure_;
};

// The failure that all regions share, OK if there is none.
absl::Status SharedFailure(
    absl::Span<const absl::StatusOr<RegionResult>> outcomes) {
  const absl::Status first = outcomes.front().status();
  const bool is_shared = std::all_of(
      outcomes.begin(), outcomes.end(),
      [&](const auto& outcome) { return outcome.status() == first; });
  return is_shared ? first : absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> AssessPages(const PreprocessFlags& flags,
                                const Connection& connection,
                                absl::Span<const Scan> scans,
                                Session& session) {
  const auto stub = PreprocessService::NewStub(connection.channel());
  ProgressBar progress(session.err, session.err_is_terminal && scans.size() > 1,
                       scans.size());
  absl::Status first_failure;
  // Of all pages from here on.
  absl::Status failure;
  for (const Scan& scan : scans) {
    const auto assess = [&]() -> absl::StatusOr<AssessQualityResponse> {
      SL_RETURN_IF_ERROR(failure);
      SL_RETURN_IF_ERROR(session.stop.Poll());
      AssessQualityRequest request;
      SL_ASSIGN_OR_RETURN(*request.mutable_page(),
                          ReadPage(scan, flags, session.stop));
      request.set_dots_per_inch(ResolutionOf(scan, flags));
      AssessQualityResponse response;
      SL_RETURN_IF_ERROR(
          connection.Call(session.stop, [&](grpc::ClientContext* context) {
            response.Clear();
            return stub->AssessQuality(context, request, &response);
          }));
      return response;
    };
    const auto outcome = assess();
    if (EndsAll(outcome.status())) failure = outcome.status();
    first_failure.Update(outcome.status());
    progress.Clear();
    if (flags.json) {
      session.out << AssessmentJson(scan, outcome) << "\n";
    } else {
      session.out << AssessmentText(scan, outcome, {session.out_is_terminal});
    }
    session.out << std::flush;
    progress.Advance();
    SL_RETURN_IF_ERROR(CheckOutput(session));
  }
  return ExitCode(first_failure);
}

absl::StatusOr<int> CleanRegions(const PreprocessFlags& flags,
                                 const Connection& connection,
                                 absl::Span<const Scan> scans,
                                 Session& session) {
  SL_ASSIGN_OR_RETURN(const std::vector<Region> regions,
                      ReadRegions(flags.regions));
  PreprocessRegionsRequest request;
  SL_ASSIGN_OR_RETURN(*request.mutable_options(), MakePreprocessOptions(flags));
  request.set_with_reports(true);
  std::vector<std::string> suffixes;
  for (size_t i = 0; i < regions.size(); ++i) {
    suffixes.push_back(absl::StrCat(
        "-region", i + 1, PageSuffix(request.options().output().format())));
  }
  std::vector<PlannedFiles> plan(scans.size());
  if (!flags.out.empty()) {
    SL_ASSIGN_OR_RETURN(
        plan, PlanFiles(flags.out, scans, suffixes, ExistingFilesOf(flags)));
  }
  RegionCalls calls(connection, session.stop);
  ProgressBar progress(session.err, session.err_is_terminal && scans.size() > 1,
                       scans.size());
  absl::Status first_failure;
  for (size_t at = 0; at < scans.size(); ++at) {
    if (plan[at].is_done) continue;
    const Scan& scan = scans[at];
    std::vector<absl::StatusOr<RegionResult>> outcomes;
    absl::StatusOr<common::v1::Image> page =
        ReadPage(scan, flags, session.stop);
    if (page.ok()) {
      *request.mutable_page() = *std::move(page);
      request.mutable_options()->set_dots_per_inch(ResolutionOf(scan, flags));
      outcomes = calls.Clean(request, regions);
    } else {
      outcomes.assign(regions.size(), page.status());
    }
    progress.Clear();
    const absl::Status failure = SharedFailure(outcomes);
    if (!failure.ok() && !flags.json) {
      // Once is enough for people.
      first_failure.Update(failure);
      session.out << PageText(scan, failure, {}, {session.out_is_terminal});
      outcomes.clear();
    }
    for (size_t i = 0; i < outcomes.size(); ++i) {
      auto& outcome = outcomes[i];
      std::string path;
      if (outcome.ok() && !flags.out.empty()) {
        const absl::StatusOr<std::string> file = PageFile(outcome->page());
        if (file.ok()) {
          path = plan[at].stem + suffixes[i];
          SL_RETURN_IF_ERROR(WriteFile(path, *file));
        } else {
          outcome = file.status();
        }
      }
      first_failure.Update(outcome.status());
      const int region = static_cast<int>(i);
      if (flags.json) {
        session.out << RegionJson(scan, region, regions[i], outcome, path)
                    << "\n";
      } else {
        session.out << RegionText(scan, region, regions[i], outcome, path,
                                  {session.out_is_terminal, flags.reasons});
      }
    }
    session.out << std::flush;
    progress.Advance();
    SL_RETURN_IF_ERROR(CheckOutput(session));
  }
  return ExitCode(first_failure);
}

absl::StatusOr<int> ShowCapabilities(const PreprocessFlags& flags,
                                     const Connection& connection,
                                     Session& session) {
  const auto stub = PreprocessService::NewStub(connection.channel());
  GetCapabilitiesResponse response;
  SL_RETURN_IF_ERROR(
      connection.Call(session.stop, [&](grpc::ClientContext* context) {
        response.Clear();
        return stub->GetCapabilities(context, GetCapabilitiesRequest(),
                                     &response);
      }));
  if (flags.json) {
    JsonWriter json;
    WriteMessageJson(response, json);
    session.out << json.text() << "\n";
  } else {
    session.out << CapabilitiesText(response, session.out_is_terminal);
  }
  session.out << std::flush;
  SL_RETURN_IF_ERROR(CheckOutput(session));
  return 0;
}

}  // namespace sightline::cli
