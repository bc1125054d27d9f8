// ArUco and AprilTag markers: which cells are white for which id.
//
// A marker is a square of side x side cells within a black border one cell
// wide; the white paper around it is no part of it. Cells are held as bits, row
// by row, white = 1, the upper left cell the highest.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_H_

#include <cstdint>
#include <optional>

#include "common/image/image.h"

namespace sightline::align {

enum class ArucoDictionary {
  k4x4_50,
  k4x4_100,
  k5x5_100,
  k6x6_250,
  // Of the first ArUco library: 5x5 cells, ids 0..1023, made by a rule.
  kOriginal,
  kAprilTag36h11,
};

// Cells a side, the border left out.
int ArucoSide(ArucoDictionary dictionary);
// Ids are 0..count - 1.
int ArucoCount(ArucoDictionary dictionary);
// `id` in range.
uint64_t ArucoCells(ArucoDictionary dictionary, int id);

// `cells` turned clockwise by a quarter.
uint64_t TurnedCells(uint64_t cells, int side);

struct ArucoReading {
  int id = 0;
  // Clockwise, of the marker as it is seen.
  int quarter_turns = 0;
  // Cells that are not as they should be.
  int distance = 0;
};

// The marker that `cells` are nearest to: at most as many wrong cells as the
// dictionary can tell from another marker, and nearer than any other, also of
// the same marker turned.
std::optional<ArucoReading> ReadAruco(ArucoDictionary dictionary,
                                      uint64_t cells);

// The marker with its border, `pixels_per_cell` > 0 pixels a cell.
GrayImage DrawAruco(ArucoDictionary dictionary, int id, int pixels_per_cell);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_H_
