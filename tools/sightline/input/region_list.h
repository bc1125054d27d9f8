// Parts of a page as people list them: a table, or JSON.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_REGION_LIST_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_REGION_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::cli {

// Reads regions from `path`, by its ending:
//   .json  {"regions": [{"x": 10, "y": 20, "width": 300, "height": 40}]}
//   others a line for each, "x,y,width,height" in whole pixels; a heading of
//          these words, empty lines and lines that begin with # are passed over
// Errors: those of ReadMessageFile(); InvalidArgument FILE_INVALID with line
// and column (not four whole numbers, no region at all).
absl::StatusOr<std::vector<preprocess::v1::Region>> ReadRegions(
    const std::string& path);

// The same for the text of a table; `name` stands for the file in messages.
absl::StatusOr<std::vector<preprocess::v1::Region>> ParseRegionTable(
    absl::string_view text, absl::string_view name);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_REGION_LIST_H_
