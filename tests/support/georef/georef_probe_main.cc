// The georef engine for scripts that compare it with others.
//
//   georef_probe ground < POSES_AND_PIXELS
//     A line for each pixel: the 14 numbers of a pose (below), then x and y.
//     Answers with longitude and latitude, or "error" and a reason.
//   georef_probe features MASK OUTPUT REPEATS < POSE
//     MASK: bytes, as many as the pose's frame has pixels. Writes GeoJSON to
//     OUTPUT; answers with the milliseconds of the fastest and the median of
//     REPEATS runs from mask to text, in processor time.
//
// A pose: longitude latitude height heading pitch roll sensor_azimuth
// sensor_elevation sensor_roll horizontal_fov vertical_fov width height
// ground_height. Degrees, metres above the ellipsoid, true north; a vertical
// field of view of 0 says that pixels are square.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/status/error.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/features/geojson.h"

namespace sightline::georef {
namespace {

bool ReadCamera(std::istream& line, absl::StatusOr<GroundCamera>& camera) {
  Pose pose;
  PixelSize frame;
  double height;
  double ground;
  double vertical_field;
  line >> pose.longitude_deg >> pose.latitude_deg >> height >>
      pose.heading.degrees >> pose.pitch_deg >> pose.roll_deg >>
      pose.sensor_azimuth_deg >> pose.sensor_elevation_deg >>
      pose.sensor_roll_deg >> pose.horizontal_field_of_view_deg >>
      vertical_field >> frame.width >> frame.height >> ground;
  pose.height = {height, HeightReference::kEllipsoid, {}};
  pose.ground = {ground, HeightReference::kEllipsoid, {}};
  pose.heading.reference = NorthReference::kTrue;
  if (vertical_field > 0) pose.vertical_field_of_view_deg = vertical_field;
  camera = GroundCamera::Create(pose, frame);
  return static_cast<bool>(line);
}

void PrintError(const absl::Status& status) {
  const auto details = DetailsOf(status);
  std::printf("error %s\n", details.has_value() ? details->reason.c_str()
                                                : status.ToString().c_str());
}

int AnswerGround() {
  std::string text;
  while (std::getline(std::cin, text)) {
    std::istringstream line(text);
    absl::StatusOr<GroundCamera> camera;
    PixelPoint pixel;
    if (!ReadCamera(line, camera) || !(line >> pixel.x >> pixel.y)) {
      std::fprintf(stderr, "not a pose and a pixel: %s\n", text.c_str());
      return 1;
    }
    if (!camera.ok()) {
      PrintError(camera.status());
      continue;
    }
    const auto hit = camera->Ground(pixel);
    if (hit.ok()) {
      std::printf("%.15g %.15g\n", hit->place.longitude_deg,
                  hit->place.latitude_deg);
    } else {
      PrintError(hit.status());
    }
  }
  return 0;
}

double ProcessorMilliseconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) +
         1e-6 * static_cast<double>(now.tv_nsec);
}

int WriteFeatures(const char* mask_path, const char* output, int repeats) {
  absl::StatusOr<GroundCamera> camera;
  if (!ReadCamera(std::cin, camera) || !camera.ok()) {
    std::fprintf(stderr, "no pose\n");
    return 1;
  }
  std::ifstream file(mask_path, std::ios::binary);
  const std::vector<char> pixels{std::istreambuf_iterator<char>(file), {}};
  const auto width = static_cast<int>(camera->frame().width);
  const auto height = static_cast<int>(camera->frame().height);
  if (pixels.size() != static_cast<size_t>(width) * height) {
    std::fprintf(stderr, "%s: %zu bytes for %d x %d pixels\n", mask_path,
                 pixels.size(), width, height);
    return 1;
  }
  FeatureInput input;
  input.mask = {reinterpret_cast<const uint8_t*>(pixels.data()), width, height,
                width};
  input.camera = &*camera;
  std::vector<double> times;
  std::string text;
  for (int i = 0; i < std::max(repeats, 1); ++i) {
    const double start = ProcessorMilliseconds();
    const auto set = BuildFeatures(input, {}, StopToken());
    if (!set.ok()) {
      PrintError(set.status());
      return 1;
    }
    text = ToGeoJson(*set);
    times.push_back(ProcessorMilliseconds() - start);
  }
  std::ofstream(output, std::ios::binary) << text;
  std::sort(times.begin(), times.end());
  std::printf("%.4f %.4f\n", times.front(), times[times.size() / 2]);
  return 0;
}

}  // namespace
}  // namespace sightline::georef

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "ground" && argc == 2) return sightline::georef::AnswerGround();
  if (mode == "features" && argc == 5) {
    return sightline::georef::WriteFeatures(argv[2], argv[3],
                                            std::atoi(argv[4]));
  }
  std::fprintf(stderr, "usage: georef_probe ground | features MASK OUTPUT N\n");
  return 2;
}
