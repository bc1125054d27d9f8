#include "services/georef/engine/raster/gdal_file.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/raster/reasons.h"

namespace sightline::georef {
namespace {

// GDAL's messages go into statuses, not to stderr.
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

struct FreeOptions {
  void operator()(char** options) const { CSLDestroy(options); }
};
// The char** of GDAL's option lists.
class Options {
 public:
  void Set(const char* key, const std::string& value) {
    list_.reset(CSLSetNameValue(list_.release(), key, value.c_str()));
  }
  char** get() const { return list_.get(); }

 private:
  std::unique_ptr<char*, FreeOptions> list_;
};

// A file in memory that is gone with its name.
class MemoryFile {
 public:
  MemoryFile() {
    static std::atomic<int64_t> count{0};
    path_ = absl::StrCat("/vsimem/sightline_raster_", ++count, ".tif");
  }
  ~MemoryFile() { VSIUnlink(path_.c_str()); }
  const char* path() const { return path_.c_str(); }
  std::string Read() const {
    vsi_l_offset size = 0;
    const GByte* bytes =
        VSIGetMemFileBuffer(path_.c_str(), &size, /*bUnlinkAndSeize=*/FALSE);
    if (bytes == nullptr) return "";
    return std::string(reinterpret_cast<const char*>(bytes), size);
  }

