// A decoded frame.
#ifndef SIGHTLINE_SERVICES_GEOREF_DECODED_FRAME_H_
#define SIGHTLINE_SERVICES_GEOREF_DECODED_FRAME_H_

#include <optional>

#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_reader.h"

namespace sightline::georef {

enum class PixelKind { kGray, kColour };

// Decoded pixels: one of the two.
struct DecodedFrame {
  std::optional<RgbImage> rgb;
  std::optional<GrayImage> gray;

  int width() const { return rgb ? rgb->width() : gray->width(); }
  int height() const { return rgb ? rgb->height() : gray->height(); }
  OverlayFrame ForOverlay() const {
    return rgb ? OverlayFrame::Of(*rgb) : OverlayFrame::Of(*gray);
  }
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_DECODED_FRAME_H_
