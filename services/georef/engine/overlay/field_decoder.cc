#include "services/georef/engine/overlay/field_decoder.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace sightline::georef {
namespace {

constexpr char32_t kUnsure = 0xFFFD;
// Characters that are one picture (O and 0 of many fonts) are told apart by
// the pattern alone.
constexpr double kSamePicture = 0.97;

// Of characters whose ink is a fifth to a third of the cell.
constexpr double kContrastOfVariation = 2.3;
// Gray levels by which any cell may vary less.
constexpr double kFlat = 0.3;

double Median(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Letters and digits, beyond ASCII all characters but the degree sign.
bool IsWord(char32_t c) {
  return c < 0x80 ? absl::ascii_isalnum(static_cast<unsigned char>(c))
                  : c != 0xB0;
}

// What one cell is taken for.
struct Verdict {
  bool is_sure = false;
  int glyph = -1;
  // The character it could be as well, or -1.
  int rival = -1;
  double confidence = 0;
};

class Decoder {
 public:
  Decoder(const OverlayField& field, const GlyphPictures& pictures,
          absl::Span<const CellScores> cells, const CellScores* background,
          const OverlayThresholds& thresholds)
      : field_(field),
        pictures_(pictures),
        cells_(cells),
        background_(background),
        thresholds_(thresholds) {
    MeasureText();
  }

  bool HasText() const { return usual_gain_ > 0; }

  bool IsBlank(const CellScores& cell) const {
    for (const GlyphScore& score : cell.glyphs) {
      if (score.correlation >= thresholds_.correlation &&
          score.gain >= thresholds_.blank_gain * usual_gain_) {
        return false;
      }
    }
    return cell.ink_variation < thresholds_.blank_variation * usual_ink_;
  }

  // A blank that nothing seems to lie over: it looks like the background on
  // the other side of the characters.
  bool IsOpen(const CellScores& cell) const {
    const double contrast = usual_variation_ * kContrastOfVariation;
    if (!IsBlank(cell)) return false;
    const double waves = background_ == nullptr ? 0 : background_->variation;
    if (cell.edge > thresholds_.blank_edge * contrast + waves / 2) return false;
    if (background_ == nullptr) return true;
    return std::abs(cell.level - background_->level) <=
               thresholds_.blank_level * contrast + waves &&
           cell.variation + kFlat >=
               thresholds_.blank_texture * background_->variation;
  }

  // The one of `allowed` (all characters if null) that the cell shows.
  Verdict Judge(const CellScores& cell, const std::u32string* allowed) const {
    Verdict verdict;
    const auto is_allowed = [&](int glyph) {
      return allowed == nullptr ||
             allowed->find(pictures_.character(glyph)) != std::u32string::npos;
    };
    for (int g = 0; g < pictures_.count(); ++g) {
      if (is_allowed(g) &&
          (verdict.glyph < 0 || cell.glyphs[g].correlation >
                                    cell.glyphs[verdict.glyph].correlation)) {
        verdict.glyph = g;
      }
    }
    if (verdict.glyph < 0) return verdict;
    const GlyphScore& winner = cell.glyphs[verdict.glyph];
    double separation = 1;
    bool is_apart = true;
    for (int g = 0; g < pictures_.count(); ++g) {
      if (g == verdict.glyph) continue;
      if (!is_allowed(g) &&
          pictures_.Likeness(verdict.glyph, g) > kSamePicture) {
        continue;
      }
      const double apart =
          pictures_.Separation(winner, verdict.glyph, cell.glyphs[g], g);
      const bool is_close =
          apart < (is_allowed(g) ? thresholds_.separation
                                 : thresholds_.separation_from_others);
      is_apart = is_apart && !is_close;
      if (apart >= separation) continue;
      separation = apart;
      if (is_close) verdict.rival = g;
    }
    verdict.confidence =
        std::clamp(std::min(winner.correlation, separation), 0.0, 1.0);
    verdict.is_sure = winner.correlation >= thresholds_.correlation &&
                      is_apart &&
                      winner.gain >= thresholds_.even_contrast * usual_gain_ &&
                      winner.gain * thresholds_.even_contrast <= usual_gain_;
    return verdict;
  }

  // Whether a cell may be the sign that stands there in every text: it looks a
  // little like it, and like nothing else.
  bool IsSign(const CellScores& cell, const std::u32string& allowed,
              const Verdict& verdict) const {
    if (allowed.size() != 1 || verdict.glyph < 0 || IsWord(allowed[0])) {
      return false;
    }
    for (int g = 0; g < pictures_.count(); ++g) {
      if (IsWord(pictures_.character(g)) &&
          cell.glyphs[g].correlation >= thresholds_.correlation) {
        return false;
      }
    }
    return cell.glyphs[verdict.glyph].correlation >=
           thresholds_.sign_correlation;
  }

  // The cells as `alternative`, or nothing when one of them is another thing.
  std::optional<DecodedField> Match(
      const PatternAlternative& alternative) const {
    const size_t skipped = cells_.size() - alternative.size();
    const bool is_left = field_.alignment == OverlayAlignment::kLeft;
    const size_t first = is_left ? 0 : skipped;
    // Behind a sign that is always the last nothing can be hidden.
    const PatternCell& end = is_left ? alternative.back() : alternative[0];
    const bool is_closed = end.role == CellRole::kLiteral ||
                           end.role == CellRole::kUnit ||
                           end.role == CellRole::kHemisphere;
    DecodedField decoded;
    decoded.confidence = 1;
    for (size_t i = 0; i < cells_.size(); ++i) {
      const bool is_text = i >= first && i < first + alternative.size();
      const std::u32string* allowed =
          is_text ? &alternative[i - first].allowed : nullptr;
      if (!is_text || *allowed == U" ") {
        const bool is_blank =
            is_text || is_closed ? IsBlank(cells_[i]) : IsOpen(cells_[i]);
        if (!is_blank) return std::nullopt;
        if (is_text) decoded.text += U' ';
        continue;
      }
      const Verdict verdict = Judge(cells_[i], allowed);
      if (!verdict.is_sure && !IsSign(cells_[i], *allowed, verdict)) {
        return std::nullopt;
      }
      decoded.text += pictures_.character(verdict.glyph);
      if (!verdict.is_sure) continue;
      decoded.confidence = std::min(decoded.confidence, verdict.confidence);
    }
    decoded.alternative = &alternative;
    return decoded;
  }

  // What can be said of cells that are no alternative.
  DecodedField Explain() const {
    DecodedField decoded;
    decoded.problem = FieldProblem::kNotThePattern;
    decoded.confidence = 1;
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (IsBlank(cells_[i])) {
        decoded.text += U' ';
        continue;
      }
      const Verdict verdict = Judge(cells_[i], nullptr);
      decoded.confidence = std::min(decoded.confidence, verdict.confidence);
      decoded.text +=
          verdict.is_sure ? pictures_.character(verdict.glyph) : kUnsure;
      if (verdict.is_sure || decoded.problem == FieldProblem::kUnreadable) {
        continue;
      }
      decoded.problem = FieldProblem::kUnreadable;
      const auto quoted = [&](int glyph) {
        const char32_t c = pictures_.character(glyph);
        return ToUtf8(absl::MakeConstSpan(&c, 1));
      };
      decoded.why = absl::StrCat("character ", i + 1, " is not clearly ",
                                 quoted(verdict.glyph));
      if (verdict.rival >= 0) {
        absl::StrAppend(&decoded.why, "; it could be ", quoted(verdict.rival));
      }
    }
    while (!decoded.text.empty() && decoded.text.back() == U' ') {
      decoded.text.pop_back();
    }
    if (decoded.text.empty()) {
      return {FieldProblem::kAbsent, "no character is there", {}, 0, nullptr};
    }
    if (decoded.problem == FieldProblem::kNotThePattern) {
      decoded.why = "the pattern allows no such text";
    }
    return decoded;
  }

 private:
  // What the cells that look like characters have in common.
  void MeasureText() {
    std::vector<double> gains;
    std::vector<double> variations;
    std::vector<double> inks;
    for (const CellScores& cell : cells_) {
      const GlyphScore& best = cell.glyphs[cell.best];
      if (best.correlation < thresholds_.correlation) continue;
      gains.push_back(best.gain);
      variations.push_back(cell.variation);
      inks.push_back(cell.ink_variation);
    }
    usual_gain_ = Median(gains);
    usual_variation_ = Median(variations);
    usual_ink_ = Median(inks);
  }

  const OverlayField& field_;
  const GlyphPictures& pictures_;
  const absl::Span<const CellScores> cells_;
  // The cell beside the end that stands still; may be null.
  const CellScores* const background_;
  const OverlayThresholds& thresholds_;
  // Medians; 0 without any character.
  double usual_gain_ = 0;
  double usual_variation_ = 0;
  double usual_ink_ = 0;
};

}  // namespace

