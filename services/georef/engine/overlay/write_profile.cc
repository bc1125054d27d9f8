// Profiles as files.
#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/georef/engine/overlay/json_quote.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "services/georef/engine/overlay/profile_words.h"

namespace sightline::georef {
namespace {

std::string FieldText(const OverlayProfile& profile,
                      const OverlayField& field) {
  std::string text = absl::StrFormat(
      "    {\"name\": %s, \"meaning\": %s,\n"
      "     \"pattern\": %s,\n"
      "     \"box\": {\"left\": %d, \"top\": %d, \"width\": %d, \"height\": "
      "%d},\n"
      "     \"font\": %s",
      JsonQuoted(field.name), JsonQuoted(WordOf(field.meaning)),
      JsonQuoted(field.pattern.text), field.box.left, field.box.top,
      field.box.width, field.box.height,
      JsonQuoted(profile.fonts[field.font].name));
  const auto add = [&](absl::string_view name, absl::string_view value) {
    absl::StrAppend(&text, ", \"", name, "\": ", value);
  };
  const auto add_number = [&](absl::string_view name,
                              const std::optional<double>& number) {
    if (number.has_value()) add(name, JsonNumber(*number));
  };
  if (field.unit != OverlayUnit::kNone) {
    add("unit", JsonQuoted(WordOf(field.unit)));
  }
  if (!field.units.empty()) {
    std::string units;
    for (const auto& [said, unit] : field.units) {
      absl::StrAppend(&units, units.empty() ? "{" : ", ", JsonQuoted(said),
                      ": ", JsonQuoted(WordOf(unit)));
    }
    add("units", units + "}");
  }
  if (field.alignment == OverlayAlignment::kRight) add("align", "\"right\"");
  if (field.is_utc) add("utc", "true");
  add_number("minimum", field.minimum);
  add_number("maximum", field.maximum);
  add_number("max_change_per_second", field.max_change_per_second);
  add_number("anchor_x", field.anchor_x);
  add_number("top_y", field.top_y);
  return text + "}";
}

std::string FontText(const OverlayFont& font) {
  std::string text =
      absl::StrFormat("    {\"name\": %s, \"ink\": %s", JsonQuoted(font.name),
                      JsonQuoted(WordOf(font.ink)));
  if (!font.glyphs.empty()) {
    absl::StrAppendFormat(&text,
                          ",\n     \"pitch\": %s, \"cell_width\": %d, "
                          "\"cell_height\": %d, \"glyphs\": {",
                          JsonNumber(font.pitch), font.cell_width,
                          font.cell_height);
    const char* separator = "\n";
    for (const OverlayGlyph& glyph : font.glyphs) {
      const std::string samples(glyph.samples.begin(), glyph.samples.end());
      absl::StrAppend(
          &text, separator, "      ",
          JsonQuoted(ToUtf8(absl::MakeConstSpan(&glyph.character, 1))), ": \"",
          absl::Base64Escape(samples), "\"");
      separator = ",\n";
    }
    text += "}";
  }
  return text + "}";
}

}  // namespace

std::string WriteOverlayProfile(const OverlayProfile& profile) {
  const OverlayTolerances& allowed = profile.tolerances;
  std::string text = absl::StrFormat(
      "{\n  \"name\": %s,\n  \"frame_width\": %d,\n  \"frame_height\": %d,\n"
      "  \"tolerances\": {\"slant_range_share\": %s, \"slant_range_m\": "
      "%s, \"line_of_sight_deg\": %s, \"clock_s\": %s},\n"
      "  \"fields\": [",
      JsonQuoted(profile.name), profile.frame_width, profile.frame_height,
      JsonNumber(allowed.slant_range_share), JsonNumber(allowed.slant_range_m),
      JsonNumber(allowed.line_of_sight_deg), JsonNumber(allowed.clock_s));
  const char* separator = "\n";
  for (const OverlayField& field : profile.fields) {
    absl::StrAppend(&text, separator, FieldText(profile, field));
    separator = ",\n";
  }
  text += "\n  ],\n  \"fonts\": [";
  separator = "\n";
  for (const OverlayFont& font : profile.fonts) {
    absl::StrAppend(&text, separator, FontText(font));
    separator = ",\n";
  }
  return text + "\n  ]\n}\n";
}

}  // namespace sightline::georef
