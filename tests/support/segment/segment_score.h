// How much of the truth a segmentation found.
#ifndef SIGHTLINE_TESTS_SUPPORT_SEGMENT_SEGMENT_SCORE_H_
#define SIGHTLINE_TESTS_SUPPORT_SEGMENT_SEGMENT_SCORE_H_

#include <cstdint>
#include <vector>

#include "common/image/image.h"

namespace sightline::testing {

// Counts of pixels over any number of frames.
class SegmentScore {
 public:
  explicit SegmentScore(int classes)
      : classes_(classes), both_(classes), either_(classes) {}

  // `found` and `truth` of the same size, with labels below `classes`.
  void Add(const GrayImage& found, const GrayImage& truth);

  // Intersection over union of a class; 1 where nothing is of it.
  double Of(int label) const {
    return either_[label] == 0
               ? 1
               : static_cast<double>(both_[label]) / either_[label];
  }
  // The mean over the classes.
  double Mean() const;

 private:
  int classes_;
  std::vector<int64_t> both_;
  std::vector<int64_t> either_;
};

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_SEGMENT_SEGMENT_SCORE_H_
