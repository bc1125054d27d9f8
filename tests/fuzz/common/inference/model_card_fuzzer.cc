// Reads bytes as a model's card. Whatever comes in, nothing crashes, a refusal
// says in which line, and a card that is taken keeps the promises of its
// header. Start it with the cards of the repository: models/*/card.json.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "common/inference/model_card.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void Try(absl::string_view json) {
  const absl::StatusOr<ModelCard> card = ParseModelCard(json);
  if (!card.ok()) {
    const auto details = DetailsOf(card.status());
    Demand(details && details->reason == kModelCardInvalid,
           "a refusal has its reason");
    Demand(card.status().message().substr(0, 5) == "line ",
           "a refusal has a line");
    return;
  }
  Demand(card->file.find('/') == std::string::npos, "files have no folder");
  Demand(card->sha256.size() == 64, "there is a checksum");
  const ModelInput& input = card->input;
  Demand(input.Takes(input.LargestSize()), "the largest size is a size");
  Demand(input.Takes(card->self_check.size), "the self-check can run");
  for (int c = 0; c < input.channel_count(); ++c) {
    Demand(std::isfinite(input.scale / input.standard_deviation[c]) &&
               std::isfinite(input.mean[c] / input.standard_deviation[c]),
           "pixels can be normalised");
  }
  Demand(!card->outputs.empty() && !card->self_check.expected.empty(),
         "there is something to check");
  for (const ExpectedOutput& expected : card->self_check.expected) {
    TensorShape sampled;
    for (size_t i = 0; i < expected.shape.size(); ++i) {
      Demand(expected.every[i] > 0, "steps are positive");
      sampled.push_back((expected.shape[i] + expected.every[i] - 1) /
                        expected.every[i]);
    }
    Demand(
        ElementCount(sampled) == static_cast<int64_t>(expected.values.size()),
        "there are as many values as the shape needs");
  }
}

}  // namespace
}  // namespace sightline

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
