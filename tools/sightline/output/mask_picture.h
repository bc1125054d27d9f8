// A frame with what it shows drawn in.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MASK_PICTURE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MASK_PICTURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "sightline/georef/v1/georef.pb.h"
#include "tools/sightline/output/class_palette.h"

namespace sightline::cli {

struct MaskPictureOptions {
  // As of FeatureOptions: how regions were made of the mask.
  bool with_corners = false;
};

// A JPEG of page `page` of the file `frame`, tinted and outlined by the labels
// of `mask_png`, a gray PNG as large. Polygons can't be drawn back without the
// camera; the mask they were made of can. The area of a feature is written on
// its region where it is clear which one that is: regions of its label and
// number of pixels are as many as such features; and where it has the room.
// Errors: those of DecodeRgb()
// and DecodeGray(); Internal MASK_INVALID (a mask of another size).
absl::StatusOr<std::string> MaskPicture(
    absl::string_view frame, int page, absl::string_view mask_png,
    const google::protobuf::RepeatedPtrField<georef::v1::Feature>& features,
    const ClassPalette& palette, const MaskPictureOptions& options);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_MASK_PICTURE_H_
