#include "services/georef/engine/export/export_features.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/export/reasons.h"
#include "services/georef/engine/projection/projector.h"
#include "services/georef/engine/projection/reasons.h"

namespace sightline::georef {
namespace {

struct FormatName {
  ExportFormat format;
  const char* name;
  const char* driver;
};
constexpr FormatName kFormats[] = {
    {ExportFormat::kGeoPackage, "gpkg", "GPKG"},
    {ExportFormat::kFlatGeobuf, "fgb", "FlatGeobuf"},
    {ExportFormat::kShapefile, "shp", "ESRI Shapefile"},
    {ExportFormat::kGeoJson, "geojson", "GeoJSON"},
    {ExportFormat::kCsv, "csv-wkt", "CSV"},
};

// The columns: a property of the features, its name in a shapefile, its type.
struct Column {
  const char* name;
  const char* short_name;
  OGRFieldType type;
  OGRFieldSubType subtype = OFSTNone;
};
constexpr Column kColumns[] = {
    {"label", "label", OFTInteger},
    {"class", "class", OFTString},
    {"area_m2", "area_m2", OFTReal},
    {"perimeter_m", "perim_m", OFTReal},
    {"centroid_inside", "cen_inside", OFTInteger, OFSTBoolean},
    {"pixel_count", "pixels", OFTInteger64},
    {"holes", "holes", OFTInteger},
    {"truncated_by_edge", "trunc_edge", OFTInteger, OFSTBoolean},
    {"truncated_by_horizon", "trunc_hori", OFTInteger, OFSTBoolean},
    {"mean_confidence", "mean_conf", OFTReal},
    {"min_confidence", "min_conf", OFTReal},
    {"position_error_m", "pos_err_m", OFTReal},
};
constexpr Column kCentroidColumns[] = {
    {"centroid_lon", "cen_lon", OFTReal},
    {"centroid_lat", "cen_lat", OFTReal},
};

class QuietErrors {
 public:
  QuietErrors() {
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
  }
  ~QuietErrors() { CPLPopErrorHandler(); }
};

struct CloseDataset {
  void operator()(void* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<void, CloseDataset>;
struct DestroyFeature {
  void operator()(void* feature) const {
    OGR_F_Destroy(static_cast<OGRFeatureH>(feature));
  }
};
using OgrFeature = std::unique_ptr<void, DestroyFeature>;
using System = std::unique_ptr<void, decltype(&OSRRelease)>;
using Transformation =
    std::unique_ptr<void, decltype(&OCTDestroyCoordinateTransformation)>;

absl::Status InputInvalid(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kExportInputInvalid)
      .Message(absl::StrCat("the input ", what));
}

absl::Status NotWritten(absl::string_view path) {
  return Error(absl::StatusCode::kInternal, kExportNotWritten)
      .Message(
          absl::StrCat(path, " could not be written: ", CPLGetLastErrorMsg()));
}

System SystemOf(int epsg) {
  System system(OSRNewSpatialReference(nullptr), &OSRRelease);
  OSRSetAxisMappingStrategy(system.get(), OAMS_TRADITIONAL_GIS_ORDER);
  OSRImportFromEPSG(system.get(), epsg);
  return system;
}

const FormatName& NameOf(ExportFormat format) {
  for (const FormatName& name : kFormats) {
    if (name.format == format) return name;
  }
  return kFormats[0];
}

bool IsZip(const ExportOptions& options) {
  return options.format == ExportFormat::kShapefile &&
         absl::EndsWithIgnoreCase(options.path, ".zip");
}

absl::Status CheckOptions(const ExportOptions& options) {
  const auto invalid = [](const char* field, absl::string_view what) {
    return Error(absl::StatusCode::kInvalidArgument, kExportOptionInvalid)
        .Field(field, what);
  };
  if (options.path.empty()) return invalid("path", "is empty");
  if (options.format == ExportFormat::kGeoPackage &&
      !absl::EndsWithIgnoreCase(options.path, ".gpkg")) {
    return invalid("path",
                   "must end in .gpkg: readers know a GeoPackage by it");
  }
  if (options.format == ExportFormat::kGeoJson && options.epsg != 4326) {
    return invalid("epsg", "must be 4326: GeoJSON has no other (RFC 7946, 4)");
  }
  std::error_code error;
  if (!options.overwrite && std::filesystem::exists(options.path, error)) {
    return Error(absl::StatusCode::kAlreadyExists, kExportOptionInvalid)
        .Field("path", absl::StrCat(options.path, " exists"));
  }
  if (std::filesystem::is_directory(options.path, error) &&
      (options.format != ExportFormat::kShapefile || IsZip(options))) {
    return invalid("path", absl::StrCat(options.path, " is a folder"));
  }
  // Says so clearly, before GDAL does.
  return Projector::Create(options.epsg).status();
}

// The text as a dataset; the text must outlive it.
class Input {
 public:
  explicit Input(absl::string_view geojson) {
    static std::atomic<int64_t> count{0};
    path_ = absl::StrCat("/vsimem/sightline_export_", ++count, ".geojson");
    VSIFCloseL(VSIFileFromMemBuffer(
        path_.c_str(),
        reinterpret_cast<GByte*>(const_cast<char*>(geojson.data())),
        geojson.size(), FALSE));
    const char* const drivers[] = {"GeoJSON", nullptr};
    dataset_.reset(GDALOpenEx(path_.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY,
                              drivers, nullptr, nullptr));
  }
  ~Input() {
    dataset_.reset();
    VSIUnlink(path_.c_str());
  }
  OGRLayerH layer() const {
    return dataset_ == nullptr ? nullptr
                               : GDALDatasetGetLayer(dataset_.get(), 0);
  }