DecodedField DecodeField(const OverlayField& field,
                         const GlyphPictures& pictures,
                         absl::Span<const CellScores> cells,
                         const CellScores* before, const CellScores* after,
                         const OverlayThresholds& thresholds) {
  const bool is_left = field.alignment == OverlayAlignment::kLeft;
  const Decoder decoder(field, pictures, cells, is_left ? before : after,
                        thresholds);
  if (!decoder.HasText()) {
    return {FieldProblem::kAbsent, "no character is there", {}, 0, nullptr};
  }
  std::optional<DecodedField> found;
  for (const PatternAlternative& alternative : field.pattern.alternatives) {
    std::optional<DecodedField> match = decoder.Match(alternative);
    if (!match.has_value()) continue;
    if (found.has_value() && found->text != match->text) {
      DecodedField unsure = decoder.Explain();
      unsure.problem = FieldProblem::kUnreadable;
      unsure.why = "it can be read in two ways";
      return unsure;
    }
    found = std::move(match);
  }
  if (!found.has_value()) return decoder.Explain();
  for (const CellScores* neighbour : {before, after}) {
    if (neighbour == nullptr || decoder.IsBlank(*neighbour)) continue;
    found->problem = FieldProblem::kNotThePattern;
    found->why = "a character stands beside the field";
    found->alternative = nullptr;
    break;
  }
  return *found;
}

}  // namespace sightline::georef
