#include "services/georef/engine/overlay/overlay_profile.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/field_value.h"
#include "services/georef/engine/overlay/json_object.h"
#include "services/georef/engine/overlay/profile_words.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

using Kind = JsonValue::Kind;

constexpr int kMaxSide = 65535;
constexpr int kMaxCell = 128;
constexpr int kMinCell = 4;

absl::StatusOr<OverlayBox> ParseBox(const JsonValue& value,
                                    const std::string& path,
                                    const OverlayProfile& profile) {
  SL_ASSIGN_OR_RETURN(const JsonObject object,
                      JsonObject::Create(value, path, kOverlayProfileInvalid,
                                         {"left", "top", "width", "height"}));
  OverlayBox box;
  SL_ASSIGN_OR_RETURN(box.left,
                      object.Whole("left", 0, profile.frame_width - 1));
  SL_ASSIGN_OR_RETURN(box.top,
                      object.Whole("top", 0, profile.frame_height - 1));
  SL_ASSIGN_OR_RETURN(box.width,
                      object.Whole("width", 1, profile.frame_width - box.left));
  SL_ASSIGN_OR_RETURN(
      box.height, object.Whole("height", 1, profile.frame_height - box.top));
  return box;
}

absl::Status ParseGlyphs(const JsonValue& glyphs, const JsonObject& object,
                         OverlayFont& font) {
  if (glyphs.members.size() > kMaxOverlayGlyphs) {
    return object.Invalid("glyphs",
                          absl::StrCat("has more than ", kMaxOverlayGlyphs));
  }
  const auto size = static_cast<size_t>(font.cell_width) * font.cell_height;
  for (const JsonMember& member : glyphs.members) {
    const std::u32string character = ToCodePoints(member.name);
    const std::string path =
        object.PathOf(absl::StrCat("glyphs.", member.name));
    if (character.size() != 1 || character == U" ") {
      return JsonInvalid(kOverlayProfileInvalid, member.position, path,
                         "must be named by one character, not a blank");
    }
    std::string samples;
    if (member.value.kind != Kind::kString ||
        !absl::Base64Unescape(member.value.text, &samples) ||
        samples.size() != size) {
      return JsonInvalid(kOverlayProfileInvalid, member.value.position, path,
                         absl::StrCat("must be base64 of ", size, " bytes"));
    }
    const bool is_flat =
        std::all_of(samples.begin(), samples.end(),
                    [&](char sample) { return sample == samples[0]; });
    if (is_flat) {
      return JsonInvalid(kOverlayProfileInvalid, member.value.position, path,
                         "shows nothing: all samples are the same");
    }
    font.glyphs.push_back(
        {character[0], std::vector<uint8_t>(samples.begin(), samples.end())});
  }
  return absl::OkStatus();
}

absl::StatusOr<OverlayFont> ParseFont(const JsonValue& value,
                                      const std::string& path) {
  SL_ASSIGN_OR_RETURN(const JsonObject object,
                      JsonObject::Create(value, path, kOverlayProfileInvalid,
                                         {"name", "ink", "pitch", "cell_width",
                                          "cell_height", "glyphs"}));
  OverlayFont font;
  SL_ASSIGN_OR_RETURN(font.name, object.Text("name"));
  SL_ASSIGN_OR_RETURN(const std::string ink, object.TextOr("ink", "light"));
  const std::optional<OverlayInk> known = InkOf(ink);
  if (!known.has_value()) {
    return object.Invalid("ink", "must be light, dark, red, green or blue");
  }
  font.ink = *known;
  if (!object.Has("pitch") && !object.Has("glyphs")) return font;
  SL_ASSIGN_OR_RETURN(font.pitch, object.Number("pitch", kMinCell, kMaxCell));
  SL_ASSIGN_OR_RETURN(font.cell_width,
                      object.Whole("cell_width", kMinCell, kMaxCell));
  SL_ASSIGN_OR_RETURN(font.cell_height,
                      object.Whole("cell_height", kMinCell, kMaxCell));
  SL_ASSIGN_OR_RETURN(const JsonValue* glyphs,
                      object.Member("glyphs", Kind::kObject));
  SL_RETURN_IF_ERROR(ParseGlyphs(*glyphs, object, font));
  return font;
}

