#include "tools/sightline/output/frame_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tools/sightline/input/frame_supplement.h"
#include "tools/sightline/input/read_file.h"
#include "tools/sightline/output/export_program.h"
#include "tools/sightline/output/mask_picture.h"
#include "tools/sightline/text/csv.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kPictureSuffix[] = ".overlay.jpg";
constexpr char kRasterSuffix[] = ".tif";
constexpr char kStacSuffix[] = ".stac.json";
constexpr char kMaskSuffix[] = ".mask.png";

// "gpkg"; empty for formats that no other program writes.
std::string ExportFormat(PolygonFile file) {
  switch (file) {
    case PolygonFile::kGeoPackage:
      return "gpkg";
    case PolygonFile::kFlatGeobuf:
      return "fgb";
    case PolygonFile::kShapefile:
      return "shp";
    default:
      return "";
  }
}

std::string PolygonSuffix(PolygonFile file) {
  if (file == PolygonFile::kGeoJson) return ".geojson";
  if (file == PolygonFile::kWkb) return ".wkb.csv";
  // A Shapefile is several files; GIS programs read them in one.
  if (file == PolygonFile::kShapefile) return ".shp.zip";
  return absl::StrCat(".", ExportFormat(file));
}

bool HasRaster(const GeorefFlags& flags) {
  return flags.raster != georef::v1::RASTER_FORMAT_UNSPECIFIED;
}

std::string OrNothing(bool is_there, double value) {
  return is_there ? ShortestNumber(value) : "";
}

}  // namespace

std::string WkbCsv(const georef::v1::FeatureSet& features) {
  std::string text =
      CsvRecord({"wkb", "label", "class", "area_m2", "perimeter_m",
                 "centroid_longitude_deg", "centroid_latitude_deg",
                 "pixel_count", "holes", "truncated_by_edge", "mean_confidence",
                 "min_confidence", "position_error_m"});
  for (const auto& feature : features.features()) {
    text += CsvRecord(
        {absl::AsciiStrToUpper(absl::BytesToHexString(feature.wkb())),
         absl::StrCat(feature.label()), feature.class_name(),
         ShortestNumber(feature.area_m2()),
         ShortestNumber(feature.perimeter_m()),
         ShortestNumber(feature.centroid_longitude_deg()),
         ShortestNumber(feature.centroid_latitude_deg()),
         absl::StrCat(feature.pixel_count()),
         absl::StrCat(feature.hole_count()),
         feature.truncated_by_edge() ? "true" : "false",
         OrNothing(feature.has_mean_confidence(), feature.mean_confidence()),
         OrNothing(feature.has_minimum_confidence(),
                   feature.minimum_confidence()),
         OrNothing(feature.has_position_error_m(),
                   feature.position_error_m())});
  }
  return text;
}

FrameWriter::FrameWriter(const GeorefFlags& flags,
                         std::vector<PlannedFiles> plan,
                         std::string export_program)
    : flags_(&flags),
      plan_(std::move(plan)),
      export_program_(std::move(export_program)) {}

absl::StatusOr<FrameWriter> FrameWriter::Plan(const GeorefFlags& flags,
                                              absl::Span<const Scan> scans) {
  std::string export_program;
  if (!ExportFormat(flags.polygon_file()).empty()) {
    SL_ASSIGN_OR_RETURN(export_program, FindExportProgram());
  }
  std::vector<std::string> suffixes = {PolygonSuffix(flags.polygon_file())};
  if (!flags.without_pictures) suffixes.push_back(kPictureSuffix);
  if (HasRaster(flags)) suffixes.push_back(kRasterSuffix);
  if (flags.stac) suffixes.push_back(kStacSuffix);
  if (flags.mask_out) suffixes.push_back(kMaskSuffix);
  SL_ASSIGN_OR_RETURN(
      std::vector<PlannedFiles> plan,
      PlanFiles(flags.out, scans, suffixes, ExistingFiles::kOverwrite));
  std::vector<std::string> there;
  const auto look = [&](const std::string& path) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) there.push_back(path);
  };
  for (const PlannedFiles& planned : plan) {
    for (const std::string& suffix : suffixes) look(planned.stem + suffix);
  }
  if (!flags.without_map) look((fs::path(flags.out) / kMapFile).string());
  if (!flags.overwrite && !there.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "WOULD_OVERWRITE")
        .Message(absl::StrCat(
            there.front(),
            there.size() == 1
                ? std::string(" is")
                : absl::StrCat(" and ", there.size() - 1, " more are"),
            " there already: --overwrite writes anew"));
  }
  return FrameWriter(flags, std::move(plan), std::move(export_program));
}

absl::StatusOr<FrameFiles> FrameWriter::Write(
    const Scan& scan, const georef::v1::ProcessResponse& response,
    const ClassPalette& palette, const StopToken& stop) const {
  FrameFiles files;
  const std::string& stem = plan_[scan.place].stem;
  const PolygonFile format = flags_->polygon_file();
  files.polygons = stem + PolygonSuffix(format);
  if (format == PolygonFile::kGeoJson) {
    SL_RETURN_IF_ERROR(
        WriteFile(files.polygons, response.features().geojson()));
  } else if (format == PolygonFile::kWkb) {
    SL_RETURN_IF_ERROR(WriteFile(files.polygons, WkbCsv(response.features())));
  } else {
    SL_RETURN_IF_ERROR(ExportPolygons(
        export_program_, response.features().geojson(), ExportFormat(format),
        flags_->epsg, files.polygons, stop));
  }
  if (HasRaster(*flags_) && response.has_raster()) {
    files.raster = stem + kRasterSuffix;
    SL_RETURN_IF_ERROR(WriteFile(files.raster, response.raster().content()));
  }
  if (flags_->stac) {
    files.stac = stem + kStacSuffix;
    SL_RETURN_IF_ERROR(WriteFile(files.stac, response.stac_item()));
  }
  if (flags_->mask_out) {
    files.mask = stem + kMaskSuffix;
    SL_RETURN_IF_ERROR(WriteFile(files.mask, response.mask_png()));
  }
  if (!flags_->without_pictures) {
    // Read anew: holding on to all frames in flight would cost their memory.
    SL_ASSIGN_OR_RETURN(const std::string frame,
                        ReadScan(scan, kFrameDotsPerInch, stop));
    MaskPictureOptions options;
    options.with_corners =
        flags_->connectivity == georef::v1::CONNECTIVITY_SIDES_AND_CORNERS;
    SL_ASSIGN_OR_RETURN(
        const std::string picture,
        MaskPicture(frame, scan.is_pdf ? 0 : scan.page, response.mask_png(),
                    response.features().features(), palette, options));
    files.picture = stem + kPictureSuffix;
    SL_RETURN_IF_ERROR(WriteFile(files.picture, picture));
  }
  return files;
}

}  // namespace sightline::cli
