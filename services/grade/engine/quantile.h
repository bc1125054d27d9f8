// Quantiles of small samples.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_QUANTILE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_QUANTILE_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sightline::grade {

// The q-quantile (0..1) of `values`, which it reorders; 0 for none.
template <typename T>
T Quantile(std::vector<T>& values, double q) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<size_t>(q * (values.size() - 1) + 0.5);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_QUANTILE_H_