absl::Status ParseUnits(const JsonObject& object, OverlayField& field) {
  const auto parse =
      [&](absl::string_view member,
          absl::string_view text) -> absl::StatusOr<OverlayUnit> {
    const std::optional<OverlayUnit> unit = UnitNamed(text);
    if (unit.has_value()) return *unit;
    return object.Invalid(
        member,
        absl::StrCat("'", text, "' is none of deg, m, km, ft, NM, kn, m/s"));
  };
  if (object.Has("unit")) {
    SL_ASSIGN_OR_RETURN(const std::string text, object.Text("unit"));
    SL_ASSIGN_OR_RETURN(field.unit, parse("unit", text));
  }
  if (!object.Has("units")) return absl::OkStatus();
  if (object.Has("unit")) {
    return object.Invalid("units", "and \"unit\" exclude each other");
  }
  SL_ASSIGN_OR_RETURN(const JsonValue* units,
                      object.Member("units", Kind::kObject));
  for (const JsonMember& member : units->members) {
    SL_ASSIGN_OR_RETURN(field.units[member.name],
                        parse("units", member.value.text));
    if (member.name.empty()) {
      return object.Invalid("units", "has a unit without a text");
    }
  }
  return absl::OkStatus();
}

absl::Status ParsePattern(const JsonObject& object, OverlayField& field) {
  SL_ASSIGN_OR_RETURN(const std::string text, object.Text("pattern"));
  std::vector<std::string> units;
  for (const auto& [unit, meaning] : field.units) units.push_back(unit);
  absl::StatusOr<OverlayPattern> pattern = ParseOverlayPattern(text, units);
  const auto placed = [&](const absl::Status& status, absl::string_view name) {
    const auto details = DetailsOf(status);
    const absl::Status told = object.Invalid(
        name, details.has_value() && !details->fields.empty()
                  ? absl::string_view(details->fields[0].description)
                  : status.message());
    if (status.code() == absl::StatusCode::kInvalidArgument) return told;
    return absl::Status(
        Error(status.code(), details->reason).Message(told.message()));
  };
  if (!pattern.ok()) return placed(pattern.status(), "pattern");
  field.pattern = *std::move(pattern);
  if (const absl::Status fits = CheckTokens(field); !fits.ok()) {
    return placed(fits, DetailsOf(fits)->fields[0].field);
  }
  return absl::OkStatus();
}

