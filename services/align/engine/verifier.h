// Says whether a proposed position of the page is right, and makes it exact.
//
// A proposal says where every patch of the page must be seen in the scan. Each
// patch is looked for there by itself; only where the page really lies do most
// of them agree on one homography. The verifier alone accepts.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_VERIFIER_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_VERIFIER_H_

#include <string>

#include "common/geometry/homography.h"
#include "services/align/engine/proposal.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {

// What the verifier makes of a proposal.
struct Verdict {
  // The position can be returned (if its confidence suffices the caller).
  bool is_confirmed = false;
  // Refined; meaningful if confirmed.
  Homography scan_to_page;
  // Patches that agree with it, and that were compared.
  int inliers = 0;
  int patches = 0;
  // Root mean square distance of the inliers, page units.
  double rms = 0;
  // 0..1.
  double confidence = 0;
  // For a person: what was found.
  std::string outcome;
};

// Immutable; thread-safe (each call brings its own ScanImages).
class Verifier {
 public:
  virtual ~Verifier() = default;

  virtual Verdict Verify(ScanImages& scan, const Proposal& proposal) const = 0;

  // Bytes this object keeps.
  virtual int64_t ResidentBytes() const = 0;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_VERIFIER_H_
