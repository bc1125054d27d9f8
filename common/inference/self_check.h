// The known input of a card and the comparison with its answer. Internal to
// common/inference.
#ifndef SIGHTLINE_COMMON_INFERENCE_SELF_CHECK_H_
#define SIGHTLINE_COMMON_INFERENCE_SELF_CHECK_H_

#include <vector>

#include "absl/status/status.h"
#include "common/inference/model_card.h"
#include "common/inference/tensor.h"

namespace sightline {

// Element i is sin(step * i).
std::vector<float> SineInput(double step, int64_t count);

// `outputs`: the card's, in its order. Errors: FailedPrecondition
// MODEL_SELF_CHECK_FAILED, with metadata "output", "difference", "tolerance".
absl::Status CompareWithExpected(const ModelCard& card,
                                 const std::vector<Tensor>& outputs);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_SELF_CHECK_H_
