// Where bubbles and markers, each looked for by itself, agree that the page
// lies.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_POSITION_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_POSITION_H_

#include <algorithm>
#include <optional>
#include <string>

#include "common/geometry/homography.h"
#include "services/align/engine/printed_structure.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {

struct StructureThresholds {
  // Correlation from which an outline, a marker counts as seen.
  double min_outline_score = 0.5;
  double min_marker_score = 0.6;
  // Distance from the common homography, frame pixels.
  double first_tolerance = 4;
  double tolerance = 3;
  // How far the last refinement searches, frame pixels; so far a marker may lie
  // from where the bubbles put it.
  double last_reach = 4;
  // Outlines that must agree, and their share of those compared.
  int min_outlines = 12;
  double min_outline_share = 0.5;
  // Markers that must agree where bubbles have no outlines, and the share of
  // bubbles with ink.
  int min_markers = 4;
  double min_ink_share = 0.6;
  // Evidence (0..1) from which there is ink in a bubble.
  double min_ink = 0.25;
  // By how much the evidence for the position must exceed that for a rival;
  // and by how much a rival must be ahead to be tried instead.
  double min_margin = 0.2;
  double rival_margin = 0.1;
};

struct StructurePosition {
  Homography scan_to_frame;
  Homography frame_to_scan;
  // Root mean square distance of what agrees, frame pixels.
  double rms = 0;
  // Indices into Look::patches; -1 where none fits.
  int outline_size = -1;
  int marker_size = -1;
  int outlines_seen = 0;
  int outlines_compared = 0;
  int markers_seen = 0;
  // Markers that the position puts into the scan.
  int markers_in_scan = 0;

  double OutlineShare() const {
    return outlines_seen / std::max<double>(1, outlines_compared);
  }
  // The bubbles have outlines, and most lie where the position says.
  bool IsOutlined(const StructureThresholds& limits) const {
    return outline_size >= 0 && outlines_seen >= limits.min_outlines &&
           OutlineShare() >= limits.min_outline_share;
  }
};

// The position near `scan_to_frame`, which may be off by `reach` frame pixels;
// nullopt, with the reason in `outcome`, if nothing agrees.
std::optional<StructurePosition> FindStructurePosition(
    const PrintedStructure& structure, const StructureThresholds& thresholds,
    ScanImages& scan, Homography scan_to_frame, double reach,
    std::string& outcome);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_POSITION_H_
