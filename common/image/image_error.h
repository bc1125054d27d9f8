// How this folder words its failures. Internal to common/image.
//
// The violated field is the empty path: the service that knows where in its
// request the image stood puts that in front (PrefixFields).
#ifndef SIGHTLINE_COMMON_IMAGE_IMAGE_ERROR_H_
#define SIGHTLINE_COMMON_IMAGE_IMAGE_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/image/reasons.h"
#include "common/status/error.h"

namespace sightline::image_internal {

inline Error HeaderInvalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, kImageHeaderInvalid)
      .Field("", message);
}

// The file ends within its header.
inline Error HeaderTruncated(absl::string_view format) {
  return Error(absl::StatusCode::kDataLoss, kImageTruncated)
      .Field("", absl::StrCat("the file ends within its ", format, " header"));
}

// `rows` of `height` came before the data ended, both at full resolution.
inline Error PixelsTruncated(absl::string_view format, int rows, int height) {
  return Error(absl::StatusCode::kDataLoss, kImageTruncated)
      .Field("", absl::StrCat("the ", format, " data ends after ", rows, " of ",
                              height, " rows; send the whole file"))
      .With("rows", absl::StrCat(rows))
      .With("height", absl::StrCat(height));
}

inline Error Corrupt(absl::string_view format, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kImageCorrupt)
      .Field("", absl::StrCat("the ", format, " data is damaged: ", what));
}

// `feature` names the variant: "BMP with run-length coding".
inline Error FeatureUnsupported(absl::string_view feature) {
  return Error(absl::StatusCode::kInvalidArgument, kImageFeatureUnsupported)
      .Field("", absl::StrCat(feature,
                              " is not read; send the image as "
                              "JPEG or PNG"))
      .With("feature", feature);
}

inline Error OutOfMemory(absl::string_view activity) {
  return Error(absl::StatusCode::kResourceExhausted, kImageOutOfMemory)
      .Message(absl::StrCat("memory ran out while ", activity, " an image"));
}

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_IMAGE_ERROR_H_
