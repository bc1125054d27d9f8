#include "services/preprocess/engine/pipeline/presets.h"

namespace sightline::preprocess {
namespace {

constexpr Preset kAll[] = {Preset::kSeedCompat, Preset::kDocument,
                           Preset::kDrawing, Preset::kAuto};

}  // namespace

std::vector<Operation> OperationsOf(Preset preset) {
  switch (preset) {
    case Preset::kSeedCompat:
      return {ClaheOptions{.clip_limit = 3.0, .tiles_x = 8, .tiles_y = 8},
              GaussianOptions{.size_x = 7, .size_y = 7, .sigma_x = 0.8},
              AdaptiveMeanOptions{.size = 11, .offset = 2}};
    case Preset::kDocument:
      return {CorrectPolarity(), RemoveSpecks(),   CropBorder(),
              Deskew(),          FlattenOptions(), StretchOptions()};
    case Preset::kDrawing:
      return {CorrectPolarity(),
              RemoveSpecks(),
              Deskew(),
              Denoise(),
              FlattenOptions{.closing_size = 61, .sigma = 30},
              StretchOptions()};
    case Preset::kAuto:
      break;
  }
  // Polarity before all that expects dark ink; specks before noise, which they
  // would be taken for; skew before noise, as interpolation removes some;
  // light before contrast, which uneven light hides; size last, so that the
  // others have fewer pixels to look at and letters are measured on a clean
  // page.
  return {CorrectPolarity(), RemoveSpecks(),    CropBorder(),
          Deskew(),          Denoise(),         EvenLight(),
          RestoreContrast(), EnlargeSmallText()};
}

absl::string_view NameOf(Preset preset) {
  switch (preset) {
    case Preset::kSeedCompat:
      return "seed_compat";
    case Preset::kDocument:
      return "document";
    case Preset::kDrawing:
      return "drawing";
    case Preset::kAuto:
      break;
  }
  return "auto";
}

std::optional<Preset> PresetOfName(absl::string_view name) {
  for (const Preset preset : kAll) {
    if (NameOf(preset) == name) return preset;
  }
  return std::nullopt;
}

absl::Span<const Preset> AllPresets() { return kAll; }

}  // namespace sightline::preprocess
