// Markers that say by themselves which one they are: where a scan shows them,
// where that puts the page, and whether a position agrees with them.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_SIGHTINGS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_SIGHTINGS_H_

#include <vector>

#include "services/align/engine/proposal.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {

struct ArucoSighting {
  // Which of the reference's markers.
  int marker = 0;
  // Its corners in the scan, clockwise from the marker's own top left.
  Quad corners;
  // Cells that were read wrong.
  int distance = 0;
};

// Every sighting of one of the `markers` that are ArUco markers, those without
// a wrong cell first. A marker may be seen more than once. `expected` is the
// mean size of a marker, scan pixels, if the page fills the scan.
std::vector<ArucoSighting> FindAruco(const std::vector<Marker>& markers,
                                     double expected, ScanImages& scan);

// Where the page lies: first by all `sightings` together, if there are several
// that agree, then by each alone.
std::vector<Proposal> ProposalsOf(const std::vector<ArucoSighting>& sightings,
                                  const std::vector<Marker>& markers,
                                  PixelSize page);

// What is read where a position puts the ArUco markers.
struct ArucoAgreement {
  // Markers whose place is in the scan.
  int in_scan = 0;
  // The right one, upright.
  int agree = 0;
  // Without a wrong cell another one, or turned.
  int contradict = 0;
};

ArucoAgreement CompareAruco(const std::vector<Marker>& markers,
                            const Homography& scan_to_page, ScanImages& scan);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_SIGHTINGS_H_
