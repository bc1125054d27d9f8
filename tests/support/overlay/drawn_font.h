// Fonts of fixed pitch that tests burn into frames: strokes that OpenCV draws,
// and pictures made of a real font (bench/georef/overlay_font.py).
#ifndef SIGHTLINE_TESTS_SUPPORT_OVERLAY_DRAWN_FONT_H_
#define SIGHTLINE_TESTS_SUPPORT_OVERLAY_DRAWN_FONT_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/image.h"

namespace sightline::testing {

struct DrawnFont {
  // From one character to the next, in pixels.
  double pitch = 0;
  int cell_width = 0;
  int cell_height = 0;
  // Coverage, 0..255, cell_width x cell_height.
  std::map<char32_t, GrayImage> masks;

  double TextWidth(int characters) const { return characters * pitch; }
};

enum class StrokeFace { kDuplex, kTriplex, kSimplex };

// The capitals, digits and signs of overlays, drawn as strokes, each in the
// middle of its cell. `pitch` 10..60; the cell is 1.8 times as high.
DrawnFont StrokeFont(StrokeFace face, double pitch);

// {"pitch": 18, "cell_width": 18, "cell_height": 36, "glyphs": {"0": BASE64}}
absl::StatusOr<DrawnFont> ReadFontAtlas(absl::string_view json);

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_OVERLAY_DRAWN_FONT_H_
