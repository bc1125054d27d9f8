// Whole files into memory, with a limit.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_READ_FILE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_READ_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::cli {

// Reads a regular file of at most `limit_bytes`. Errors: NotFound
// FILE_NOT_FOUND; InvalidArgument FILE_UNREADABLE (a folder, a device, a pipe,
// a read error), FILE_TOO_LARGE; PermissionDenied FILE_UNREADABLE.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t limit_bytes);

// Writes `content` so that a reader sees the old file or the new one, never a
// part: a new file beside it takes its name. Errors: Internal FILE_UNWRITABLE.
absl::Status WriteFile(const std::string& path, absl::string_view content);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_READ_FILE_H_
