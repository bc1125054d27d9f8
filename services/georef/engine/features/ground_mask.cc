#include "services/georef/engine/features/ground_mask.h"

#include <algorithm>
#include <array>

#include "common/status/error.h"
#include "services/georef/engine/features/reasons.h"

namespace sightline::georef {

absl::StatusOr<GroundMask> GroundMask::Create(
    const LabelMask& mask, const GroundExtent& extent,
    const std::vector<uint8_t>& labels) {
  std::array<bool, 256> is_wanted;
  is_wanted.fill(labels.empty());
  if (labels.empty()) is_wanted[0] = false;
  for (const uint8_t label : labels) is_wanted[label] = true;
  const auto free = std::find(is_wanted.begin(), is_wanted.end(), false);
  if (free == is_wanted.end()) {
    return Error(absl::StatusCode::kInvalidArgument, kFeatureOptionInvalid)
        .Field("labels",
               "names all 256 labels: in a frame that shows the horizon one "
               "must be left for what is above it");
  }
  GroundMask ground;
  ground.pixels_.resize(static_cast<size_t>(mask.width) * mask.height,
                        static_cast<uint8_t>(free - is_wanted.begin()));
  for (int y = 0; y < mask.height; ++y) {
    const uint8_t* row = mask.labels + y * mask.stride;
    const PixelInterval shown = extent.Row(y);
    std::copy(row + shown.begin, row + shown.end,
              ground.pixels_.begin() + static_cast<size_t>(y) * mask.width +
                  shown.begin);
    for (int x = 0; x < mask.width; ++x) {
      if (x == shown.begin) x = shown.end;
      if (x < mask.width) ground.labelled_outside_ += is_wanted[row[x]];
    }
  }
  ground.view_ = {ground.pixels_.data(), mask.width, mask.height, mask.width};
  return ground;
}

}  // namespace sightline::georef
