// What `sightline preprocess` asks beside cleaning whole pages, in calls of
// their own: the page's quality, parts of it, what the server can do.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_PREPROCESS_QUESTIONS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_PREPROCESS_QUESTIONS_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/scan_list.h"
#include "tools/sightline/preprocess_flags.h"

namespace sightline::cli {

// Each prints its results and returns the exit code; errors are those that end
// the whole command. A page that is too large for a call without a stream is
// sent as a gray PNG, which is lossless to the service.
absl::StatusOr<int> AssessPages(const PreprocessFlags& flags,
                                const Connection& connection,
                                absl::Span<const Scan> scans, Session& session);
absl::StatusOr<int> CleanRegions(const PreprocessFlags& flags,
                                 const Connection& connection,
                                 absl::Span<const Scan> scans,
                                 Session& session);
absl::StatusOr<int> ShowCapabilities(const PreprocessFlags& flags,
                                     const Connection& connection,
                                     Session& session);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_PREPROCESS_QUESTIONS_H_
