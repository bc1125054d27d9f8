// Overlay profiles that requests name or bring along, ready to read with.
#ifndef SIGHTLINE_SERVICES_GEOREF_OVERLAY_PROFILES_H_
#define SIGHTLINE_SERVICES_GEOREF_OVERLAY_PROFILES_H_

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/overlay/overlay_reader.h"
#include "sightline/georef/v1/metadata.pb.h"

namespace sightline::georef {

// Thread-safe.
class OverlayProfiles {
 public:
  // Profiles that came with requests are kept, the last so many: a client sends
  // the same one with every frame.
  static constexpr size_t kKept = 8;

  // Reads --overlay_profiles, files separated by commas; each is known by the
  // name in it. Errors: InvalidArgument BAD_CONFIGURATION.
  static absl::StatusOr<std::unique_ptr<OverlayProfiles>> FromFlags();

  OverlayProfiles() = default;

  // Adds a profile under the name in it. Not to be called once requests come.
  // Errors: those of ParseOverlayProfile() and OverlayReader::Create();
  // InvalidArgument BAD_CONFIGURATION if the name is taken.
  absl::Status Add(absl::string_view json);

  // The reader for `source`; `path`: its place in the request. Errors:
  // NotFound OVERLAY_PROFILE_UNKNOWN, InvalidArgument OVERLAY_NOT_READABLE (it
  // holds neither), and those of Add().
  absl::StatusOr<std::shared_ptr<const OverlayReader>> Find(
      const v1::OverlaySource& source, absl::string_view path);

 private:
  using Reader = std::shared_ptr<const OverlayReader>;
  static absl::StatusOr<Reader> Make(absl::string_view json);

  std::map<std::string, Reader> named_;
  std::mutex mutex_;
  // By content, the latest first; guarded by mutex_.
  std::list<std::pair<std::string, Reader>> kept_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_OVERLAY_PROFILES_H_
