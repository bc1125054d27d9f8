// Which pixels to compare to find a median, without a branch: so that a vector
// of pixels is compared at once.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MEDIAN_NETWORK_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MEDIAN_NETWORK_H_

#include <vector>

#include "services/preprocess/engine/kernels/kernels.h"

namespace sightline::preprocess {

// Sorts `size` elements (Batcher's merge exchange; Knuth, volume 3, 5.2.2 M).
std::vector<Comparator> SortingNetwork(int size);

// Finds the median of size x size elements, of which each column is sorted:
// element rank * size + column.
//
// Sorting each rank along the columns sorts the square both ways. Whatever then
// has too many elements above or below it can't be the median; among the rest,
// the least and the greatest of just over half of them are dropped until one is
// left. Comparisons that do not matter to it are left out.
struct MedianNetwork {
  std::vector<Comparator> comparators;
  int result = 0;
};
MedianNetwork MakeMedianNetwork(int size);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_MEDIAN_NETWORK_H_
