// Which of two pages a scan shows, by what is printed on only one of them:
// pages that have the same bubbles often differ in their questions' numbers
// alone.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PICTURE_EVIDENCE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PICTURE_EVIDENCE_H_

#include "common/geometry/homography.h"
#include "common/image/image.h"

namespace sightline::grade {

// A page and where it would lie in the scan.
struct PicturedPage {
  // The blank page edge to edge, as PageThumbnail() gives it.
  const GrayImage* picture = nullptr;
  // Page units.
  PixelSize page;
  // Scan pixels to page units; must have an inverse.
  Homography scan_to_page;
};

// The picture of a page at the size that comparisons want: at most 1000 pixels
// a side. Allocates as much.
GrayImage PageThumbnail(const GrayImage& picture);

// > 0: `scan` shows `a`; < 0: `b`; 0: the pictures hardly differ, or the scan
// does not clearly agree with either where they do. Every such place is looked
// at by itself: it votes by its correlation with the two pictures, which may be
// off by a pixel. Allocates less than 1 MB. Thread-safe.
int CompareByPicture(const GrayImage& scan, const PicturedPage& a,
                     const PicturedPage& b);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PICTURE_EVIDENCE_H_
