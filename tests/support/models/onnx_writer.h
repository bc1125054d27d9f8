// Writes small ONNX files: models whose answers a test can work out by itself.
#ifndef SIGHTLINE_TESTS_SUPPORT_MODELS_ONNX_WRITER_H_
#define SIGHTLINE_TESTS_SUPPORT_MODELS_ONNX_WRITER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sightline::testing {

struct WrittenTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
  // Says that the values are in another file.
  bool is_external = false;
};

struct WrittenNode {
  std::string operation;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::string name;
  // Attributes that are a whole number or a list of them.
  std::vector<std::pair<std::string, int64_t>> numbers;
  std::vector<std::pair<std::string, std::vector<int64_t>>> lists;
};

// An input or output; -1: a size that is left open.
struct WrittenValue {
  std::string name;
  std::vector<int64_t> shape;
  // TensorProto.DataType: 1 float, 7 int64.
  int type = 1;
};

struct WrittenGraph {
  std::vector<WrittenValue> inputs;
  std::vector<WrittenValue> outputs;
  std::vector<WrittenTensor> weights;
  std::vector<WrittenNode> nodes;
  int64_t opset = 13;
};

// The bytes of an ONNX file (IR version 7).
std::string WriteOnnx(const WrittenGraph& graph);

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_MODELS_ONNX_WRITER_H_
