// Pictures that tests know every pixel of, and plain references for what the
// decoders do with them.
#ifndef SIGHTLINE_TESTS_SUPPORT_IMAGES_PICTURE_H_
#define SIGHTLINE_TESTS_SUPPORT_IMAGES_PICTURE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sightline::testing {

// Samples of 8 bits, interleaved, row 0 on top. 1: gray, 2: gray and alpha,
// 3: red, green, blue, 4: the same and alpha (or cyan to black).
struct Picture {
  int width = 0;
  int height = 0;
  int channels = 1;
  std::vector<uint8_t> samples;

  Picture() = default;
  Picture(int w, int h, int c)
      : width(w),
        height(h),
        channels(c),
        samples(static_cast<size_t>(w) * h * c) {}

  uint8_t& at(int x, int y, int c = 0) {
    return samples[(static_cast<size_t>(y) * width + x) * channels + c];
  }
  uint8_t at(int x, int y, int c = 0) const {
    return samples[(static_cast<size_t>(y) * width + x) * channels + c];
  }
  const uint8_t* row(int y) const {
    return samples.data() + static_cast<size_t>(y) * width * channels;
  }
};

// Gradients with a dark bar at the top left: smooth enough to survive a JPEG,
// and every rotation and mirror image looks different.
Picture SmoothPicture(int width, int height, int channels);

// Independent samples, for formats that keep every one.
Picture NoisePicture(int width, int height, int channels, uint32_t seed);

// What a person sees of `stored` under an EXIF orientation (EXIF 2.32, table
// of tag 0x0112), pixel by pixel.
Picture Oriented(const Picture& stored, int orientation);

// Mean of every block of reduction x reduction pixels, rounded; at the right
// and the bottom of what there is of it.
Picture Averaged(const Picture& full, int reduction);

// Alpha over white; 1 or 3 channels remain.
Picture OverWhite(const Picture& picture);

// Rec. 601 luma of 3 channels; gray as it is.
Picture ToGray(const Picture& picture);
// Gray to three equal channels; colour as it is.
Picture ToRgb(const Picture& picture);

}  // namespace sightline::testing

#endif  // SIGHTLINE_TESTS_SUPPORT_IMAGES_PICTURE_H_
