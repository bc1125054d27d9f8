// A list of operations, made ready once and run on any number of pages.
//
//   SL_ASSIGN_OR_RETURN(const Pipeline pipeline,
//   Pipeline::Create(OperationsOf(Preset::kAuto))); SL_ASSIGN_OR_RETURN(const
//   Preprocessed result, pipeline.Run(page));
//
// Neighbours that can go in one pass over the page do: CLAHE, Gaussian and
// threshold by the mean, in this order, each or all of them, and the gray
// before them (fused_chain.h). The bits are those of the operations one by one.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PIPELINE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PIPELINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pipeline/operation.h"
#include "services/preprocess/engine/pipeline/report.h"
#include "services/preprocess/engine/pipeline/stage.h"

namespace sightline::preprocess {

// Most operations of a list.
inline constexpr int kMaxOperations = 64;

struct Preprocessed {
  GrayImage page;
  PipelineReport report;
};

// Immutable and thread-safe; copies share what they hold.
class Pipeline {
 public:
  // No operations: pages are turned to gray, that is all. Errors:
  // InvalidArgument PREPROCESS_PARAMETER_INVALID with every field that is
  // wrong ("operations[2].size"; "operations" if there are too many).
  static absl::StatusOr<Pipeline> Create(std::vector<Operation> operations);

  // Upper bound of what Run() allocates for such a page, gray or colour, on so
  // many threads, its result included; reports (some kilobytes) are not. Takes
  // every operation that looks first for one that acts. Errors:
  // InvalidArgument PREPROCESS_IMAGE_INVALID if the page, or what might become
  // of it, is larger than operations take (execution.h).
  absl::StatusOr<int64_t> WorkingBytes(int width, int height,
                                       int threads = 1) const;

  // The largest that each side of such a page may become. Errors as above.
  absl::StatusOr<PixelSize> LargestOutput(int width, int height) const;

  // Polls the stop token between stages, and within them between bands of
  // rows. Errors: those of WorkingBytes(); CheckRun(); RunBands(); Resize();
  // PREPROCESS_IMAGE_INVALID or PREPROCESS_PARAMETER_INVALID of an operation
  // that cannot take the page that reaches it (AffineWarp: 32,767 pixels a
  // side).
  absl::StatusOr<Preprocessed> Run(const GrayView& page,
                                   const Execution& execution = {}) const;
  absl::StatusOr<Preprocessed> Run(const RgbView& page,
                                   const Execution& execution = {}) const;

  const std::vector<Operation>& operations() const { return operations_; }
  // As StageReport::name, in order.
  std::vector<std::string> StageNames() const;

 private:
  // Operations that run as one: either a chain or a stage.
  struct Planned {
    std::string name;
    int first_operation = 0;
    int operation_count = 0;
    std::optional<FusedChain> chain;
    StagePointer stage;
  };

  Pipeline() = default;
  static absl::StatusOr<std::vector<Planned>> Plan(
      const std::vector<Operation>& operations,
      const std::vector<StagePointer>& stages);
  template <typename View>
  absl::StatusOr<Preprocessed> RunOn(const View& page,
                                     const Execution& execution) const;

  std::vector<Operation> operations_;
  std::vector<Planned> plan_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PIPELINE_H_
