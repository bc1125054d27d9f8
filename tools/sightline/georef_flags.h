// What `sightline georef` was asked for.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_GEOREF_FLAGS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_GEOREF_FLAGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sightline/georef/v1/georef.pb.h"
#include "tools/sightline/arguments.h"
#include "tools/sightline/client/connection.h"

namespace sightline::cli {

// As what polygons are written.
enum class PolygonFile { kGeoJson, kWkb, kGeoPackage, kFlatGeobuf, kShapefile };

// Where the camera is.
struct CameraFlags {
  std::string pose;
  std::string uncertainty;
  std::string klv;
  std::string ts;
  std::optional<double> ts_at;
  double frames_per_second = 0;
  std::string overlay;
  std::string overlay_name;
  std::optional<double> geoid_height;
  std::optional<double> declination;
  bool assume_level = false;
  bool sea_level = false;
  bool line_of_sight = false;
  bool ignore_picture_metadata = false;
};

struct GeorefFlags {
  GeorefFlags() {
    connection.server = "localhost:50054";
    // A picture on the map of 150 million pixels, without loss.
    connection.longest_answer_bytes = 512 << 20;
  }

  CameraFlags camera;

  // What frames show.
  std::string mask;
  std::string model;

  // How polygons are made.
  std::vector<std::string> labels;
  double min_area = 0;
  double min_hole = 0;
  double simplify = 0;
  int connectivity = georef::v1::CONNECTIVITY_UNSPECIFIED;
  int dilate = 0;
  int close = 0;
  int max_vertices = 0;

  // What is written.
  int format = static_cast<int>(PolygonFile::kGeoJson);
  int epsg = 0;
  int raster = georef::v1::RASTER_FORMAT_UNSPECIFIED;
  int compression = georef::v1::RASTER_COMPRESSION_UNSPECIFIED;
  double pixel_size = 0;
  bool stac = false;
  std::string time;
  bool mask_out = false;
  bool without_pictures = false;
  bool without_map = false;
  std::string out;
  bool overwrite = false;
  bool json = false;

  // How frames are sent.
  bool stream = false;
  int in_flight = 8;

  // Of questions.
  std::string size;
  int points_per_edge = 0;
  bool confidence = false;

  ConnectionOptions connection;

  PolygonFile polygon_file() const { return static_cast<PolygonFile>(format); }
};

ArgumentParser MakeGeorefParser(GeorefFlags& flags);

// The flags of --pose, --klv and so on, for a parser of its own.
// `with_frames`: those that only frames can answer, such as their overlay.
void AddCameraFlags(ArgumentParser& parser, bool with_frames,
                    CameraFlags* flags);
// Those of --overlay and --overlay_name alone.
void AddOverlayFlags(ArgumentParser& parser, CameraFlags* flags);

// Errors: InvalidArgument FLAG_INVALID for values out of range and flags that
// do not go together.
absl::Status CheckGeorefFlags(const GeorefFlags& flags);
absl::Status CheckCameraFlags(const CameraFlags& flags);

// Everything that all frames share; a pose from a folder and local sets are
// each frame's own (input/frame_supplement.h). Reads the files that the flags
// name. Errors: those of ReadMessageFile() and ReadFile(), FLAG_INVALID.
absl::StatusOr<georef::v1::MetadataOptions> MakeMetadataOptions(
    const CameraFlags& flags);
absl::StatusOr<georef::v1::ProcessStreamSettings> MakeProcessSettings(
    const GeorefFlags& flags);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_GEOREF_FLAGS_H_
