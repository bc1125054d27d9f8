// Reads bytes as the files of an OMRChecker folder, one after another with a
// line "%%" between them: template, config, evaluation, answer key. Whatever
// comes in, nothing crashes; without errors, the layout and every appearance
// of it go through the checks of a layout, and the key through those of a key.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/layout_from_proto.h"
#include "services/grade/omrchecker/import.h"

namespace sightline::grade::omrchecker {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void Run(absl::string_view bytes) {
  const std::vector<std::string> parts =
      absl::StrSplit(bytes, absl::MaxSplits("\n%%\n", 3));
  Files files;
  files.template_json = parts[0];
  if (parts.size() > 1) files.config_json = parts[1];
  if (parts.size() > 2) files.evaluation_json = parts[2];
  if (parts.size() > 3) files.answer_key_csv = parts[3];
  // A PNG's header, for whatever picture the template names.
  const std::string png(
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20\x08\0\0\0\0\0\0\0\0",
      33);
  for (const std::string& name : PicturesOf(files)) files.pictures[name] = png;
  FilesNamedBy(files.evaluation_json);

  const Import imported = ImportFiles(files);
  Demand(imported.findings.size() <= 200, "findings are few");
  const bool told =
      std::any_of(imported.findings.begin(), imported.findings.end(),
                  [](const Finding& f) { return f.is_error; });
  Demand(told == imported.has_errors, "errors are told");
  if (imported.has_errors) return;
  Demand(!imported.appearances.empty(), "a sheet looks somehow");
  const auto layout = ToLayout(imported.layout);
  Demand(layout.ok(), "the layout is one");
  const auto sheet = Sheet::Create(*layout);
  if (!sheet.ok()) return;
  Demand(sheet->fields().size() <= 5000 && sheet->bubble_count() <= 20000,
         "limits hold");
  CheckColumns(imported.layout, *sheet);
  const auto& some =
      imported.appearances[bytes.size() % imported.appearances.size()];
  const auto changed = ToLayout(WithAppearance(imported.layout, some));
  Demand(changed.ok(), "an appearance is a layout");
  Sheet::Check(*changed);
  if (imported.key.has_value()) CheckKey(ToKey(*imported.key), *sheet);
}

}  // namespace
}  // namespace sightline::grade::omrchecker

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::grade::omrchecker::Run(
      {reinterpret_cast<const char*>(data), size});
  return 0;
}
