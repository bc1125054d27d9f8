// The verifier for references without an image: the page is recognised by its
// printed markers and bubbles, drawn from their description.
//
// Three kinds of evidence:
//  - each marker, and each of some hundred bubbles' outlines, is looked for by
//    itself, and most must agree on one homography;
//  - the position must explain the scan better than every rival position (see
//    rival_positions.h): the bubbles at the lattice's borders must be there,
//    and none where only a rival expects one. Where bubbles and markers are
//    the same for both, the page's edge decides, if it was seen;
//  - where bubbles have no outline, there must be ink in them and paper
//    around, and the markers alone say where exactly the page lies.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_VERIFIER_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_VERIFIER_H_

#include <string>
#include <vector>

#include "services/align/engine/printed_structure.h"
#include "services/align/engine/structure_position.h"
#include "services/align/engine/verifier.h"

namespace sightline::align {

class StructureVerifier : public Verifier {
 public:
  explicit StructureVerifier(const Reference& reference,
                             const StructureThresholds& thresholds = {});

  // "" if there is enough structure to ever confirm anything.
  std::string WhyUnusable() const;

  Verdict Verify(ScanImages& scan, const Proposal& proposal) const override;
  int64_t ResidentBytes() const override;

 private:
  struct Lead;

  // What the bubbles and markers found say of a position, rivals left out.
  Verdict Judge(ScanImages& scan, const StructurePosition& position,
                double& share, double& least_share) const;
  // The rival that comes nearest, and by how much it is behind.
  Lead LeastLead(ScanImages& scan, const StructurePosition& position,
                 const Proposal& proposal) const;
  // Evidence 0..1 that a bubble like `look` is at `center` (frame).
  double Evidence(ScanImages& scan, const StructurePosition& position,
                  PixelPoint center, int look) const;
  // `known` holds the evidence of the bubbles asked for before; < 0: none yet.
  double BubbleLead(ScanImages& scan, const StructurePosition& position,
                    const RivalPosition& rival,
                    std::vector<double>& known) const;
  double MarkerScore(ScanImages& scan, const StructurePosition& position,
                     const Homography& frame_to_scan) const;

  PrintedStructure structure_;
  StructureThresholds thresholds_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_STRUCTURE_VERIFIER_H_
