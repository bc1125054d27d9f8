#include "services/georef/engine/projection/projector.h"

#include <proj.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/projection/reasons.h"

namespace sightline::georef {
namespace {

struct DestroyObject {
  void operator()(PJ* object) const { proj_destroy(object); }
};
using Object = std::unique_ptr<PJ, DestroyObject>;

absl::Status Unknown(int epsg, absl::string_view why) {
  return Error(absl::StatusCode::kInvalidArgument, kUnknownCoordinateSystem)
      .Field("epsg", absl::StrCat(epsg, " ", why))
      .With("epsg", absl::StrCat(epsg));
}

}  // namespace

struct Projector::Context {
  Context() : proj(proj_context_create()) {
    // Failures come back as statuses; grids are not fetched from the network.
    proj_log_level(proj, PJ_LOG_NONE);
    proj_context_set_enable_network(proj, 0);
  }
  ~Context() {
    transformation.reset();
    proj_context_destroy(proj);
  }

  PJ_CONTEXT* proj;
  Object transformation;
};

Projector::Projector(std::unique_ptr<Context> context)
    : context_(std::move(context)) {}
Projector::Projector(Projector&&) noexcept = default;
Projector& Projector::operator=(Projector&&) noexcept = default;
Projector::~Projector() = default;

absl::StatusOr<Projector> Projector::Create(int epsg) {
  auto context = std::make_unique<Context>();
  PJ_CONTEXT* proj = context->proj;
  const std::string name = absl::StrCat("EPSG:", epsg);
  const Object system(proj_create(proj, name.c_str()));
  if (system == nullptr) {
    return Unknown(epsg, "is not in the EPSG register that PROJ has");
  }
  const PJ_TYPE type = proj_get_type(system.get());
  const bool is_geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS;
  if (!is_geographic && type != PJ_TYPE_PROJECTED_CRS) {
    return Unknown(epsg,
                   "is no projected or geographic coordinate system of two "
                   "dimensions");
  }
  const Object axes(proj_crs_get_coordinate_system(proj, system.get()));
  double per_unit = 0;
  if (axes == nullptr ||
      !proj_cs_get_axis_info(proj, axes.get(), 0, nullptr, nullptr, nullptr,
                             &per_unit, nullptr, nullptr, nullptr)) {
    return Unknown(epsg, "has no axes that PROJ can describe");
  }
  const Object raw(
      proj_create_crs_to_crs(proj, "EPSG:4326", name.c_str(), nullptr));
  if (raw == nullptr) return Unknown(epsg, "can't be reached from WGS84");
  context->transformation.reset(
      proj_normalize_for_visualization(proj, raw.get()));
  if (context->transformation == nullptr) {
    return Unknown(epsg, "has axes that are not east and north");
  }
  Projector projector(std::move(context));
  projector.epsg_ = epsg;
  projector.is_geographic_ = is_geographic;
  projector.metres_per_unit_ = is_geographic ? 0 : per_unit;
  return projector;
}

absl::Status Projector::Transform(absl::Span<MapPoint> points,
                                  bool is_forward) const {
  if (points.empty()) return absl::OkStatus();
  PJ* const transformation = context_->transformation.get();
  proj_errno_reset(transformation);
  constexpr size_t kStep = sizeof(MapPoint);
  proj_trans_generic(transformation, is_forward ? PJ_FWD : PJ_INV,
                     &points[0].longitude_deg, kStep, points.size(),
                     &points[0].latitude_deg, kStep, points.size(), nullptr, 0,
                     0, nullptr, 0, 0);
  const auto is_outside = [](const MapPoint& point) {
    return !std::isfinite(point.longitude_deg) ||
           !std::isfinite(point.latitude_deg);
  };
  if (std::any_of(points.begin(), points.end(), is_outside)) {
    return Error(absl::StatusCode::kOutOfRange, kOutsideCoordinateSystem)
        .Message(absl::StrCat("places lie where EPSG:", epsg_,
                              " has no coordinates"))
        .With("epsg", absl::StrCat(epsg_));
  }
  return absl::OkStatus();
}

absl::Status Projector::Forward(absl::Span<MapPoint> points) const {
  return Transform(points, true);
}

absl::Status Projector::Inverse(absl::Span<MapPoint> points) const {
  return Transform(points, false);
}

absl::StatusOr<FeatureSet> Project(const FeatureSet& set,
                                   const Projector& projector) {
  FeatureSet projected = set;
  SL_RETURN_IF_ERROR(projector.Forward(absl::MakeSpan(projected.vertices)));
  return projected;
}

int UniversalEpsg(const MapPoint& place) {
  constexpr int kZones = 60;
  if (place.latitude_deg >= 84) return 32661;
  if (place.latitude_deg < -80) return 32761;
  const int zone = std::clamp(
      static_cast<int>(std::floor((place.longitude_deg + 180) / 6)) + 1, 1,
      kZones);
  return (place.latitude_deg >= 0 ? 32600 : 32700) + zone;
}

}  // namespace sightline::georef
