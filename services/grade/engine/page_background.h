// The scanned page as the background of an annotated picture.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_BACKGROUND_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_BACKGROUND_H_

#include "common/geometry/homography.h"
#include "common/image/image.h"

namespace sightline::grade {

// Draws the page into `image` from row `top` down: its paper white whatever
// the light was, its print light gray, so that colours stand out over it.
// `to_scan` maps pixels of the page's picture to pixels of the scan, both
// corner-based; what lies outside the scan is a bluish gray.
void DrawPageBackground(const GrayImage& scan, const Homography& to_scan,
                        int top, RgbImage& image);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PAGE_BACKGROUND_H_
