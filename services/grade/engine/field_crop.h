// Small upright pictures of single fields, for a person to look at.
//
// How large a picture becomes follows from the layout alone, so that its
// memory can be reserved before the scan is read.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_FIELD_CROP_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_FIELD_CROP_H_

#include <optional>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// The part of the page that a field's picture shows.
struct CropFrame {
  // Its upper left corner, page units.
  double left = 0;
  double top = 0;
  // Pixels of the picture per page unit.
  double scale = 1;
  // The picture, pixels, at least 1 each.
  int width = 1;
  int height = 1;

  // Page units to pixels of the picture, both corner-based.
  Homography FromPage() const;
};

// How a frame is laid around what it shows.
struct CropStyle {
  // How large a bubble becomes, pixels. Enough to see a stroke of half a
  // millimetre in a usual one.
  double bubble_pixels = 28;
  // On every side, in bubbles: the paper around a mark, and what was erased
  // beside it, without the neighbouring field's bubbles.
  double margin = 0.75;
};

// For a code, in place of a bubble.
inline constexpr CropStyle kCodeStyle = {160, 0.1};
// For a box of handwriting: twice as large as a bubble's share of it would be.
inline constexpr CropStyle kHandwritingStyle = {200, 0.05};

// The frame around all `bubbles`, at least one, each with its size, with a
// margin, within the page. The longer side has at most `max_side` pixels
// (>= 1). Thread-safe.
CropFrame CropFrameOf(const std::vector<Bubble>& bubbles, PixelSize page,
                      int max_side, const CropStyle& style = {});

// What `scan` shows there. `scan_to_page` must have an inverse. Paper beyond
// the scan's edges is a light gray; nullopt when no part of the frame lies in
// the scan. Allocates width * height bytes. Thread-safe.
std::optional<GrayImage> CutField(const GrayImage& scan,
                                  const Homography& scan_to_page,
                                  const CropFrame& frame);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_FIELD_CROP_H_
