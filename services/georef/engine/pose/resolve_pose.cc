#include "services/georef/engine/pose/resolve_pose.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/line_of_sight.h"
#include "services/georef/engine/camera/reasons.h"
#include "services/georef/engine/pose/reasons.h"
#include "services/georef/engine/pose/value_choice.h"

namespace sightline::georef {
namespace {

// A slant range comes from a laser, positions from receivers and from a model
// of the ground: together they may differ by so much.
constexpr double kSlantRangeToleranceShare = 0.03;
constexpr double kSlantRangeToleranceMetres = 50;

struct KnownValue {
  Quantity quantity;
  std::optional<double> PartialPose::*field;
  absl::string_view name;
};
constexpr KnownValue kKnownValues[] = {
    {Quantity::kSensorLongitude, &PartialPose::longitude_deg, "longitude_deg"},
    {Quantity::kSensorLatitude, &PartialPose::latitude_deg, "latitude_deg"},
    {Quantity::kPlatformPitch, &PartialPose::pitch_deg, "pitch_deg"},
    {Quantity::kPlatformRoll, &PartialPose::roll_deg, "roll_deg"},
    {Quantity::kSensorRelativeAzimuth, &PartialPose::sensor_azimuth_deg,
     "sensor_azimuth_deg"},
    {Quantity::kSensorRelativeElevation, &PartialPose::sensor_elevation_deg,
     "sensor_elevation_deg"},
    {Quantity::kSensorRelativeRoll, &PartialPose::sensor_roll_deg,
     "sensor_roll_deg"},
    {Quantity::kHorizontalFieldOfView,
     &PartialPose::horizontal_field_of_view_deg,
     "horizontal_field_of_view_deg"},
    {Quantity::kVerticalFieldOfView, &PartialPose::vertical_field_of_view_deg,
     "vertical_field_of_view_deg"},
};

absl::Status CheckAssumption(absl::string_view name,
                             const std::optional<double>& value, double least,
                             double most) {
  if (!value.has_value() || (*value >= least && *value <= most)) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInvalidArgument, kPoseInvalid)
      .Field(name,
             absl::StrCat("is ", *value, ", must be ", least, "..", most));
}

// Builds one pose; used once.
class Resolver {
 public:
  Resolver(const PartialPose& known, const PoseAssumptions& assumptions)
      : known_(known), assumptions_(assumptions) {}

  absl::StatusOr<ResolvedPose> Resolve(absl::Span<const MetadataValue> values) {
    for (const KnownValue& entry : kKnownValues) {
      const std::optional<double>& value = known_.*entry.field;
      if (!value.has_value()) continue;
      choice_.Add(entry.quantity, *value, MetadataSource::kRequest,
                  absl::StrCat("pose.", entry.name));
    }
    for (const MetadataValue& value : values) choice_.Add(value);
    SL_RETURN_IF_ERROR(choice_.CheckContradictions(Settled()));

    Take(Quantity::kSensorLongitude, "longitude_deg", pose_.longitude_deg);
    Take(Quantity::kSensorLatitude, "latitude_deg", pose_.latitude_deg);
    TakeHeight();
    TakeGround();
    TakeFieldOfView();
    SL_RETURN_IF_ERROR(TakeAttitude());
    if (is_incomplete_) return incomplete_;
    SL_RETURN_IF_ERROR(PrefixFields(CheckPose(pose_), "pose"));

    ResolvedPose resolved;
    resolved.pose = pose_;
    resolved.values = std::move(choice_.values());
    resolved.notes = std::move(choice_.notes());
    resolved.is_line_of_sight = is_line_of_sight_;
    return resolved;
  }

 private:
  void Missing(absl::string_view field, absl::string_view description) {
    is_incomplete_ = true;
    incomplete_.Field(absl::StrCat("pose.", field), description);
  }

  // What the caller knows in another form than its quantity's.
  std::vector<Quantity> Settled() const {
    std::vector<Quantity> settled;
    if (known_.height.has_value()) {
      settled.push_back(Quantity::kSensorEllipsoidHeight);
      settled.push_back(Quantity::kSensorAltitude);
    }
    if (known_.heading.has_value()) {
      settled.push_back(Quantity::kPlatformHeading);
    }
    return settled;
  }

  bool Take(Quantity quantity, absl::string_view field, double& value) {
    const std::optional<double> chosen = choice_.Use(quantity);
    if (chosen.has_value()) {
      value = *chosen;
      return true;
    }
    Missing(field, absl::StrCat("no source says it (", NameOf(quantity), ")"));
    return false;
  }

  // As Take(), or 0 if the caller allows it.
  void TakeOrLevel(Quantity quantity, absl::string_view field, double& value) {
    if (!choice_.Has(quantity) && assumptions_.is_level) {
      choice_.Add(quantity, 0, MetadataSource::kAssumed, "assume_level");
    }
    Take(quantity, field, value);
  }

