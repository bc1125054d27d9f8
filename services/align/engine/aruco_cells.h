// The cells of an ArUco marker as a scan shows them.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_CELLS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_CELLS_H_

#include <cstdint>
#include <optional>

#include "common/geometry/homography.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// Reads the cells of a marker of `side` cells a side. `cells_to_scan` maps the
// marker with its border, (0, 0)..(side + 2, side + 2), to scan pixels.
// nullopt if it lies outside the scan, has no contrast, or its border is not
// black.
std::optional<uint64_t> ReadCells(const GrayView& scan,
                                  const Homography& cells_to_scan, int side);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_CELLS_H_
