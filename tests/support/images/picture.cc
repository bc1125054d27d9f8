#include "tests/support/images/picture.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace sightline::testing {

Picture SmoothPicture(int width, int height, int channels) {
  Picture picture(width, height, channels);
  const bool has_alpha = channels == 2 || channels == 4;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = (x + 0.5) / width, v = (y + 0.5) / height;
      const bool in_bar = u < 0.3 && v < 0.2;
      const double values[] = {60 + 150 * u + 40 * v, 220 - 120 * v,
                               120 + 100 * (u - v)};
      for (int c = 0; c < channels; ++c) {
        const bool is_alpha = has_alpha && c == channels - 1;
        const double value = is_alpha ? 255 * u : in_bar ? 30 : values[c];
        picture.at(x, y, c) =
            static_cast<uint8_t>(std::clamp(value, 0.0, 255.0));
      }
    }
  }
  return picture;
}

Picture NoisePicture(int width, int height, int channels, uint32_t seed) {
  Picture picture(width, height, channels);
  std::mt19937 random(seed);
  for (uint8_t& sample : picture.samples) {
    sample = static_cast<uint8_t>(random() >> 13);
  }
  return picture;
}

Picture Oriented(const Picture& stored, int orientation) {
  const int w = stored.width, h = stored.height;
  const bool turned = orientation >= 5;
  Picture seen(turned ? h : w, turned ? w : h, stored.channels);
  for (int y = 0; y < seen.height; ++y) {
    for (int x = 0; x < seen.width; ++x) {
      // Where the pixel that is seen at (x, y) is stored.
      int sx = x, sy = y;
      switch (orientation) {
        case 2:
          sx = w - 1 - x;
          break;
        case 3:
          sx = w - 1 - x;
          sy = h - 1 - y;
          break;
        case 4:
          sy = h - 1 - y;
          break;
        case 5:
          sx = y;
          sy = x;
          break;
        case 6:
          sx = y;
          sy = h - 1 - x;
          break;
        case 7:
          sx = w - 1 - y;
          sy = h - 1 - x;
          break;
        case 8:
          sx = w - 1 - y;
          sy = x;
          break;
      }
      for (int c = 0; c < stored.channels; ++c) {
        seen.at(x, y, c) = stored.at(sx, sy, c);
      }
    }
  }
  return seen;
}

Picture Averaged(const Picture& full, int reduction) {
  Picture reduced((full.width + reduction - 1) / reduction,
                  (full.height + reduction - 1) / reduction, full.channels);
  for (int y = 0; y < reduced.height; ++y) {
    for (int x = 0; x < reduced.width; ++x) {
      for (int c = 0; c < full.channels; ++c) {
        double sum = 0;
        int count = 0;
        for (int j = y * reduction;
             j < std::min((y + 1) * reduction, full.height); ++j) {
          for (int i = x * reduction;
               i < std::min((x + 1) * reduction, full.width); ++i) {
            sum += full.at(i, j, c);
            ++count;
          }
        }
        reduced.at(x, y, c) =
            static_cast<uint8_t>(std::floor(sum / count + 0.5));
      }
    }
  }
  return reduced;
}

Picture OverWhite(const Picture& picture) {
  if (picture.channels == 1 || picture.channels == 3) return picture;
  const int colours = picture.channels - 1;
  Picture opaque(picture.width, picture.height, colours);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const double alpha = picture.at(x, y, colours) / 255.0;
      for (int c = 0; c < colours; ++c) {
        opaque.at(x, y, c) = static_cast<uint8_t>(
            std::lround(picture.at(x, y, c) * alpha + 255 * (1 - alpha)));
      }
    }
  }
  return opaque;
}

Picture ToGray(const Picture& picture) {
  if (picture.channels == 1) return picture;
  Picture gray(picture.width, picture.height, 1);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      gray.at(x, y) = static_cast<uint8_t>(std::lround(
          0.299 * picture.at(x, y, 0) + 0.587 * picture.at(x, y, 1) +
          0.114 * picture.at(x, y, 2)));
    }
  }
  return gray;
}

Picture ToRgb(const Picture& picture) {
  if (picture.channels == 3) return picture;
  Picture rgb(picture.width, picture.height, 3);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      for (int c = 0; c < 3; ++c) rgb.at(x, y, c) = picture.at(x, y);
    }
  }
  return rgb;
}

}  // namespace sightline::testing