  void UseKnownHeight(Quantity quantity, Height& height, absl::string_view name,
                      const Height& known) {
    height = known;
    if (height.reference == HeightReference::kGeoid &&
        !height.geoid_height_m.has_value()) {
      height.geoid_height_m = assumptions_.geoid_height_m;
    }
    const absl::StatusOr<double> metres = EllipsoidalHeight(height, name);
    if (!metres.ok()) return;  // CheckPose() says why.
    choice_.Add(quantity, *metres, MetadataSource::kRequest,
                absl::StrCat("pose.", name));
    choice_.Use(quantity);
  }

  // A height above sea level that metadata names.
  Height AboveSeaLevel(double metres, absl::string_view field) {
    if (!assumptions_.geoid_height_m.has_value()) {
      Missing(field,
              "is known above sea level only: say the geoid's height above the "
              "ellipsoid there (geoid_height_m)");
    }
    return {metres, HeightReference::kGeoid, assumptions_.geoid_height_m};
  }

  void TakeHeight() {
    if (known_.height.has_value()) {
      UseKnownHeight(Quantity::kSensorEllipsoidHeight, pose_.height, "height",
                     *known_.height);
    } else if (choice_.Has(Quantity::kSensorEllipsoidHeight)) {
      pose_.height = {*choice_.Use(Quantity::kSensorEllipsoidHeight),
                      HeightReference::kEllipsoid, std::nullopt};
    } else if (choice_.Has(Quantity::kSensorAltitude)) {
      pose_.height =
          AboveSeaLevel(*choice_.Use(Quantity::kSensorAltitude), "height");
    } else if (choice_.Has(Quantity::kSensorUnstatedAltitude) ||
               choice_.Has(Quantity::kSensorHeightAboveTakeoff)) {
      Missing("height",
              "is said only above a level that is not stated, or above the "
              "place of take-off");
    } else {
      Missing("height", "no source says it (sensor_ellipsoid_height)");
    }
  }

  void TakeGround() {
    if (known_.ground.has_value()) {
      UseKnownHeight(Quantity::kFrameCenterEllipsoidHeight, pose_.ground,
                     "ground", *known_.ground);
    } else if (choice_.Has(Quantity::kFrameCenterEllipsoidHeight)) {
      pose_.ground = {*choice_.Use(Quantity::kFrameCenterEllipsoidHeight),
                      HeightReference::kEllipsoid, std::nullopt};
    } else if (choice_.Has(Quantity::kFrameCenterElevation)) {
      pose_.ground = AboveSeaLevel(
          *choice_.Use(Quantity::kFrameCenterElevation), "ground");
    } else if (choice_.Has(Quantity::kTargetElevation)) {
      pose_.ground =
          AboveSeaLevel(*choice_.Use(Quantity::kTargetElevation), "ground");
    } else if (assumptions_.is_sea_level_ground) {
      pose_.ground = AboveSeaLevel(0, "ground");
      choice_.Add(Quantity::kFrameCenterElevation, 0, MetadataSource::kAssumed,
                  "assume_sea_level_ground");
      choice_.Use(Quantity::kFrameCenterElevation);
      choice_.Note("the ground is assumed to be the sea");
    } else {
      Missing("ground", "no source says it (frame_center_ellipsoid_height)");
    }
  }

  void TakeFieldOfView() {
    if (!choice_.Has(Quantity::kHorizontalFieldOfView) &&
        choice_.Has(Quantity::kTargetWidth) &&
        choice_.Has(Quantity::kSlantRange)) {
      const double width = *choice_.Use(Quantity::kTargetWidth);
      const double range = *choice_.Use(Quantity::kSlantRange);
      if (width > 0 && range > 0) {
        choice_.Add(Quantity::kHorizontalFieldOfView,
                    2 * std::atan(width / 2 / range) * 180 / M_PI,
                    MetadataSource::kDerived, "target_width and slant_range");
        choice_.Note(
            "the field of view is derived from target width and slant range");
      }
    }
    Take(Quantity::kHorizontalFieldOfView, "horizontal_field_of_view_deg",
         pose_.horizontal_field_of_view_deg);
    pose_.vertical_field_of_view_deg =
        choice_.Use(Quantity::kVerticalFieldOfView);
  }

  bool KnowsAttitude() const {
    return known_.heading.has_value() || known_.pitch_deg.has_value() ||
           known_.roll_deg.has_value() ||
           known_.sensor_azimuth_deg.has_value() ||
           known_.sensor_elevation_deg.has_value() ||
           known_.sensor_roll_deg.has_value();
  }

