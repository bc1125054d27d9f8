// Numbers that go into a model and come out of it.
//
// Rows of 32-bit floats in C order (the last dimension is next to each other),
// whatever runtime computes: no type of a runtime is seen outside its adapter.
#ifndef SIGHTLINE_COMMON_INFERENCE_TENSOR_H_
#define SIGHTLINE_COMMON_INFERENCE_TENSOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace sightline {

// Sizes of the dimensions, the outermost first.
using TensorShape = std::vector<int64_t>;

// How many numbers a tensor of this shape has; 1 for an empty shape. -1 if a
// dimension is negative or the product exceeds 2^40.
int64_t ElementCount(const TensorShape& shape);

// "1x3x256x512".
std::string ShapeText(const TensorShape& shape);

// A tensor whose numbers somebody else keeps.
struct TensorView {
  TensorShape shape;
  // ElementCount(shape) numbers.
  absl::Span<const float> values;
};

// A tensor that keeps its numbers alive, in whatever memory the runtime wrote
// them to. Copies share them.
struct Tensor {
  TensorShape shape;
  absl::Span<const float> values;
  std::shared_ptr<const void> owner;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_INFERENCE_TENSOR_H_
