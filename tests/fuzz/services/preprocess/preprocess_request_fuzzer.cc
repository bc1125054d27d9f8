// Reads bytes as a PreprocessRequest with a small page of raw pixels and takes
// it the way of a request. Whatever comes in, nothing crashes; a refusal names
// its field; what is accepted gives the same page on every instruction set and
// number of threads, no larger than was said before.
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/image_message/image_message.h"
#include "common/status/error.h"
#include "services/preprocess/engine/reasons.h"
#include "services/preprocess/page_output.h"
#include "services/preprocess/page_settings.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {
namespace {

// Larger ones would only be slower.
constexpr int kMostOperations = 5;
constexpr int64_t kMostBytes = int64_t{32} << 20;
constexpr int kMostPixels = 72 * 72;

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void DemandField(const absl::Status& status) {
  const auto details = DetailsOf(status);
  Demand(absl::IsInvalidArgument(status), "bad options are InvalidArgument");
  Demand(details.has_value() && !details->reason.empty(),
         "bad options have a reason");
  Demand(!details->fields.empty() &&
             details->fields[0].field.rfind("options.", 0) == 0,
         "bad options name their field");
}

bool IsSame(const GrayImage& a, const GrayImage& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::memcmp(a.data(), b.data(),
                     static_cast<size_t>(a.width()) * a.height()) == 0;
}

void RunEverywhere(const Pipeline& pipeline, const GrayImage& page,
                   const PageSettings& settings) {
  const absl::StatusOr<PixelSize> largest =
      pipeline.LargestOutput(page.width(), page.height());
  const absl::StatusOr<int64_t> bytes =
      pipeline.WorkingBytes(page.width(), page.height(), 2);
  Demand(largest.ok() == bytes.ok(), "bounds agree whether a page is taken");
  if (!bytes.ok() || *bytes > kMostBytes) return;
  Execution plain;
  plain.instructions = InstructionSet::kScalar;
  Execution best;
  best.threads = 2;
  const absl::StatusOr<Preprocessed> one = pipeline.Run(GrayView(page), plain);
  const absl::StatusOr<Preprocessed> other = pipeline.Run(GrayView(page), best);
  Demand(one.ok() == other.ok(), "instruction sets agree on failures");
  if (!one.ok()) return;
  Demand(IsSame(one->page, other->page), "instruction sets agree on pixels");
  Demand(one->page.width() <= largest->width &&
             one->page.height() <= largest->height,
         "a page does not grow beyond what was said");
  Demand(static_cast<int>(one->report.stages.size()) <=
             static_cast<int>(pipeline.operations().size()),
         "a report has no more stages than operations");
  const absl::StatusOr<v1::Page> written =
      WritePage(one->page, settings.output(), 0, settings.output_path());
  Demand(written.ok() || absl::IsInvalidArgument(written.status()),
         "pages are written or refused");
}

void Try(const v1::PreprocessRequest& request) {
  if (request.options().operations().operations_size() > kMostOperations) {
    return;
  }
  const absl::StatusOr<PageSettings> settings =
      PageSettings::Create(request.options(), "options");
  if (!settings.ok()) {
    DemandField(settings.status());
    return;
  }
  const common::v1::GrayPixels& gray = request.page().gray();
  const int64_t pixels = int64_t{gray.width()} * gray.height();
  if (pixels > kMostPixels) return;
  const absl::StatusOr<Decoded<GrayImage>> page =
      DecodeGrayMessage(ImageSource::Of(request.page()), "page", 0, {});
  if (!page.ok() || page->pixels.empty()) return;
  const absl::StatusOr<Pipeline> pipeline =
      settings->PipelineFor(request.options().dots_per_inch());
  if (!pipeline.ok()) {
    DemandField(pipeline.status());
    return;
  }
  RunEverywhere(*pipeline, page->pixels, *settings);
}

}  // namespace
}  // namespace sightline::preprocess

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::preprocess::v1::PreprocessRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  sightline::preprocess::Try(request);
  return 0;
}
