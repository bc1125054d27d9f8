// Places written in the Military Grid Reference System, by GeographicLib where
// the build has it.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_MGRS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_MGRS_H_

#include <optional>
#include <string>

namespace sightline::georef {

struct MgrsPlace {
  // WGS84, of the square's centre.
  double latitude_deg = 0;
  double longitude_deg = 0;
};

bool HasMgrs();

// `text` without blanks: "52SDG1234567890". Empty for a square that does not
// exist, and without HasMgrs(). Thread-safe.
std::optional<MgrsPlace> ReadMgrs(const std::string& text);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_MGRS_H_
