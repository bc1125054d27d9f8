#include "common/inference/self_check.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

absl::Status Compare(const ExpectedOutput& expected, double tolerance,
                     const Tensor& output) {
  if (output.shape != expected.shape) {
    return Error(absl::StatusCode::kFailedPrecondition, kModelSelfCheckFailed)
        .Message(absl::StrCat("the self-check's output \"", expected.output,
                              "\" has the shape ", ShapeText(output.shape),
                              ", and should have ", ShapeText(expected.shape)))
        .With("output", expected.output);
  }
  const size_t dimensions = expected.shape.size();
  TensorShape index(dimensions, 0);
  for (const float value : expected.values) {
    int64_t at = 0;
    for (size_t i = 0; i < dimensions; ++i) {
      at = at * expected.shape[i] + index[i];
    }
    const double difference = std::abs(double{output.values[at]} - value);
    // Negated, so that NaN fails.
    if (!(difference <= tolerance)) {
      return Error(absl::StatusCode::kFailedPrecondition, kModelSelfCheckFailed)
          .Message(absl::StrCat(
              "this runtime does not compute what the card says: output \"",
              expected.output, "\" is ", output.values[at], " instead of ",
              value, " at element ", at, "; at most ", tolerance,
              " of difference is right"))
          .With("output", expected.output)
          .With("difference", absl::StrCat(difference))
          .With("tolerance", absl::StrCat(tolerance));
    }
    // The next index: like a counter whose digits step by `every`.
    for (size_t i = dimensions; i-- > 0;) {
      index[i] += expected.every[i];
      if (index[i] < expected.shape[i]) break;
      index[i] = 0;
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<float> SineInput(double step, int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(std::sin(step * static_cast<double>(i)));
  }
  return values;
}

absl::Status CompareWithExpected(const ModelCard& card,
                                 const std::vector<Tensor>& outputs) {
  for (const ExpectedOutput& expected : card.self_check.expected) {
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (card.outputs[i].name != expected.output) continue;
      SL_RETURN_IF_ERROR(
          Compare(expected, card.self_check.tolerance, outputs[i]));
    }
  }
  return absl::OkStatus();
}

}  // namespace sightline
