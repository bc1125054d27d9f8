// A scan and the smaller copies of it that registration needs, each made on
// first use. Belongs to one Register() call; not thread-safe.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_SCAN_IMAGES_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_SCAN_IMAGES_H_

#include <cstdint>
#include <deque>

#include "common/image/image.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

class ScanImages {
 public:
  // `scan` must outlive this.
  explicit ScanImages(const GrayImage& scan) : scan_(scan) {}

  int width() const { return scan_.width(); }
  int height() const { return scan_.height(); }

  // The scan halved as often as its pixels are still no coarser than
  // `pixels_per_sample` scan pixels. level coordinate = scan coordinate *
  // scale, corner-based.
  struct Level {
    GrayView view;
    double scale = 1;
  };
  Level LevelFor(double pixels_per_sample);

  // The whole scan, its longer side at most `long_side` pixels and its area at
  // most MaxScaledPixels() (never enlarged).
  GrayImage Scaled(int long_side);
  // That of a 4:3 image; squarer ones are made a little smaller.
  static int64_t MaxScaledPixels(int long_side) {
    return int64_t{long_side} * long_side * 3 / 4;
  }

  // Bytes the halved copies of a scan take.
  static int64_t LevelBytes(int width, int height);

 private:
  const GrayImage& scan_;
  // Each half the size of the one before; the first, half of the scan.
  std::deque<GrayImage> halves_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_SCAN_IMAGES_H_