absl::StatusOr<OverlayField> ParseField(const JsonValue& value,
                                        const std::string& path,
                                        const OverlayProfile& profile) {
  SL_ASSIGN_OR_RETURN(
      const JsonObject object,
      JsonObject::Create(
          value, path, kOverlayProfileInvalid,
          {"name", "box", "font", "meaning", "pattern", "unit", "units",
           "align", "minimum", "maximum", "max_change_per_second", "utc",
           "anchor_x", "top_y"}));
  OverlayField field;
  SL_ASSIGN_OR_RETURN(field.name, object.Text("name"));
  if (field.name.empty() || profile.Find(field.name) != nullptr) {
    return object.Invalid("name", "is empty, or of another field, too");
  }
  SL_ASSIGN_OR_RETURN(const JsonValue* box,
                      object.Member("box", Kind::kObject));
  SL_ASSIGN_OR_RETURN(field.box, ParseBox(*box, object.PathOf("box"), profile));
  SL_ASSIGN_OR_RETURN(const std::string font,
                      object.TextOr("font", profile.fonts[0].name));
  const auto found = std::find_if(
      profile.fonts.begin(), profile.fonts.end(),
      [&](const OverlayFont& candidate) { return candidate.name == font; });
  if (found == profile.fonts.end()) {
    return object.Invalid("font", absl::StrCat("'", font, "' is no font here"));
  }
  field.font = static_cast<int>(found - profile.fonts.begin());
  SL_ASSIGN_OR_RETURN(const std::string meaning, object.Text("meaning"));
  const std::optional<OverlayMeaning> known = MeaningNamed(meaning);
  if (!known.has_value()) {
    return object.Invalid(
        "meaning",
        absl::StrCat("'", meaning,
                     "' is no quantity such as sensor_latitude, and none of "
                     "none, sensor_position, target_position, "
                     "frame_center_position, clock, date"));
  }
  field.meaning = *known;
  SL_RETURN_IF_ERROR(ParseUnits(object, field));
  SL_RETURN_IF_ERROR(ParsePattern(object, field));
  SL_ASSIGN_OR_RETURN(const std::string align, object.TextOr("align", "left"));
  if (align != "left" && align != "right") {
    return object.Invalid("align", "must be left or right");
  }
  if (align == "right") field.alignment = OverlayAlignment::kRight;
  const auto optional = [&](absl::string_view name, double low, double high,
                            std::optional<double>& into) -> absl::Status {
    if (!object.Has(name)) return absl::OkStatus();
    SL_ASSIGN_OR_RETURN(into, object.Number(name, low, high));
    return absl::OkStatus();
  };
  SL_RETURN_IF_ERROR(optional("minimum", -1e9, 1e9, field.minimum));
  SL_RETURN_IF_ERROR(
      optional("maximum", field.minimum.value_or(-1e9), 1e9, field.maximum));
  SL_RETURN_IF_ERROR(
      optional("max_change_per_second", 0, 1e9, field.max_change_per_second));
  SL_RETURN_IF_ERROR(
      optional("anchor_x", -kMaxCell, kMaxSide + kMaxCell, field.anchor_x));
  SL_RETURN_IF_ERROR(
      optional("top_y", -kMaxCell, kMaxSide + kMaxCell, field.top_y));
  SL_ASSIGN_OR_RETURN(field.is_utc, object.BoolOr("utc", false));
  return field;
}

absl::Status ParseTolerances(const JsonValue& value,
                             OverlayTolerances& tolerances) {
  SL_ASSIGN_OR_RETURN(
      const JsonObject object,
      JsonObject::Create(value, "tolerances", kOverlayProfileInvalid,
                         {"slant_range_share", "slant_range_m",
                          "line_of_sight_deg", "clock_s"}));
  const auto read = [&](absl::string_view name, double high,
                        double& into) -> absl::Status {
    SL_ASSIGN_OR_RETURN(into, object.NumberOr(name, 0, high, into));
    return absl::OkStatus();
  };
  SL_RETURN_IF_ERROR(
      read("slant_range_share", 1, tolerances.slant_range_share));
  SL_RETURN_IF_ERROR(read("slant_range_m", 1e6, tolerances.slant_range_m));
  SL_RETURN_IF_ERROR(
      read("line_of_sight_deg", 180, tolerances.line_of_sight_deg));
  return read("clock_s", 1e6, tolerances.clock_s);
}

absl::Status ParseLists(const JsonObject& object, OverlayProfile& profile) {
  SL_ASSIGN_OR_RETURN(const JsonValue* fonts,
                      object.Member("fonts", Kind::kArray));
  if (fonts->items.empty() || fonts->items.size() > kMaxOverlayFonts) {
    return object.Invalid("fonts", "must be 1 to 8");
  }
  for (size_t i = 0; i < fonts->items.size(); ++i) {
    const std::string path = absl::StrCat("fonts[", i, "]");
    SL_ASSIGN_OR_RETURN(OverlayFont font, ParseFont(fonts->items[i], path));
    for (const OverlayFont& other : profile.fonts) {
      if (other.name != font.name) continue;
      return JsonInvalid(kOverlayProfileInvalid, fonts->items[i].position, path,
                         "has the name of another font");
    }
    profile.fonts.push_back(std::move(font));
  }
  SL_ASSIGN_OR_RETURN(const JsonValue* fields,
                      object.Member("fields", Kind::kArray));
  if (fields->items.empty() || fields->items.size() > kMaxOverlayFields) {
    return object.Invalid("fields", "must be 1 to 64");
  }
  for (size_t i = 0; i < fields->items.size(); ++i) {
    SL_ASSIGN_OR_RETURN(
        OverlayField field,
        ParseField(fields->items[i], absl::StrCat("fields[", i, "]"), profile));
    profile.fields.push_back(std::move(field));
  }
  return absl::OkStatus();
}

}  // namespace

