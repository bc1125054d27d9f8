// GDAL's polygons of a mask: the peer of TracePolygons().
#ifndef SIGHTLINE_BENCH_GEOREF_GDAL_POLYGONS_H_
#define SIGHTLINE_BENCH_GEOREF_GDAL_POLYGONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/georef/bench_mask.h"
#include "bench/georef/polygon_inventory.h"

class GDALDataset;

namespace sightline::georef {

// A mask in GDAL's memory driver, which reads the caller's pixels in place, and
// a layer of its Memory driver that GDALPolygonize fills.
class GdalPolygons {
 public:
  // `mask` must outlive the object.
  static absl::StatusOr<GdalPolygons> Create(const BenchMask& mask);
  GdalPolygons(GdalPolygons&& other) noexcept;
  GdalPolygons& operator=(GdalPolygons&&) = delete;
  ~GdalPolygons();

  // Into a new layer; the one before is freed.
  absl::Status Polygonize();

  PolygonInventory Inventory() const;
  static std::string Version();

 private:
  explicit GdalPolygons(GDALDataset* raster) : raster_(raster) {}

  GDALDataset* raster_;
  GDALDataset* vectors_ = nullptr;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_BENCH_GEOREF_GDAL_POLYGONS_H_
