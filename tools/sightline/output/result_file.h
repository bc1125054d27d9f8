// A file, or standard output, that results are written to as they come.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_RESULT_FILE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_RESULT_FILE_H_

#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/sightline/command.h"

namespace sightline::cli {

// Not thread-safe.
class ResultFile {
 public:
  // Opens `path` anew; "-" is session.out, which must outlive this. Errors:
  // InvalidArgument WOULD_OVERWRITE (it is one of `kept`, files that are
  // read), Internal FILE_UNWRITABLE.
  static absl::StatusOr<std::unique_ptr<ResultFile>> Open(
      const std::string& path, Session& session,
      absl::Span<const std::string> kept);

  // Writes and flushes, so that an interrupted run leaves what it had. Errors:
  // Internal FILE_UNWRITABLE.
  absl::Status Write(absl::string_view text);

 private:
  ResultFile(std::string path, std::ostream* out);
  std::string path_;
  std::ofstream file_;
  std::ostream* out_;
};

// Internal FILE_UNWRITABLE when session.out takes nothing more: a full disk,
// a pipe whose reader has gone.
absl::Status CheckOutput(const Session& session);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_RESULT_FILE_H_
