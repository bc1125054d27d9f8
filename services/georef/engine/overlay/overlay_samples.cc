// The file of samples: what a person confirmed of some frames.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/overlay/json_object.h"
#include "services/georef/engine/overlay/json_quote.h"
#include "services/georef/engine/overlay/overlay_calibration.h"
#include "services/georef/engine/overlay/reasons.h"

namespace sightline::georef {
namespace {

using Kind = JsonValue::Kind;

constexpr int kMaxSamples = 1000;

absl::StatusOr<OverlaySample> ParseSample(const JsonValue& value,
                                          const std::string& path,
                                          const OverlayProfile& profile) {
  SL_ASSIGN_OR_RETURN(const JsonObject object,
                      JsonObject::Create(value, path, kOverlaySamplesInvalid,
                                         {"frame", "confirmed", "texts"}));
  OverlaySample sample;
  SL_ASSIGN_OR_RETURN(sample.frame, object.Text("frame"));
  SL_ASSIGN_OR_RETURN(sample.is_confirmed, object.BoolOr("confirmed", false));
  SL_ASSIGN_OR_RETURN(const JsonValue* texts,
                      object.Member("texts", Kind::kObject));
  for (const JsonMember& member : texts->members) {
    const std::string text_path =
        absl::StrCat(object.PathOf("texts"), ".", member.name);
    if (profile.Find(member.name) == nullptr) {
      return JsonInvalid(kOverlaySamplesInvalid, member.position, text_path,
                         "is no field of the profile");
    }
    if (member.value.kind != Kind::kString) {
      return JsonInvalid(kOverlaySamplesInvalid, member.value.position,
                         text_path, "must be a string");
    }
    sample.texts[member.name] = member.value.text;
  }
  return sample;
}

}  // namespace

absl::StatusOr<std::vector<OverlaySample>> ParseOverlaySamples(
    absl::string_view json, const OverlayProfile& profile) {
  SL_ASSIGN_OR_RETURN(const JsonValue root, ParseJson(json, 1000000));
  SL_ASSIGN_OR_RETURN(
      const JsonObject object,
      JsonObject::Create(root, "", kOverlaySamplesInvalid, {"samples"}));
  SL_ASSIGN_OR_RETURN(const JsonValue* list,
                      object.Member("samples", Kind::kArray));
  if (list->items.empty() || list->items.size() > kMaxSamples) {
    return object.Invalid("samples", "must be 1 to 1000");
  }
  std::vector<OverlaySample> samples;
  for (size_t i = 0; i < list->items.size(); ++i) {
    SL_ASSIGN_OR_RETURN(
        OverlaySample sample,
        ParseSample(list->items[i], absl::StrCat("samples[", i, "]"), profile));
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::string WriteOverlaySamples(absl::Span<const OverlaySample> samples) {
  std::string text = "{\"samples\": [";
  const char* separator = "\n";
  for (const OverlaySample& sample : samples) {
    absl::StrAppend(&text, separator,
                    "  {\"frame\": ", JsonQuoted(sample.frame),
                    ", \"confirmed\": ", sample.is_confirmed ? "true" : "false",
                    ",\n   \"texts\": {");
    const char* between = "\n";
    for (const auto& [field, said] : sample.texts) {
      absl::StrAppend(&text, between, "     ", JsonQuoted(field), ": ",
                      JsonQuoted(said));
      between = ",\n";
    }
    text += "}}";
    separator = ",\n";
  }
  return text + "\n]}\n";
}

}  // namespace sightline::georef
