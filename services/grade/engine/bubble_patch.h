// The scan around one bubble, resampled to a small upright picture.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_PATCH_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_PATCH_H_

#include <cstdint>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"

namespace sightline::grade {

// How bubbles of one size are resampled: upright as on the page, the shorter
// side kSamplesAcross samples long, with room around it for the search and for
// the paper. Sample (i, j) covers the page square of `pitch` around
//   center + ((i + 0.5 - width / 2) * pitch, (j + 0.5 - height / 2) * pitch).
struct PatchFrame {
  // Samples across a bubble's shorter side. 14 shows a printed line (0.3 mm on
  // a 4 mm bubble is one sample) at a fifth of the pixels of a 300 dpi scan.
  static constexpr double kSamplesAcross = 14;
  // Of a long bubble's longer side at most this many.
  static constexpr double kMaxSamplesAlong = 56;
  // Samples beside the bubble: displacement (7), outline growth (4) and a rim
  // of paper (3).
  static constexpr int kMargin = 14;

  explicit PatchFrame(PixelSize bubble);

  // The same samples in a patch that reaches this many to either side of its
  // middle.
  PatchFrame Reaching(double x, double y) const;

  // Page units per sample.
  double pitch = 1;
  // Half the bubble's sides, samples.
  double half_width = 0;
  double half_height = 0;
  // The patch's size, samples.
  int width = 0;
  int height = 0;
};

// A patch's samples, row by row, and where the scan ends.
struct BubblePatch {
  std::vector<uint8_t> samples;
  // False if the patch's centre has no place in the scan, or its scale is
  // beyond anything a scan can have; `samples` is then undefined.
  bool is_mapped = false;
  // False if some sample lies outside the scan (it then repeats the edge).
  bool is_inside = false;
  // Scan pixel of sample coordinates (x, y), corner-based:
  // origin + x * along_x + y * along_y.
  PixelPoint origin;
  PixelPoint along_x;
  PixelPoint along_y;

  PixelPoint ToScan(double x, double y) const {
    return {origin.x + x * along_x.x + y * along_y.x,
            origin.y + x * along_x.y + y * along_y.y};
  }
};

// Samples `scan` around page point `center` into `patch`, whose storage is
// reused. The map is taken as affine within the patch: on A4 seen at 45
// degrees that is off by less than a tenth of a sample.
void SamplePatch(const GrayImage& scan, const Homography& page_to_scan,
                 PixelPoint center, const PatchFrame& frame,
                 BubblePatch& patch);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_PATCH_H_
