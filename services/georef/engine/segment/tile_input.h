// Pixels of a frame as a model's input.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_TILE_INPUT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_TILE_INPUT_H_

#include <cstdint>
#include <vector>

#include "common/inference/model_card.h"

namespace sightline::georef {

// Rows of a frame without padding; the caller keeps the pixels.
struct FrameView {
  const uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  // 1: gray, 3: red, green, blue.
  int channels = 1;
};

// Which pixels of an axis make up one pixel of the input, and how much of each.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

// `count` input pixels from `start` on an axis of `side` frame pixels, at
// `scale` input pixels per frame pixel: a triangle as wide as two pixels of the
// coarser of both (bilinear when enlarging, and when shrinking a mean of all
// pixels, so that fine waves do not alias). Beyond the frame its edge pixel
// goes on. At least one weight each; they sum up to 1.
std::vector<Taps> AxisTaps(int side, double scale, int start, int count);
// The most bytes of AxisTaps().
int64_t AxisTapsBytes(double scale, int count);

// Writes the `size` input pixels whose top left one is (left, top) in input
// pixels, normalised as `input` says, to `out`: its ShapeOf(size) numbers.
// Thread-safe.
void FillTileInput(const FrameView& frame, const ModelInput& input,
                   InputSize size, double scale, int left, int top, float* out);
// The most bytes that it allocates.
int64_t FillTileInputBytes(int frame_width, int frame_channels, InputSize size,
                           double scale);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_TILE_INPUT_H_
