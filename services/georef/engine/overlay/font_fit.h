// Finds the pitch of a font and the place of each field, from texts whose
// characters are known.
//
// First the extent of the ink in the mean of a field's frames (the background
// changes, the overlay stays) gives a pitch and places to begin with: an extent
// is the pitch times the characters, less the margins. Then places and pitch
// move in turn to where the cells of one character are most alike between
// fields.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FONT_FIT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FONT_FIT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_profile.h"

namespace sightline::georef {

// One field in one frame.
struct KnownText {
  // Index into the profile's fields.
  int field = 0;
  // Index into the frames.
  int frame = 0;
  std::u32string text;
  // The field's box with kStripMargin pixels around it.
  GrayImage strip;
};
inline constexpr int kStripMargin = 24;

struct FieldPlace {
  // Of the box's margin-widened strip; as OverlayField::anchor_x and top_y.
  double anchor_x = 0;
  int top = 0;
};

struct FontFit {
  double pitch = 0;
  int cell_width = 0;
  int cell_height = 0;
  // By the field's index.
  std::map<int, FieldPlace> places;
};

// Left edge of cell `index` of a text of `characters` with that anchor.
double CellLeft(OverlayAlignment alignment, double anchor_x, double pitch,
                int characters, int index);

// Cuts a cell of `fit` out of a strip: cell_width x cell_height samples.
std::vector<float> CutCell(const FontFit& fit, const OverlayField& field,
                           const KnownText& known, int index);

// `texts`: all of one font, none empty. Errors: FailedPrecondition
// OVERLAY_CALIBRATION_FAILED. Thread-safe.
absl::StatusOr<FontFit> FitFont(const OverlayProfile& profile,
                                absl::Span<const KnownText> texts);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FONT_FIT_H_
