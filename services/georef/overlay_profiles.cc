#include "services/georef/overlay_profiles.h"

#include <fstream>
#include <iterator>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/content_id/content_id.h"
#include "common/server/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/reasons.h"

ABSL_FLAG(std::string, overlay_profiles, "",
          "Files of overlay profiles that requests may name, separated by "
          "commas.");

namespace sightline::georef {

absl::StatusOr<std::unique_ptr<OverlayProfiles>> OverlayProfiles::FromFlags() {
  auto profiles = std::make_unique<OverlayProfiles>();
  const std::vector<std::string> files = absl::StrSplit(
      absl::GetFlag(FLAGS_overlay_profiles), ',', absl::SkipWhitespace());
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string json((std::istreambuf_iterator<char>(in)), {});
    absl::Status added =
        in ? profiles->Add(json)
           : absl::Status(absl::StatusCode::kNotFound, "cannot be read");
    if (!added.ok()) {
      return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
          .Field("--overlay_profiles",
                 absl::StrCat(file, ": ", added.message()));
    }
  }
  return profiles;
}

absl::StatusOr<OverlayProfiles::Reader> OverlayProfiles::Make(
    absl::string_view json) {
  SL_ASSIGN_OR_RETURN(OverlayProfile profile, ParseOverlayProfile(json));
  SL_ASSIGN_OR_RETURN(OverlayReader reader,
                      OverlayReader::Create(std::move(profile)));
  return std::make_shared<const OverlayReader>(std::move(reader));
}

absl::Status OverlayProfiles::Add(absl::string_view json) {
  SL_ASSIGN_OR_RETURN(Reader reader, Make(json));
  const std::string name = reader->profile().name;
  if (!named_.emplace(name, std::move(reader)).second) {
    return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
        .Field("--overlay_profiles",
               absl::StrCat("two profiles are called '", name, "'"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const OverlayReader>> OverlayProfiles::Find(
    const v1::OverlaySource& source, absl::string_view path) {
  switch (source.source_case()) {
    case v1::OverlaySource::kProfileName: {
      const auto found = named_.find(source.profile_name());
      if (found != named_.end()) return found->second;
      std::vector<std::string> names;
      for (const auto& [name, reader] : named_) names.push_back(name);
      return Error(absl::StatusCode::kNotFound, kOverlayProfileUnknown)
          .Message(absl::StrCat(
              "there is no overlay profile '", source.profile_name(), "'",
              names.empty()
                  ? "; the server was started without any"
                  : absl::StrCat(", but ", absl::StrJoin(names, ", "))))
          .Resource("overlay_profile", source.profile_name());
    }
    case v1::OverlaySource::kProfileJson:
      break;
    default:
      return Error(absl::StatusCode::kInvalidArgument, kOverlayNotReadable)
          .Field(path, "names no profile and brings none");
  }
  const std::string id = ContentId(source);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto it = kept_.begin(); it != kept_.end(); ++it) {
      if (it->first != id) continue;
      kept_.splice(kept_.begin(), kept_, it);
      return kept_.front().second;
    }
  }
  absl::StatusOr<Reader> reader = Make(source.profile_json());
  if (!reader.ok()) {
    return PrefixFields(reader.status(), absl::StrCat(path, ".profile_json"));
  }
  std::lock_guard<std::mutex> lock(mutex_);
  kept_.emplace_front(id, *reader);
  if (kept_.size() > kKept) kept_.pop_back();
  return *reader;
}

}  // namespace sightline::georef
