// Frames, masks and poses whose places on the ground are easy to tell.
#ifndef SIGHTLINE_TESTS_SUPPORT_GEOREF_SCENE_H_
#define SIGHTLINE_TESTS_SUPPORT_GEOREF_SCENE_H_

#include <string>

#include "common/image/image.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::georef {

inline constexpr int kSceneWidth = 640;
inline constexpr int kSceneHeight = 480;

// Straight down from 1000 m above flat ground at 35.25 N, 127.5 E, north up:
// about 1.154 m a pixel with a field of view of 40.5 degrees.
v1::Pose NadirPose();
// The ground step of a pixel in the middle of its frame, metres.
double NadirPixelMetres();

// Label 1 within [left, right) x [top, bottom), 0 around it.
GrayImage BoxMask(int left, int top, int right, int bottom,
                  int width = kSceneWidth, int height = kSceneHeight);

v1::LabelMask Labels(const GrayImage& mask);
v1::LabelMask LabelsPng(const GrayImage& mask);

// A JPEG of some texture.
std::string FrameFile(int width = kSceneWidth, int height = kSceneHeight);

// Frame, mask (a box of 100 x 50 pixels) and pose.
v1::ProcessRequest NadirRequest();

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_SUPPORT_GEOREF_SCENE_H_
