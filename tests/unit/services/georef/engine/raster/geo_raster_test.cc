#include "services/georef/engine/raster/geo_raster.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "services/georef/engine/camera/reasons.h"
#include "services/georef/engine/features/reasons.h"
#include "services/georef/engine/projection/projector.h"
#include "services/georef/engine/projection/reasons.h"
#include "services/georef/engine/raster/gdal_file.h"
#include "services/georef/engine/raster/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 200;

// Smooth colours, so that a place is known by them.
struct Frame {
  explicit Frame(int channels_ = 3) : channels(channels_) {
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        for (int c = 0; c < channels; ++c) {
          values.push_back(static_cast<uint8_t>(
              c == 0 ? x * 255 / kWidth : (c == 1 ? y * 255 / kHeight : 77)));
        }
      }
    }
  }
  FramePixels view() const {
    return {values.data(), kWidth, kHeight, channels, kWidth * channels};
  }
  int channels;
  std::vector<uint8_t> values;
};

GroundCamera CameraOf(const Pose& pose) {
  const auto camera = GroundCamera::Create(pose, {kWidth, kHeight});
  EXPECT_TRUE(camera.ok()) << camera.status();
  return *camera;
}

Pose Down() { return PoseAt(127.3, 35.1, 1000, 37, 90); }
Pose Oblique() { return PoseAt(127.3, 35.1, 1000, 37, 40); }

// A file in memory as GDAL reads it.
class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {
    GDALAllRegister();
    VSIFCloseL(VSIFileFromMemBuffer("/vsimem/test.tif",
                                    reinterpret_cast<GByte*>(bytes_.data()),
                                    bytes_.size(), FALSE));
    dataset_ = GDALOpen("/vsimem/test.tif", GA_ReadOnly);
  }
  ~Reader() {
    if (dataset_ != nullptr) GDALClose(dataset_);
    VSIUnlink("/vsimem/test.tif");
  }
  GDALDatasetH get() const { return dataset_; }
  int bands() const { return GDALGetRasterCount(dataset_); }
  uint8_t At(int band, int x, int y) const {
    uint8_t value = 0;
    EXPECT_EQ(GDALRasterIO(GDALGetRasterBand(dataset_, band), GF_Read, x, y, 1,
                           1, &value, 1, 1, GDT_Byte, 0, 0),
              CE_None);
    return value;
  }
  uint8_t MaskAt(int x, int y) const {
    uint8_t value = 0;
    EXPECT_EQ(GDALRasterIO(GDALGetMaskBand(GDALGetRasterBand(dataset_, 1)),
                           GF_Read, x, y, 1, 1, &value, 1, 1, GDT_Byte, 0, 0),
              CE_None);
    return value;
  }

 private:
  std::string bytes_;
  GDALDatasetH dataset_ = nullptr;
};

TEST(GeoRaster, TheFrameIsUntouchedAndLiesWhereTheCameraSeesIt) {
  for (const int channels : {1, 3}) {
    for (const RasterCompression compression :
         {RasterCompression::kDeflate, RasterCompression::kZstd}) {
      const Frame frame(channels);
      const GroundCamera camera = CameraOf(Down());
      RasterOptions options;
      options.compression = compression;
      const auto raster =
          WriteGeoRaster(frame.view(), camera, options, StopToken());
      ASSERT_TRUE(raster.ok()) << raster.status();
      EXPECT_EQ(raster->epsg, 32652);
      EXPECT_LT(raster->residual_pixels, 0.1);
      EXPECT_GT(raster->residual_m, 0);
      const Reader reader(raster->bytes);
      ASSERT_NE(reader.get(), nullptr);
      EXPECT_EQ(reader.bands(), channels);
      for (int i = 0; i < 100; ++i) {
        const int x = i * 37 % kWidth;
        const int y = i * 53 % kHeight;
        for (int c = 0; c < channels; ++c) {
          ASSERT_EQ(reader.At(c + 1, x, y),
                    frame.values[(y * kWidth + x) * channels + c]);
        }
      }
      double t[6];
      ASSERT_EQ(GDALGetGeoTransform(reader.get(), t), CE_None);
      const auto projector = Projector::Create(raster->epsg);
      for (const PixelPoint pixel :
           {PixelPoint{0, 0}, {kWidth, 0}, {0, kHeight}, {160, 100}}) {
        const GeoPoint place = camera.Ground(pixel)->place;
        std::vector<MapPoint> at = {{place.longitude_deg, place.latitude_deg}};
        ASSERT_TRUE(projector->Forward(absl::MakeSpan(at)).ok());
        EXPECT_LE(
            std::hypot(
                t[0] + pixel.x * t[1] + pixel.y * t[2] - at[0].longitude_deg,
                t[3] + pixel.x * t[4] + pixel.y * t[5] - at[0].latitude_deg),
            raster->residual_m + 1e-6);
      }
    }
  }
}

