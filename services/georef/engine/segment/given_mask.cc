#include "services/georef/engine/segment/given_mask.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/segment/reasons.h"

namespace sightline::georef {

absl::Status CheckGivenMask(const LabelMask& mask, int frame_width,
                            int frame_height, int class_count) {
  if (mask.labels == nullptr || mask.width < 1 || mask.height < 1 ||
      mask.stride < mask.width) {
    return Error(absl::StatusCode::kInvalidArgument, kMaskInvalid)
        .Field("", "the mask has no pixels, or rows that overlap");
  }
  if (mask.width != frame_width || mask.height != frame_height) {
    return Error(absl::StatusCode::kInvalidArgument, kMaskSizeMismatch)
        .Field("", absl::StrCat("the mask has ", mask.width, " x ", mask.height,
                                " pixels, and its frame ", frame_width, " x ",
                                frame_height, "; they must be the same"));
  }
  for (int y = 0; y < mask.height; ++y) {
    const uint8_t* const row = mask.labels + y * mask.stride;
    uint8_t highest = 0;
    for (int x = 0; x < mask.width; ++x) highest = std::max(highest, row[x]);
    if (highest < class_count) continue;
    const auto at = std::find_if(row, row + mask.width, [&](uint8_t label) {
      return label >= class_count;
    });
    return Error(absl::StatusCode::kInvalidArgument, kMaskLabelOutOfRange)
        .Field("", absl::StrCat("the mask has label ", *at, " at pixel (",
                                at - row, ", ", y, "), and there are ",
                                class_count, " classes, from 0 on"))
        .With("label", absl::StrCat(*at));
  }
  return absl::OkStatus();
}

}  // namespace sightline::georef
