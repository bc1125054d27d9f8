#include "services/georef/engine/raster/north_up.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/raster/reasons.h"

namespace sightline::georef {
namespace {

constexpr int kLargestCell = 32;
constexpr int kSmallestCell = 4;
// Of a pixel of the frame: what interpolating may add.
constexpr double kWarpTolerance = 0.05;
constexpr double kWorstWarp = 0.5;

// Where the raster's corner points (column, row) look in the frame.
class InverseMap {
 public:
  InverseMap(const GroundCamera& camera, const Projector& projector,
             const AffineTransform& transform)
      : camera_(camera), projector_(projector), transform_(transform) {}

  // Replaces columns and rows by pixels of the frame; NaN where the camera
  // does not see the place.
  absl::Status Map(std::vector<MapPoint>& points) const {
    for (MapPoint& point : points) {
      double x = transform_[0] + point.longitude_deg * transform_[1];
      if (projector_.is_geographic()) x = WrapLongitude(x);
      point = {x, transform_[3] + point.latitude_deg * transform_[5]};
    }
    SL_RETURN_IF_ERROR(projector_.Inverse(absl::MakeSpan(points)));
    constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();
    for (MapPoint& point : points) {
      const auto pixel = camera_.Pixel(
          {point.longitude_deg, point.latitude_deg, camera_.ground_height_m()});
      point = pixel.ok() ? MapPoint{pixel->x, pixel->y}
                         : MapPoint{kNowhere, kNowhere};
    }
    return absl::OkStatus();
  }

 private:
  const GroundCamera& camera_;
  const Projector& projector_;
  const AffineTransform& transform_;
};

// The map at the corners of cells, and how wrong its interpolation is.
struct Cells {
  int side = 0;
  int columns = 0;
  int rows = 0;
  std::vector<MapPoint> corners;
  double error = 0;

