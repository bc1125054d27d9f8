// Layouts and keys as files that people read, correct and give to --layout.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_LAYOUT_FILE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_LAYOUT_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sightline/grade/v1/answer_key.pb.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::cli {

// `layout` in JSON. Pictures whose content is a key of `files` are named as
// {"file": ...} by the path there; the others stand in it in base64. Errors:
// Internal FILE_UNWRITABLE (a text that is not UTF-8).
absl::StatusOr<std::string> LayoutText(
    grade::v1::SheetLayout layout,
    const std::map<std::string, std::string>& files);

// The pictures that a layout in the file `out` may name: by their content,
// their path from its folder. None without `out`, and none of those outside:
// they stand in the layout itself.
std::map<std::string, std::string> PicturesBeside(
    const std::string& out, const std::vector<std::string>& pictures);

// `key` in JSON. Errors as above.
absl::StatusOr<std::string> KeyText(const grade::v1::AnswerKey& key);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_LAYOUT_FILE_H_
