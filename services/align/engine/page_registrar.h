// Finds where a scanned page lies relative to its template.
//
// A PageRegistrar holds what is worth computing once for a reference (its
// features, its verification patches) and registers any number of scans to it.
// Strategies propose, one verifier accepts: a proposal that the verifier does
// not confirm is never returned, however good its own score.
//
// Thread-safe: Register() may run on any number of threads.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_REGISTRAR_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_REGISTRAR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/align/engine/page_mesh.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

enum class Method {
  kAuto,
  kOrb,
  kAkaze,
  kSift,
  kContour,
  kMarkers,
  kPatches,
  kTimingMarks,
};

// "ORB", "AKAZE", ...
const char* MethodName(Method method);

// How to register. 0 means the method's default where the comment gives one.
struct RegistrationOptions {
  Method method = Method::kAuto;
  // Evens out the illumination (CLAHE 3.0, 8x8) before features are computed.
  bool enhance = true;
  // Features per image, at most 20000; default 2000 for ORB, 1500 for the
  // others.
  int max_features = 0;
  // Longer side at which features are computed, 100..4000; default 1130 (an A4
  // page 800 pixels wide), AKAZE 560.
  int downsample_size = 0;
  // Matches a feature method needs before it proposes anything.
  int min_good_matches = 12;
  // Confidence below which a registration is refused.
  double min_confidence = 0.5;
  // Bytes a strategy may use. Those that need more (SIFT: about 235 MB) are
  // skipped and named in Registration::attempts.
  int64_t memory_bytes = int64_t{64} << 20;
};

// One strategy that was tried or skipped.
struct Attempt {
  Method method = Method::kAuto;
  bool accepted = false;
  // Why it was not accepted, for a person.
  std::string outcome;
  // Confidence of its best proposal, 0..1.
  double confidence = 0;
  absl::Duration duration;
};

// Where a page lies in a scan.
struct Registration {
  // Scan pixels to page units, both corner-based.
  Homography scan_to_page;
  // Verification patches that agree, and that were compared.
  int inliers = 0;
  int patches = 0;
  // Root mean square distance of the inliers, page units.
  double reprojection_error = 0;
  // 0..1; of registrations at >= 0.9 none is meant to be wrong.
  double confidence = 0;
  Method method = Method::kAuto;
  // In the order they were tried; the accepted one last.
  std::vector<Attempt> attempts;
};

class PageRegistrar {
 public:
  // Errors: InvalidArgument REFERENCE_UNUSABLE (neither an image with
  // structure, nor markers, nor shapes to verify against; an image below 200
  // pixels a side; a page more than ten times as long as wide; a marker, a
  // shape or a timing mark outside the page; an ArUco marker that does not say
  // which one it is), the field named.
  static absl::StatusOr<std::unique_ptr<PageRegistrar>> Create(
      Reference reference);
  ~PageRegistrar();

  // Registers `scan` (8-bit gray, any rotation, at least 100 pixels a side),
  // whose coordinates the result uses. Memory: at most RegisterBytes().
  // Polls `stop` between stages. Errors: NotFound PAGE_NOT_FOUND (no proposal
  // was confirmed; the message lists what was tried and why it failed),
  // InvalidArgument IMAGE_TOO_SMALL, REGISTRATION_OPTION_INVALID,
  // FailedPrecondition METHOD_UNAVAILABLE (the method needs what the reference
  // or `memory_bytes` does not give), ResourceExhausted MEMORY_EXHAUSTED,
  // Internal REGISTRATION_FAILED (a library failed), `stop`'s status.
  absl::StatusOr<Registration> Register(const GrayImage& scan,
                                        const RegistrationOptions& options,
                                        const StopToken& stop) const;

  // How the page that Register() found at `scan_to_page` is bent beyond that:
  // its pieces are looked for one by one. Empty where it is flat as far as can
  // be seen. What is looked for is made on first use. Memory: kMeshBytes and
  // the smaller copies of the scan. Errors: ResourceExhausted MEMORY_EXHAUSTED,
  // Internal REGISTRATION_FAILED, `stop`'s status.
  absl::StatusOr<PageMesh> MeasureMesh(const GrayImage& scan,
                                       const Homography& scan_to_page,
                                       const StopToken& stop) const;
  static constexpr int64_t kMeshBytes = int64_t{6} << 20;

  // Upper bound of the bytes Register() allocates for a scan of this size with
  // these options, the first use of a strategy included. With the defaults
  // some 30 MB, of which AKAZE takes most; it, like every strategy that needs
  // more than `memory_bytes`, is skipped where less is granted.
  static int64_t RegisterBytes(int scan_width, int scan_height,
                               const RegistrationOptions& options = {});

  // Bytes this object keeps.
  int64_t ResidentBytes() const;

  const PixelSize& page() const;

 private:
  class Impl;
  explicit PageRegistrar(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_REGISTRAR_H_
