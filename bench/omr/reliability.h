// What confidences are worth: how many of the readings that claim one are
// right.
#ifndef SIGHTLINE_BENCH_OMR_RELIABILITY_H_
#define SIGHTLINE_BENCH_OMR_RELIABILITY_H_

#include <array>
#include <string>

namespace sightline::bench {

class Reliability {
 public:
  // A reading that claims `confidence`, 0..1.
  void Add(double confidence, bool is_right);

  // Readings by confidence, for people.
  std::string Table() const;
  // The same as a picture: the share that is right over the confidence claimed,
  // with its 95 % interval; on the diagonal both are the same, above it
  // confidences are too modest.
  std::string Svg() const;

 private:
  // Lower bounds of the bins; the last one ends at 1.
  static constexpr std::array<double, 9> kFrom = {0,   0.3, 0.5,  0.6, 0.7,
                                                  0.8, 0.9, 0.95, 0.99};
  struct Bin {
    int count = 0;
    int right = 0;
    double confidence_sum = 0;
  };
  std::array<Bin, kFrom.size()> bins_;
};

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_OMR_RELIABILITY_H_
