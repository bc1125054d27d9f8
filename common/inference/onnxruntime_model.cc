// The adapter to ONNX Runtime: one session that all runs share.
//
// ORT_API_MANUAL_INIT: else the headers ask the library for its functions
// before main(), and use what it gives without a look, even if it is too old
// to give any.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

#include <exception>
#include <new>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/inference/runtime_models.h"

namespace sightline {
namespace {

constexpr InferenceRuntime kRuntime = InferenceRuntime::kOnnxRuntime;

// Loads the table of functions, once. Null, and `version` as it is, if the
// library that was found at the program's start is too old: 1.20 computes
// wrong results, and the headers want 1.21.
const OrtApi* Api() {
  static const OrtApi* const api = [] {
    const OrtApi* const found = OrtGetApiBase()->GetApi(ORT_API_VERSION);
    if (found != nullptr) Ort::InitApi(found);
    return found;
  }();
  return api;
}

// One for the process: the runtime's log, which stays silent, as whatever goes
// wrong comes back as a status.
const Ort::Env& Environment() {
  static const Ort::Env* const environment =
      new Ort::Env(ORT_LOGGING_LEVEL_FATAL, "sightline");
  return *environment;
}

bool SaysMemory(absl::string_view message) {
  return absl::StrContains(message, "bad allocation") ||
         absl::StrContains(message, "bad_alloc") ||
         absl::StrContains(message, "Failed to allocate memory");
}

// Within a catch clause.
template <typename Status>
absl::Status StatusOfException(Status failed) {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return ModelOutOfMemory(kRuntime);
  } catch (const std::exception& exception) {
    if (SaysMemory(exception.what())) return ModelOutOfMemory(kRuntime);
    return failed(kRuntime, exception.what());
  } catch (...) {
    return failed(kRuntime, "unknown exception");
  }
}

Ort::SessionOptions SessionOptions(const ModelOptions& options) {
  Ort::SessionOptions session;
  session.SetIntraOpNumThreads(options.threads_per_run);
  session.SetInterOpNumThreads(1);
  session.SetExecutionMode(ORT_SEQUENTIAL);
  // Threads that wait do not burn the processors others pay for.
  session.AddConfigEntry("session.intra_op.allow_spinning", "0");
  session.AddConfigEntry("session.inter_op.allow_spinning", "0");
  session.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
  return session;
}

class OnnxRuntimeModel final : public Model {
 public:
  // Throws what the runtime throws.
  OnnxRuntimeModel(absl::string_view file, const ModelCard& card,
                   const ModelOptions& options)
      : Model(card, options),
        session_(Environment(), file.data(), file.size(),
                 SessionOptions(options)),
        memory_info_(
            Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault)) {}

  InferenceRuntime runtime() const override { return kRuntime; }

 protected:
  absl::StatusOr<std::vector<Tensor>> Compute(
      const TensorView& input, const StopToken& stop) const override {
    try {
      return RunSession(input, stop);
    } catch (...) {
      // A run that was stopped ends with an error of the runtime's.
      if (absl::Status stopped = stop.Poll(); !stopped.ok()) return stopped;
      return StatusOfException(ModelRunFailed);
    }
  }

 private:
  std::vector<Tensor> RunSession(const TensorView& input,
                                 const StopToken& stop) const {
    // The runtime does not write to its inputs.
    const Ort::Value value = Ort::Value::CreateTensor<float>(
        memory_info_, const_cast<float*>(input.values.data()),
        input.values.size(), input.shape.data(), input.shape.size());
    const char* const input_name = card().input.name.c_str();
    std::vector<const char*> output_names;
    for (const ModelOutput& output : card().outputs) {
      output_names.push_back(output.name.c_str());
    }
    Ort::RunOptions run;
    const StopCallback terminate(stop, [&run] { run.SetTerminate(); });
    const auto outputs = std::make_shared<std::vector<Ort::Value>>(session_.Run(
        run, &input_name, &value, 1, output_names.data(), output_names.size()));
    std::vector<Tensor> tensors;
    for (const Ort::Value& output : *outputs) {
      const auto information = output.GetTensorTypeAndShapeInfo();
      Tensor tensor;
      tensor.shape = information.GetShape();
      tensor.values = {output.GetTensorData<float>(),
                       information.GetElementCount()};
      tensor.owner = outputs;
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  }

  // Run() is thread-safe, but not const in the headers.
  mutable Ort::Session session_;
  const Ort::MemoryInfo memory_info_;
};

}  // namespace

std::string OnnxRuntimeVersion() { return OrtGetApiBase()->GetVersionString(); }

absl::StatusOr<std::unique_ptr<Model>> CreateOnnxRuntimeModel(
    absl::string_view file, const ModelCard& card, const OnnxGraph&,
    const ModelOptions& options) {
  if (Api() == nullptr) {
    return ModelUnsupported(
        kRuntime, absl::StrCat("version 1.", ORT_API_VERSION,
                               " or newer is needed; older ones compute wrong "
                               "results"));
  }
  try {
    return std::make_unique<OnnxRuntimeModel>(file, card, options);
  } catch (...) {
    return StatusOfException(ModelUnsupported);
  }
}

}  // namespace sightline
