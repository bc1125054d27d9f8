// Operations on pages as words of a command line.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_OPERATION_TEXT_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_OPERATION_TEXT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sightline/preprocess/v1/operation.pb.h"

namespace sightline::cli {

// "otsu", "clahe:clip_limit=2.5,tiles_x=4", "morphology:shape=cross",
// "remove_specks:despeckle.contrast=80": an operation and its parameters by the
// names of the contract, enums by the end of theirs. Ranges are the server's to
// check. Errors: InvalidArgument FLAG_INVALID for an unknown name (with the
// nearest known one), a value of the wrong kind, and a parameter that is given
// twice or does not go with another.
absl::StatusOr<preprocess::v1::Operation> ParseOperation(
    absl::string_view text);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_OPERATION_TEXT_H_
