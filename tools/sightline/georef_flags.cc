#include "tools/sightline/georef_flags.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/read_file.h"

namespace sightline::cli {
namespace {

using georef::v1::MetadataOptions;
using georef::v1::ProcessStreamSettings;

constexpr char kDescription[] =
    "Finds out what aerial frames show and where, and gives it back as "
    "polygons on the map. Names image files (JPEG, PNG, TIFF, WebP, BMP) and "
    "folders. One frame's failure is reported and the rest go on, in order.\n\n"
    "  sightline georef frame.jpg --pose pose.json --out map/\n"
    "  sightline georef frames/ --ts flight.ts --sea_level --geoid_height 41 "
    "\\\n"
    "      --out map/ --raster cog --format gpkg\n"
    "  sightline georef frame.png --mask mask.png --pose pose.json --json\n\n"
    "Parts of it (each has its own --help):\n\n"
    "  sightline georef footprint --size 1920x1080 --pose pose.json\n"
    "  sightline georef overlay frame.png --overlay profile.json\n"
    "  sightline georef segment frame.jpg --out masks/\n"
    "  sightline georef model\n\n"
    "docs/georef.md explains poses, metadata and outputs; `sightline describe "
    "sightline.georef.v1.Pose` every field.\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first frame that failed.";

// A profile's, see metadata.proto.
constexpr int64_t kMaxProfileBytes = 4 << 20;

absl::Status FlagInvalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(message);
}

bool IsFolder(const std::string& path) {
  std::error_code error;
  return !path.empty() && std::filesystem::is_directory(path, error);
}

void AddPolygonFlags(ArgumentParser& parser, GeorefFlags& flags) {
  parser.Heading("What frames show");
  parser.Add("mask", "FILE|DIR",
             "What frames show, if you know: a gray PNG of labels as large as "
             "the frame; no network runs. A folder has NAME.png for each "
             "frame.",
             &flags.mask);
  parser.Add("model", "NAME",
             "The server's network. Default: the one it names first.",
             &flags.model);
  parser.Heading("Polygons");
  parser.Add("label", "N",
             "A label that becomes polygons, 0..255. Repeat it for several. "
             "Default: all but the background.",
             &flags.labels);
  parser.Add("min_area", "M2", "Smaller regions are left out.",
             &flags.min_area);
  parser.Add("min_hole", "M2", "Smaller holes are closed.", &flags.min_hole);
  parser.Add("simplify", "M",
             "How far outlines may be moved to save vertices. Default 0: they "
             "follow the pixels.",
             &flags.simplify);
  parser.AddChoice("connectivity",
                   {{"4", georef::v1::CONNECTIVITY_SIDES},
                    {"8", georef::v1::CONNECTIVITY_SIDES_AND_CORNERS}},
                   "Pixels of a region share a side (4, the default), or a "
                   "side or corner (8).",
                   &flags.connectivity);
  parser.Add("dilate", "PIXELS", "Regions grow by so much first, 0..64.",
             &flags.dilate);
  parser.Add("close", "PIXELS", "Gaps up to twice as wide are closed, 0..64.",
             &flags.close);
  parser.Add("max_vertices", "N",
             "Most vertices of a frame; outlines are simplified until they "
             "fit. Default 100000.",
             &flags.max_vertices);
}

void AddOutputFlags(ArgumentParser& parser, GeorefFlags& flags) {
  parser.Heading("Output");
  parser.Add("out", "DIR",
             "Polygons go into this folder as NAME.geojson, with "
             "NAME.overlay.jpg, the frame with its regions drawn in, and "
             "map.html, a map of all. Without it frames are only reported on.",
             &flags.out);
  parser.AddChoice(
      "format",
      {{"geojson", static_cast<int>(PolygonFile::kGeoJson)},
       {"wkb", static_cast<int>(PolygonFile::kWkb)},
       {"gpkg", static_cast<int>(PolygonFile::kGeoPackage)},
       {"fgb", static_cast<int>(PolygonFile::kFlatGeobuf)},
       {"shp", static_cast<int>(PolygonFile::kShapefile)}},
      "As what polygons are written. wkb is NAME.wkb.csv, a line for each with "
      "its geometry in hexadecimal; the last three take the program "
      "sightline-georef-export. Default geojson.",
      &flags.format);
  parser.Add("epsg", "N",
             "Reference system of polygons (not of GeoJSON, which has one) "
             "and of --raster. Default: WGS84, and the UTM zone.",
             &flags.epsg);
  parser.AddChoice("raster",
                   {{"geotiff", georef::v1::RASTER_FORMAT_GEOTIFF},
                    {"north_up", georef::v1::RASTER_FORMAT_GEOTIFF_NORTH_UP},
                    {"cog", georef::v1::RASTER_FORMAT_COG}},
                   "Also writes NAME.tif: the frame on the map, as it is "
                   "(geotiff; not for oblique frames) or with north up.",
                   &flags.raster);
  parser.AddChoice("compression",
                   {{"jpeg", georef::v1::RASTER_COMPRESSION_JPEG},
                    {"deflate", georef::v1::RASTER_COMPRESSION_DEFLATE},
                    {"zstd", georef::v1::RASTER_COMPRESSION_ZSTD}},
                   "How pixels of NAME.tif are packed. Default jpeg.",
                   &flags.compression);
  parser.Add("pixel_size", "UNITS",
             "Of NAME.tif with north up, in units of the reference system. "
             "Default: that of the frame's middle.",
             &flags.pixel_size);
  parser.AddSwitch("stac",
                   "Also writes NAME.stac.json, a STAC Item that describes "
                   "NAME.tif. Frames go one by "
                   "one then.",
                   &flags.stac);
  parser.Add("time", "RFC3339",
             "When frames were taken, for --stac: 2026-11-20T10:15:00Z. "
             "Default: what their metadata says.",
             &flags.time);
  parser.AddSwitch("mask_out", "Also writes NAME.mask.png, a label a pixel.",
                   &flags.mask_out);
  parser.AddSwitch("without_pictures", "Writes no NAME.overlay.jpg.",
                   &flags.without_pictures);
  parser.AddSwitch("without_map", "Writes no map.html.", &flags.without_map);
  parser.AddSwitch("overwrite", "Writes over files of an earlier run.",
                   &flags.overwrite);
  parser.AddSwitch("json",
                   "One JSON object per frame on standard output; without "
                   "--out with its polygons as GeoJSON.",
                   &flags.json);
  parser.Heading("Sending");
  parser.AddSwitch("stream",
                   "Sends a single frame as a stream, too, which has no limit "
                   "of 8 MiB. Several frames always go so.",
                   &flags.stream);
  parser.Add("in_flight", "N",
             "Frames sent ahead of the oldest answer, 1..256. Default 8.",
             &flags.in_flight);
}

}  // namespace