 private:
  std::string path_;
};

absl::Status Failed(const char* doing) {
  return Error(absl::StatusCode::kInternal, kRasterNotWritten)
      .Message(absl::StrCat("GDAL failed ", doing, ": ", CPLGetLastErrorMsg()));
}

void RegisterOnce() {
  static std::once_flag once;
  std::call_once(once, [] { GDALAllRegister(); });
}

// The pixels as a dataset that does not copy them.
absl::StatusOr<Dataset> Open(const RasterView& view, int epsg,
                             const std::array<double, 6>& transform) {
  const GDALDriverH driver = GDALGetDriverByName("MEM");
  if (driver == nullptr) return Failed("to find its driver MEM");
  Dataset dataset(
      GDALCreate(driver, "", view.width, view.height, 0, GDT_Byte, nullptr));
  if (dataset == nullptr) return Failed("to open the pixels");
  for (int channel = 0; channel < view.channels; ++channel) {
    char pointer[64] = {};
    CPLPrintPointer(pointer, const_cast<uint8_t*>(view.values) + channel,
                    sizeof(pointer) - 1);
    Options band;
    band.Set("DATAPOINTER", pointer);
    band.Set("PIXELOFFSET", absl::StrCat(view.channels));
    band.Set("LINEOFFSET", absl::StrCat(view.stride));
    if (GDALAddBand(dataset.get(), GDT_Byte, band.get()) != CE_None) {
      return Failed("to open the pixels");
    }
  }
  const int colours = view.channels - (view.has_alpha ? 1 : 0);
  for (int channel = 0; channel < view.channels; ++channel) {
    constexpr GDALColorInterp kColours[] = {GCI_RedBand, GCI_GreenBand,
                                            GCI_BlueBand};
    GDALColorInterp meaning = colours == 1 ? GCI_GrayIndex : kColours[channel];
    if (channel == colours) meaning = GCI_AlphaBand;
    GDALSetRasterColorInterpretation(
        GDALGetRasterBand(dataset.get(), channel + 1), meaning);
  }
  const std::unique_ptr<void, decltype(&OSRRelease)> system(
      OSRNewSpatialReference(nullptr), &OSRRelease);
  OSRSetAxisMappingStrategy(system.get(), OAMS_TRADITIONAL_GIS_ORDER);
  if (OSRImportFromEPSG(system.get(), epsg) != OGRERR_NONE ||
      GDALSetSpatialRef(dataset.get(), system.get()) != CE_None) {
    return Failed("to name the coordinate system");
  }
  std::array<double, 6> copy = transform;
  if (GDALSetGeoTransform(dataset.get(), copy.data()) != CE_None) {
    return Failed("to set the affine map");
  }
  return dataset;
}

// Lossless codes are quick ones: frames are noise to them.
void SetCompression(RasterCompression compression, int jpeg_quality,
                    bool is_cloud_optimised, Options& options) {
  switch (compression) {
    case RasterCompression::kJpeg:
      options.Set("COMPRESS", "JPEG");
      options.Set(is_cloud_optimised ? "QUALITY" : "JPEG_QUALITY",
                  absl::StrCat(jpeg_quality));
      return;
    case RasterCompression::kDeflate:
      options.Set("COMPRESS", "DEFLATE");
      options.Set(is_cloud_optimised ? "LEVEL" : "ZLEVEL", "1");
      break;
    case RasterCompression::kZstd:
      options.Set("COMPRESS", "ZSTD");
      options.Set(is_cloud_optimised ? "LEVEL" : "ZSTD_LEVEL", "1");
      break;
  }
  options.Set("PREDICTOR", is_cloud_optimised ? "YES" : "2");
}

// A copy without alpha, which becomes the file's mask.
absl::StatusOr<Dataset> WithMask(const RasterView& view, int epsg,
                                 const std::array<double, 6>& transform) {
  SL_ASSIGN_OR_RETURN(Dataset all, Open(view, epsg, transform));
  const GDALDriverH driver = GDALGetDriverByName("MEM");
  Dataset copy(GDALCreate(driver, "", view.width, view.height,
                          view.channels - 1, GDT_Byte, nullptr));
  if (copy == nullptr ||
      GDALCreateDatasetMaskBand(copy.get(), GMF_PER_DATASET) != CE_None) {
    return Failed("to make a mask");
  }
  GDALSetSpatialRef(copy.get(), GDALGetSpatialRef(all.get()));
  std::array<double, 6> same = transform;
  GDALSetGeoTransform(copy.get(), same.data());
  std::vector<uint8_t> row(static_cast<size_t>(view.width));
  for (int channel = 0; channel < view.channels; ++channel) {
    const GDALRasterBandH from = GDALGetRasterBand(all.get(), channel + 1);
    const bool is_alpha = channel + 1 == view.channels;
    const GDALRasterBandH to =
        is_alpha ? GDALGetMaskBand(GDALGetRasterBand(copy.get(), 1))
                 : GDALGetRasterBand(copy.get(), channel + 1);
    if (!is_alpha) {
      GDALSetRasterColorInterpretation(to,
                                       GDALGetRasterColorInterpretation(from));
    }
    for (int y = 0; y < view.height; ++y) {
      if (GDALRasterIO(from, GF_Read, 0, y, view.width, 1, row.data(),
                       view.width, 1, GDT_Byte, 0, 0) != CE_None ||
          GDALRasterIO(to, GF_Write, 0, y, view.width, 1, row.data(),
                       view.width, 1, GDT_Byte, 0, 0) != CE_None) {
        return Failed("to copy the pixels");
      }
    }
  }
  return copy;
}

}  // namespace

absl::StatusOr<std::string> WriteGdalFile(
    const RasterView& view, int epsg, const std::array<double, 6>& transform,
    RasterFormat format, RasterCompression compression, int jpeg_quality) {
  RegisterOnce();
  const QuietErrors quiet;
  const bool is_cloud_optimised = format == RasterFormat::kCloudOptimised;
  const bool is_jpeg = compression == RasterCompression::kJpeg;
  const char* name = is_cloud_optimised ? "COG" : "GTiff";
  const GDALDriverH driver = GDALGetDriverByName(name);
  if (driver == nullptr) return Failed("to find its driver");
  absl::StatusOr<Dataset> source = is_jpeg && view.has_alpha
                                       ? WithMask(view, epsg, transform)
                                       : Open(view, epsg, transform);
  SL_RETURN_IF_ERROR(source.status());
  Options options;
  SetCompression(compression, jpeg_quality, is_cloud_optimised, options);
  if (!is_cloud_optimised) {
    options.Set("TILED", "YES");
    const int colours = view.channels - (view.has_alpha ? 1 : 0);
    if (is_jpeg && colours == 3) options.Set("PHOTOMETRIC", "YCBCR");
  }
  CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES");
  const MemoryFile file;
  Dataset written(GDALCreateCopy(driver, file.path(), source->get(),
                                 /*bStrict=*/FALSE, options.get(), nullptr,
                                 nullptr));
  CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", nullptr);
  if (written == nullptr) return Failed("to write the file");
  // What is left to write is written by closing.
  written.reset();
  std::string bytes = file.Read();
  if (bytes.empty()) return Failed("to write the file");
  return bytes;
}

}  // namespace sightline::georef
