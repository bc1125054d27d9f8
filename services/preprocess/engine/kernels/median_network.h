// Which pixels to compare to find a median, without a branch: so that a
// register full of pixels is compared at once. Worked out by the compiler.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_MEDIAN_NETWORK_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_MEDIAN_NETWORK_H_

#include <array>
#include <cstdint>

namespace sightline::preprocess {

// Puts the lesser of two elements into `low`, the greater into `high`.
struct Comparator {
  uint8_t low = 0;
  uint8_t high = 0;
};

struct ComparatorNetwork {
  std::array<Comparator, 1024> comparators = {};
  int count = 0;
  // The element that holds the median in the end.
  int result = 0;

  constexpr void Add(int low, int high) {
    comparators[static_cast<size_t>(count++)] = {static_cast<uint8_t>(low),
                                                 static_cast<uint8_t>(high)};
  }
};

// Sorts `size` elements (Batcher's merge exchange; Knuth, volume 3, 5.2.2 M).
constexpr ComparatorNetwork SortingNetwork(int size) {
  ComparatorNetwork network;
  int top = 1;
  while (2 * top < size) top *= 2;
  for (int p = top; p > 0; p /= 2) {
    int q = top;
    int r = 0;
    int d = p;
    while (true) {
      for (int i = 0; i + d < size; ++i) {
        if ((i & p) == r) network.Add(i, i + d);
      }
      if (q == p) break;
      d = q - p;
      q /= 2;
      r = p;
    }
  }
  return network;
}

// Finds the median of size x size elements (at most 9), of which each column is
// sorted: element rank * size + column.
//
// Sorting each rank along the columns sorts the square both ways. Whatever then
// has too many elements above or below it can't be the median; among the rest,
// the least and the greatest of just over half of them are dropped until one is
// left.
constexpr ComparatorNetwork MedianNetwork(int size) {
  ComparatorNetwork network;
  const ComparatorNetwork along = SortingNetwork(size);
  for (int rank = 0; rank < size; ++rank) {
    for (int i = 0; i < along.count; ++i) {
      const Comparator comparator = along.comparators[static_cast<size_t>(i)];
      network.Add(rank * size + comparator.low, rank * size + comparator.high);
    }
  }
  const int half = size * size / 2;
  std::array<int, 81> candidates = {};
  int count = 0;
  for (int rank = 0; rank < size; ++rank) {
    for (int column = 0; column < size; ++column) {
      const int not_above = (rank + 1) * (column + 1) - 1;
      const int not_below = (size - rank) * (size - column) - 1;
      if (not_above <= half && not_below <= half) {
        candidates[static_cast<size_t>(count++)] = rank * size + column;
      }
    }
  }
  // Those at hand are candidates[first .. last]; the next one comes in where
  // the least went out.
  int first = 0;
  int last = count / 2 + 1 < count ? count / 2 + 1 : count - 1;
  int next = last + 1;
  while (first < last) {
    const auto element = [&](int i) {
      return candidates[static_cast<size_t>(i)];
    };
    // The lesser halves to the left, the greater to the right; an odd one in
    // the middle may be either.
    for (int i = first, j = last; i < j; ++i, --j) {
      network.Add(element(i), element(j));
    }
    const int middle_up = (first + last) / 2;
    const int middle_down = (first + last + 1) / 2;
    for (int i = first + 1; i <= middle_up; ++i) {
      network.Add(element(first), element(i));
    }
    for (int i = middle_down; i < last; ++i) {
      network.Add(element(i), element(last));
    }
    if (next < count) {
      candidates[static_cast<size_t>(first)] =
          candidates[static_cast<size_t>(next++)];
      --last;
    } else {
      ++first;
      --last;
    }
  }
  network.result = candidates[static_cast<size_t>(first)];
  return network;
}

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_MEDIAN_NETWORK_H_