  absl::Status TakeAttitude() {
    const bool has_platform = (known_.heading.has_value() ||
                               choice_.Has(Quantity::kPlatformHeading)) &&
                              choice_.Has(Quantity::kSensorRelativeElevation);
    // Drones state the camera's attitude against the ground; the platform's,
    // which they state too, does not matter then.
    if (!KnowsAttitude() && !choice_.Has(Quantity::kSensorRelativeElevation) &&
        choice_.Has(Quantity::kGimbalYaw) &&
        choice_.Has(Quantity::kGimbalPitch)) {
      TakeGimbal();
      return absl::OkStatus();
    }
    if (!has_platform && assumptions_.is_line_of_sight) {
      return TakeLineOfSight();
    }
    TakeHeading();
    Take(Quantity::kSensorRelativeElevation, "sensor_elevation_deg",
         pose_.sensor_elevation_deg);
    TakeOrLevel(Quantity::kPlatformPitch, "pitch_deg", pose_.pitch_deg);
    TakeOrLevel(Quantity::kPlatformRoll, "roll_deg", pose_.roll_deg);
    TakeOrLevel(Quantity::kSensorRelativeAzimuth, "sensor_azimuth_deg",
                pose_.sensor_azimuth_deg);
    TakeOrLevel(Quantity::kSensorRelativeRoll, "sensor_roll_deg",
                pose_.sensor_roll_deg);
    return absl::OkStatus();
  }

  void TakeHeading() {
    if (known_.heading.has_value()) {
      pose_.heading = *known_.heading;
      if (pose_.heading.reference == NorthReference::kMagnetic &&
          !pose_.heading.declination_deg.has_value()) {
        pose_.heading.declination_deg = assumptions_.declination_deg;
      }
      const absl::StatusOr<double> degrees = TrueHeading(pose_.heading);
      if (!degrees.ok()) return;  // CheckPose() says why.
      choice_.Add(Quantity::kPlatformHeading, *degrees,
                  MetadataSource::kRequest, "pose.heading");
      choice_.Use(Quantity::kPlatformHeading);
      return;
    }
    pose_.heading.reference = NorthReference::kTrue;
    Take(Quantity::kPlatformHeading, "heading", pose_.heading.degrees);
  }

  void TakeGimbal() {
    pose_.heading = {*choice_.Use(Quantity::kGimbalYaw), NorthReference::kTrue,
                     std::nullopt, std::nullopt};
    pose_.sensor_elevation_deg = *choice_.Use(Quantity::kGimbalPitch);
    pose_.sensor_roll_deg = choice_.Use(Quantity::kGimbalRoll).value_or(0);
    choice_.Note(
        "the attitude is the gimbal's against the ground, its yaw taken as "
        "from true north");
  }

  absl::Status TakeLineOfSight() {
    const bool has_target = choice_.Has(Quantity::kTargetLatitude) &&
                            choice_.Has(Quantity::kTargetLongitude);
    const Quantity latitude =
        has_target ? Quantity::kTargetLatitude : Quantity::kFrameCenterLatitude;
    const Quantity longitude = has_target ? Quantity::kTargetLongitude
                                          : Quantity::kFrameCenterLongitude;
    if (!choice_.Has(latitude) || !choice_.Has(longitude)) {
      Missing("heading",
              "no source says the attitude, nor a target or frame centre to "
              "look at");
      return absl::OkStatus();
    }
    if (is_incomplete_) return absl::OkStatus();
    const absl::StatusOr<double> height =
        EllipsoidalHeight(pose_.height, "height");
    const absl::StatusOr<double> ground =
        EllipsoidalHeight(pose_.ground, "ground");
    SL_RETURN_IF_ERROR(PrefixFields(height.status(), "pose"));
    SL_RETURN_IF_ERROR(PrefixFields(ground.status(), "pose"));
    const GeoPoint camera{pose_.longitude_deg, pose_.latitude_deg, *height};
    const GeoPoint target{*choice_.Use(longitude), *choice_.Use(latitude),
                          *ground};
    const double distance =
        Length(ToEarthCentred(target) - ToEarthCentred(camera));
    const double range = choice_.Use(Quantity::kSlantRange).value_or(distance);
    SL_ASSIGN_OR_RETURN(
        const LineOfSight line,
        FindLineOfSight(camera, target, range,
                        std::max(kSlantRangeToleranceMetres,
                                 kSlantRangeToleranceShare * distance)));
    pose_ = WithLineOfSight(pose_, line, /*image_roll_deg=*/0);
    is_line_of_sight_ = true;
    choice_.Note(
        "the attitude is the line from the camera to the place in view, with a "
        "level horizon");
    return absl::OkStatus();
  }

  const PartialPose& known_;
  const PoseAssumptions& assumptions_;
  ValueChoice choice_;
  Pose pose_;
  bool is_line_of_sight_ = false;
  bool is_incomplete_ = false;
  Error incomplete_{absl::StatusCode::kInvalidArgument, kPoseIncomplete};
};

}  // namespace

absl::StatusOr<ResolvedPose> ResolvePose(const PartialPose& known,
                                         absl::Span<const MetadataValue> values,
                                         const PoseAssumptions& assumptions) {
  // Also where nothing needs them: a caller who sends no number is mistaken.
  SL_RETURN_IF_ERROR(
      CheckAssumption("geoid_height_m", assumptions.geoid_height_m, -120, 120));
  SL_RETURN_IF_ERROR(CheckAssumption("declination_deg",
                                     assumptions.declination_deg, -180, 180));
  return Resolver(known, assumptions).Resolve(values);
}

}  // namespace sightline::georef
