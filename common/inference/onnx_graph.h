// What an ONNX file says of its inputs and outputs, read without a runtime.
//
// So that both runtimes give the same error for the same fault: a file that is
// no model, one that is not its card's, one that wants to read further files.
// Field numbers are those of onnx.proto (github.com/onnx/onnx, onnx/onnx.proto,
// IR version 10).
#ifndef SIGHTLINE_COMMON_INFERENCE_ONNX_GRAPH_H_
#define SIGHTLINE_COMMON_INFERENCE_ONNX_GRAPH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/inference/tensor.h"

namespace sightline {

// An input or output of the graph.
struct OnnxValue {
  std::string name;
  // TensorProto.DataType; 1 is float. 0 if it is no tensor.
  int element_type = 0;
  // -1: a size that the file leaves open. Empty if the file says nothing.
  TensorShape shape;
  // Of an output: the name of the node that computes it, and which of that
  // node's outputs it is. -1 if none does.
  std::string node;
  int node_output = -1;
};
inline constexpr int kOnnxFloat = 1;

struct OnnxGraph {
  // Without those that the file itself gives values to.
  std::vector<OnnxValue> inputs;
  std::vector<OnnxValue> outputs;
};

// Errors: InvalidArgument MODEL_CORRUPT (no protobuf message, no graph, a
// graph without inputs or outputs), MODEL_NOT_SELF_CONTAINED (weights in other
// files). Thread-safe.
absl::StatusOr<OnnxGraph> ReadOnnxGraph(absl::string_view file);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_ONNX_GRAPH_H_
