#include "common/inference/tensor.h"

#include "absl/strings/str_join.h"

namespace sightline {

int64_t ElementCount(const TensorShape& shape) {
  constexpr int64_t kMost = int64_t{1} << 40;
  int64_t count = 1;
  for (const int64_t side : shape) {
    if (side < 0) return -1;
    if (side != 0 && count > kMost / side) return -1;
    count *= side;
  }
  return count;
}

std::string ShapeText(const TensorShape& shape) {
  return absl::StrJoin(shape, "x");
}

}  // namespace sightline
