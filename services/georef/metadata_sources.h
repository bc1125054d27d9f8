// Everything that is said of a frame's camera, from every source that a request
// brings along.
#ifndef SIGHTLINE_SERVICES_GEOREF_METADATA_SOURCES_H_
#define SIGHTLINE_SERVICES_GEOREF_METADATA_SOURCES_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/metadata/metadata_value.h"
#include "services/georef/engine/overlay/overlay_reader.h"
#include "services/georef/engine/overlay/temporal_filter.h"
#include "services/georef/engine/pose/resolve_pose.h"
#include "sightline/georef/v1/metadata.pb.h"

namespace sightline::georef {

// What the frames before say of a stream's overlay. One frame at a time.
struct OverlayCourse {
  TemporalFilter filter;
  // Of the frame in its stream, seconds.
  double time_s = 0;
};

struct FrameSources {
  // Outlives the call.
  const v1::MetadataOptions* options = nullptr;
  // Path of `options` in the request, for errors.
  absl::string_view path;
  // The frame's file; empty for pixels.
  absl::string_view file;
  // The frame's pixels, and how to read them; null without overlay.
  const OverlayReader* overlay = nullptr;
  OverlayFrame pixels;
  // Of a stream; null without.
  OverlayCourse* course = nullptr;
};

// Reads local set, overlay, XMP and EXIF, whichever there is. Damage in a
// frame's own EXIF or XMP is an error like any other: the caller may have it
// ignored. Errors: those of ParseLocalSet(), ReadPictureMetadata() and
// OverlayReader::Read(), fields under `path`. Thread-safe.
absl::StatusOr<std::vector<MetadataValue>> ReadSources(
    const FrameSources& sources);

// What ReadSources() found, and the request's own pose, as one pose. Errors:
// those of both and of ResolvePose(), fields under `path`.
absl::StatusOr<ResolvedPose> ResolveSources(const FrameSources& sources);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_METADATA_SOURCES_H_
