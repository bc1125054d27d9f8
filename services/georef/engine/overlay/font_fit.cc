#include "services/georef/engine/overlay/font_fit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/ink_place.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

// Rows kept above and below the ink: shadows, and characters not seen there.
constexpr int kRowMargin = 2;
constexpr int kCoarseRounds = 2;
constexpr int kFineRounds = 4;
// Pitches to begin with, against what the extents say.
constexpr double kFirstPitches[] = {1, 0.96, 0.98, 1.02, 1.04};
// A whole pitch is believed if it costs no more than this share of likeness:
// overlays are drawn with whole ones, but scaled by video equipment.
constexpr double kWholeSlack = 0.01;

absl::Status Failed(absl::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, kOverlayCalibrationFailed)
      .Message(what);
}

using Texts = absl::Span<const KnownText>;

// Every field's middle where its ink has it.
void PlaceByInk(const OverlayProfile& profile,
                const std::map<int, InkPlace>& inks, FontFit& fit) {
  for (const auto& [field, ink] : inks) {
    const double middle = (ink.across.begin + ink.across.end) / 2.0;
    const double cells = ink.first_character + ink.characters / 2.0;
    FieldPlace place;
    place.top = ink.down.begin - kRowMargin;
    place.anchor_x = profile.fields[field].alignment == OverlayAlignment::kLeft
                         ? middle - cells * fit.pitch
                         : middle + (ink.length - cells) * fit.pitch;
    fit.places[field] = place;
  }
}

// Improves a fit until cells of one character look alike.
class Refiner {
 public:
  Refiner(const OverlayProfile& profile, Texts texts, FontFit& fit)
      : profile_(profile), texts_(texts), fit_(fit) {}

  void RunCoarse() {
    for (int round = 0; round < kCoarseRounds; ++round) {
      MovePlaces(fit_.pitch / 3, 0.5, 2);
      MovePitch(0.3, 0.05);
    }
  }

  void RunFine() {
    for (int round = 0; round < kFineRounds; ++round) {
      MovePlaces(1, 0.125, 1);
      MovePitch(0.1, 0.01);
    }
    TakeWhole();
  }

  // Mean correlation of all cells with their character's mean.
  double Likeness() {
    Sum();
    double sum = 0;
    int count = 0;
    for (const KnownText& known : texts_) Add(known, -1, sum, count);
    return count == 0 ? 0 : sum / count;
  }

 private:
  using Patch = std::vector<float>;

  Patch Normalised(const KnownText& known, int index) const {
    Patch patch = CutCell(fit_, profile_.fields[known.field], known, index);
    float mean = 0;
    for (const float sample : patch) mean += sample;
    mean /= static_cast<float>(patch.size());
    float energy = 1;
    for (float& sample : patch) {
      sample -= mean;
      energy += sample * sample;
    }
    const float scale = 1 / std::sqrt(energy);
    for (float& sample : patch) sample *= scale;
    return patch;
  }

  // Sums of the normalised cells by character and field.
  void Sum() {
    sums_.clear();
    for (const KnownText& known : texts_) {
      for (size_t i = 0; i < known.text.size(); ++i) {
        if (known.text[i] == U' ') continue;
        const Patch patch = Normalised(known, static_cast<int>(i));
        for (const int owner : {known.field, -1}) {
          Patch& sum = sums_[{known.text[i], owner}];
          sum.resize(patch.size());
          for (size_t k = 0; k < patch.size(); ++k) sum[k] += patch[k];
        }
      }
    }
  }

  // Adds the correlations of a text's cells with the means of their
  // characters, those of field `left_out` not counted.
  void Add(const KnownText& known, int left_out, double& total,
           int& count) const {
    for (size_t i = 0; i < known.text.size(); ++i) {
      if (known.text[i] == U' ') continue;
      const Patch& all = sums_.at({known.text[i], -1});
      const auto own = sums_.find({known.text[i], left_out});
      const bool leaves = left_out >= 0 && own != sums_.end();
      const Patch patch = Normalised(known, static_cast<int>(i));
      double dot = 0;
      double energy = 0;
      for (size_t k = 0; k < patch.size(); ++k) {
        const double mean = all[k] - (leaves ? own->second[k] : 0);
        dot += mean * patch[k];
        energy += mean * mean;
      }
      // No other field has this character.
      if (energy < 1e-6) continue;
      total += dot / std::sqrt(energy);
      ++count;
    }
  }

  double LikenessOf(int field, bool leaves_out) const {
    double sum = 0;
    int count = 0;
    for (const KnownText& known : texts_) {
      if (known.field == field) Add(known, leaves_out ? field : -1, sum, count);
    }
    return count == 0 ? 0 : sum / count;
  }

