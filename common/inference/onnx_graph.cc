#include "common/inference/onnx_graph.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/inference/reasons.h"
#include "common/inference/wire_reader.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

// Graphs within graphs (If, Loop); deeper ones are not found in the wild.
constexpr int kMostDepth = 16;

absl::Status Corrupt(absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kModelCorrupt)
      .Message(absl::StrCat("the file is no ONNX model, or a damaged one: ",
                            problem));
}

// Calls `read` for every field of `message`, until one fails.
template <typename Read>
absl::Status ForEachField(absl::string_view message, absl::string_view what,
                          Read read) {
  WireReader reader(message);
  for (WireField field; reader.Next(field);) {
    SL_RETURN_IF_ERROR(read(field));
  }
  if (!reader.ok()) return Corrupt(absl::StrCat(what, " cannot be read"));
  return absl::OkStatus();
}

// TensorProto: name = 8, data_location = 14 (1: external).
absl::Status ReadTensor(absl::string_view message, std::string* name) {
  return ForEachField(message, "a tensor", [&](const WireField& field) {
    if (field.number == 8 && field.is_bytes && name != nullptr) {
      *name = std::string(field.bytes);
    }
    if (field.number == 14 && !field.is_bytes && field.value != 0) {
      return absl::Status(
          Error(absl::StatusCode::kInvalidArgument, kModelNotSelfContained)
              .Message("the model keeps weights in other files; save it as one "
                       "file, without external data"));
    }
    return absl::OkStatus();
  });
}

// TensorShapeProto: dim = 1; Dimension: dim_value = 1.
absl::Status ReadShape(absl::string_view message, TensorShape& shape) {
  return ForEachField(message, "a shape", [&](const WireField& field) {
    if (field.number != 1 || !field.is_bytes) return absl::OkStatus();
    int64_t side = -1;
    const absl::Status status = ForEachField(
        field.bytes, "a dimension", [&](const WireField& dimension) {
          constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
          if (dimension.number == 1 && !dimension.is_bytes &&
              dimension.value > 0 && dimension.value <= kMost) {
            side = static_cast<int64_t>(dimension.value);
          }
          return absl::OkStatus();
        });
    shape.push_back(side);
    return status;
  });
}

// ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor:
// elem_type = 1, shape = 2.
absl::Status ReadValue(absl::string_view message, OnnxValue& value) {
  return ForEachField(message, "a value", [&](const WireField& field) {
    if (!field.is_bytes) return absl::OkStatus();
    if (field.number == 1) value.name = std::string(field.bytes);
    if (field.number != 2) return absl::OkStatus();
    return ForEachField(field.bytes, "a type", [&](const WireField& type) {
      if (type.number != 1 || !type.is_bytes) return absl::OkStatus();
      return ForEachField(type.bytes, "a type", [&](const WireField& tensor) {
        if (tensor.number == 1 && !tensor.is_bytes && tensor.value < 100) {
          value.element_type = static_cast<int>(tensor.value);
        }
        if (tensor.number == 2 && tensor.is_bytes) {
          return ReadShape(tensor.bytes, value.shape);
        }
        return absl::OkStatus();
      });
    });
  });
}

struct Node {
  std::string name;
  std::vector<std::string> outputs;
};

struct Graph {
  std::vector<OnnxValue> inputs;
  std::vector<OnnxValue> outputs;
  std::vector<Node> nodes;
  // Tensors that the file gives values to.
  std::set<std::string> given;
};

absl::Status ReadGraph(absl::string_view message, int depth, Graph& graph);

// AttributeProto: t = 5, g = 6, tensors = 10, graphs = 11, sparse_tensor = 22.
absl::Status CheckAttribute(absl::string_view message, int depth) {
  return ForEachField(message, "an attribute", [&](const WireField& field) {
    if (!field.is_bytes) return absl::OkStatus();
    if (field.number == 5 || field.number == 10) {
      return ReadTensor(field.bytes, nullptr);
    }
    if (field.number == 6 || field.number == 11) {
      Graph inner;
      return ReadGraph(field.bytes, depth + 1, inner);
    }
    return absl::OkStatus();
  });
}

// NodeProto: output = 2, name = 3, attribute = 5.
absl::Status ReadNode(absl::string_view message, int depth, Node& node) {
  return ForEachField(message, "a node", [&](const WireField& field) {
    if (!field.is_bytes) return absl::OkStatus();
    if (field.number == 2) node.outputs.emplace_back(field.bytes);
    if (field.number == 3) node.name = std::string(field.bytes);
    if (field.number == 5) return CheckAttribute(field.bytes, depth);
    return absl::OkStatus();
  });
}

// GraphProto: node = 1, initializer = 5, input = 11, output = 12,
// sparse_initializer = 15 (SparseTensorProto: values = 1, indices = 2).
absl::Status ReadGraph(absl::string_view message, int depth, Graph& graph) {
  if (depth > kMostDepth) return Corrupt("too many graphs within graphs");
  return ForEachField(message, "the graph", [&](const WireField& field) {
    if (!field.is_bytes) return absl::OkStatus();
    switch (field.number) {
      case 1:
        return ReadNode(field.bytes, depth, graph.nodes.emplace_back());
      case 5: {
        std::string name;
        const absl::Status status = ReadTensor(field.bytes, &name);
        graph.given.insert(std::move(name));
        return status;
      }
      case 11:
        return ReadValue(field.bytes, graph.inputs.emplace_back());
      case 12:
        return ReadValue(field.bytes, graph.outputs.emplace_back());
      case 15:
        return ForEachField(field.bytes, "a sparse tensor",
                            [](const WireField& part) {
                              if (!part.is_bytes) return absl::OkStatus();
                              return ReadTensor(part.bytes, nullptr);
                            });
      default:
        return absl::OkStatus();
    }
  });
}

void FindNodes(const std::vector<Node>& nodes, OnnxValue& output) {
  for (const Node& node : nodes) {
    const auto at =
        std::find(node.outputs.begin(), node.outputs.end(), output.name);
    if (at == node.outputs.end()) continue;
    output.node = node.name;
    output.node_output = static_cast<int>(at - node.outputs.begin());
    return;
  }
}

}  // namespace

absl::StatusOr<OnnxGraph> ReadOnnxGraph(absl::string_view file) {
  if (file.empty()) return Corrupt("it is empty");
  Graph read;
  bool has_graph = false;
  // ModelProto: graph = 7, functions = 25 (FunctionProto: node = 7).
  SL_RETURN_IF_ERROR(
      ForEachField(file, "the file", [&](const WireField& field) {
        if (!field.is_bytes) return absl::OkStatus();
        if (field.number == 7) {
          has_graph = true;
          return ReadGraph(field.bytes, 0, read);
        }
        if (field.number != 25) return absl::OkStatus();
        return ForEachField(field.bytes, "a function",
                            [](const WireField& part) {
                              if (part.number != 7 || !part.is_bytes)
                                return absl::OkStatus();
                              Node node;
                              return ReadNode(part.bytes, 0, node);
                            });
      }));
  if (!has_graph) return Corrupt("it has no graph");
  OnnxGraph graph;
  for (OnnxValue& input : read.inputs) {
    if (read.given.count(input.name) == 0) {
      graph.inputs.push_back(std::move(input));
    }
  }
  for (OnnxValue& output : read.outputs) {
    FindNodes(read.nodes, output);
    graph.outputs.push_back(std::move(output));
  }
  if (graph.inputs.empty()) return Corrupt("its graph has no inputs");
  if (graph.outputs.empty()) return Corrupt("its graph has no outputs");
  return graph;
}

}  // namespace sightline
