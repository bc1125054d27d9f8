// What kernels are told about each page of a batch.
//
// A launch covers all pages of a batch, whatever their sizes: page after page,
// each with as many blocks as it needs. Every kernel finds the page that its
// block belongs to by `first_block` (PageOf). Plain data: it is copied to the
// device as it is.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNEL_PAGES_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNEL_PAGES_H_

#include <cstdint>
#include <variant>

#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/pixel_rules/clahe.h"

namespace sightline::preprocess::device {

// Rows begin at multiples of this, and kernels read and write them in groups of
// so many bytes: the end of a row may be overwritten up to there.
inline constexpr int kRowGroup = 16;

// Bytes from row to row in a device's memory. Colour is read four pixels at a
// time.
SIGHTLINE_HOST_DEVICE inline int DeviceStride(int width, int channels) {
  const int bytes = channels == 3 ? (width + 3) / 4 * 12 : width * channels;
  return (bytes + kRowGroup - 1) / kRowGroup * kRowGroup;
}

// In a device's memory.
struct DeviceImage {
  uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  // 1: gray; 3: red, green, blue.
  int channels = 1;
  int stride = 0;

  SIGHTLINE_HOST_DEVICE uint8_t* row(int y) const {
    return pixels + static_cast<int64_t>(y) * stride;
  }
};

// CLAHE's first half: the histograms of all tiles, and their tables.
struct TablesPage {
  int first_block = 0;
  DeviceImage in;
  // If `in` is in colour: gets its grays.
  DeviceImage gray;
  rules::ClaheGrid grid;
  // Blocks that share the rows of one tile.
  int bands = 1;
  // tiles x 256 counts, and how many bands of each tile are done; zero before.
  uint32_t* counts = nullptr;
  uint32_t* done = nullptr;
  // tiles x 256 grays; the result.
  uint8_t* tables = nullptr;
};

// The rest of the chain: gray, CLAHE by its tables, Gaussian, threshold by the
// mean, each if it is there.
struct ChainPage {
  int first_block = 0;
  // Tiles of the result side by side.
  int blocks_x = 1;
  DeviceImage in;
  // Null: no CLAHE.
  const uint8_t* tables = nullptr;
  rules::ClaheGrid grid;
  // Odd; 1 and 1: no Gaussian.
  int taps_x = 1;
  int taps_y = 1;
  const uint16_t* weights_x = nullptr;
  const uint16_t* weights_y = nullptr;
  // Odd; 1: no threshold.
  int mean_size = 1;
  int mean_delta = 0;
  bool is_mean_inverted = false;
  // Of a page that is flattened: what comes out is not the background but this
  // image divided by it. Null pixels: none.
  DeviceImage divided;
  DeviceImage out;
  // One bit a pixel, the leftmost highest, 1 = white; bits beyond the row are
  // 0. Only with a threshold; out.stride is that of ceil(width / 8) bytes.
  bool is_packed = false;
};

// Non-local means.
struct LocalMeansPage {
  int first_block = 0;
  int blocks_x = 1;
  DeviceImage in;
  int template_radius = 0;
  int search_radius = 0;
  // rules::LocalMeansWeights.
  const int* table = nullptr;
  int table_size = 0;
  int shift = 0;
  DeviceImage out;
};

// The middle one of size x size pixels.
struct MedianPage {
  int first_block = 0;
  int blocks_x = 1;
  DeviceImage in;
  int size = 3;
  DeviceImage out;
};

// The least or greatest of `size` pixels in a line, the anchor at size / 2: one
// axis of a rectangle's erosion or dilation.
struct ExtremePage {
  int first_block = 0;
  int blocks_x = 1;
  DeviceImage in;
  int size = 1;
  bool is_vertical = false;
  bool is_minimum = false;
  DeviceImage out;
};

// What one kernel does to one page; which kernel follows from the type.
using KernelPage = std::variant<TablesPage, ChainPage, LocalMeansPage,
                                MedianPage, ExtremePage>;

// The page that a block belongs to. `pages` come with growing first_block, the
// first one's is 0.
template <class Page>
SIGHTLINE_HOST_DEVICE inline const Page& PageOf(const Page* pages, int count,
                                                int block) {
  int low = 0;
  int high = count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (pages[middle].first_block <= block) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return pages[low];
}

// Bytes to a row in shared memory where lanes look at the same column of
// different rows: an odd number of words, so that they meet different banks.
SIGHTLINE_HOST_DEVICE inline int SpreadStride(int width) {
  return ((width + 3) / 4 | 1) * 4;
}

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNEL_PAGES_H_
