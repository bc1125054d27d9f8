// A verifier that also asks the ArUco markers: they say which page this is.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_VERIFIER_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_VERIFIER_H_

#include <memory>
#include <vector>

#include "services/align/engine/reference.h"
#include "services/align/engine/verifier.h"

namespace sightline::align {

// Confirms what `inner` confirms, unless the markers at their places say that
// this is another page or another position. Where none of them can be read the
// confidence stays below 0.9: pages of one series may differ in nothing else.
class ArucoVerifier : public Verifier {
 public:
  // `markers`: those of the reference; others than ArUco markers are ignored.
  ArucoVerifier(std::unique_ptr<Verifier> inner,
                const std::vector<Marker>& markers);

  Verdict Verify(ScanImages& scan, const Proposal& proposal) const override;
  int64_t ResidentBytes() const override;

 private:
  std::unique_ptr<Verifier> inner_;
  std::vector<Marker> markers_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_ARUCO_VERIFIER_H_
