// Measures how a page whose position is known is bent, piece by piece.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_BEND_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_BEND_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/stop/stop_token.h"
#include "services/align/engine/page_frame.h"
#include "services/align/engine/page_mesh.h"
#include "services/align/engine/patch.h"
#include "services/align/engine/printed_structure.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {

// What is looked for is made on first use and kept. Thread-safe.
class PageBend {
 public:
  // `image` at the size of `frame` must outlive this; nullptr: the reference
  // has none, `frame` says nothing, and its bubbles and timing marks are looked
  // for. Of `reference` its own image and markers are not used.
  PageBend(const GrayImage* image, const PageFrame& frame,
           const Reference& reference);

  // The mesh for the page at `scan_to_page`; empty where it is flat as far as
  // can be seen, or too little is seen. Errors: `stop`'s status.
  absl::StatusOr<PageMesh> Measure(ScanImages& scan,
                                   const Homography& scan_to_page,
                                   const StopToken& stop) const;

  int64_t ResidentBytes() const;

 private:
  void Prepare() const;
  // What is seen near where `mesh` expects it, at most `reach` thousandths of
  // the page's width away.
  std::vector<PageSighting> Look(ScanImages& scan,
                                 const Homography& scan_to_page,
                                 const PageMesh& mesh, double reach) const;
  void LookForPatches(ScanImages& scan, const Homography& scan_to_page,
                      const PageMesh& mesh, double reach,
                      std::vector<PageSighting>& sightings) const;
  void LookForBubbles(ScanImages& scan, const Homography& scan_to_page,
                      const PageMesh& mesh, double reach,
                      std::vector<PageSighting>& sightings) const;

  const GrayImage* image_;
  PageFrame frame_;
  Reference reference_;

  mutable std::mutex mutex_;
  // Guarded by mutex_ until prepared; then constant.
  mutable bool is_prepared_ = false;
  mutable std::vector<Patch> patches_;
  mutable std::optional<PrintedStructure> structure_;
};

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PAGE_BEND_H_
