#include "services/georef/engine/overlay/field_decoder.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

namespace sightline::georef {
namespace {

constexpr char32_t kUnsure = 0xFFFD;
// Characters that are one picture (O and 0 of many fonts) are told apart by
// the pattern alone.
constexpr double kSamePicture = 0.97;

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
          absl::Span<const CellScores> cells,
          const OverlayThresholds& thresholds)
      : field_(field),
        pictures_(pictures),
        cells_(cells),
        thresholds_(thresholds),
        usual_gain_(UsualGain()) {}

  bool HasText() const { return usual_gain_ > 0; }

  bool IsBlank(const CellScores& cell) const {
    for (const GlyphScore& score : cell.glyphs) {
      if (score.correlation >= thresholds_.blank_correlation &&
          score.gain >= thresholds_.blank_contrast * usual_gain_) {
        return false;
      }
    }
    return true;
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
    for (int g = 0; g < pictures_.count(); ++g) {
      if (g == verdict.glyph) continue;
      if (!is_allowed(g) &&
          pictures_.Likeness(verdict.glyph, g) > kSamePicture) {
        continue;
      }
      const double apart =
          pictures_.Separation(winner, verdict.glyph, cell.glyphs[g], g);
      if (apart >= separation) continue;
      separation = apart;
      if (apart < thresholds_.separation) verdict.rival = g;
    }
    verdict.confidence =
        std::clamp(std::min(winner.correlation, separation), 0.0, 1.0);
    verdict.is_sure = winner.correlation >= thresholds_.correlation &&
                      separation >= thresholds_.separation &&
                      winner.gain >= thresholds_.even_contrast * usual_gain_ &&
                      winner.gain * thresholds_.even_contrast <= usual_gain_;
    return verdict;
  }

  // The cells as `alternative`, or nothing when one of them is another thing.
  std::optional<DecodedField> Match(
      const PatternAlternative& alternative) const {
    const size_t skipped = cells_.size() - alternative.size();
    const bool is_left = field_.alignment == OverlayAlignment::kLeft;
    const size_t first = is_left ? 0 : skipped;
    DecodedField decoded;
    decoded.confidence = 1;
    for (size_t i = 0; i < cells_.size(); ++i) {
      const bool is_text = i >= first && i < first + alternative.size();
      const std::u32string* allowed =
          is_text ? &alternative[i - first].allowed : nullptr;
      if (!is_text || *allowed == U" ") {
        if (!IsBlank(cells_[i])) return std::nullopt;
        if (is_text) decoded.text += U' ';
        continue;
      }
      const Verdict verdict = Judge(cells_[i], allowed);
      if (!verdict.is_sure) return std::nullopt;
      decoded.text += pictures_.character(verdict.glyph);
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
  // The median contrast of the cells that look like a character; 0 without.
  double UsualGain() const {
    std::vector<double> gains;
    for (const CellScores& cell : cells_) {
      const GlyphScore& best = cell.glyphs[cell.best];
      if (best.correlation >= thresholds_.correlation) {
        gains.push_back(best.gain);
      }
    }
    if (gains.empty()) return 0;
    const auto middle = gains.begin() + gains.size() / 2;
    std::nth_element(gains.begin(), middle, gains.end());
    return *middle;
  }

  const OverlayField& field_;
  const GlyphPictures& pictures_;
  const absl::Span<const CellScores> cells_;
  const OverlayThresholds& thresholds_;
  const double usual_gain_;
};

}  // namespace

DecodedField DecodeField(const OverlayField& field,
                         const GlyphPictures& pictures,
                         absl::Span<const CellScores> cells,
                         const CellScores* before, const CellScores* after,
                         const OverlayThresholds& thresholds) {
  const Decoder decoder(field, pictures, cells, thresholds);
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
