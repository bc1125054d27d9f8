#include "services/georef/engine/vector/mask_check.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/reasons.h"

namespace sightline::georef {
namespace {

absl::Status MaskError(absl::string_view field, absl::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, kMaskInvalid)
      .Field(field, problem);
}

absl::Status CheckSide(absl::string_view field, int side) {
  if (side >= 1 && side <= kMaximumMaskSide) return absl::OkStatus();
  return MaskError(field, absl::StrCat("is ", side, ", must be 1 to ",
                                       kMaximumMaskSide, " pixels"));
}

}  // namespace

absl::Status CheckMask(const LabelMask& mask) {
  SL_RETURN_IF_ERROR(CheckSide("mask.width", mask.width));
  SL_RETURN_IF_ERROR(CheckSide("mask.height", mask.height));
  if (mask.labels == nullptr) {
    return MaskError("mask.labels", "is missing");
  }
  if (mask.stride < mask.width) {
    return MaskError("mask.stride",
                     absl::StrCat("is ", mask.stride, ", below the width of ",
                                  mask.width, " pixels"));
  }
  return absl::OkStatus();
}

}  // namespace sightline::georef