void AddOverlayFlags(ArgumentParser& parser, CameraFlags* flags) {
  parser.Add("overlay", "PROFILE.json",
             "How to read the overlay that is burned into frames.",
             &flags->overlay);
  parser.Add("overlay_name", "NAME", "Instead: a profile of the server's.",
             &flags->overlay_name);
}

void AddCameraFlags(ArgumentParser& parser, bool with_frames,
                    CameraFlags* flags) {
  parser.Heading("Camera");
  parser.Add("pose", with_frames ? "FILE|DIR" : "FILE",
             with_frames
                 ? "What you know of the camera: JSON, sightline.georef.v1."
                   "Pose. A folder has NAME.json for each frame."
                 : "What you know of the camera: JSON, "
                   "sightline.georef.v1.Pose.",
             &flags->pose);
  parser.Add("uncertainty", "FILE",
             "How well: JSON, sightline.georef.v1.PoseUncertainty.",
             &flags->uncertainty);
  parser.Add("klv", "FILE",
             "MISB ST 0601 local sets, one after another: the n-th is the "
             "n-th frame's.",
             &flags->klv);
  parser.Add("ts", "FILE",
             "Instead: the transport stream with them, up to 4 GiB.",
             &flags->ts);
  parser.Add("ts_at", "SECONDS",
             "With --ts: when the first frame was taken, since the stream's "
             "first local set. The nearest set is taken. Default: by number.",
             &flags->ts_at);
  if (with_frames) {
    parser.Add("fps", "N",
               "Frames per second: the times of further frames with --ts_at; "
               "and overlays are judged by the frames before, too.",
               &flags->frames_per_second);
    AddOverlayFlags(parser, flags);
    parser.AddSwitch("ignore_picture_metadata",
                     "Leaves EXIF and XMP of the frames unread.",
                     &flags->ignore_picture_metadata);
  }
  parser.Add("geoid_height", "M",
             "Mean sea level above the ellipsoid where the frames are, "
             "-110..90, for heights above mean sea level.",
             &flags->geoid_height);
  parser.Add("declination", "DEGREES",
             "Magnetic north east of true north, for compass headings.",
             &flags->declination);
  parser.AddSwitch("assume_level",
                   "Pitch, roll, sensor azimuth and sensor roll that nobody "
                   "says count as 0.",
                   &flags->assume_level);
  parser.AddSwitch("sea_level",
                   "Ground that nobody says counts as mean sea level.",
                   &flags->sea_level);
  parser.AddSwitch("line_of_sight",
                   "Without an attitude: looks at the target or frame centre "
                   "that the metadata names, with a level horizon.",
                   &flags->line_of_sight);
}

