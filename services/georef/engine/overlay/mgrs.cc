#include "services/georef/engine/overlay/mgrs.h"

#ifdef SIGHTLINE_WITH_GEOGRAPHICLIB
#include <GeographicLib/MGRS.hpp>
#include <GeographicLib/UTMUPS.hpp>
#endif

namespace sightline::georef {

#ifdef SIGHTLINE_WITH_GEOGRAPHICLIB

bool HasMgrs() { return true; }

std::optional<MgrsPlace> ReadMgrs(const std::string& text) {
  try {
    int zone = 0;
    bool is_north = false;
    double easting = 0;
    double northing = 0;
    int digits = 0;
    GeographicLib::MGRS::Reverse(text, zone, is_north, easting, northing,
                                 digits);
    MgrsPlace place;
    GeographicLib::UTMUPS::Reverse(zone, is_north, easting, northing,
                                   place.latitude_deg, place.longitude_deg);
    return place;
  } catch (const GeographicLib::GeographicErr&) {
    return std::nullopt;
  }
}

#else

bool HasMgrs() { return false; }

std::optional<MgrsPlace> ReadMgrs(const std::string&) { return std::nullopt; }

#endif

}  // namespace sightline::georef
