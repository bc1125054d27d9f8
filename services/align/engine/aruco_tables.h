// The cells of the tabled ArUco markers, as OpenCV 4.6 draws them: a bit a
// cell, row by row, white = 1, the upper left cell the highest bit.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_TABLES_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_TABLES_H_

#include <cstdint>

namespace sightline::align {

extern const uint64_t k4x4Bits[100];
extern const uint64_t k5x5Bits[100];
extern const uint64_t k6x6Bits[250];
extern const uint64_t kAprilTag36h11Bits[587];

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_TABLES_H_
