// Whether a printed outline stands in a given box: a circle, a rectangle or a
// pair of brackets, with paper inside and around it.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_OUTLINE_EVIDENCE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_OUTLINE_EVIDENCE_H_

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/proposal/paper_level.h"

namespace sightline::grade {

// What was measured along an outline; shares 0..1, darkness 0 (paper) to 1
// (black).
struct OutlineEvidence {
  // Share of the outline that is printed.
  double coverage = 0;
  // The same where it is printed least: of eight parts of it, so that an
  // opening or a missing side is seen.
  double weakest_part = 0;
  // Darkness of the line.
  double darkness = 0;
  // Shares of the points just inside, just outside, and anywhere inside that
  // are much lighter than the line.
  double light_within = 0;
  double light_around = 0;
  double light_inside = 0;

  // How much this looks like an outline, 0..1; 0 if it is none.
  double Score() const;
};

// Looks at a page; both arguments outlive it. Thread-safe.
class PrintView {
 public:
  PrintView(const GrayImage& page, const PaperLevel& paper)
      : page_(page), paper_(paper) {}

  const GrayImage& page() const { return page_; }

  // How dark the pixel under a point is against the paper there, 0..1; outside
  // the page 0.
  double Darkness(double x, double y) const;

  // Mean darkness of the inside of a box, its rim left out.
  double MeanDarkness(PixelPoint center, PixelSize size) const;

  // What stands along the outline `shape` of outer size `size`, page pixels.
  OutlineEvidence Measure(BubbleShape shape, PixelPoint center,
                          PixelSize size) const;

  // The box of an outline that was found at about `center` and `size`, to a
  // part of a pixel: where its sides are half as dark as its line. Brackets
  // keep their height.
  void Refine(BubbleShape shape, PixelPoint* center, PixelSize* size) const;

 private:
  // Between pixels' centres.
  double SmoothDarkness(double x, double y) const;
  // Distance from `from`, along `step` (one axis, -1 or 1), at which the line
  // begins that is darkest within `reach`; negative if there is none.
  double EdgeFrom(PixelPoint from, PixelPoint step, double reach) const;

  const GrayImage& page_;
  const PaperLevel& paper_;
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_OUTLINE_EVIDENCE_H_
