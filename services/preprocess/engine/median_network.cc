#include "services/preprocess/engine/median_network.h"

#include <algorithm>
#include <cstdint>

namespace sightline::preprocess {
namespace {

Comparator Compare(int low, int high) {
  return {static_cast<uint8_t>(low), static_cast<uint8_t>(high), true, true};
}

// Leaves the least of `elements` in the first, the greatest in the last.
void AddExtremes(const std::vector<int>& elements,
                 std::vector<Comparator>& comparators) {
  const size_t count = elements.size();
  const size_t half = count / 2;
  for (size_t i = 0; i < half; ++i) {
    comparators.push_back(Compare(elements[i], elements[count - 1 - i]));
  }
  // With an odd number, the one in the middle may be either.
  const size_t low_end = count - half;
  for (size_t i = 1; i < low_end; ++i) {
    comparators.push_back(Compare(elements[0], elements[i]));
  }
  for (size_t i = half; i + 1 < count; ++i) {
    comparators.push_back(Compare(elements[i], elements[count - 1]));
  }
}

// Drops what `result` does not depend on.
void Prune(int elements, MedianNetwork& network) {
  std::vector<bool> matters(static_cast<size_t>(elements), false);
  matters[static_cast<size_t>(network.result)] = true;
  std::vector<Comparator> kept;
  for (auto it = network.comparators.rbegin(); it != network.comparators.rend();
       ++it) {
    Comparator comparator = *it;
    comparator.needs_low = matters[comparator.low];
    comparator.needs_high = matters[comparator.high];
    if (!comparator.needs_low && !comparator.needs_high) continue;
    matters[comparator.low] = true;
    matters[comparator.high] = true;
    kept.push_back(comparator);
  }
  std::reverse(kept.begin(), kept.end());
  network.comparators = kept;
}

}  // namespace

std::vector<Comparator> SortingNetwork(int size) {
  std::vector<Comparator> comparators;
  int top = 1;
  while (2 * top < size) top *= 2;
  for (int p = top; p > 0; p /= 2) {
    int q = top;
    int r = 0;
    int d = p;
    while (true) {
      for (int i = 0; i + d < size; ++i) {
        if ((i & p) == r) comparators.push_back(Compare(i, i + d));
      }
      if (q == p) break;
      d = q - p;
      q /= 2;
      r = p;
    }
  }
  return comparators;
}

MedianNetwork MakeMedianNetwork(int size) {
  MedianNetwork network;
  const std::vector<Comparator> along = SortingNetwork(size);
  for (int rank = 0; rank < size; ++rank) {
    for (const Comparator& comparator : along) {
      network.comparators.push_back(
          Compare(rank * size + comparator.low, rank * size + comparator.high));
    }
  }
  const int half = size * size / 2;
  std::vector<int> candidates;
  for (int rank = 0; rank < size; ++rank) {
    for (int column = 0; column < size; ++column) {
      const int not_above = (rank + 1) * (column + 1) - 1;
      const int not_below = (size - rank) * (size - column) - 1;
      if (not_above <= half && not_below <= half) {
        candidates.push_back(rank * size + column);
      }
    }
  }
  const size_t start = std::min(candidates.size() / 2 + 2, candidates.size());
  std::vector<int> working(candidates.begin(),
                           candidates.begin() + static_cast<int64_t>(start));
  size_t next = start;
  while (working.size() > 1) {
    AddExtremes(working, network.comparators);
    working.pop_back();
    working.erase(working.begin());
    if (next < candidates.size()) working.push_back(candidates[next++]);
  }
  network.result = working[0];
  Prune(size * size, network);
  return network;
}

}  // namespace sightline::preprocess
