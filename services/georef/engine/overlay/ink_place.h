// Where the ink of a field's texts begins and ends, before any character is
// known.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_INK_PLACE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_INK_PLACE_H_

#include <map>
#include <optional>
#include <vector>

#include "services/georef/engine/overlay/font_fit.h"

namespace sightline::georef {

// From the first pixel with ink to behind the last one.
struct Extent {
  int begin = 0;
  int end = 0;
};
// What the ink of a field says of its place.
struct InkPlace {
  // Without blanks at either end.
  int first_character = 0;
  int characters = 0;
  int length = 0;
  Extent across;
  Extent down;
};

// Of the texts of one field in several frames; empty where the box shows
// nothing. Thread-safe.
std::optional<InkPlace> FindInk(const std::vector<const KnownText*>& texts);

// Extents are pitch x characters - margins: the pitch by the median of the
// slopes (Theil-Sen), or from the longest where all have one length.
double FirstPitch(const std::map<int, InkPlace>& inks);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_INK_PLACE_H_
