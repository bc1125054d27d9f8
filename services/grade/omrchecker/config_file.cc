#include "services/grade/omrchecker/config_file.h"

#include "absl/types/span.h"
#include "services/grade/omrchecker/json_file.h"

namespace sightline::grade::omrchecker {
namespace {

struct Instead {
  absl::string_view name;
  absl::string_view text;
};

constexpr Instead kSections[] = {
    {"dimensions",
     "not needed: pages are read at the resolution of their scan"},
    {"threshold_params",
     "not needed: what counts as a mark is found from every page; "
     "--threshold sets a fixed limit"},
    {"thresholding",
     "not needed: what counts as a mark is found from every page; "
     "--threshold sets a fixed limit"},
    {"alignment_params",
     "not needed: every bubble is looked for where it is printed"},
};

constexpr Instead kOutputs[] = {
    {"show_image_level", "no windows are opened; --annotated writes pictures"},
    {"save_image_level", "no steps are saved; --annotated writes pictures"},
    {"save_detections", "--annotated writes pictures with every reading"},
    {"filter_out_multimarked_files",
     "sheets with several marks in a field stay with the others: the fields "
     "are on their review list"},
};

// The text for `name`, or one that says it is not known.
absl::string_view TextFor(absl::Span<const Instead> known,
                          absl::string_view name) {
  for (const Instead& instead : known) {
    if (instead.name == name) return instead.text;
  }
  return "not known, nothing is done for it";
}

}  // namespace

void ReadConfig(absl::string_view text, Findings& findings) {
  const JsonFile file(File::kConfig, findings);
  const auto root = file.Parse(text);
  if (!root.has_value()) return;
  const Place top{&*root, ""};
  for (const JsonMember& member : root->members) {
    if (findings.Full()) return;
    const Place place = top.Of(member);
    if (member.name != "outputs") {
      file.Note(place, TextFor(kSections, member.name));
      continue;
    }
    if (!file.IsObject(place)) continue;
    for (const JsonMember& output : member.value.members) {
      if (findings.Full()) return;
      file.Note(place.Of(output), TextFor(kOutputs, output.name));
    }
  }
}

}  // namespace sightline::grade::omrchecker
