#include "services/preprocess/preprocess_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/image_message/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/pipeline/assessment.h"
#include "services/preprocess/region_processor.h"
#include "services/preprocess/report_to_proto.h"
#include "sightline/preprocess/v1/preprocess.grpc.pb.h"

namespace sightline::preprocess {
namespace {

absl::Status ItemInvalid(absl::string_view field,
                         absl::string_view description) {
  return Error(absl::StatusCode::kInvalidArgument, kItemPartsInvalid)
      .Field(field, description);
}

// The pages of an item's file that its header asks for, at least one. What is
// wrong with the file itself says decoding.
absl::StatusOr<std::vector<ImageSource>> PagesOf(const ConveyorItem& item) {
  const common::v1::ItemHeader& header = item.header;
  if (!header.part_sizes().empty()) {
    return ItemInvalid("item.part_sizes", "must be empty: an item is one file");
  }
  if (header.page_count() < 0) {
    return ItemInvalid("item.page_count", "is negative");
  }
  const absl::StatusOr<ImageInfo> info = SniffImage(item.bytes);
  const int in_file = info.ok() ? info->pages : 1;
  int count = std::max(1, in_file - std::max(0, header.page()));
  if (header.page_count() > 0) count = std::min(count, header.page_count());
  if (count > kMaxFilePages) {
    return ItemInvalid("item.page_count",
                       absl::StrCat("would be ", count, " pages; send at most ",
                                    kMaxFilePages, " at a time"));
  }
  std::vector<ImageSource> pages(count);
  for (int i = 0; i < count; ++i) {
    pages[i].encoded = item.bytes;
    pages[i].page = header.page() + i;
  }
  return pages;
}

}  // namespace

PreprocessService::PreprocessService(PreprocessLimits limits, ServerFacts facts,
                                     const GraphicsDevice& device,
                                     PreprocessMetrics& metrics)
    : Service(v1::PreprocessService::service_full_name()),
      facts_(std::move(facts)),
      device_(device),
      metrics_(metrics),
      processor_(limits, device.accelerator()) {
  Unary<v1::PreprocessRequest, v1::PreprocessResponse>(
      "Preprocess", [this](Call& call, const v1::PreprocessRequest& request) {
        return Preprocess(call, request);
      });
  Unary<v1::PreprocessRegionsRequest, v1::PreprocessRegionsResponse>(
      "PreprocessRegions",
      [this](Call& call, const v1::PreprocessRegionsRequest& request) {
        return metrics_.Counted(ProcessRegions(call, request, processor_));
      });
  Unary<v1::AssessQualityRequest, v1::AssessQualityResponse>(
      "AssessQuality",
      [this](Call& call, const v1::AssessQualityRequest& request) {
        return AssessQuality(call, request);
      });
  Unary<v1::GetCapabilitiesRequest, v1::GetCapabilitiesResponse>(
      "GetCapabilities",
      [this](Call&, const v1::GetCapabilitiesRequest&)
          -> absl::StatusOr<v1::GetCapabilitiesResponse> {
        return DescribeCapabilities(processor_, device_, facts_);
      });
  Conveyor<v1::PreprocessStreamRequest, v1::PreprocessStreamResponse>(
      "PreprocessStream",
      [this](Call&, const v1::PreprocessStreamSettings& settings) {
        return OpenStream(settings);
      });
}

absl::StatusOr<v1::PreprocessResponse> PreprocessService::Preprocess(
    Call& call, const v1::PreprocessRequest& request) {
  SL_ASSIGN_OR_RETURN(const PageSettings settings,
                      PageSettings::Create(request.options(), "options"));
  SL_ASSIGN_OR_RETURN(
      const PagePlan plan,
      processor_.Plan(ImageSource::Of(request.page()), "page", settings));
  SL_RETURN_IF_ERROR(processor_.Reserve(call, {&plan, 1}));
  SL_ASSIGN_OR_RETURN(v1::PreprocessResponse response,
                      metrics_.Counted(processor_.Run(call, plan, settings)));
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<v1::AssessQualityResponse> PreprocessService::AssessQuality(
    Call& call, const v1::AssessQualityRequest& request) {
  SL_RETURN_IF_ERROR(CheckResolution(request.dots_per_inch(), "dots_per_inch"));
  SL_RETURN_IF_ERROR(call.EnterStage("decode"));
  const ImageLimits& limits = processor_.limits().image;
  const ImageSource source = ImageSource::Of(request.page());
  SL_ASSIGN_OR_RETURN(const ImageHeader header,
                      InspectImage(source, "page", 0, limits));
  const int width = header.info.oriented_width();
  const int height = header.info.oriented_height();
  SL_ASSIGN_OR_RETURN(
      const int64_t bytes,
      AssessBytes(width, height, processor_.limits().page_threads));
  SL_RETURN_IF_ERROR(call.Reserve(
      std::max(header.decode_bytes, int64_t{width} * height + bytes)));
  SL_ASSIGN_OR_RETURN(const Decoded<GrayImage> decoded,
                      DecodeGrayMessage(source, "page", 0, limits));

  SL_RETURN_IF_ERROR(call.EnterStage("assess"));
  const PageProcessor::Turn turn(processor_);
  SL_ASSIGN_OR_RETURN(
      const PipelineReport report,
      AssessPage(GrayView(decoded.pixels), turn.ExecutionFor(call, true)));
  v1::AssessQualityResponse response;
  response.set_width(width);
  response.set_height(height);
  response.set_dots_per_inch(request.dots_per_inch() > 0
                                 ? request.dots_per_inch()
                                 : ResolutionOf(header.info));
  for (const StageReport& stage : report.stages) {
    *response.add_stages() = ToProto(stage);
    response.mutable_measurements()->MergeFrom(
        response.stages().rbegin()->measurements());
  }
  response.set_clean(report.is_unchanged);
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<ItemFunction<v1::PreprocessedFile>>
PreprocessService::OpenStream(const v1::PreprocessStreamSettings& message) {
  SL_ASSIGN_OR_RETURN(
      const PageSettings settings,
      PageSettings::Create(message.options(), "settings.options"));
  return ItemFunction<v1::PreprocessedFile>(
      [this, settings](Call& call, const ConveyorItem& item) {
        return PreprocessFile(call, item, settings);
      });
}

absl::StatusOr<v1::PreprocessedFile> PreprocessService::PreprocessFile(
    Call& call, const ConveyorItem& item, const PageSettings& settings) {
  SL_ASSIGN_OR_RETURN(const std::vector<ImageSource> pages, PagesOf(item));
  std::vector<PagePlan> plans;
  for (const ImageSource& page : pages) {
    SL_ASSIGN_OR_RETURN(PagePlan plan, processor_.Plan(page, "page", settings));
    plans.push_back(std::move(plan));
  }
  SL_RETURN_IF_ERROR(processor_.Reserve(call, plans));
  v1::PreprocessedFile file;
  for (const PagePlan& plan : plans) {
    SL_ASSIGN_OR_RETURN(*file.add_pages(),
                        metrics_.Counted(processor_.Run(call, plan, settings)));
  }
  // The stages of all pages are the item's.
  *file.mutable_pages(file.pages_size() - 1)->mutable_cost() = call.Cost();
  return file;
}

}  // namespace sightline::preprocess
