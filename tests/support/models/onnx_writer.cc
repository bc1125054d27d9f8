#include "tests/support/models/onnx_writer.h"

namespace sightline::testing {
namespace {

void AppendVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    out += static_cast<char>((value & 0x7f) | 0x80);
  }
  out += static_cast<char>(value);
}

void Number(std::string& out, int field, int64_t value) {
  AppendVarint(out, static_cast<uint64_t>(field) << 3);
  AppendVarint(out, static_cast<uint64_t>(value));
}

void Bytes(std::string& out, int field, const std::string& bytes) {
  AppendVarint(out, static_cast<uint64_t>(field) << 3 | 2);
  AppendVarint(out, bytes.size());
  out += bytes;
}

// TensorProto.
std::string Tensor(const WrittenTensor& tensor) {
  std::string out;
  for (const int64_t side : tensor.shape) Number(out, 1, side);
  Number(out, 2, 1);
  Bytes(out, 8, tensor.name);
  Bytes(out, 9,
        std::string(reinterpret_cast<const char*>(tensor.values.data()),
                    tensor.values.size() * sizeof(float)));
  if (tensor.is_external) Number(out, 14, 1);
  return out;
}

// NodeProto and its AttributeProtos (types 2: a number, 7: a list).
std::string Node(const WrittenNode& node) {
  std::string out;
  for (const std::string& input : node.inputs) Bytes(out, 1, input);
  for (const std::string& output : node.outputs) Bytes(out, 2, output);
  if (!node.name.empty()) Bytes(out, 3, node.name);
  Bytes(out, 4, node.operation);
  for (const auto& [name, value] : node.numbers) {
    std::string attribute;
    Bytes(attribute, 1, name);
    Number(attribute, 3, value);
    Number(attribute, 20, 2);
    Bytes(out, 5, attribute);
  }
  for (const auto& [name, values] : node.lists) {
    std::string attribute;
    Bytes(attribute, 1, name);
    for (const int64_t value : values) Number(attribute, 8, value);
    Number(attribute, 20, 7);
    Bytes(out, 5, attribute);
  }
  return out;
}

// ValueInfoProto.
std::string Value(const WrittenValue& value) {
  std::string shape;
  int open = 0;
  for (const int64_t side : value.shape) {
    std::string dimension;
    if (side < 0) {
      Bytes(dimension, 2, value.name + std::to_string(open++));
    } else {
      Number(dimension, 1, side);
    }
    Bytes(shape, 1, dimension);
  }
  std::string tensor;
  Number(tensor, 1, value.type);
  Bytes(tensor, 2, shape);
  std::string type;
  Bytes(type, 1, tensor);
  std::string out;
  Bytes(out, 1, value.name);
  Bytes(out, 2, type);
  return out;
}

}  // namespace

std::string WriteOnnx(const WrittenGraph& graph) {
  std::string inner;
  for (const WrittenNode& node : graph.nodes) Bytes(inner, 1, Node(node));
  Bytes(inner, 2, "written");
  for (const WrittenTensor& tensor : graph.weights) {
    Bytes(inner, 5, Tensor(tensor));
  }
  for (const WrittenValue& input : graph.inputs) Bytes(inner, 11, Value(input));
  for (const WrittenValue& output : graph.outputs) {
    Bytes(inner, 12, Value(output));
  }
  std::string opset;
  Number(opset, 2, graph.opset);
  std::string file;
  Number(file, 1, 7);
  Bytes(file, 7, inner);
  Bytes(file, 8, opset);
  return file;
}

}  // namespace sightline::testing
