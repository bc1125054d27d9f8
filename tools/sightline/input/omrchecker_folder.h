// The folders of OMRChecker: which files count for a scan, and what they say.
//
// A folder's template.json, config.json and evaluation.json count for it and
// for the folders in it, until one of them has its own. They are looked for
// from the scan's folder upwards.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_OMRCHECKER_FOLDER_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_OMRCHECKER_FOLDER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/grade/omrchecker/import.h"

namespace sightline::cli {

// Paths; "" for a file that there is none of.
struct OmrCheckerPaths {
  std::string template_json;
  std::string config_json;
  std::string evaluation_json;
  // The folder that the files' own paths must not lead out of.
  std::string top;
  auto operator<=>(const OmrCheckerPaths&) const = default;
};

// What counts for scans in `folder`, which was named as `root` or lies below
// it. The template may also stand above `root`. Without any, all are "".
OmrCheckerPaths FindOmrCheckerFiles(const std::string& folder,
                                    const std::string& root);

// What counts where `template_path` is the template, with the files beside it.
OmrCheckerPaths OmrCheckerFilesBeside(const std::string& template_path);

// Whether a JSON file is a template of OMRChecker, not a layout of ours. False
// for what can't be read: whoever reads it says why.
bool IsOmrCheckerTemplate(const std::string& path);

// The files' contents, and those of the pictures and the answer key they name.
struct OmrCheckerSource {
  grade::omrchecker::Files files;
  // Paths of pictures that are no scans: markers, references, answer keys.
  std::vector<std::string> pictures;
  // The answer key as text, "" for none.
  std::string answer_key;
  // The picture of the answer key, "" for none.
  std::string answer_key_picture;
};

// Errors: as ReadFile(); InvalidArgument FILE_INVALID for a path that leads out
// of `paths.top`, unless `allow_outside`. A picture or answer key that does not
// exist is left out: the import says so.
absl::StatusOr<OmrCheckerSource> ReadOmrChecker(const OmrCheckerPaths& paths,
                                                bool allow_outside);

// One finding in a line: "template.json:12:7: fieldBlocks.Roll: ...".
std::string FindingText(const OmrCheckerPaths& paths,
                        const grade::omrchecker::Finding& finding);

// OK, or InvalidArgument FILE_INVALID with all errors among the findings.
absl::Status ImportError(const OmrCheckerPaths& paths,
                         const grade::omrchecker::Import& imported);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_OMRCHECKER_FOLDER_H_
