// sightline-georef: aerial frames to polygons on the map.
#include <memory>
#include <utility>

#include "common/server/server.h"
#include "common/status/status_macros.h"
#include "services/georef/georef_limits.h"
#include "services/georef/georef_service.h"
#include "services/georef/models.h"
#include "services/georef/overlay_profiles.h"

namespace {

namespace georef = sightline::georef;

// What the service refers to; it outlives the server.
struct Parts {
  std::unique_ptr<georef::Models> models;
  std::unique_ptr<georef::OverlayProfiles> profiles;
};

absl::Status Wire(sightline::Server& server, Parts& parts) {
  SL_ASSIGN_OR_RETURN(const auto limits, georef::GeorefLimits::FromFlags());
  SL_ASSIGN_OR_RETURN(
      auto options, georef::ModelsOptions::FromFlags(server.options().threads));
  SL_ASSIGN_OR_RETURN(parts.models, georef::Models::Load(std::move(options)));
  SL_ASSIGN_OR_RETURN(parts.profiles, georef::OverlayProfiles::FromFlags());
  server.SetAside(parts.models->resident_bytes());
  server.Add(std::make_unique<georef::GeorefService>(limits, *parts.models,
                                                     *parts.profiles));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  sightline::Program program;
  program.name = "sightline-georef";
  program.purpose =
      "Lays what aerial frames show on the map: polygons with areas.";
  program.port = 50054;
  Parts parts;
  return sightline::RunProgram(
      argc, argv, program,
      [&parts](sightline::Server& server) { return Wire(server, parts); });
}