  const MapPoint& Corner(int column, int row) const {
    return corners[static_cast<size_t>(row) * (columns + 1) + column];
  }
};

bool IsInFrame(const MapPoint& pixel, PixelSize frame) {
  return pixel.longitude_deg >= 0 && pixel.longitude_deg <= frame.width &&
         pixel.latitude_deg >= 0 && pixel.latitude_deg <= frame.height;
}

absl::StatusOr<Cells> MakeCells(const InverseMap& map, int side, int width,
                                int height, PixelSize frame,
                                const StopToken& stop) {
  Cells cells;
  cells.side = side;
  cells.columns = (width + side - 1) / side;
  cells.rows = (height + side - 1) / side;
  std::vector<MapPoint> middles;
  for (int row = 0; row <= cells.rows; ++row) {
    for (int column = 0; column <= cells.columns; ++column) {
      const MapPoint corner{static_cast<double>(column) * side,
                            static_cast<double>(row) * side};
      cells.corners.push_back(corner);
      if (row < cells.rows && column < cells.columns) {
        middles.push_back({corner.longitude_deg + side / 2.0,
                           corner.latitude_deg + side / 2.0});
      }
    }
  }
  SL_RETURN_IF_ERROR(stop.Poll());
  SL_RETURN_IF_ERROR(map.Map(cells.corners));
  SL_RETURN_IF_ERROR(stop.Poll());
  SL_RETURN_IF_ERROR(map.Map(middles));
  for (int row = 0; row < cells.rows; ++row) {
    for (int column = 0; column < cells.columns; ++column) {
      const MapPoint& exact =
          middles[static_cast<size_t>(row) * cells.columns + column];
      if (!IsInFrame(exact, frame)) continue;
      const MapPoint& a = cells.Corner(column, row);
      const MapPoint& b = cells.Corner(column + 1, row);
      const MapPoint& c = cells.Corner(column, row + 1);
      const MapPoint& d = cells.Corner(column + 1, row + 1);
      const double x = 0.25 * (a.longitude_deg + b.longitude_deg +
                               c.longitude_deg + d.longitude_deg);
      const double y = 0.25 * (a.latitude_deg + b.latitude_deg +
                               c.latitude_deg + d.latitude_deg);
      const double error =
          std::hypot(x - exact.longitude_deg, y - exact.latitude_deg);
      // Not a number where a corner of the cell is out of sight.
      cells.error = error <= cells.error ? cells.error : error;
      if (std::isnan(error)) {
        cells.error = std::numeric_limits<double>::infinity();
      }
    }
  }
  return cells;
}

// Bilinear; `x` and `y` corner-based within the frame.
void Sample(const FramePixels& pixels, double x, double y, uint8_t* to) {
  const double u = std::clamp(x - 0.5, 0.0, pixels.width - 1.0);
  const double v = std::clamp(y - 0.5, 0.0, pixels.height - 1.0);
  const int left = std::min(static_cast<int>(u), std::max(pixels.width - 2, 0));
  const int top = std::min(static_cast<int>(v), std::max(pixels.height - 2, 0));
  const auto fu = static_cast<float>(u - left);
  const auto fv = static_cast<float>(v - top);
  const ptrdiff_t right = pixels.width > 1 ? pixels.channels : 0;
  const ptrdiff_t down = pixels.height > 1 ? pixels.stride : 0;
  const uint8_t* at = pixels.values + top * pixels.stride +
                      static_cast<ptrdiff_t>(left) * pixels.channels;
  for (int channel = 0; channel < pixels.channels; ++channel, ++at) {
    const float upper = at[0] + fu * (at[right] - at[0]);
    const float lower = at[down] + fu * (at[down + right] - at[down]);
    to[channel] = static_cast<uint8_t>(upper + fv * (lower - upper) + 0.5f);
  }
  to[pixels.channels] = 255;
}

void FillRow(const FramePixels& pixels, const Cells& cells, int row,
             NorthUpPixels& raster) {
  const int cell_row = row / cells.side;
  const double t = (row - cell_row * cells.side + 0.5) / cells.side;
  uint8_t* to = raster.values.data() +
                static_cast<size_t>(row) * raster.width * raster.channels;
  for (int cell = 0; cell < cells.columns; ++cell) {
    const MapPoint& a = cells.Corner(cell, cell_row);
    const MapPoint& b = cells.Corner(cell + 1, cell_row);
    const MapPoint& c = cells.Corner(cell, cell_row + 1);
    const MapPoint& d = cells.Corner(cell + 1, cell_row + 1);
    const double left_x =
        a.longitude_deg + t * (c.longitude_deg - a.longitude_deg);
    const double left_y =
        a.latitude_deg + t * (c.latitude_deg - a.latitude_deg);
    const double step_x =
        (b.longitude_deg + t * (d.longitude_deg - b.longitude_deg) - left_x) /
        cells.side;
    const double step_y =
        (b.latitude_deg + t * (d.latitude_deg - b.latitude_deg) - left_y) /
        cells.side;
    const int begin = cell * cells.side;
    const int end = std::min(begin + cells.side, raster.width);
    for (int column = begin; column < end; ++column, to += raster.channels) {
      const double x = left_x + (column - begin + 0.5) * step_x;
      const double y = left_y + (column - begin + 0.5) * step_y;
      if (x >= 0 && x <= pixels.width && y >= 0 && y <= pixels.height) {
        Sample(pixels, x, y, to);
      }
    }
  }
}

// Where the raster lies, and its size.
absl::Status Place(const GroundCamera& camera, const Projector& projector,
                   const FrameSamples& samples, const RasterOptions& options,
                   NorthUpPixels& raster) {
  MapPoint least = samples.coordinates[0];
  MapPoint most = least;
  for (const MapPoint& point : samples.coordinates) {
    least = {std::min(least.longitude_deg, point.longitude_deg),
             std::min(least.latitude_deg, point.latitude_deg)};
    most = {std::max(most.longitude_deg, point.longitude_deg),
            std::max(most.latitude_deg, point.latitude_deg)};
  }
  SL_ASSIGN_OR_RETURN(const GroundSampleDistance distance,
                      camera.SampleDistance({camera.frame().width / 2,
                                             camera.frame().height / 2}));
  const double side_m = std::sqrt(distance.area_m2);
  double x_size = options.pixel_size;
  double y_size = options.pixel_size;
  if (options.pixel_size == 0 && projector.is_geographic()) {
    y_size = side_m / (kSemiMajorAxis * kDegree);
    x_size = y_size / std::cos(samples.places[0].latitude_deg * kDegree);
  } else if (options.pixel_size == 0) {
    x_size = y_size = side_m / projector.metres_per_unit();
  }
  const double columns =
      std::ceil((most.longitude_deg - least.longitude_deg) / x_size);
  const double rows =
      std::ceil((most.latitude_deg - least.latitude_deg) / y_size);
  const auto limit = static_cast<double>(options.maximum_pixels);
  if (!(columns * rows <= limit && columns < 1e6 && rows < 1e6)) {
    return Error(absl::StatusCode::kResourceExhausted, kRasterTooLarge)
        .Message(absl::StrCat(
            "the frame would cover ", columns, " x ", rows, " pixels, at most ",
            options.maximum_pixels,
            " are written; choose larger pixels or cut the frame below the "
            "horizon"))
        .Quota("maximum_pixels", absl::StrCat(columns * rows, " pixels"));
  }
  raster.width = std::max(1, static_cast<int>(columns));
  raster.height = std::max(1, static_cast<int>(rows));
  raster.transform = {least.longitude_deg, x_size, 0,
                      most.latitude_deg,   0,      -y_size};
  raster.residual_m = side_m;  // of a pixel; scaled below
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RasterSize> NorthUpSize(const GroundCamera& camera,
                                       const Projector& projector,
                                       const FrameSamples& samples,
                                       const RasterOptions& options) {
  NorthUpPixels raster;
  SL_RETURN_IF_ERROR(Place(camera, projector, samples, options, raster));
  return RasterSize{raster.width, raster.height};
}

absl::StatusOr<NorthUpPixels> WarpNorthUp(const FramePixels& pixels,
                                          const GroundCamera& camera,
                                          const Projector& projector,
                                          const FrameSamples& samples,
                                          const RasterOptions& options,
                                          const StopToken& stop) {
  NorthUpPixels raster;
  SL_RETURN_IF_ERROR(Place(camera, projector, samples, options, raster));
  raster.channels = pixels.channels + 1;
  const InverseMap map(camera, projector, raster.transform);
  Cells cells;
  for (int side = kLargestCell; side >= kSmallestCell; side /= 2) {
    SL_ASSIGN_OR_RETURN(cells, MakeCells(map, side, raster.width, raster.height,
                                         camera.frame(), stop));
    if (cells.error <= kWarpTolerance) break;
  }
  if (!(cells.error <= kWorstWarp)) {
    return Error(absl::StatusCode::kOutOfRange, kRasterNotAffine)
        .Message(
            "the view bends too much within a few pixels of the raster; choose "
            "smaller pixels, or cut the frame farther below the horizon");
  }
  raster.residual_pixels = cells.error;
  raster.residual_m *= cells.error;
  raster.values.resize(static_cast<size_t>(raster.width) * raster.height *
                       raster.channels);
  for (int row = 0; row < raster.height; ++row) {
    if (row % 16 == 0) SL_RETURN_IF_ERROR(stop.Poll());
    FillRow(pixels, cells, row, raster);
  }
  return raster;
}

}  // namespace sightline::georef