 private:
  std::string path_;
  Dataset dataset_;
};

absl::Status AddColumn(OGRLayerH layer, const Column& column,
                       bool is_shapefile) {
  const OGRFieldDefnH field = OGR_Fld_Create(
      is_shapefile ? column.short_name : column.name, column.type);
  OGR_Fld_SetSubType(field, column.subtype);
  const OGRErr error = OGR_L_CreateField(layer, field, FALSE);
  OGR_Fld_Destroy(field);
  return error == OGRERR_NONE ? absl::OkStatus() : NotWritten(column.name);
}

// What a column holds of a feature.
void CopyProperty(OGRFeatureH from, const Column& column, OGRFeatureH to,
                  int index) {
  const int source = OGR_F_GetFieldIndex(from, column.name);
  if (source < 0 || !OGR_F_IsFieldSetAndNotNull(from, source)) {
    OGR_F_SetFieldNull(to, index);
    return;
  }
  switch (column.type) {
    case OFTReal:
      OGR_F_SetFieldDouble(to, index, OGR_F_GetFieldAsDouble(from, source));
      break;
    case OFTString:
      OGR_F_SetFieldString(to, index, OGR_F_GetFieldAsString(from, source));
      break;
    default:
      OGR_F_SetFieldInteger64(to, index,
                              OGR_F_GetFieldAsInteger64(from, source));
  }
}

void CopyCentroid(OGRFeatureH from, OGRFeatureH to, int index) {
  const int source = OGR_F_GetFieldIndex(from, "centroid");
  if (source < 0) return;
  int count = 0;
  const double* values = OGR_F_GetFieldAsDoubleList(from, source, &count);
  if (count != 2) return;
  OGR_F_SetFieldDouble(to, index, values[0]);
  OGR_F_SetFieldDouble(to, index + 1, values[1]);
}

absl::Status CopyGeometry(OGRFeatureH from, OGRCoordinateTransformationH change,
                          int epsg, OGRFeatureH to) {
  const OGRGeometryH geometry = OGR_F_GetGeometryRef(from);
  const OGRwkbGeometryType type =
      geometry == nullptr ? wkbUnknown
                          : wkbFlatten(OGR_G_GetGeometryType(geometry));
  if (type != wkbPolygon && type != wkbMultiPolygon) {
    return InputInvalid("has a feature that is no polygon");
  }
  const OGRGeometryH copy = OGR_G_ForceToMultiPolygon(OGR_G_Clone(geometry));
  if (change != nullptr && OGR_G_Transform(copy, change) != OGRERR_NONE) {
    OGR_G_DestroyGeometry(copy);
    return Error(absl::StatusCode::kOutOfRange, kOutsideCoordinateSystem)
        .Message(
            absl::StrCat("places lie where EPSG:", epsg, " has no coordinates"))
        .With("epsg", absl::StrCat(epsg));
  }
  OGR_F_SetGeometryDirectly(to, copy);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> CopyFeatures(OGRLayerH from, OGRLayerH to,
                                     OGRCoordinateTransformationH change,
                                     const ExportOptions& options) {
  int64_t count = 0;
  OGR_L_ResetReading(from);
  while (const OgrFeature feature{OGR_L_GetNextFeature(from)}) {
    const auto source = static_cast<OGRFeatureH>(feature.get());
    const OgrFeature copy(OGR_F_Create(OGR_L_GetLayerDefn(to)));
    const auto target = static_cast<OGRFeatureH>(copy.get());
    int index = 0;
    for (const Column& column : kColumns) {
      CopyProperty(source, column, target, index++);
    }
    CopyCentroid(source, target, index);
    SL_RETURN_IF_ERROR(CopyGeometry(source, change, options.epsg, target));
    if (OGR_L_CreateFeature(to, target) != OGRERR_NONE) {
      return NotWritten(options.path);
    }
    ++count;
  }
  return count;
}

// Where OGR writes to: a shapefile's zip is known to it by its whole ending.
std::string WorkingPath(const ExportOptions& options) {
  if (!IsZip(options)) return options.path;
  return absl::StrCat(options.path, ".unfinished.shp.zip");
}

absl::StatusOr<int64_t> Write(const Input& input,
                              const ExportOptions& options) {
  const FormatName& name = NameOf(options.format);
  const GDALDriverH driver = GDALGetDriverByName(name.driver);
  if (driver == nullptr) return NotWritten(options.path);
  const bool is_shapefile = options.format == ExportFormat::kShapefile;
  if (is_shapefile && !IsZip(options)) {
    std::error_code error;
    std::filesystem::create_directories(options.path, error);
    if (error) {
      return Error(absl::StatusCode::kInternal, kExportNotWritten)
          .Message(absl::StrCat(options.path,
                                " could not be made: ", error.message()));
    }
  }
  Dataset dataset(GDALCreate(driver, WorkingPath(options).c_str(), 0, 0, 0,
                             GDT_Unknown, nullptr));
  if (dataset == nullptr) return NotWritten(options.path);
  const System system = SystemOf(options.epsg);
  const char* const csv[] = {"GEOMETRY=AS_WKT", nullptr};
  const char* const geojson[] = {"RFC7946=YES", "COORDINATE_PRECISION=8",
                                 nullptr};
  const char* const shapefile[] = {"ENCODING=UTF-8", nullptr};
  const char* const* layer_options = options.format == ExportFormat::kCsv ? csv
                                     : options.format == ExportFormat::kGeoJson
                                         ? geojson
                                     : is_shapefile ? shapefile
                                                    : nullptr;
  const OGRLayerH layer = GDALDatasetCreateLayer(
      dataset.get(), "features", system.get(), wkbMultiPolygon,
      const_cast<char**>(layer_options));
  if (layer == nullptr) return NotWritten(options.path);
  for (const Column& column : kColumns) {
    SL_RETURN_IF_ERROR(AddColumn(layer, column, is_shapefile));
  }
  for (const Column& column : kCentroidColumns) {
    SL_RETURN_IF_ERROR(AddColumn(layer, column, is_shapefile));
  }
  const System wgs84 = SystemOf(4326);
  const Transformation change(
      options.epsg == 4326
          ? nullptr
          : OCTNewCoordinateTransformation(wgs84.get(), system.get()),
      &OCTDestroyCoordinateTransformation);
  if (options.epsg != 4326 && change == nullptr)
    return NotWritten(options.path);
  const bool has_transaction = OGR_L_TestCapability(layer, OLCTransactions) &&
                               OGR_L_StartTransaction(layer) == OGRERR_NONE;
  SL_ASSIGN_OR_RETURN(
      const int64_t count,
      CopyFeatures(input.layer(), layer,
                   static_cast<OGRCoordinateTransformationH>(change.get()),
                   options));
  if (has_transaction && OGR_L_CommitTransaction(layer) != OGRERR_NONE) {
    return NotWritten(options.path);
  }
  // Closing writes what is left; its failures are known by messages only.
  CPLErrorReset();
  dataset.reset();
  if (CPLGetLastErrorType() >= CE_Failure) return NotWritten(options.path);
  return count;
}

// Removes what Write() may have left or would replace, and nothing else: of a
// folder only a shapefile's own files.
void Remove(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) {
    std::filesystem::remove(path, ignored);
    return;
  }
  for (const char* ending : {"shp", "shx", "dbf", "prj", "cpg"}) {
    std::filesystem::remove(absl::StrCat(path, "/features.", ending), ignored);
  }
  // Only if it is empty.
  std::filesystem::remove(path, ignored);
}

}  // namespace

std::optional<ExportFormat> ParseExportFormat(absl::string_view name) {
  for (const FormatName& format : kFormats) {
    if (name == format.name) return format.format;
  }
  return std::nullopt;
}

absl::StatusOr<int64_t> ExportFeatures(absl::string_view geojson,
                                       const ExportOptions& options) {
  static std::once_flag once;
  std::call_once(once, [] { GDALAllRegister(); });
  const QuietErrors quiet;
  SL_RETURN_IF_ERROR(CheckOptions(options));
  const Input input(geojson);
  if (input.layer() == nullptr) {
    return InputInvalid(absl::StrCat("is no GeoJSON: ", CPLGetLastErrorMsg()));
  }
  if (options.overwrite) Remove(options.path);
  absl::StatusOr<int64_t> count = Write(input, options);
  if (!count.ok()) {
    Remove(WorkingPath(options));
    return count;
  }
  if (IsZip(options)) {
    std::error_code error;
    std::filesystem::rename(WorkingPath(options), options.path, error);
    if (error) {
      Remove(WorkingPath(options));
      return Error(absl::StatusCode::kInternal, kExportNotWritten)
          .Message(absl::StrCat(options.path,
                                " could not be written: ", error.message()));
    }
  }
  return count;
}

}  // namespace sightline::georef
