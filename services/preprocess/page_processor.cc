#include "services/preprocess/page_processor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/status/status_macros.h"
#include "services/preprocess/page_output.h"
#include "services/preprocess/report_to_proto.h"

namespace sightline::preprocess {

double ResolutionOf(const ImageInfo& info) {
  const double x = info.dots_per_inch_x;
  const double y = info.dots_per_inch_y;
  return std::abs(x - y) <= 0.01 * x ? x : 0;
}

double ResolutionAfter(double dots_per_inch, const PipelineReport& report) {
  // Pipelines scale both sides alike.
  const double pixels_per_pixel =
      std::sqrt(std::abs(report.output_to_input.JacobianAt({0, 0})));
  return dots_per_inch / pixels_per_pixel;
}

PageProcessor::Turn::Turn(PageProcessor& processor) : processor_(processor) {
  const int active = ++processor.active_;
  threads_ = std::max(1, processor.limits_.page_threads / active);
}

Execution PageProcessor::Turn::ExecutionFor(const Call& call,
                                            bool is_cpu_only) const {
  Execution execution;
  if (!is_cpu_only) execution.accelerator = processor_.accelerator_;
  execution.stop = call.stop();
  execution.threads = threads_;
  return execution;
}

absl::StatusOr<PagePlan> PageProcessor::Plan(
    const ImageSource& page, std::string path,
    const PageSettings& settings) const {
  SL_ASSIGN_OR_RETURN(
      const ImageHeader header,
      InspectImage(page, path, /*min_long_side=*/0, limits_.image));
  const double dots_per_inch = settings.ResolutionOf(ResolutionOf(header.info));
  SL_ASSIGN_OR_RETURN(Pipeline pipeline, settings.PipelineFor(dots_per_inch));
  const int width = header.info.oriented_width();
  const int height = header.info.oriented_height();
  SL_ASSIGN_OR_RETURN(
      const int64_t run_bytes,
      pipeline.WorkingBytes(width, height, limits_.page_threads));
  SL_ASSIGN_OR_RETURN(const PixelSize largest,
                      pipeline.LargestOutput(width, height));
  // The page's own pixels stay while the pipeline runs; the result's alone are
  // left when it is written.
  const int64_t pixels = int64_t{width} * height;
  const int64_t result = int64_t{largest.width} * largest.height;
  return PagePlan{
      page,
      std::move(path),
      std::move(pipeline),
      width,
      height,
      dots_per_inch,
      std::max({header.decode_bytes, pixels + run_bytes, result}),
      PageOutputBytes(settings.output(), largest.width, largest.height)};
}

absl::Status PageProcessor::Reserve(Call& call,
                                    absl::Span<const PagePlan> plans) const {
  int64_t working = 0;
  int64_t answers = 0;
  for (const PagePlan& plan : plans) {
    working = std::max(working, plan.working_bytes);
    answers += plan.answer_bytes;
  }
  return call.Reserve(working + answers);
}

absl::StatusOr<v1::PreprocessResponse> PageProcessor::Run(
    Call& call, const PagePlan& plan, const PageSettings& settings) {
  const Turn turn(*this);
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  SL_ASSIGN_OR_RETURN(
      Decoded<GrayImage> decoded,
      DecodeGrayMessage(plan.source, plan.path, 0, limits_.image));
  SL_RETURN_IF_ERROR(call.EnterStage("preprocess"));
  SL_ASSIGN_OR_RETURN(
      const Preprocessed done,
      plan.pipeline.Run(GrayView(decoded.pixels),
                        turn.ExecutionFor(call, settings.is_cpu_only())));
  decoded.pixels = GrayImage();
  SL_RETURN_IF_ERROR(call.EnterStage("encode"));
  v1::PreprocessResponse response;
  SL_ASSIGN_OR_RETURN(
      *response.mutable_page(),
      WritePage(done.page, settings.output(),
                ResolutionAfter(plan.dots_per_inch, done.report),
                settings.output_path()));
  *response.mutable_report() = ToProto(done.report);
  return response;
}

}  // namespace sightline::preprocess
