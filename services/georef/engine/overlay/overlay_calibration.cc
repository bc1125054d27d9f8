#include "services/georef/engine/overlay/overlay_calibration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/field_value.h"
#include "services/georef/engine/overlay/font_fit.h"
#include "services/georef/engine/overlay/ink_strip.h"
#include "services/georef/engine/overlay/overlay_reader.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

// One picture of a digit could be half of it noise.
constexpr int kFewestDigits = 2;
// Mean correlation below which the cells do not hold what the texts say.
constexpr double kLeastLikeness = 0.6;

absl::Status Failed(absl::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, kOverlayCalibrationFailed)
      .Message(what);
}

std::string Quoted(char32_t character) {
  return ToUtf8(absl::MakeConstSpan(&character, 1));
}

OverlayBox Widened(const OverlayBox& box) {
  return {box.left - kStripMargin, box.top - kStripMargin,
          box.width + 2 * kStripMargin, box.height + 2 * kStripMargin};
}

// The confirmed texts of all frames with the pixels they stand in.
absl::StatusOr<std::vector<KnownText>> KnownTexts(
    const OverlayProfile& profile, absl::Span<const CalibrationFrame> frames) {
  std::vector<KnownText> known;
  for (size_t i = 0; i < frames.size(); ++i) {
    const OverlaySample& sample = *frames[i].sample;
    if (!sample.is_confirmed) continue;
    const auto invalid = [&](absl::string_view what) {
      return Error(absl::StatusCode::kInvalidArgument, kOverlaySamplesInvalid)
          .Message(absl::StrCat(sample.frame, ": ", what));
    };
    const RgbImage& pixels = *frames[i].pixels;
    if (pixels.width() != profile.frame_width ||
        pixels.height() != profile.frame_height) {
      return invalid(absl::StrCat("is ", pixels.width(), " x ", pixels.height(),
                                  ", the profile's ", profile.frame_width,
                                  " x ", profile.frame_height));
    }
    for (const auto& entry : sample.texts) {
      const std::string& name = entry.first;
      const std::string& said = entry.second;
      const auto field = std::find_if(
          profile.fields.begin(), profile.fields.end(),
          [&](const OverlayField& shape) { return shape.name == name; });
      if (field == profile.fields.end()) {
        return invalid(absl::StrCat(name, " is no field of the profile"));
      }
      KnownText text;
      text.text = ToCodePoints(said);
      while (!text.text.empty() && text.text.back() == U' ') {
        text.text.pop_back();
      }
      if (text.text.empty()) continue;
      if (FindAlternative(field->pattern, text.text) == nullptr) {
        return invalid(absl::StrCat(name, ": '", said,
                                    "' is not as its pattern ",
                                    field->pattern.text, " says"));
      }
      text.field = static_cast<int>(field - profile.fields.begin());
      text.frame = static_cast<int>(i);
      text.strip = InkAlone(
          InkStrip(OverlayFrame::Of(pixels), profile.fonts[field->font].ink,
                   Widened(field->box), 1),
          kStripMargin);
      known.push_back(std::move(text));
    }
  }
  if (known.empty()) {
    return Failed(
        "no text is confirmed: set \"confirmed\" to true where the texts of a "
        "frame are right");
  }
  return known;
}

struct Mean {
  std::vector<double> sums;
  int count = 0;
};

absl::Status DrawGlyphs(const OverlayProfile& profile, const FontFit& fit,
                        absl::Span<const KnownText> texts, OverlayFont& font) {
  std::map<char32_t, Mean> means;
  bool has_digits = false;
  for (const KnownText& known : texts) {
    const OverlayField& field = profile.fields[known.field];
    has_digits = has_digits || UnseenCharacters(profile, field).find(U'0') !=
                                   std::u32string::npos;
    for (size_t i = 0; i < known.text.size(); ++i) {
      if (known.text[i] == U' ') continue;
      const std::vector<float> cell =
          CutCell(fit, field, known, static_cast<int>(i));
      Mean& mean = means[known.text[i]];
      mean.sums.resize(cell.size());
      for (size_t k = 0; k < cell.size(); ++k) mean.sums[k] += cell[k];
      ++mean.count;
    }
  }
  std::string rare;
  for (char32_t digit = U'0'; has_digits && digit <= U'9'; ++digit) {
    if (means[digit].count < kFewestDigits) {
      absl::StrAppend(&rare, rare.empty() ? "" : ", ", Quoted(digit));
    }
  }
  if (!rare.empty()) {
    return Failed(absl::StrCat("font ", font.name, ": fewer than ",
                               kFewestDigits, " confirmed characters are ",
                               rare, "; add frames that show them"));
  }
  for (const auto& [character, mean] : means) {
    if (mean.count == 0) continue;
    OverlayGlyph glyph;
    glyph.character = character;
    for (const double sum : mean.sums) {
      glyph.samples.push_back(
          static_cast<uint8_t>(std::lround(sum / mean.count)));
    }
    font.glyphs.push_back(std::move(glyph));
  }
  return absl::OkStatus();
}

double CorrelationOf(const std::vector<float>& cell,
                     const std::vector<uint8_t>& picture) {
  double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < cell.size(); ++i) {
    a += cell[i];
    b += picture[i];
    aa += double{cell[i]} * cell[i];
    bb += double(picture[i]) * picture[i];
    ab += double{cell[i]} * picture[i];
  }
  const auto n = static_cast<double>(cell.size());
  const double spread = (aa - a * a / n) * (bb - b * b / n);
  return spread > 0 ? (ab - a * b / n) / std::sqrt(spread) : 0;
}