  void MovePlaces(double reach, double step, int rows) {
    double drift = 0;
    for (auto& [field, place] : fit_.places) {
      // With the places that the other fields have by now.
      Sum();
      const FieldPlace start = place;
      FieldPlace best = start;
      double most = LikenessOf(field, true) + 1e-9;
      for (int dy = -rows; dy <= rows; ++dy) {
        for (double dx = -reach; dx <= reach; dx += step) {
          place = {start.anchor_x + dx, start.top + dy};
          const double likeness = LikenessOf(field, true);
          if (likeness <= most) continue;
          most = likeness;
          best = place;
        }
      }
      place = best;
      drift += (best.anchor_x - start.anchor_x) / fit_.places.size();
    }
    // All together they must not walk off the middle of the cells.
    if (step >= 1) return;
    for (auto& [field, place] : fit_.places) place.anchor_x -= drift;
  }

  void MovePitch(double reach, double step) {
    Sum();
    const FontFit start = fit_;
    FontFit best = start;
    double most = TotalOf(start.pitch, start);
    for (double change = -reach; change <= reach; change += step) {
      const double likeness = TotalOf(start.pitch + change, start);
      if (likeness <= most) continue;
      most = likeness;
      best = fit_;
    }
    fit_ = best;
  }

  // The likeness with another pitch, the middle of every field staying.
  double TotalOf(double pitch, const FontFit& start) {
    SetPitch(pitch, start);
    double sum = 0;
    for (const auto& [field, place] : fit_.places) {
      sum += LikenessOf(field, true);
    }
    return sum;
  }

  void SetPitch(double pitch, const FontFit& start) {
    fit_ = start;
    fit_.pitch = pitch;
    for (auto& [field, place] : fit_.places) {
      const OverlayField& shape = profile_.fields[field];
      const double half = shape.pattern.longest() * (pitch - start.pitch) / 2;
      place.anchor_x +=
          shape.alignment == OverlayAlignment::kLeft ? -half : half;
    }
  }

  void TakeWhole() {
    const FontFit found = fit_;
    const double before = Likeness();
    SetPitch(std::round(found.pitch), found);
    for (auto& [field, place] : fit_.places) {
      place.anchor_x = std::round(place.anchor_x);
    }
    MovePlaces(1, 1, 1);
    MovePlaces(1, 1, 1);
    if (Likeness() < before * (1 - kWholeSlack)) fit_ = found;
  }

  const OverlayProfile& profile_;
  const Texts texts_;
  FontFit& fit_;
  std::map<std::pair<char32_t, int>, Patch> sums_;
};

}  // namespace

double CellLeft(OverlayAlignment alignment, double anchor_x, double pitch,
                int characters, int index) {
  if (alignment == OverlayAlignment::kLeft) return anchor_x + index * pitch;
  return anchor_x - (characters - index) * pitch;
}

std::vector<float> CutCell(const FontFit& fit, const OverlayField& field,
                           const KnownText& known, int index) {
  const FieldPlace& place = fit.places.at(known.field);
  const double x = CellLeft(field.alignment, place.anchor_x, fit.pitch,
                            static_cast<int>(known.text.size()), index);
  const int left = static_cast<int>(std::floor(x));
  const auto share = static_cast<float>(x - left);
  std::vector<float> cell;
  cell.reserve(static_cast<size_t>(fit.cell_width) * fit.cell_height);
  const auto column = [&](int i) {
    return std::clamp(left + i, 0, known.strip.width() - 1);
  };
  for (int row = 0; row < fit.cell_height; ++row) {
    const uint8_t* in = known.strip.row(
        std::clamp(place.top + row, 0, known.strip.height() - 1));
    for (int i = 0; i < fit.cell_width; ++i) {
      cell.push_back(in[column(i)] * (1 - share) + in[column(i + 1)] * share);
    }
  }
  return cell;
}

absl::StatusOr<FontFit> FitFont(const OverlayProfile& profile, Texts texts) {
  std::map<int, std::vector<const KnownText*>> by_field;
  for (const KnownText& known : texts) by_field[known.field].push_back(&known);
  std::map<int, InkPlace> inks;
  FontFit fit;
  int highest = 0;
  for (const auto& [field, known] : by_field) {
    const std::optional<InkPlace> ink = FindInk(known);
    if (!ink.has_value()) {
      return Failed(absl::StrCat(profile.fields[field].name,
                                 ": its box shows no characters"));
    }
    inks[field] = *ink;
    highest = std::max(highest, ink->down.end - ink->down.begin);
  }
  const double pitch = FirstPitch(inks);
  if (pitch < 5 || pitch > 100) {
    return Failed(absl::StrCat("characters every ", pitch,
                               " pixels: 5 to 100 can be read"));
  }
  fit.cell_height = std::min(highest + 2 * kRowMargin, 120);
  FontFit best;
  double most = -1;
  for (const double factor : kFirstPitches) {
    fit.pitch = pitch * factor;
    fit.cell_width = static_cast<int>(std::lround(fit.pitch));
    PlaceByInk(profile, inks, fit);
    FontFit candidate = fit;
    Refiner refiner(profile, texts, candidate);
    refiner.RunCoarse();
    const double likeness = refiner.Likeness();
    if (likeness <= most) continue;
    most = likeness;
    best = candidate;
  }
  best.cell_width = static_cast<int>(std::lround(best.pitch));
  Refiner(profile, texts, best).RunFine();
  best.cell_width = static_cast<int>(std::lround(best.pitch));
  return best;
}

}  // namespace sightline::georef
