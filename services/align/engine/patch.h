// Small pieces of the printed page, and looking for them in a scan where a
// proposed position says they are.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PATCH_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PATCH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/pattern.h"
#include "services/align/engine/sampling.h"
#include "services/align/engine/scan_images.h"

namespace sightline::align {

// Reads the square of `side` samples, `step` frame pixels apart, around
// `center` (frame) through the map into `out` (resized), from the copy of the
// scan that has the matching resolution. What lies outside the scan repeats its
// border.
void ReadSquare(ScanImages& scan, const AffineMap& frame_to_scan,
                PixelPoint center, double step, int side,
                std::vector<uint8_t>& out);

// A piece of the page, and the same at half the resolution for the search;
// without the latter, if it is too small for that, it is searched at the full
// one.
struct Patch {
  // Of the middle pixel, frame coordinates.
  PixelPoint center;
  Pattern fine;
  std::optional<Pattern> coarse;
  // Nothing near it on the page looks like it.
  bool is_distinctive = false;

  int64_t bytes() const {
    return fine.bytes() + (coarse.has_value() ? coarse->bytes() : 0);
  }
};

// Where a patch was found.
struct PatchSighting {
  double score = 0;
  // Scan coordinates.
  PixelPoint in_scan;
};

// Looks for `patch`, centred at `center` (frame), within `reach` frame pixels
// of where `frame_to_scan` puts it: first at half resolution, then finely
// around the best place. nullopt if the place is not wholly in the scan; a
// score of 0 if the best place lies at the rim of the search.
std::optional<PatchSighting> FindPatchAt(PixelPoint center, const Patch& patch,
                                         ScanImages& scan,
                                         const Homography& frame_to_scan,
                                         double reach);

// The same at the patch's own centre.
inline std::optional<PatchSighting> FindPatch(const Patch& patch,
                                              ScanImages& scan,
                                              const Homography& frame_to_scan,
                                              double reach) {
  return FindPatchAt(patch.center, patch, scan, frame_to_scan, reach);
}

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PATCH_H_
