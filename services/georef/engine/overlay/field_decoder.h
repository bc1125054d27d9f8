// Which of the ways to write a field its cells show, if exactly one.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FIELD_DECODER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FIELD_DECODER_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "services/georef/engine/overlay/glyph_scores.h"
#include "services/georef/engine/overlay/overlay_reader.h"

namespace sightline::georef {

// Scores of one cell with every character of the font.
struct CellScores {
  std::vector<GlyphScore> glyphs;
  // Of the highest correlation.
  int best = 0;
  // Deviation and mean of the samples, and the highest step between two
  // columns.
  double variation = 0;
  // Deviation of the samples with the ink alone.
  double ink_variation = 0;
  double level = 0;
  double edge = 0;
};

struct DecodedField {
  FieldProblem problem = FieldProblem::kNone;
  std::string why;
  // As far as it is sure; U+FFFD for the other cells.
  std::u32string text;
  double confidence = 0;
  // Of the pattern; null with a problem.
  const PatternAlternative* alternative = nullptr;
};

// `cells`: those of the longest alternative, from left to right. `before` and
// `after`: the cell on either side, which must be blank; null where the frame
// ends. Thread-safe.
DecodedField DecodeField(const OverlayField& field,
                         const GlyphPictures& pictures,
                         absl::Span<const CellScores> cells,
                         const CellScores* before, const CellScores* after,
                         const OverlayThresholds& thresholds);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FIELD_DECODER_H_
