// A neural network that is loaded, checked and ready to run.
//
// Whoever has a Model knows that its file is the one its card describes, that
// its inputs and outputs are the card's, and that it computed the card's
// self-check on this machine with this runtime: optimisers of runtimes have
// been wrong before (Pad and AveragePool fused, ONNX Runtime 1.20).
//
// ONNX Runtime is the runtime of choice; OpenCV's DNN module stands in where
// it is missing, three to four times slower and with fewer operators. Both may
// be built in; both give the same numbers within a card's tolerance.
#ifndef SIGHTLINE_COMMON_INFERENCE_MODEL_H_
#define SIGHTLINE_COMMON_INFERENCE_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/inference/model_card.h"
#include "common/inference/tensor.h"
#include "common/stop/stop_token.h"

namespace sightline {

enum class InferenceRuntime { kOnnxRuntime, kOpenCv };

// "ONNX Runtime", "OpenCV".
absl::string_view InferenceRuntimeName(InferenceRuntime runtime);

// Those built into this program, the preferred one first; may be empty.
std::vector<InferenceRuntime> AvailableRuntimes();

// "ONNX Runtime 1.30.0", "OpenCV 4.6.0": name and version as linked; the name
// alone if it is not built in.
std::string InferenceRuntimeVersion(InferenceRuntime runtime);

struct ModelOptions {
  // Threads that compute one run. 1: runs take the caller's thread and no
  // other, best where requests are many. OpenCV keeps one such number for the
  // whole process: the last model's.
  int threads_per_run = 1;
  // Runs at the same time that memory is kept for; further ones wait. At least
  // 1. ONNX Runtime shares one session, OpenCV has a network for each.
  int concurrent_runs = 1;
  // The largest input that will be given, and for which memory is measured.
  // {0, 0}: the largest of the card. Must be one that the card allows.
  InputSize largest_input = {};
};

// Resident bytes, measured when the model was loaded.
struct ModelMemory {
  // For as long as the model lives, runs or not.
  int64_t loaded_bytes = 0;
  // Of each run at the same time, with the largest input; kept by the runtime
  // afterwards. The input tensor is the caller's and not counted.
  int64_t run_bytes = 0;
};

// Thread-safe.
class Model {
 public:
  virtual ~Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelCard& card() const { return card_; }
  const ModelOptions& options() const { return options_; }
  const ModelMemory& memory() const { return memory_; }
  virtual InferenceRuntime runtime() const = 0;

  // Runs the model on `input`, of ShapeOf() an allowed size that is not larger
  // than options().largest_input. Gives the card's outputs in the card's
  // order; every number is finite. `stop` ends the wait for a turn, and with
  // ONNX Runtime the run as well when somebody stops it.
  // Errors: InvalidArgument MODEL_INPUT_INVALID, Internal MODEL_OUTPUT_INVALID
  // or MODEL_RUN_FAILED, ResourceExhausted MODEL_OUT_OF_MEMORY, or why `stop`
  // stopped.
  absl::StatusOr<std::vector<Tensor>> Run(const TensorView& input,
                                          const StopToken& stop) const;

 protected:
  Model(ModelCard card, ModelOptions options);

  // What Run() promises, given a valid input; outputs are checked by Run().
  virtual absl::StatusOr<std::vector<Tensor>> Compute(
      const TensorView& input, const StopToken& stop) const = 0;

 private:
  friend class ModelLoader;

  const ModelCard card_;
  const ModelOptions options_;
  ModelMemory memory_;
};

// Loads the model whose bytes are `file`, compares it with its card and runs
// its self-check. Takes as long as a few runs.
// Errors: DataLoss MODEL_CHECKSUM_MISMATCH, InvalidArgument MODEL_CORRUPT,
// MODEL_NOT_SELF_CONTAINED or MODEL_INPUT_INVALID (largest_input),
// FailedPrecondition MODEL_CARD_MISMATCH, MODEL_UNSUPPORTED (with what the
// runtime said), MODEL_SELF_CHECK_FAILED or INFERENCE_RUNTIME_MISSING,
// ResourceExhausted MODEL_OUT_OF_MEMORY, and those of Model::Run().
// Thread-safe.
absl::StatusOr<std::shared_ptr<const Model>> LoadModel(
    absl::string_view file, const ModelCard& card, const ModelOptions& options,
    InferenceRuntime runtime);

// Loads it with the first of AvailableRuntimes() that can: where ONNX Runtime
// cannot, OpenCV is tried. Gives the first runtime's error if none can.
absl::StatusOr<std::shared_ptr<const Model>> LoadModel(
    absl::string_view file, const ModelCard& card, const ModelOptions& options);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_MODEL_H_