ArgumentParser MakeGeorefParser(GeorefFlags& flags) {
  ArgumentParser parser("georef FRAMES_OR_FOLDERS... [--out DIR] [flags]",
                        kDescription);
  AddCameraFlags(parser, true, &flags.camera);
  AddPolygonFlags(parser, flags);
  AddOutputFlags(parser, flags);
  AddConnectionFlags(parser, &flags.connection);
  return parser;
}

absl::Status CheckCameraFlags(const CameraFlags& flags) {
  if (!flags.klv.empty() && !flags.ts.empty()) {
    return FlagInvalid("--klv or --ts, not both");
  }
  if (flags.ts_at.has_value() && flags.ts.empty()) {
    return FlagInvalid("--ts_at is about --ts FILE");
  }
  if (!flags.overlay.empty() && !flags.overlay_name.empty()) {
    return FlagInvalid("--overlay or --overlay_name, not both");
  }
  if (flags.frames_per_second != 0 &&
      !(flags.frames_per_second >= 0.01 && flags.frames_per_second <= 1000)) {
    return FlagInvalid("--fps must lie in 0.01..1000");
  }
  return absl::OkStatus();
}

absl::Status CheckGeorefFlags(const GeorefFlags& flags) {
  SL_RETURN_IF_ERROR(CheckCameraFlags(flags.camera));
  const bool has_raster = flags.raster != georef::v1::RASTER_FORMAT_UNSPECIFIED;
  if (flags.out.empty() &&
      (has_raster || flags.stac || flags.mask_out || flags.overwrite ||
       flags.without_pictures || flags.without_map ||
       flags.polygon_file() != PolygonFile::kGeoJson)) {
    return FlagInvalid(
        "--format, --raster, --stac, --mask_out, --without_pictures, "
        "--without_map and --overwrite are about --out DIR");
  }
  if (!flags.mask.empty() && !flags.model.empty()) {
    return FlagInvalid("--mask or --model, not both");
  }
  if (flags.stac && flags.stream) {
    return FlagInvalid("--stac or --stream, not both: streams make no items");
  }
  absl::Time time;
  std::string problem;
  if (!flags.time.empty() &&
      !absl::ParseTime(absl::RFC3339_full, flags.time, &time, &problem)) {
    return FlagInvalid(
        absl::StrCat("--time ", flags.time, " is no time: ", problem));
  }
  if (flags.stac && !has_raster) {
    return FlagInvalid("--stac describes a raster: say --raster, too");
  }
  if (!has_raster &&
      (flags.compression != georef::v1::RASTER_COMPRESSION_UNSPECIFIED ||
       flags.pixel_size != 0)) {
    return FlagInvalid("--compression and --pixel_size are about --raster");
  }
  if (flags.epsg != 0 && !has_raster &&
      flags.polygon_file() == PolygonFile::kGeoJson) {
    return FlagInvalid(
        "GeoJSON is WGS84 (RFC 7946): --epsg goes with --raster and with "
        "--format wkb, gpkg, fgb or shp");
  }
  if (flags.in_flight < 1 || flags.in_flight > 256) {
    return FlagInvalid("--in_flight must lie in 1..256");
  }
  return absl::OkStatus();
}

