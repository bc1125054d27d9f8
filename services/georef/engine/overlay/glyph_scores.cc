#include "services/georef/engine/overlay/glyph_scores.h"

#include <algorithm>
#include <cmath>

namespace sightline::georef {
namespace {

// Whole vectors of any width: no remainder to loop over.
constexpr int kVector = 32;

// At most 128 x 128 samples of 255 x 255: within 31 bits.
int32_t Dot(const int16_t* a, const int16_t* b, int padded) {
  int32_t sum = 0;
  for (int i = 0; i < padded; ++i) sum += int32_t{a[i]} * b[i];
  return sum;
}

}  // namespace

GlyphPictures::GlyphPictures(const OverlayFont& font)
    : cell_width_(font.cell_width),
      cell_height_(font.cell_height),
      size_(font.cell_width * font.cell_height),
      padded_((size_ + kVector - 1) / kVector * kVector) {
  const size_t count = font.glyphs.size();
  pictures_.resize(count * padded_);
  for (size_t g = 0; g < count; ++g) {
    characters_.push_back(font.glyphs[g].character);
    std::copy(font.glyphs[g].samples.begin(), font.glyphs[g].samples.end(),
              pictures_.begin() + static_cast<std::ptrdiff_t>(g * padded_));
    double sum = 0;
    for (const uint8_t sample : font.glyphs[g].samples) sum += sample;
    sums_.push_back(sum);
  }
  products_.resize(count * count);
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < count; ++j) {
      products_[i * count + j] = Dot(picture(static_cast<int>(i)),
                                     picture(static_cast<int>(j)), padded_) -
                                 sums_[i] * sums_[j] / size_;
    }
  }
}

int GlyphPictures::IndexOf(char32_t character) const {
  const auto found =
      std::find(characters_.begin(), characters_.end(), character);
  return found == characters_.end()
             ? -1
             : static_cast<int>(found - characters_.begin());
}

void GlyphPictures::Cut(const GrayImage& strip, double x, int y,
                        CellPatch& patch) const {
  patch.samples.assign(padded_, 0);
  const int left = static_cast<int>(std::floor(x));
  const int right_share = static_cast<int>(std::lround((x - left) * 256));
  int16_t* out = patch.samples.data();
  for (int row = 0; row < cell_height_; ++row, out += cell_width_) {
    const uint8_t* in = strip.row(y + row) + left;
    for (int i = 0; i < cell_width_; ++i) {
      out[i] = static_cast<int16_t>(
          (in[i] * (256 - right_share) + in[i + 1] * right_share + 128) >> 8);
    }
  }
  int32_t sum = 0;
  for (const int16_t sample : patch.samples) sum += sample;
  patch.sum = sum;
  patch.energy = Dot(patch.samples.data(), patch.samples.data(), padded_) -
                 patch.sum * patch.sum / size_;
}

GlyphScore GlyphPictures::Score(const CellPatch& patch, int glyph) const {
  const double dot = Dot(patch.samples.data(), picture(glyph), padded_) -
                     patch.sum * sums_[glyph] / size_;
  const double norm = product(glyph, glyph);
  // Noise of a flat cell must not look like anything: one gray level a sample.
  const double energy = std::max(patch.energy, static_cast<double>(size_));
  return {dot / std::sqrt(energy * norm), dot / norm};
}

double GlyphPictures::Separation(const GlyphScore& winner_score, int winner,
                                 const GlyphScore& other_score,
                                 int other) const {
  const double own = product(winner, winner);
  const double theirs = product(other, other);
  const double shared = product(winner, other);
  const double distance = own + theirs - 2 * shared;
  if (distance <= 0 || winner_score.gain <= 0) return 0;
  const double towards_winner =
      (winner_score.gain * own - other_score.gain * theirs) / winner_score.gain;
  return (towards_winner - shared + theirs) / distance;
}

double GlyphPictures::Edge(const CellPatch& patch) const {
  std::vector<double> columns(cell_width_, 0);
  for (int i = 0; i < size_; ++i) columns[i % cell_width_] += patch.samples[i];
  double highest = 0;
  for (int x = 2; x < cell_width_; ++x) {
    highest = std::max(highest, std::abs(columns[x] - columns[x - 2]));
  }
  return highest / cell_height_;
}

double GlyphPictures::Variation(const CellPatch& patch) const {
  return std::sqrt(std::max(0.0, patch.energy) / size_);
}

double GlyphPictures::Likeness(int one, int other) const {
  return product(one, other) /
         std::sqrt(product(one, one) * product(other, other));
}

}  // namespace sightline::georef
