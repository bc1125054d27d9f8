// The verifier for references without an image: the page is recognised by its
// printed markers and bubbles, drawn from their description.
//
// Three kinds of evidence:
//  - each marker, and each of some hundred bubbles' outlines, is looked for by
//    itself, and most must agree on one homography;
//  - the position must explain the page better than every rival position (see
//    rival_positions.h): the bubbles at the lattice's borders must be there,
//    and none where only a rival expects one;
//  - where bubbles have no outline, there must be ink in them and paper
//    around, and the markers alone say where exactly the page lies.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_VERIFIER_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_VERIFIER_H_

#include <optional>
#include <string>
#include <vector>

#include "services/align/engine/opencv_fit.h"
#include "services/align/engine/page_frame.h"
#include "services/align/engine/patch.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/rival_positions.h"
#include "services/align/engine/verifier.h"

namespace sightline::align {

struct StructureVerifierThresholds {
  // Correlation from which an outline, a marker counts as seen.
  double min_outline_score = 0.5;
  double min_marker_score = 0.6;
  // Distance from the common homography, frame pixels.
  double first_tolerance = 4;
  double tolerance = 2;
  // How far the last refinement searches, frame pixels.
  double last_reach = 4;
  // Outlines that must agree, and their share of those compared.
  int min_outlines = 12;
  double min_outline_share = 0.5;
  // Markers that must agree where bubbles have no outlines, and the share of
  // bubbles with ink.
  int min_markers = 3;
  double min_ink_share = 0.6;
  // Evidence (0..1) from which there is ink in a bubble.
  double min_ink = 0.25;
  // By how much the evidence for the position must exceed that for a rival;
  // and by how much a rival must be ahead to be tried instead.
  double min_margin = 0.2;
  double rival_margin = 0.1;
};

class StructureVerifier : public Verifier {
 public:
  StructureVerifier(const Reference& reference,
                    const StructureVerifierThresholds& thresholds = {});

  // "" if there is enough structure to ever confirm anything.
  std::string WhyUnusable() const;

  Verdict Verify(ScanImages& scan, const Homography& scan_to_page,
                 double reach) const override;
  int64_t ResidentBytes() const override;

 private:
  // Bubbles of one look, and how they look if the print is a little smaller
  // or larger than the layout says.
  struct Look {
    ShapeKind kind = ShapeKind::kEllipse;
    PixelSize size;
    std::vector<std::optional<Patch>> outlines;
  };
  // A bubble.
  struct Site {
    PixelPoint center;
    int look = 0;
  };
  // A marker, likewise.
  struct MarkerSite {
    PixelPoint center;
    std::vector<std::optional<Patch>> patches;
  };
  // A position that the patches agree on, and how.
  struct Position;

  void AddShapes(const std::vector<PrintedShape>& shapes);
  void AddMarkers(const std::vector<Marker>& markers);
  // Which of the sizes tried fits best; -1 if none does.
  int BestOutlineSize(ScanImages& scan, const Homography& frame_to_scan,
                      double reach) const;
  int BestMarkerSize(ScanImages& scan, const Homography& frame_to_scan,
                     double reach) const;
  // `outcome` says why there is none.
  std::optional<Position> Refine(ScanImages& scan, Homography scan_to_frame,
                                 double reach, std::string& outcome) const;
  // Evidence 0..1 that a bubble like `look` is at `center` (frame).
  double Evidence(ScanImages& scan, const Position& position, PixelPoint center,
                  int look) const;
  // By how much the position's evidence exceeds that of `rival`.
  double MarginOver(ScanImages& scan, const Position& position,
                    const RivalPosition& rival) const;
  double MeanMarkerScore(ScanImages& scan, const Position& position,
                         const Homography& frame_to_scan) const;

  PageFrame frame_;
  StructureVerifierThresholds thresholds_;
  std::vector<Look> looks_;
  std::vector<Site> sites_;
  // Indices of the sites that are looked for.
  std::vector<int> searched_;
  std::vector<MarkerSite> markers_;
  std::vector<RivalPosition> rivals_;
  // How far an outline may be searched without meeting its neighbour, frame
  // pixels.
  double outline_reach_ = 0;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_VERIFIER_H_
