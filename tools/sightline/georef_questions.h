// The parts of `sightline georef` that can be asked for by themselves.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_GEOREF_QUESTIONS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_GEOREF_QUESTIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/sightline/command.h"

namespace sightline::cli {

// `sightline georef footprint ...` and so on, with what follows these words. As
// of CommandFunction.
absl::StatusOr<int> RunGeorefFootprint(absl::Span<const std::string> arguments,
                                       Session& session);
absl::StatusOr<int> RunGeorefOverlay(absl::Span<const std::string> arguments,
                                     Session& session);
absl::StatusOr<int> RunGeorefSegment(absl::Span<const std::string> arguments,
                                     Session& session);
absl::StatusOr<int> RunGeorefModel(absl::Span<const std::string> arguments,
                                   Session& session);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_GEOREF_QUESTIONS_H_
