// sightline layout from-reference, sightline layout preview: layouts and the
// pictures of their pages.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_LAYOUT_PICTURE_COMMANDS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_LAYOUT_PICTURE_COMMANDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/sightline/command.h"

namespace sightline::cli {

// As of CommandFunction, with what follows "layout from-reference" and
// "layout preview".
absl::StatusOr<int> RunLayoutFromReference(
    absl::Span<const std::string> arguments, Session& session);
absl::StatusOr<int> RunLayoutPreview(absl::Span<const std::string> arguments,
                                     Session& session);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_LAYOUT_PICTURE_COMMANDS_H_
