#include "tests/support/segment/segment_score.h"

namespace sightline::testing {

void SegmentScore::Add(const GrayImage& found, const GrayImage& truth) {
  for (int64_t i = 0; i < truth.size_bytes(); ++i) {
    const uint8_t a = found.data()[i];
    const uint8_t b = truth.data()[i];
    ++either_[a];
    if (a == b) {
      ++both_[a];
    } else {
      ++either_[b];
    }
  }
}

double SegmentScore::Mean() const {
  double sum = 0;
  for (int label = 0; label < classes_; ++label) sum += Of(label);
  return sum / classes_;
}

}  // namespace sightline::testing
