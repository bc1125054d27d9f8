// The connected regions of a label mask, in the order in which services answer
// with them.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MASK_REGIONS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MASK_REGIONS_H_

#include <cstdint>
#include <vector>

#include "common/image/image.h"

namespace sightline::cli {

struct MaskRegion {
  uint8_t label = 0;
  int64_t pixels = 0;
  // The middle of its longest row of pixels, which lies in it.
  int x = 0;
  int y = 0;
};

// All regions but those of label 0, by their topmost, leftmost pixels.
// `with_corners`: pixels belong together that touch at a corner. Memory: 20
// bytes for each run of equal pixels in a row; a mask of more than
// `most_runs` of them gives no regions.
std::vector<MaskRegion> FindRegions(const GrayImage& mask, bool with_corners,
                                    int64_t most_runs = 8'000'000);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MASK_REGIONS_H_
