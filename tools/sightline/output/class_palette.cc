#include "tools/sightline/output/class_palette.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sightline::cli {
namespace {

// Okabe and Ito, Color Universal Design, 2008: all but black.
constexpr uint32_t kColors[] = {0xD55E00, 0x0072B2, 0x009E73, 0xCC79A7,
                                0xE69F00, 0x56B4E9, 0xF0E442};
constexpr int kColorCount = sizeof(kColors) / sizeof(kColors[0]);

}  // namespace

ClassPalette::ClassPalette(const georef::v1::ModelDescription& model) {
  for (const auto& of : model.classes()) {
    ClassLook look;
    look.name =
        of.name().empty() ? absl::StrCat("label ", of.label()) : of.name();
    look.color = of.color() & 0xFFFFFF;
    look.is_background = of.is_background();
    classes_[of.label()] = look;
  }
}

ClassLook ClassPalette::Of(uint32_t label) const {
  const auto found = classes_.find(label);
  if (found != classes_.end()) return found->second;
  return {absl::StrCat("label ", label),
          kColors[(label + kColorCount - 1) % kColorCount], label == 0};
}

std::string ColorText(uint32_t color) {
  return absl::StrFormat("#%06X", color);
}

std::string AreaText(double area_m2, const char* square) {
  if (area_m2 < 99.95) return absl::StrFormat("%.1f m%s", area_m2, square);
  if (area_m2 < 9999.5) return absl::StrFormat("%.0f m%s", area_m2, square);
  if (area_m2 < 999950) return absl::StrFormat("%.2f ha", area_m2 / 1e4);
  return absl::StrFormat("%.2f km%s", area_m2 / 1e6, square);
}

}  // namespace sightline::cli