TEST(GeoRaster, JpegKeepsTheColours) {
  const Frame frame;
  const auto raster =
      WriteGeoRaster(frame.view(), CameraOf(Down()), {}, StopToken());
  ASSERT_TRUE(raster.ok()) << raster.status();
  const Reader reader(raster->bytes);
  ASSERT_NE(reader.get(), nullptr);
  EXPECT_NEAR(reader.At(1, 160, 100), 127, 6);
  EXPECT_NEAR(reader.At(2, 160, 100), 127, 6);
  EXPECT_NEAR(reader.At(3, 160, 100), 77, 6);
}

TEST(GeoRaster, ObliqueFramesAreRefusedAsAffineOnes) {
  const Frame frame;
  const auto raster =
      WriteGeoRaster(frame.view(), CameraOf(Oblique()), {}, StopToken());
  ExpectReason(raster.status(), kRasterNotAffine);
  const auto details = DetailsOf(raster.status());
  EXPECT_GT(std::stod(details->metadata.at("residual_pixels")), 1);
}

TEST(GeoRaster, NorthUpShowsEveryPlaceAsTheCameraDoes) {
  for (const Pose& pose :
       {Down(), Oblique(), PoseAt(179.999, -62, 800, 200, 50)}) {
    for (const int epsg : {0, 4326}) {
      const Frame frame;
      const GroundCamera camera = CameraOf(pose);
      RasterOptions options;
      options.layout = RasterLayout::kNorthUp;
      options.compression = RasterCompression::kDeflate;
      options.epsg = epsg;
      const auto raster =
          WriteGeoRaster(frame.view(), camera, options, StopToken());
      ASSERT_TRUE(raster.ok()) << raster.status();
      EXPECT_LT(raster->residual_pixels, 0.1);
      const auto& t = raster->transform;
      EXPECT_EQ(t[2], 0);
      EXPECT_LT(t[5], 0);
      const Reader reader(raster->bytes);
      ASSERT_NE(reader.get(), nullptr);
      ASSERT_EQ(reader.bands(), 4);
      const auto projector = Projector::Create(raster->epsg);
      int shown = 0;
      for (int i = 0; i < 400; ++i) {
        const int x = i * 37 % raster->width;
        const int y = i * 101 % raster->height;
        std::vector<MapPoint> at = {
            {t[0] + (x + 0.5) * t[1], t[3] + (y + 0.5) * t[5]}};
        if (projector->is_geographic()) {
          at[0].longitude_deg = WrapLongitude(at[0].longitude_deg);
        }
        ASSERT_TRUE(projector->Inverse(absl::MakeSpan(at)).ok());
        const auto pixel =
            camera.Pixel({at[0].longitude_deg, at[0].latitude_deg, 0});
        ASSERT_TRUE(pixel.ok());
        const bool is_inside = pixel->x > 0.1 && pixel->x < kWidth - 0.1 &&
                               pixel->y > 0.1 && pixel->y < kHeight - 0.1;
        const bool is_outside = pixel->x < -0.1 || pixel->x > kWidth + 0.1 ||
                                pixel->y < -0.1 || pixel->y > kHeight + 0.1;
        if (is_outside) {
          EXPECT_EQ(reader.At(4, x, y), 0);
        }
        if (!is_inside) continue;
        ++shown;
        EXPECT_EQ(reader.At(4, x, y), 255);
        EXPECT_NEAR(reader.At(1, x, y), (pixel->x - 0.5) * 255 / kWidth, 1.6);
        EXPECT_NEAR(reader.At(2, x, y), (pixel->y - 0.5) * 255 / kHeight, 1.9);
      }
      EXPECT_GT(shown, 100);
    }
  }
}

