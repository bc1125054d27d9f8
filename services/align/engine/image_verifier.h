// The verifier for references that have an image of the page.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_IMAGE_VERIFIER_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_IMAGE_VERIFIER_H_

#include <vector>

#include "services/align/engine/page_frame.h"
#include "services/align/engine/patch.h"
#include "services/align/engine/verifier.h"

namespace sightline::align {

struct ImageVerifierThresholds {
  // Correlation from which a patch counts as seen.
  double min_score = 0.55;
  // Distance from the common homography, frame pixels.
  double first_tolerance = 3.5;
  double tolerance = 2.0;
  // How far the second and the last pass search, frame pixels.
  double second_reach = 4;
  double last_reach = 2;
  // Patches that must agree, and their share of those compared.
  int min_inliers = 12;
  double min_share = 0.5;
  // Share of the reference's patches that must lie in the scan.
  double min_compared = 0.5;
  // Agreeing patches that nothing near by looks like.
  int min_distinctive = 6;
  // Share of the page's width and height between the outermost inliers.
  double min_spread = 0.4;
};

class ImageVerifier : public Verifier {
 public:
  // `patches` in coordinates of `frame`.
  ImageVerifier(const PageFrame& frame, std::vector<Patch> patches,
                const ImageVerifierThresholds& thresholds = {});

  Verdict Verify(ScanImages& scan, const Proposal& proposal) const override;
  int64_t ResidentBytes() const override;

  // Whether enough patches exist to ever confirm anything.
  bool IsUsable() const;

 private:
  PageFrame frame_;
  std::vector<Patch> patches_;
  ImageVerifierThresholds thresholds_;
};

// The confidence of a share of agreeing patches: piecewise linear through
// (0, 0), (0.5, 0.5), (0.65, 0.9), (1, 1). Sheets of one family share their
// bubbles' numbers and frames: on generated ones with other words 0.45 of the
// patches agree.
double ConfidenceOfShare(double share);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_IMAGE_VERIFIER_H_