// Places the font and its fields in the profile, and says how well they fit.
absl::Status LearnFont(int index, absl::Span<const KnownText> texts,
                       absl::Span<const CalibrationFrame> frames,
                       Calibration& calibration) {
  OverlayProfile& profile = calibration.profile;
  OverlayFont& font = profile.fonts[index];
  font.glyphs.clear();
  SL_ASSIGN_OR_RETURN(const FontFit fit, FitFont(profile, texts));
  font.pitch = fit.pitch;
  font.cell_width = fit.cell_width;
  font.cell_height = fit.cell_height;
  SL_RETURN_IF_ERROR(DrawGlyphs(profile, fit, texts, font));
  for (const auto& [field, place] : fit.places) {
    OverlayField& shape = profile.fields[field];
    shape.anchor_x = place.anchor_x + shape.box.left - kStripMargin;
    shape.top_y = place.top + shape.box.top - kStripMargin;
  }
  double total = 0;
  int cells = 0;
  std::map<int, int> counts;
  for (const KnownText& known : texts) {
    FieldCalibration& report = calibration.fields[known.field];
    if (report.texts == 0) report.lowest_correlation = 1;
    ++report.texts;
    for (size_t i = 0; i < known.text.size(); ++i) {
      if (known.text[i] == U' ') continue;
      const double correlation = CorrelationOf(
          CutCell(fit, profile.fields[known.field], known, static_cast<int>(i)),
          font.Find(known.text[i])->samples);
      report.mean_correlation += correlation;
      ++counts[known.field];
      total += correlation;
      ++cells;
      if (correlation >= report.lowest_correlation) continue;
      report.lowest_correlation = correlation;
      report.weakest_text = ToUtf8(known.text);
      report.weakest_frame = frames[known.frame].sample->frame;
    }
  }
  for (const auto& [field, count] : counts) {
    calibration.fields[field].mean_correlation /= count;
  }
  if (total / cells >= kLeastLikeness) return absl::OkStatus();
  return Failed(absl::StrCat(
      "font ", font.name,
      ": characters of one kind do not look alike at a "
      "pitch of ",
      fit.pitch,
      " pixels; is the font of fixed pitch, and are the texts right?"));
}

// Whether the reader now reads the frames as they were confirmed.
absl::Status ReadBack(absl::Span<const KnownText> texts,
                      absl::Span<const CalibrationFrame> frames,
                      Calibration& calibration) {
  SL_ASSIGN_OR_RETURN(const OverlayReader reader,
                      OverlayReader::Create(calibration.profile));
  int last_frame = -1;
  OverlayReading reading;
  for (const KnownText& known : texts) {
    const CalibrationFrame& frame = frames[known.frame];
    if (known.frame != last_frame) {
      SL_ASSIGN_OR_RETURN(reading,
                          reader.Read(OverlayFrame::Of(*frame.pixels)));
      last_frame = known.frame;
    }
    const FieldReading& field = reading.fields[known.field];
    const bool is_read = field.problem == FieldProblem::kNone ||
                         field.problem == FieldProblem::kOutOfRange;
    if (!is_read) continue;
    if (ToCodePoints(field.text) != known.text) {
      return Failed(absl::StrCat(frame.sample->frame, ": ", field.name,
                                 " was confirmed as '", ToUtf8(known.text),
                                 "', but looks like '", field.text, "'"));
    }
    ++calibration.fields[known.field].read_back;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Calibration> LearnOverlay(
    const OverlayProfile& profile, absl::Span<const CalibrationFrame> frames) {
  SL_ASSIGN_OR_RETURN(std::vector<KnownText> texts,
                      KnownTexts(profile, frames));
  Calibration calibration{profile, {}};
  calibration.fields.resize(profile.fields.size());
  for (size_t i = 0; i < profile.fields.size(); ++i) {
    calibration.fields[i].name = profile.fields[i].name;
    const bool has_text =
        std::any_of(texts.begin(), texts.end(), [&](const KnownText& known) {
          return known.field == static_cast<int>(i);
        });
    if (!has_text) {
      return Failed(absl::StrCat(profile.fields[i].name,
                                 ": no frame has a confirmed text of it"));
    }
  }
  // Font by font, frame by frame within.
  const auto font_of = [&](const KnownText& known) {
    return profile.fields[known.field].font;
  };
  std::stable_sort(texts.begin(), texts.end(),
                   [&](const KnownText& a, const KnownText& b) {
                     return font_of(a) < font_of(b);
                   });
  for (size_t begin = 0; begin < texts.size();) {
    size_t end = begin;
    while (end < texts.size() && font_of(texts[end]) == font_of(texts[begin])) {
      ++end;
    }
    SL_RETURN_IF_ERROR(
        LearnFont(font_of(texts[begin]),
                  absl::MakeConstSpan(texts).subspan(begin, end - begin),
                  frames, calibration));
    begin = end;
  }
  for (size_t i = 0; i < profile.fields.size(); ++i) {
    calibration.fields[i].unseen =
        UnseenCharacters(calibration.profile, calibration.profile.fields[i]);
  }
  SL_RETURN_IF_ERROR(ReadBack(texts, frames, calibration));
  return calibration;
}

}  // namespace sightline::georef
