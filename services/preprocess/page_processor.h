// One page from its file to its answer: what every method of the service does.
//
// Planning comes before memory is taken and before anything is decoded: a plan
// says what a page will need. Then the pages of a call run one by one.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_PAGE_PROCESSOR_H_
#define SIGHTLINE_SERVICES_PREPROCESS_PAGE_PROCESSOR_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/image_message/image_message.h"
#include "common/server/call.h"
#include "services/preprocess/engine/accelerator.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/page_settings.h"
#include "services/preprocess/preprocess_limits.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

// A page that may be run. Refers to the request's bytes.
struct PagePlan {
  ImageSource source;
  // Where it is in the request, for errors: "page".
  std::string path;
  Pipeline pipeline;
  // Its size, EXIF orientation applied.
  int width = 0;
  int height = 0;
  // 0: not known.
  double dots_per_inch = 0;
  // What it needs at most while it is computed, and what its answer keeps.
  int64_t working_bytes = 0;
  int64_t answer_bytes = 0;
};

// What of `info` is the page's resolution: 0 where the file does not say, or
// has pixels that are not square, as some faxes.
double ResolutionOf(const ImageInfo& info);

// The resolution of a pipeline's result.
double ResolutionAfter(double dots_per_inch, const PipelineReport& report);

// Thread-safe.
class PageProcessor {
 public:
  // `accelerator`: null if there is none; must outlive the processor.
  PageProcessor(PreprocessLimits limits, Accelerator* accelerator)
      : limits_(limits), accelerator_(accelerator) {}

  const PreprocessLimits& limits() const { return limits_; }
  // Pages that are computed now.
  int active() const { return active_; }
  bool has_accelerator() const { return accelerator_ != nullptr; }

  // Errors: those of InspectImage(), of PageSettings::PipelineFor() and of
  // Pipeline::WorkingBytes().
  absl::StatusOr<PagePlan> Plan(const ImageSource& page, std::string path,
                                const PageSettings& settings) const;

  // Takes the memory for all of `plans`, once for a call. Errors: those of
  // Call::Reserve().
  absl::Status Reserve(Call& call, absl::Span<const PagePlan> plans) const;

  // Decodes, runs, writes. Errors: those of DecodeGrayMessage(),
  // Pipeline::Run() and WritePage().
  absl::StatusOr<v1::PreprocessResponse> Run(Call& call, const PagePlan& plan,
                                             const PageSettings& settings);

  // Counts as a page that is computed while it lives, and says on how many
  // threads: all of them for a page alone, fewer for each of several.
  class Turn {
   public:
    explicit Turn(PageProcessor& processor);
    ~Turn() { --processor_.active_; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    // `is_cpu_only`: the processor alone computes.
    Execution ExecutionFor(const Call& call, bool is_cpu_only) const;

   private:
    PageProcessor& processor_;
    int threads_ = 1;
  };

 private:
  const PreprocessLimits limits_;
  Accelerator* const accelerator_;
  std::atomic<int> active_ = 0;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_PAGE_PROCESSOR_H_
