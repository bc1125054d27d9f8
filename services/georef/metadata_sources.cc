#include "services/georef/metadata_sources.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/image/sniff.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/metadata/local_set.h"
#include "services/georef/engine/metadata/picture_metadata.h"
#include "services/georef/engine/overlay/overlay_checks.h"
#include "services/georef/engine/overlay/overlay_reading.h"
#include "services/georef/field_error.h"
#include "services/georef/pose_message.h"

namespace sightline::georef {
namespace {

void Append(std::vector<MetadataValue>&& from,
            std::vector<MetadataValue>& values) {
  for (MetadataValue& value : from) values.push_back(std::move(value));
}

Bytes BytesOf(absl::string_view text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

}  // namespace

absl::StatusOr<std::vector<MetadataValue>> ReadSources(
    const FrameSources& sources) {
  const v1::MetadataOptions& options = *sources.options;
  std::vector<MetadataValue> values;
  if (!options.local_set().empty()) {
    absl::StatusOr<LocalSet> set = ParseLocalSet(BytesOf(options.local_set()));
    if (!set.ok()) {
      return InField(set.status(), absl::StrCat(sources.path, ".local_set"));
    }
    Append(std::move(set->values), values);
  }
  if (sources.overlay != nullptr) {
    absl::StatusOr<OverlayReading> reading =
        sources.overlay->Read(sources.pixels);
    if (!reading.ok()) return InField(reading.status(), "frame");
    const OverlayProfile& profile = sources.overlay->profile();
    CheckOverlay(profile, *reading);
    if (sources.course != nullptr) {
      sources.course->filter.Apply(sources.course->time_s, *reading);
    }
    Append(MetadataOf(profile, *reading), values);
  }
  // Other formats have no metadata that we know of.
  const absl::StatusOr<ImageInfo> info = SniffImage(sources.file);
  if (!options.ignore_picture_metadata() && info.ok() &&
      info->format == FileFormat::kJpeg) {
    absl::StatusOr<std::vector<MetadataValue>> picture =
        ReadPictureMetadata(BytesOf(sources.file));
    if (!picture.ok()) {
      return InField(picture.status(), "frame",
                     "; ignore_picture_metadata passes it over");
    }
    Append(*std::move(picture), values);
  }
  return values;
}

absl::StatusOr<ResolvedPose> ResolveSources(const FrameSources& sources) {
  SL_ASSIGN_OR_RETURN(const std::vector<MetadataValue> values,
                      ReadSources(sources));
  absl::StatusOr<ResolvedPose> resolved =
      ResolvePose(FromProto(sources.options->pose()), values,
                  AssumptionsOf(*sources.options));
  if (!resolved.ok()) return PrefixFields(resolved.status(), sources.path);
  return resolved;
}

}  // namespace sightline::georef
