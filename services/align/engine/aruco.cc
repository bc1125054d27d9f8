#include "services/align/engine/aruco.h"

#include <algorithm>
#include <bit>

#include "services/align/engine/aruco_tables.h"

namespace sightline::align {
namespace {

struct Dictionary {
  int side;
  int count;
  // nullptr: by the rule of the first library.
  const uint64_t* cells;
  // Half of the least distance between two markers in any turns, less one:
  // that is 4, 3, 7, 11 and 11 in the order of the enumeration. Of the
  // original dictionary some are the same when turned.
  int correctable;
};

const Dictionary& Get(ArucoDictionary dictionary) {
  static constexpr Dictionary k4x4_50 = {4, 50, k4x4Bits, 1};
  static constexpr Dictionary k4x4_100 = {4, 100, k4x4Bits, 1};
  static constexpr Dictionary k5x5_100 = {5, 100, k5x5Bits, 3};
  static constexpr Dictionary k6x6_250 = {6, 250, k6x6Bits, 5};
  static constexpr Dictionary kOriginal = {5, 1024, nullptr, 0};
  static constexpr Dictionary kAprilTag = {6, 587, kAprilTag36h11Bits, 5};
  switch (dictionary) {
    case ArucoDictionary::k4x4_50:
      return k4x4_50;
    case ArucoDictionary::k4x4_100:
      return k4x4_100;
    case ArucoDictionary::k5x5_100:
      return k5x5_100;
    case ArucoDictionary::k6x6_250:
      return k6x6_250;
    case ArucoDictionary::kOriginal:
      return kOriginal;
    case ArucoDictionary::kAprilTag36h11:
      return kAprilTag;
  }
  return k4x4_50;
}

// Each row says two bits of the id, the highest first, in one of four words
// (Garrido-Jurado et al., Automatic generation and detection of highly
// reliable fiducial markers under occlusion, 2014, of the library's first
// version).
uint64_t OriginalCells(int id) {
  constexpr uint64_t kWords[] = {0b10000, 0b10111, 0b01001, 0b01110};
  uint64_t cells = 0;
  for (int row = 4; row >= 0; --row) {
    cells = cells << 5 | kWords[id >> (2 * row) & 3];
  }
  return cells;
}

}  // namespace

int ArucoSide(ArucoDictionary dictionary) { return Get(dictionary).side; }

int ArucoCount(ArucoDictionary dictionary) { return Get(dictionary).count; }

uint64_t ArucoCells(ArucoDictionary dictionary, int id) {
  const uint64_t* cells = Get(dictionary).cells;
  return cells == nullptr ? OriginalCells(id) : cells[id];
}

uint64_t TurnedCells(uint64_t cells, int side) {
  uint64_t turned = 0;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      // What was in the first column from below is now the first row.
      const int from = (side - 1 - column) * side + row;
      turned = turned << 1 | (cells >> (side * side - 1 - from) & 1);
    }
  }
  return turned;
}

std::optional<ArucoReading> ReadAruco(ArucoDictionary which, uint64_t cells) {
  const Dictionary& dictionary = Get(which);
  ArucoReading best;
  best.distance = dictionary.correctable + 1;
  bool is_only_one = false;
  // Three more quarters bring a marker turned by one upright.
  uint64_t upright = cells;
  for (const int quarter_turns : {0, 3, 2, 1}) {
    for (int id = 0; id < dictionary.count; ++id) {
      const int distance = std::popcount(upright ^ ArucoCells(which, id));
      if (distance > best.distance) continue;
      is_only_one = distance < best.distance;
      best = {id, quarter_turns, distance};
    }
    upright = TurnedCells(upright, dictionary.side);
  }
  if (best.distance > dictionary.correctable || !is_only_one) {
    return std::nullopt;
  }
  return best;
}

GrayImage DrawAruco(ArucoDictionary dictionary, int id, int pixels_per_cell) {
  const int side = ArucoSide(dictionary);
  const uint64_t cells = ArucoCells(dictionary, id);
  const int pixels = (side + 2) * pixels_per_cell;
  GrayImage image(pixels, pixels);
  for (int y = 0; y < pixels; ++y) {
    uint8_t* row = image.row(y);
    for (int x = 0; x < pixels; ++x) {
      const int across = x / pixels_per_cell - 1;
      const int down = y / pixels_per_cell - 1;
      const bool is_border =
          std::min(across, down) < 0 || std::max(across, down) >= side;
      const int bit = side * side - 1 - (down * side + across);
      row[x] = !is_border && (cells >> bit & 1) ? 255 : 0;
    }
  }
  return image;
}

}  // namespace sightline::align
