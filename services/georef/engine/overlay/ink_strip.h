// The part of a frame in which a field stands, as one channel at the
// profile's scale.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_INK_STRIP_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_INK_STRIP_H_

#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "services/georef/engine/overlay/overlay_reader.h"

namespace sightline::georef {

// `box` of the reference frame, bright where the characters are. `scale`: frame
// pixels per reference pixel, 0.5..2; other than 1, a sample is the mean of the
// four (scale < 1: interpolated) places that cover its pixel. Beyond the frame
// the edge goes on. `box` must not be empty. Thread-safe.
GrayImage InkStrip(const OverlayFrame& frame, OverlayInk ink,
                   const OverlayBox& box, double scale);

// The strip with everything that is no ink made one level, and the ink
// stretched to 255: waves of the background then look like nothing. Levels are
// taken from the strip within `margin` pixels of its sides: the background's is
// the median, the ink's the 98th percentile. A strip without contrast stays.
GrayImage InkAlone(const GrayImage& strip, int margin);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_INK_STRIP_H_
