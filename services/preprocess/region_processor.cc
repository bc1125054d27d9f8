#include "services/preprocess/region_processor.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "services/preprocess/page_output.h"
#include "services/preprocess/reasons.h"
#include "services/preprocess/report_to_proto.h"

namespace sightline::preprocess {
namespace {

// Errors name so many regions; more would not help.
constexpr int kMostNamed = 10;
// Where a graphics device computes, so many regions wait for it at the same
// time, for it to take them in batches; the threads themselves do little.
constexpr int kDeviceThreads = 32;
// Working memory that may be spent on that: large parts need no batches.
constexpr int64_t kDeviceThreadBytes = int64_t{64} << 20;
// That a thread takes at a time.
constexpr int kRegionsPerTurn = 4;
// What a region's report takes beside its page.
constexpr int64_t kReportBytes = 4096;

absl::Status CheckRegions(const v1::PreprocessRegionsRequest& request,
                          const ImageInfo& page, int most) {
  Error error(absl::StatusCode::kInvalidArgument, kRegionsInvalid);
  const int count = request.regions_size();
  if (count < 1 || count > most) {
    return error
        .Field("regions",
               absl::StrCat("are ", count, "; 1 to ", most, " are taken"))
        .With("limit", absl::StrCat(most));
  }
  int wrong = 0;
  for (int i = 0; i < count && wrong < kMostNamed; ++i) {
    const v1::Region& region = request.regions(i);
    const bool lies_on_page =
        region.x() >= 0 && region.y() >= 0 && region.width() >= 1 &&
        region.height() >= 1 &&
        int64_t{region.x()} + region.width() <= page.oriented_width() &&
        int64_t{region.y()} + region.height() <= page.oriented_height();
    if (lies_on_page) continue;
    ++wrong;
    error.Field(absl::StrCat("regions[", i, "]"),
                absl::StrCat("is ", region.width(), " x ", region.height(),
                             " pixels at (", region.x(), ", ", region.y(),
                             "), the page has ", page.oriented_width(), " x ",
                             page.oriented_height()));
  }
  return wrong == 0 ? absl::OkStatus() : absl::Status(error);
}

// How all regions of a request run.
struct RegionPlan {
  int threads = 1;
  // What they need together, once the page is decoded.
  int64_t bytes = 0;
};

// `may_use_device`: regions go to a graphics device, as far as it takes them.
// `most_bytes`: what there may be at all; fewer threads need less.
absl::StatusOr<RegionPlan> PlanRegions(
    const v1::PreprocessRegionsRequest& request, const Pipeline& pipeline,
    const v1::PageOutput& output, int page_threads, bool may_use_device,
    int64_t most_bytes) {
  int64_t working = 1;
  int64_t answers = 0;
  for (const v1::Region& region : request.regions()) {
    SL_ASSIGN_OR_RETURN(
        const int64_t bytes,
        pipeline.WorkingBytes(region.width(), region.height(), 1));
    SL_ASSIGN_OR_RETURN(
        const PixelSize largest,
        pipeline.LargestOutput(region.width(), region.height()));
    working = std::max(working, bytes);
    answers +=
        kReportBytes + PageOutputBytes(output, largest.width, largest.height);
  }
  int64_t threads = page_threads;
  if (may_use_device) {
    threads = std::max<int64_t>(
        threads,
        std::min<int64_t>(kDeviceThreads, kDeviceThreadBytes / working));
  }
  const int64_t turns =
      (request.regions_size() + kRegionsPerTurn - 1) / kRegionsPerTurn;
  const int64_t fitting = (most_bytes - answers) / working;
  threads = std::max<int64_t>(1, std::min({threads, turns, fitting}));
  RegionPlan plan;
  plan.threads = static_cast<int>(threads);
  plan.bytes = plan.threads * working + answers;
  return plan;
}

// What all regions share.
struct Shared {
  GrayView page;
  const Pipeline& pipeline;
  const PageSettings& settings;
  double dots_per_inch = 0;
  bool with_reports = false;
  Execution execution;
};

absl::Status RunRegion(const Shared& shared, const v1::Region& region,
                       v1::RegionResult& result) {
  SL_ASSIGN_OR_RETURN(
      const Preprocessed done,
      shared.pipeline.Run(shared.page.Part(region.x(), region.y(),
                                           region.width(), region.height()),
                          shared.execution));
  SL_ASSIGN_OR_RETURN(
      *result.mutable_page(),
      WritePage(done.page, shared.settings.output(),
                ResolutionAfter(shared.dots_per_inch, done.report),
                shared.settings.output_path()));
  *result.mutable_report() =
      ToProto(done.report, Homography::Translation(region.x(), region.y()));
  if (!shared.with_reports) result.mutable_report()->clear_stages();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::PreprocessRegionsResponse> ProcessRegions(
    Call& call, const v1::PreprocessRegionsRequest& request,
    PageProcessor& processor) {
  const PreprocessLimits& limits = processor.limits();
  SL_ASSIGN_OR_RETURN(const PageSettings settings,
                      PageSettings::Create(request.options(), "options"));
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  const ImageSource source = ImageSource::Of(request.page());
  SL_ASSIGN_OR_RETURN(const ImageHeader header,
                      InspectImage(source, "page", 0, limits.image));
  SL_RETURN_IF_ERROR(CheckRegions(request, header.info, limits.max_regions));
  const double dots_per_inch = settings.ResolutionOf(ResolutionOf(header.info));
  SL_ASSIGN_OR_RETURN(const Pipeline pipeline,
                      settings.PipelineFor(dots_per_inch));
  const bool may_use_device =
      processor.has_accelerator() && !settings.is_cpu_only();
  const int64_t pixels = int64_t{header.info.width} * header.info.height;
  SL_ASSIGN_OR_RETURN(
      const RegionPlan plan,
      PlanRegions(request, pipeline, settings.output(), limits.page_threads,
                  may_use_device, call.reservable_bytes() - pixels));
  SL_RETURN_IF_ERROR(
      call.Reserve(std::max(header.decode_bytes, pixels + plan.bytes)));
  SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> decoded,
                      DecodeGrayMessage(source, "page", 0, limits.image));

  SL_RETURN_IF_ERROR(call.EnterStage("preprocess"));
  const PageProcessor::Turn turn(processor);
  Execution execution = turn.ExecutionFor(call, settings.is_cpu_only());
  // Waiting for a device costs no processor; computing shares them.
  execution.threads =
      may_use_device ? plan.threads : std::min(execution.threads, plan.threads);
  Shared shared{GrayView(decoded.pixels), pipeline, settings, dots_per_inch,
                request.with_reports(),   execution};
  // Threads take regions, not rows of one.
  shared.execution.threads = 1;
  std::vector<v1::RegionResult> results(request.regions_size());
  const auto run = [&](int begin, int end) {
    for (int i = begin; i < end; ++i) {
      const absl::Status status =
          RunRegion(shared, request.regions(i), results[i]);
      if (status.ok()) continue;
      results[i].Clear();
      *results[i].mutable_error() = ToRpcStatus(status);
    }
  };
  SL_RETURN_IF_ERROR(
      RunBands(request.regions_size(), kRegionsPerTurn, execution, run));
  SL_RETURN_IF_ERROR(call.stop().Poll());
  v1::PreprocessRegionsResponse response;
  response.mutable_results()->Reserve(request.regions_size());
  for (v1::RegionResult& result : results) {
    *response.add_results() = std::move(result);
  }
  *response.mutable_cost() = call.Cost();
  return response;
}

}  // namespace sightline::preprocess