absl::StatusOr<MetadataOptions> MakeMetadataOptions(const CameraFlags& flags) {
  MetadataOptions options;
  if (!flags.pose.empty() && !IsFolder(flags.pose)) {
    SL_RETURN_IF_ERROR(ReadMessageFile(flags.pose, {}, options.mutable_pose()));
  }
  if (!flags.uncertainty.empty()) {
    SL_RETURN_IF_ERROR(
        ReadMessageFile(flags.uncertainty, {}, options.mutable_uncertainty()));
  }
  if (!flags.overlay.empty()) {
    SL_ASSIGN_OR_RETURN(*options.mutable_overlay()->mutable_profile_json(),
                        ReadFile(flags.overlay, kMaxProfileBytes));
  } else if (!flags.overlay_name.empty()) {
    options.mutable_overlay()->set_profile_name(flags.overlay_name);
  }
  options.set_ignore_picture_metadata(flags.ignore_picture_metadata);
  if (flags.geoid_height.has_value()) {
    options.set_geoid_height_m(*flags.geoid_height);
  }
  if (flags.declination.has_value()) {
    options.set_declination_deg(*flags.declination);
  }
  options.set_assume_level(flags.assume_level);
  options.set_assume_sea_level_ground(flags.sea_level);
  options.set_allow_line_of_sight(flags.line_of_sight);
  return options;
}

absl::StatusOr<ProcessStreamSettings> MakeProcessSettings(
    const GeorefFlags& flags) {
  ProcessStreamSettings settings;
  SL_ASSIGN_OR_RETURN(*settings.mutable_metadata(),
                      MakeMetadataOptions(flags.camera));
  if (!flags.model.empty()) settings.mutable_segment()->set_model(flags.model);
  auto& features = *settings.mutable_features();
  for (const std::string& text : flags.labels) {
    int label = 0;
    if (!absl::SimpleAtoi(text, &label) || label < 0 || label > 255) {
      return FlagInvalid(
          absl::StrCat("--label must lie in 0..255, not ", text));
    }
    features.add_labels(label);
  }
  features.set_connectivity(
      static_cast<georef::v1::Connectivity>(flags.connectivity));
  features.set_minimum_area_m2(flags.min_area);
  features.set_minimum_hole_m2(flags.min_hole);
  features.set_simplify_tolerance_m(flags.simplify);
  features.set_dilate_pixels(flags.dilate);
  features.set_close_pixels(flags.close);
  features.set_maximum_vertices(flags.max_vertices);
  auto& output = *settings.mutable_output();
  const bool is_wkb = flags.polygon_file() == PolygonFile::kWkb;
  if (flags.out.empty() && !flags.json) {
    output.set_format(georef::v1::FEATURE_FORMAT_NONE);
  } else if (is_wkb) {
    output.set_format(georef::v1::FEATURE_FORMAT_WKB);
    output.set_epsg(flags.epsg);
  } else {
    // What writes other files reads GeoJSON and changes its system itself.
    output.set_format(georef::v1::FEATURE_FORMAT_GEOJSON);
  }
  if (flags.raster != georef::v1::RASTER_FORMAT_UNSPECIFIED) {
    auto& raster = *settings.mutable_raster();
    raster.set_format(static_cast<georef::v1::RasterFormat>(flags.raster));
    raster.set_epsg(flags.epsg);
    raster.set_compression(
        static_cast<georef::v1::RasterCompression>(flags.compression));
    raster.set_pixel_size(flags.pixel_size);
  }
  settings.set_return_mask(!flags.out.empty() &&
                           (flags.mask_out || !flags.without_pictures));
  settings.set_frames_per_second(flags.camera.frames_per_second);
  return settings;
}

}  // namespace sightline::cli
