#include <openssl/sha.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/inference/card_match.h"
#include "common/inference/model.h"
#include "common/inference/onnx_graph.h"
#include "common/inference/reasons.h"
#include "common/inference/resident_peak.h"
#include "common/inference/runtime_models.h"
#include "common/inference/self_check.h"
#include "common/memory/process_memory.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

std::string Sha256(absl::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

absl::Status CheckChecksum(absl::string_view file, const ModelCard& card) {
  const std::string sha256 = Sha256(file);
  if (sha256 == card.sha256) return absl::OkStatus();
  return Error(absl::StatusCode::kDataLoss, kModelChecksumMismatch)
      .Message(absl::StrCat("the file of model ", card.name,
                            " is not the one its card describes: its sha256 "
                            "is ",
                            sha256, " instead of ", card.sha256))
      .With("sha256", sha256);
}

// The options with what is left open filled in.
absl::StatusOr<ModelOptions> Completed(ModelOptions options,
                                       const ModelInput& input) {
  options.threads_per_run = std::max(options.threads_per_run, 1);
  options.concurrent_runs = std::max(options.concurrent_runs, 1);
  if (options.largest_input == InputSize()) {
    options.largest_input = input.LargestSize();
  }
  if (!input.Takes(options.largest_input)) {
    return Error(absl::StatusCode::kInvalidArgument, kModelInputInvalid)
        .Message(absl::StrCat("the card does not allow an input of ",
                              options.largest_input.width, " x ",
                              options.largest_input.height, " pixels"));
  }
  return options;
}

int64_t Pixels(const InputSize& size) {
  return int64_t{size.width} * size.height;
}

}  // namespace

// Sets what a Model lets nobody else set.
class ModelLoader {
 public:
  static absl::StatusOr<std::shared_ptr<const Model>> Load(
      absl::string_view file, const ModelCard& card, ModelOptions options,
      InferenceRuntime runtime) {
    SL_RETURN_IF_ERROR(CheckChecksum(file, card));
    SL_ASSIGN_OR_RETURN(const OnnxGraph graph, ReadOnnxGraph(file));
    SL_RETURN_IF_ERROR(CheckCardMatches(card, graph));
    SL_ASSIGN_OR_RETURN(options, Completed(options, card.input));
    // The self-check's own size runs too, larger or not.
    if (Pixels(options.largest_input) < Pixels(card.self_check.size)) {
      options.largest_input = card.self_check.size;
    }
    ReturnFreeMemory();
    const int64_t before = ResidentBytes();
    SL_ASSIGN_OR_RETURN(std::unique_ptr<Model> model,
                        runtime == InferenceRuntime::kOnnxRuntime
                            ? CreateOnnxRuntimeModel(file, card, graph, options)
                            : CreateOpenCvModel(file, card, graph, options));
    const int64_t loaded = ResidentBytes() - before;
    SL_ASSIGN_OR_RETURN(const int64_t run, CheckAndMeasure(*model));
    const auto file_bytes = static_cast<int64_t>(file.size());
    if (runtime == InferenceRuntime::kOnnxRuntime) {
      // What was free within the heap is not seen from outside; a model is not
      // smaller than its weights.
      model->memory_ = {std::max(loaded, file_bytes), run};
    } else {
      // A network for each run at the same time, made from the file.
      model->memory_ = {file_bytes, std::max(loaded, file_bytes) + run};
    }
    return std::shared_ptr<const Model>(std::move(model));
  }

 private:
  static TensorView ViewOf(const ModelInput& input, InputSize size,
                           const std::vector<float>& values) {
    return {input.ShapeOf(size), values};
  }

  // Runs the self-check, and the largest input if that is another one. Gives
  // the bytes that a run takes.
  static absl::StatusOr<int64_t> CheckAndMeasure(const Model& model) {
    const ModelCard& card = model.card();
    const InputSize largest = model.options().largest_input;
    const InputSize check = card.self_check.size;
    const std::vector<float> numbers = SineInput(
        card.self_check.sine_step,
        std::max(Pixels(check), Pixels(largest)) * card.input.channel_count());
    const absl::Span<const float> all = numbers;
    ReturnFreeMemory();
    const int64_t before = ResidentBytes();
    ResidentPeak peak;
    int64_t floor = 0;
    for (const InputSize& size : {check, largest}) {
      const TensorShape shape = card.input.ShapeOf(size);
      const TensorView view = {shape, all.first(ElementCount(shape))};
      SL_ASSIGN_OR_RETURN(const std::vector<Tensor> outputs,
                          FirstRun(model, view));
      if (size == check) {
        SL_RETURN_IF_ERROR(CompareWithExpected(card, outputs));
      }
      int64_t bytes = 0;
      for (const Tensor& output : outputs) {
        bytes += static_cast<int64_t>(output.values.size() * sizeof(float));
      }
      floor = std::max(floor, bytes);
      if (check == largest) break;
    }
    return std::max(peak.bytes() - before, floor);
  }

  // A failure at the first run is the model's: the runtime has an operator
  // only for other shapes.
  static absl::StatusOr<std::vector<Tensor>> FirstRun(const Model& model,
                                                      const TensorView& view) {
    absl::StatusOr<std::vector<Tensor>> outputs = model.Run(view, StopToken());
    const auto details = DetailsOf(outputs.status());
    if (details && details->reason == kModelRunFailed) {
      return ModelUnsupported(model.runtime(), outputs.status().message());
    }
    return outputs;
  }
};

absl::StatusOr<std::shared_ptr<const Model>> LoadModel(
    absl::string_view file, const ModelCard& card, const ModelOptions& options,
    InferenceRuntime runtime) {
  try {
    return ModelLoader::Load(file, card, options, runtime);
  } catch (const std::bad_alloc&) {
    return ModelOutOfMemory(runtime);
  } catch (const std::exception& exception) {
    // No thread to look after the memory.
    return ModelRunFailed(runtime, exception.what());
  }
}

absl::StatusOr<std::shared_ptr<const Model>> LoadModel(
    absl::string_view file, const ModelCard& card,
    const ModelOptions& options) {
  absl::StatusOr<std::shared_ptr<const Model>> first =
      RuntimeMissing(InferenceRuntime::kOnnxRuntime);
  for (const InferenceRuntime runtime : AvailableRuntimes()) {
    auto model = LoadModel(file, card, options, runtime);
    if (model.ok()) return model;
    if (runtime == AvailableRuntimes().front()) first = std::move(model);
  }
  return first;
}

}  // namespace sightline
