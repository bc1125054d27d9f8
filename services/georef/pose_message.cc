#include "services/georef/pose_message.h"

#include <string>

namespace sightline::georef {
namespace {

// What the engine does not know is kUnstated, which it refuses by name.
HeightReference FromProto(v1::HeightReference reference) {
  switch (reference) {
    case v1::HEIGHT_REFERENCE_ELLIPSOID:
      return HeightReference::kEllipsoid;
    case v1::HEIGHT_REFERENCE_MEAN_SEA_LEVEL:
      return HeightReference::kGeoid;
    default:
      return HeightReference::kUnstated;
  }
}

NorthReference FromProto(v1::NorthReference reference) {
  switch (reference) {
    case v1::NORTH_REFERENCE_TRUE:
      return NorthReference::kTrue;
    case v1::NORTH_REFERENCE_GRID:
      return NorthReference::kGrid;
    case v1::NORTH_REFERENCE_MAGNETIC:
      return NorthReference::kMagnetic;
    default:
      return NorthReference::kUnstated;
  }
}

Height FromProto(const v1::Height& height) {
  Height result{height.metres(), FromProto(height.reference()), std::nullopt};
  if (height.has_geoid_height_m()) {
    result.geoid_height_m = height.geoid_height_m();
  }
  return result;
}

Heading FromProto(const v1::Heading& heading) {
  Heading result{heading.degrees(), FromProto(heading.reference()),
                 std::nullopt, std::nullopt};
  if (heading.has_convergence_deg()) {
    result.convergence_deg = heading.convergence_deg();
  }
  if (heading.has_declination_deg()) {
    result.declination_deg = heading.declination_deg();
  }
  return result;
}

v1::MetadataSource ToProto(MetadataSource source) {
  switch (source) {
    case MetadataSource::kLocalSet:
      return v1::METADATA_SOURCE_LOCAL_SET;
    case MetadataSource::kExif:
      return v1::METADATA_SOURCE_EXIF;
    case MetadataSource::kXmp:
      return v1::METADATA_SOURCE_XMP;
    case MetadataSource::kOverlay:
      return v1::METADATA_SOURCE_OVERLAY;
    case MetadataSource::kRequest:
      return v1::METADATA_SOURCE_REQUEST;
    case MetadataSource::kAssumed:
      return v1::METADATA_SOURCE_ASSUMED;
    case MetadataSource::kDerived:
      return v1::METADATA_SOURCE_DERIVED;
  }
  return v1::METADATA_SOURCE_UNSPECIFIED;
}

v1::MetadataDoubt ToProto(Doubt doubt) {
  switch (doubt) {
    case Doubt::kNone:
      return v1::METADATA_DOUBT_UNSPECIFIED;
    case Doubt::kUnknown:
      return v1::METADATA_DOUBT_UNKNOWN;
    case Doubt::kOutOfRange:
      return v1::METADATA_DOUBT_OUT_OF_RANGE;
    case Doubt::kOffEarth:
      return v1::METADATA_DOUBT_OFF_EARTH;
    case Doubt::kErrorCode:
      return v1::METADATA_DOUBT_ERROR_CODE;
    case Doubt::kMalformed:
      return v1::METADATA_DOUBT_MALFORMED;
    case Doubt::kContradictory:
      return v1::METADATA_DOUBT_CONTRADICTORY;
    case Doubt::kReferenceUnclear:
      return v1::METADATA_DOUBT_REFERENCE_UNCLEAR;
    case Doubt::kUnreadable:
      return v1::METADATA_DOUBT_ILLEGIBLE;
    case Doubt::kUnsteady:
      return v1::METADATA_DOUBT_TEMPORAL;
  }
  return v1::METADATA_DOUBT_MALFORMED;
}

// Above the ellipsoid: what a resolved height comes to.
v1::Height EllipsoidalToProto(const Height& height) {
  v1::Height result;
  result.set_metres(height.metres + (height.reference == HeightReference::kGeoid
                                         ? height.geoid_height_m.value_or(0)
                                         : 0));
  result.set_reference(v1::HEIGHT_REFERENCE_ELLIPSOID);
  return result;
}

}  // namespace

PartialPose FromProto(const v1::Pose& pose) {
  PartialPose result;
  if (pose.has_longitude_deg()) result.longitude_deg = pose.longitude_deg();
  if (pose.has_latitude_deg()) result.latitude_deg = pose.latitude_deg();
  if (pose.has_height()) result.height = FromProto(pose.height());
  if (pose.has_heading()) result.heading = FromProto(pose.heading());
  if (pose.has_pitch_deg()) result.pitch_deg = pose.pitch_deg();
  if (pose.has_roll_deg()) result.roll_deg = pose.roll_deg();
  if (pose.has_sensor_azimuth_deg()) {
    result.sensor_azimuth_deg = pose.sensor_azimuth_deg();
  }
  if (pose.has_sensor_elevation_deg()) {
    result.sensor_elevation_deg = pose.sensor_elevation_deg();
  }
  if (pose.has_sensor_roll_deg()) {
    result.sensor_roll_deg = pose.sensor_roll_deg();
  }
  if (pose.has_horizontal_field_of_view_deg()) {
    result.horizontal_field_of_view_deg = pose.horizontal_field_of_view_deg();
  }
  if (pose.has_vertical_field_of_view_deg()) {
    result.vertical_field_of_view_deg = pose.vertical_field_of_view_deg();
  }
  if (pose.has_ground()) result.ground = FromProto(pose.ground());
  return result;
}

v1::Pose Overlaid(const v1::Pose& pose, const v1::Pose& frame) {
  v1::Pose result = pose;
  // Merging would mix a height's metres with another one's reference.
  if (frame.has_height()) result.clear_height();
  if (frame.has_heading()) result.clear_heading();
  if (frame.has_ground()) result.clear_ground();
  result.MergeFrom(frame);
  return result;
}

PoseAssumptions AssumptionsOf(const v1::MetadataOptions& options) {
  PoseAssumptions result;
  if (options.has_geoid_height_m()) {
    result.geoid_height_m = options.geoid_height_m();
  }
  if (options.has_declination_deg()) {
    result.declination_deg = options.declination_deg();
  }
  result.is_level = options.assume_level();
  result.is_sea_level_ground = options.assume_sea_level_ground();
  result.is_line_of_sight = options.allow_line_of_sight();
  return result;
}

std::optional<PoseUncertainty> UncertaintyOf(
    const v1::MetadataOptions& options) {
  if (!options.has_uncertainty()) return std::nullopt;
  const v1::PoseUncertainty& stated = options.uncertainty();
  PoseUncertainty result;
  result.horizontal_m = stated.horizontal_m();
  result.height_m = stated.height_m();
  result.heading_deg = stated.heading_deg();
  result.pitch_deg = stated.pitch_deg();
  result.roll_deg = stated.roll_deg();
  result.sensor_azimuth_deg = stated.sensor_azimuth_deg();
  result.sensor_elevation_deg = stated.sensor_elevation_deg();
  result.sensor_roll_deg = stated.sensor_roll_deg();
  result.horizontal_field_of_view_deg = stated.horizontal_field_of_view_deg();
  result.vertical_field_of_view_deg = stated.vertical_field_of_view_deg();
  result.ground_height_m = stated.ground_height_m();
  return result;
}

v1::MetadataValue ToProto(const MetadataValue& value) {
  v1::MetadataValue result;
  result.set_quantity(std::string(NameOf(value.quantity)));
  if (value.value.has_value()) result.set_value(*value.value);
  result.set_unit(std::string(NameOf(UnitOf(value.quantity))));
  result.set_source(ToProto(value.source));
  result.set_origin(value.origin);
  result.set_resolution(value.resolution);
  result.set_doubt(ToProto(value.doubt));
  result.set_confidence(value.confidence);
  return result;
}

v1::PoseReport ToProto(const ResolvedPose& resolved) {
  v1::PoseReport report;
  const Pose& pose = resolved.pose;
  v1::Pose& out = *report.mutable_pose();
  out.set_longitude_deg(pose.longitude_deg);
  out.set_latitude_deg(pose.latitude_deg);
  *out.mutable_height() = EllipsoidalToProto(pose.height);
  // A resolved pose has a heading that can be turned into a true one.
  out.mutable_heading()->set_degrees(TrueHeading(pose.heading).value_or(0));
  out.mutable_heading()->set_reference(v1::NORTH_REFERENCE_TRUE);
  out.set_pitch_deg(pose.pitch_deg);
  out.set_roll_deg(pose.roll_deg);
  out.set_sensor_azimuth_deg(pose.sensor_azimuth_deg);
  out.set_sensor_elevation_deg(pose.sensor_elevation_deg);
  out.set_sensor_roll_deg(pose.sensor_roll_deg);
  out.set_horizontal_field_of_view_deg(pose.horizontal_field_of_view_deg);
  if (pose.vertical_field_of_view_deg.has_value()) {
    out.set_vertical_field_of_view_deg(*pose.vertical_field_of_view_deg);
  }
  *out.mutable_ground() = EllipsoidalToProto(pose.ground);
  for (const ResolvedPose::Value& value : resolved.values) {
    v1::MetadataValue& message = *report.add_values();
    message = ToProto(value.value);
    message.set_used(value.is_used);
  }
  for (const std::string& note : resolved.notes) report.add_notes(note);
  report.set_is_line_of_sight(resolved.is_line_of_sight);
  return report;
}

}  // namespace sightline::georef
