// Whether something is printed or written where the layout has a bubble.
//
// Some sheets print no outline, only a letter: a bubble is then known by ink
// inside its box and paper around it, blank or marked.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_INK_EVIDENCE_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_INK_EVIDENCE_H_

#include "common/geometry/homography.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {

// 0 (plain paper, or as much ink around the box as inside) to 1 (clearly ink
// inside and less around) for the box of `size` around `center`, frame
// coordinates.
double InkEvidence(ScanImages& scan, const Homography& frame_to_scan,
                   PixelPoint center, PixelSize size);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_INK_EVIDENCE_H_
