// Reads bytes as an ONNX file. Whatever comes in, nothing crashes, a refusal
// has its reason, and a graph that is taken has inputs and outputs. Start it
// with the models of the repository: models/*/*.onnx.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "common/inference/onnx_graph.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void Try(absl::string_view file) {
  const absl::StatusOr<OnnxGraph> graph = ReadOnnxGraph(file);
  if (!graph.ok()) {
    const auto details = DetailsOf(graph.status());
    Demand(details && (details->reason == kModelCorrupt ||
                       details->reason == kModelNotSelfContained),
           "a refusal has its reason");
    return;
  }
  Demand(!graph->inputs.empty() && !graph->outputs.empty(),
         "a graph has inputs and outputs");
  for (const OnnxValue& input : graph->inputs) {
    for (const int64_t side : input.shape) {
      Demand(side == -1 || side > 0, "sizes are positive or open");
    }
  }
}

}  // namespace
}  // namespace sightline

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
