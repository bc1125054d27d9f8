// A few letters to write measures into pictures with.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_SMALL_LETTERS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_SMALL_LETTERS_H_

#include "absl/strings/string_view.h"
#include "common/image/image.h"

namespace sightline::cli {

// Pixels that a label takes. `scale`: as of DrawLabel().
int LabelWidth(absl::string_view text, int scale);
int LabelHeight(int scale);

// Writes `text`, white on black, around (x, y), and moves it so that it lies
// within the picture as far as it fits. `scale`: pixels to a dot of the
// letters, which are 5 wide and 7 high; at least 1. Digits, point, blank, k, m,
// h, a and ^ for a raised 2; other characters are blanks.
void DrawLabel(absl::string_view text, int x, int y, int scale,
               RgbImage& picture);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_SMALL_LETTERS_H_
