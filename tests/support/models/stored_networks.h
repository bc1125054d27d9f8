// The networks with random weights and known answers that lie beside the
// checkout: georef/onnx_random_weights in $SIGHTLINE_SHARED_DATA, or in
// ../shared/data. For tests and benchmarks.
#ifndef SIGHTLINE_TESTS_SUPPORT_MODELS_STORED_NETWORKS_H_
#define SIGHTLINE_TESTS_SUPPORT_MODELS_STORED_NETWORKS_H_

#include <string>
#include <vector>

#include "common/inference/model_card.h"

namespace sightline::testing {

struct StoredNetwork {
  std::string name;
  std::string file;
  // Made here; its self-check is the stored answer.
  ModelCard card;
  // OpenCV 4.6 cannot run it.
  bool needs_onnx_runtime = false;
};

// Empty where the folder is not there.
std::vector<StoredNetwork> StoredNetworks();
// Where they were looked for.
std::string StoredNetworksFolder();

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_MODELS_STORED_NETWORKS_H_
