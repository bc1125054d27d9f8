#include "tests/support/georef/scene.h"

#include <cmath>
#include <cstring>

#include "common/image/encode.h"

namespace sightline::georef {
namespace {

constexpr double kHeight = 1000;
constexpr double kFieldOfView = 40.5;

}  // namespace

v1::Pose NadirPose() {
  v1::Pose pose;
  pose.set_longitude_deg(127.5);
  pose.set_latitude_deg(35.25);
  pose.mutable_height()->set_metres(kHeight);
  pose.mutable_height()->set_reference(v1::HEIGHT_REFERENCE_ELLIPSOID);
  pose.mutable_heading()->set_degrees(0);
  pose.mutable_heading()->set_reference(v1::NORTH_REFERENCE_TRUE);
  pose.set_pitch_deg(0);
  pose.set_roll_deg(0);
  pose.set_sensor_azimuth_deg(0);
  pose.set_sensor_elevation_deg(-90);
  pose.set_sensor_roll_deg(0);
  pose.set_horizontal_field_of_view_deg(kFieldOfView);
  pose.mutable_ground()->set_metres(0);
  pose.mutable_ground()->set_reference(v1::HEIGHT_REFERENCE_ELLIPSOID);
  return pose;
}

double NadirPixelMetres() {
  return 2 * kHeight * std::tan(kFieldOfView / 2 * M_PI / 180) / kSceneWidth;
}

GrayImage BoxMask(int left, int top, int right, int bottom, int width,
                  int height) {
  GrayImage mask(width, height);
  std::memset(mask.data(), 0, static_cast<size_t>(mask.size_bytes()));
  for (int y = top; y < bottom; ++y) {
    std::memset(mask.row(y) + left, 1, static_cast<size_t>(right - left));
  }
  return mask;
}

v1::LabelMask Labels(const GrayImage& mask) {
  v1::LabelMask message;
  message.set_width(mask.width());
  message.set_height(mask.height());
  message.set_labels(mask.data(), static_cast<size_t>(mask.size_bytes()));
  return message;
}

v1::LabelMask LabelsPng(const GrayImage& mask) {
  v1::LabelMask message;
  message.set_png(*EncodePng(mask));
  return message;
}

std::string FrameFile(int width, int height) {
  RgbImage frame(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      uint8_t* pixel = frame.row(y) + 3 * x;
      pixel[0] = static_cast<uint8_t>(40 + (x * 7 + y * 3) % 31);
      pixel[1] = static_cast<uint8_t>(90 + (x + y * 5) % 23);
      pixel[2] = static_cast<uint8_t>(120 + (x * 3 + y) % 41);
    }
  }
  return *EncodeJpeg(frame, 85);
}

v1::ProcessRequest NadirRequest() {
  v1::ProcessRequest request;
  request.mutable_frame()->set_encoded(FrameFile());
  *request.mutable_mask() = Labels(BoxMask(270, 215, 370, 265));
  *request.mutable_metadata()->mutable_pose() = NadirPose();
  return request;
}

}  // namespace sightline::georef
