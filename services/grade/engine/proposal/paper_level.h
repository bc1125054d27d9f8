// How bright the blank paper is, everywhere on a page: what "dark" is measured
// against, so that gray paper, shade and pale print are all read alike.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_PAPER_LEVEL_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_PAPER_LEVEL_H_

#include <cstdint>
#include <vector>

#include "common/image/image.h"

namespace sightline::grade {

// Immutable once made; thread-safe.
class PaperLevel {
 public:
  // `page`: not empty. Memory: Bytes().
  explicit PaperLevel(const GrayImage& page);

  // Paper at the pixels of row `y` times `share`, into `levels`, one per
  // pixel of the row.
  void Row(int y, double share, std::vector<uint8_t>& levels) const;

  // Paper at pixel (x, y), 64..255: where everything is dark there is no
  // paper, and noise must not become print.
  double At(int x, int y) const;

  // Upper bound of what a page of this size takes.
  static int64_t Bytes(int width, int height);

 private:
  static constexpr int kTile = 32;

  // The row of tile values between which row `y` lies, and how far.
  void Between(int y, int* upper, int* lower, double* weight) const;

  int columns_ = 0;
  int rows_ = 0;
  std::vector<float> tiles_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_PAPER_LEVEL_H_
