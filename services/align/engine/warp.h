// Brings a scan to the page's own frame.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_WARP_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_WARP_H_

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/align/engine/page_mesh.h"

namespace sightline::align {

// The page at `output_width` pixels wide (height from the page's aspect),
// sampled from `scan` bilinearly; white where the scan has nothing.
// `scan_to_page` maps scan pixels to page units. Allocates the result and at
// most 64 KiB. With a `mesh` of the page, bends it back flat. Errors:
// InvalidArgument (a singular map, a size out of range).
absl::StatusOr<GrayImage> WarpToPage(const GrayImage& scan,
                                     const Homography& scan_to_page,
                                     PixelSize page, int output_width,
                                     const PageMesh& mesh = {});

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_WARP_H_