TEST(GeoRaster, CloudOptimisedFilesAreSaidToBe) {
  const Frame frame;
  for (const RasterCompression compression :
       {RasterCompression::kJpeg, RasterCompression::kZstd}) {
    RasterOptions options;
    options.layout = RasterLayout::kNorthUp;
    options.format = RasterFormat::kCloudOptimised;
    options.compression = compression;
    const auto raster =
        WriteGeoRaster(frame.view(), CameraOf(Oblique()), options, StopToken());
    ASSERT_TRUE(raster.ok()) << raster.status();
    const Reader reader(raster->bytes);
    ASSERT_NE(reader.get(), nullptr);
    EXPECT_STREQ(GDALGetMetadataItem(reader.get(), "LAYOUT", "IMAGE_STRUCTURE"),
                 "COG");
    // The corner is outside the turned frame.
    EXPECT_EQ(reader.MaskAt(0, 0), 0);
    EXPECT_EQ(reader.MaskAt(raster->width / 2, raster->height / 2), 255);
  }
}

TEST(GeoRaster, SizeIsLimited) {
  const Frame frame;
  RasterOptions options;
  options.layout = RasterLayout::kNorthUp;
  options.maximum_pixels = 1000;
  ExpectReason(
      WriteGeoRaster(frame.view(), CameraOf(Down()), options, StopToken())
          .status(),
      kRasterTooLarge);
}

TEST(GeoRaster, FramesWithTheHorizonHaveNoEnd) {
  const Frame frame;
  for (const RasterLayout layout :
       {RasterLayout::kFrame, RasterLayout::kNorthUp}) {
    RasterOptions options;
    options.layout = layout;
    ExpectReason(
        WriteGeoRaster(frame.view(), CameraOf(PoseAt(10, 50, 1000, 0, 5)),
                       options, StopToken())
            .status(),
        kPixelAboveHorizon);
  }
}

TEST(GdalFile, SaysWhatGdalSays) {
  const Frame frame;
  const RasterView view{frame.values.data(), kWidth, kHeight, 3, false,
                        kWidth * 3};
  ExpectReason(
      WriteGdalFile(view, 99999, {0, 1, 0, 0, 0, -1}, RasterFormat::kGeoTiff,
                    RasterCompression::kJpeg, 85)
          .status(),
      kRasterNotWritten);
}

TEST(GeoRaster, OptionsAndPixelsAreChecked) {
  const Frame frame;
  const GroundCamera camera = CameraOf(Down());
  const auto reason = [&](const RasterOptions& options) {
    return WriteGeoRaster(frame.view(), camera, options, StopToken()).status();
  };
  RasterOptions options;
  options.jpeg_quality = 0;
  ExpectReason(reason(options), kRasterOptionInvalid, "jpeg_quality");
  options = {};
  options.maximum_residual_pixels = std::nan("");
  ExpectReason(reason(options), kRasterOptionInvalid,
               "maximum_residual_pixels");
  options = {};
  options.pixel_size = -1;
  ExpectReason(reason(options), kRasterOptionInvalid, "pixel_size");
  options = {};
  options.format = RasterFormat::kCloudOptimised;
  ExpectReason(reason(options), kRasterOptionInvalid, "format");
  options = {};
  options.epsg = 99999;
  ExpectReason(reason(options), kUnknownCoordinateSystem);
  FramePixels pixels = frame.view();
  pixels.channels = 4;
  ExpectReason(WriteGeoRaster(pixels, camera, {}, StopToken()).status(),
               kRasterOptionInvalid, "pixels.channels");
  pixels = frame.view();
  pixels.height -= 1;
  ExpectReason(WriteGeoRaster(pixels, camera, {}, StopToken()).status(),
               kMaskFrameMismatch);
}

}  // namespace
}  // namespace sightline::georef
