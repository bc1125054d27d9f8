#include "tests/support/models/stored_networks.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/support/models/colour_model.h"

namespace sightline::testing {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What the folder's notes say.
struct Noted {
  std::string name;
  TensorShape output;
  // Every n-th row and column is stored.
  int64_t every;
  double tolerance;
  bool needs_onnx_runtime;
};

StoredNetwork Read(const Noted& noted) {
  const std::string stem =
      absl::StrCat(StoredNetworksFolder(), "/", noted.name);
  StoredNetwork network;
  network.name = noted.name;
  network.file = Contents(stem + ".onnx");
  network.needs_onnx_runtime = noted.needs_onnx_runtime;
  const std::string expected = Contents(stem + ".expected.f32");
  ModelCard& card = network.card;
  card.name = noted.name;
  card.version = "1";
  card.file = noted.name + ".onnx";
  card.sha256 = Sha256Of(network.file);
  card.licence = "as the notes say";
  card.source = "random weights";
  card.input.name = "x";
  card.input.sizes = {{256, 128}};
  card.outputs = {{"y", OutputMeaning::kLogits}};
  for (int k = 0; k < 4; ++k) {
    card.classes.push_back({absl::StrCat("class", k), {}});
  }
  card.self_check.size = {256, 128};
  card.self_check.sine_step = 0.37;
  card.self_check.tolerance = noted.tolerance;
  ExpectedOutput answer = {
      "y", noted.output, {1, 1, noted.every, noted.every}, {}};
  answer.values.resize(expected.size() / sizeof(float));
  std::memcpy(answer.values.data(), expected.data(),
              answer.values.size() * sizeof(float));
  card.self_check.expected = {std::move(answer)};
  return network;
}

}  // namespace

std::string StoredNetworksFolder() {
  const char* given = std::getenv("SIGHTLINE_SHARED_DATA");
  return absl::StrCat(
      given != nullptr ? given : SIGHTLINE_SOURCE_DIR "/../shared/data",
      "/georef/onnx_random_weights");
}

std::vector<StoredNetwork> StoredNetworks() {
  // Tolerances: a ten-thousandth of the answers' spread.
  const std::vector<Noted> noted = {
      {"lraspp_narrow", {1, 4, 128, 256}, 4, 2e-5, false},
      {"pidnet_narrow", {1, 4, 16, 32}, 1, 1.3e-2, false},
      {"segformer_narrow", {1, 4, 32, 64}, 1, 1e-4, true}};
  std::vector<StoredNetwork> networks;
  for (const Noted& one : noted) {
    StoredNetwork network = Read(one);
    if (network.file.empty()) return {};
    networks.push_back(std::move(network));
  }
  return networks;
}

}  // namespace sightline::testing
