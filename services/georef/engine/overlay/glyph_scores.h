// How much a cell of a strip looks like each character of a font.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_GLYPH_SCORES_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_GLYPH_SCORES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_profile.h"

namespace sightline::georef {

// The samples of one cell, rows from the top, filled up with zeros.
struct CellPatch {
  std::vector<int16_t> samples;
  double sum = 0;
  // Of the samples about their mean.
  double energy = 0;
};

// One character's likeness to a cell.
struct GlyphScore {
  // Normalised correlation, -1..1.
  double correlation = 0;
  // Contrast of the cell over that of the picture.
  double gain = 0;
};

// A font's pictures, prepared for comparing. Thread-safe when const.
class GlyphPictures {
 public:
  explicit GlyphPictures(const OverlayFont& font);

  int count() const { return static_cast<int>(characters_.size()); }
  char32_t character(int glyph) const { return characters_[glyph]; }
  // Index of a character, or -1.
  int IndexOf(char32_t character) const;

  // Cuts the cell whose upper left corner is (x, y) of `strip`; fractions of x
  // are interpolated. It must lie within the strip, with a column to spare on
  // its right.
  void Cut(const GrayImage& strip, double x, int y, CellPatch& patch) const;

  GlyphScore Score(const CellPatch& patch, int glyph) const;

  // The highest step from one column to the next but one, means of columns.
  double Edge(const CellPatch& patch) const;
  double Variation(const CellPatch& patch) const;
  double Level(const CellPatch& patch) const { return patch.sum / size_; }

  // Where the cell lies on the way from the picture of `other` (0) to that of
  // `winner` (1), seen only where the two differ and at the winner's gain.
  double Separation(const GlyphScore& winner_score, int winner,
                    const GlyphScore& other_score, int other) const;

  // Correlation of two pictures.
  double Likeness(int one, int other) const;

  int cell_width() const { return cell_width_; }
  int cell_height() const { return cell_height_; }

 private:
  const int16_t* picture(int glyph) const {
    return pictures_.data() + static_cast<size_t>(glyph) * padded_;
  }
  double product(int one, int other) const {
    return products_[static_cast<size_t>(one) * characters_.size() + other];
  }

  int cell_width_;
  int cell_height_;
  // Samples of a cell, and with the zeros behind them.
  int size_;
  int padded_;
  std::vector<char32_t> characters_;
  std::vector<int16_t> pictures_;
  std::vector<double> sums_;
  // Inner products of the pictures about their means.
  std::vector<double> products_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_GLYPH_SCORES_H_
