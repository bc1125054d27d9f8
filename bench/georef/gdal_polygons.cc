#include "bench/georef/gdal_polygons.h"

#include <gdal_alg.h>
#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"

namespace sightline::georef {
namespace {

int64_t TwiceArea(const OGRLinearRing& ring) {
  return std::llround(2 * ring.get_Area());
}

}  // namespace

absl::StatusOr<GdalPolygons> GdalPolygons::Create(const BenchMask& mask) {
  GDALAllRegister();
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("MEM");
  if (driver == nullptr) return absl::InternalError("GDAL has no driver MEM");
  GDALDataset* raster =
      driver->Create("", mask.width, mask.height, 0, GDT_Byte, nullptr);
  CPLStringList options;
  options.SetNameValue(
      "DATAPOINTER",
      absl::StrFormat("%p", static_cast<const void*>(mask.labels.data()))
          .c_str());
  options.SetNameValue("PIXELOFFSET", "1");
  options.SetNameValue("LINEOFFSET", std::to_string(mask.width).c_str());
  if (raster == nullptr ||
      raster->AddBand(GDT_Byte, options.List()) != CE_None) {
    return absl::InternalError("GDAL takes no band of the caller's pixels");
  }
  return GdalPolygons(raster);
}

GdalPolygons::GdalPolygons(GdalPolygons&& other) noexcept
    : raster_(std::exchange(other.raster_, nullptr)),
      vectors_(std::exchange(other.vectors_, nullptr)) {}

GdalPolygons::~GdalPolygons() {
  if (vectors_ != nullptr) GDALClose(vectors_);
  if (raster_ != nullptr) GDALClose(raster_);
}

absl::Status GdalPolygons::Polygonize() {
  if (vectors_ != nullptr) GDALClose(vectors_);
  vectors_ = GetGDALDriverManager()->GetDriverByName("Memory")->Create(
      "polygons", 0, 0, 0, GDT_Unknown, nullptr);
  OGRLayer* layer =
      vectors_->CreateLayer("polygons", nullptr, wkbPolygon, nullptr);
  OGRFieldDefn field("label", OFTInteger);
  if (layer->CreateField(&field) != OGRERR_NONE) {
    return absl::InternalError("GDAL creates no field");
  }
  GDALRasterBand* band = raster_->GetRasterBand(1);
  // The mask masks itself: 0 is left out.
  if (GDALPolygonize(band, band, OGRLayer::ToHandle(layer), 0, nullptr, nullptr,
                     nullptr) != CE_None) {
    return absl::InternalError("GDALPolygonize failed");
  }
  return absl::OkStatus();
}

PolygonInventory GdalPolygons::Inventory() const {
  PolygonInventory inventory;
  OGRLayer* layer = vectors_->GetLayer(0);
  layer->ResetReading();
  for (const auto& feature : *layer) {
    const OGRPolygon* polygon = feature->GetGeometryRef()->toPolygon();
    int64_t twice_area = 0;
    int64_t rings = 0;
    for (const OGRLinearRing* ring : *polygon) {
      twice_area += rings++ == 0 ? TwiceArea(*ring) : -TwiceArea(*ring);
      for (int i = 0; i + 1 < ring->getNumPoints(); ++i) {
        inventory.vertices.emplace_back(std::lround(ring->getX(i)),
                                        std::lround(ring->getY(i)));
      }
    }
    inventory.polygons.push_back({twice_area, rings});
  }
  inventory.Sort();
  return inventory;
}

std::string GdalPolygons::Version() { return GDALVersionInfo("RELEASE_NAME"); }

}  // namespace sightline::georef