const OverlayGlyph* OverlayFont::Find(char32_t character) const {
  for (const OverlayGlyph& glyph : glyphs) {
    if (glyph.character == character) return &glyph;
  }
  return nullptr;
}

const OverlayField* OverlayProfile::Find(absl::string_view field_name) const {
  for (const OverlayField& field : fields) {
    if (field.name == field_name) return &field;
  }
  return nullptr;
}

absl::StatusOr<OverlayProfile> ParseOverlayProfile(absl::string_view json) {
  if (static_cast<int64_t>(json.size()) > kMaxOverlayProfileBytes) {
    return JsonInvalid(kOverlayProfileInvalid, {}, "",
                       "a profile has at most 16 MiB");
  }
  // Two values for every glyph, two dozen for every field.
  SL_ASSIGN_OR_RETURN(const JsonValue root, ParseJson(json, 20000));
  SL_ASSIGN_OR_RETURN(const JsonObject object,
                      JsonObject::Create(root, "", kOverlayProfileInvalid,
                                         {"name", "frame_width", "frame_height",
                                          "fonts", "fields", "tolerances"}));
  OverlayProfile profile;
  SL_ASSIGN_OR_RETURN(profile.name, object.Text("name"));
  SL_ASSIGN_OR_RETURN(profile.frame_width,
                      object.Whole("frame_width", 1, kMaxSide));
  SL_ASSIGN_OR_RETURN(profile.frame_height,
                      object.Whole("frame_height", 1, kMaxSide));
  SL_RETURN_IF_ERROR(ParseLists(object, profile));
  if (object.Has("tolerances")) {
    SL_ASSIGN_OR_RETURN(const JsonValue* tolerances,
                        object.Member("tolerances", Kind::kObject));
    SL_RETURN_IF_ERROR(ParseTolerances(*tolerances, profile.tolerances));
  }
  return profile;
}

absl::Status CheckCalibrated(const OverlayProfile& profile) {
  const auto fail = [](const std::string& field, absl::string_view what) {
    return Error(absl::StatusCode::kFailedPrecondition,
                 kOverlayProfileUncalibrated)
        .Message(
            absl::StrCat("the profile is not calibrated: ", field, " ", what))
        .Precondition("overlay profile", "run sightline-georef-calibrate");
  };
  for (const OverlayField& field : profile.fields) {
    const OverlayFont& font = profile.fonts[field.font];
    if (!field.anchor_x.has_value() || !field.top_y.has_value()) {
      return fail(field.name, "has no place");
    }
    if (font.glyphs.empty()) {
      return fail(field.name, "has a font without pictures");
    }
    // A digit that was never seen would be taken for the one most like it.
    for (const char32_t c : UnseenCharacters(profile, field)) {
      if (c < U'0' || c > U'9') continue;
      return fail(field.name, absl::StrCat("has a font without a picture of ",
                                           ToUtf8(absl::MakeConstSpan(&c, 1))));
    }
  }
  return absl::OkStatus();
}

std::u32string UnseenCharacters(const OverlayProfile& profile,
                                const OverlayField& field) {
  std::u32string unseen;
  const OverlayFont& font = profile.fonts[field.font];
  for (const PatternAlternative& cells : field.pattern.alternatives) {
    for (const PatternCell& cell : cells) {
      for (const char32_t c : cell.allowed) {
        if (c == U' ' || unseen.find(c) != std::u32string::npos ||
            font.Find(c) != nullptr) {
          continue;
        }
        unseen += c;
      }
    }
  }
  return unseen;
}

}  // namespace sightline::georef
