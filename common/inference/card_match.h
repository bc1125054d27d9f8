// Whether a model file has the inputs and outputs of its card. Internal to
// common/inference.
#ifndef SIGHTLINE_COMMON_INFERENCE_CARD_MATCH_H_
#define SIGHTLINE_COMMON_INFERENCE_CARD_MATCH_H_

#include "absl/status/status.h"
#include "common/inference/model_card.h"
#include "common/inference/onnx_graph.h"

namespace sightline {

// Errors: FailedPrecondition MODEL_CARD_MISMATCH. Thread-safe.
absl::Status CheckCardMatches(const ModelCard& card, const OnnxGraph& graph);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_CARD_MATCH_H_
