// Label masks of requests and answers, to and from labels.
//
// Everything is thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_MASK_MESSAGE_H_
#define SIGHTLINE_SERVICES_GEOREF_MASK_MESSAGE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/image.h"
#include "common/image/sniff.h"
#include "services/georef/engine/vector/trace_polygons.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::georef {

// What is known of a mask before it is decoded.
struct MaskHeader {
  int width = 0;
  int height = 0;
  // Bytes that decoding allocates.
  int64_t decode_bytes = 0;
};

// Errors: InvalidArgument LABEL_MASK_INVALID, fields under `path`; those of
// SniffImage() and CheckLimits().
absl::StatusOr<MaskHeader> InspectMask(const v1::LabelMask& message,
                                       absl::string_view path,
                                       const ImageLimits& limits);

// Labels, decoded or where they are in the request, which must outlive them.
class Mask {
 public:
  static absl::StatusOr<Mask> Decode(const v1::LabelMask& message,
                                     absl::string_view path,
                                     const ImageLimits& limits);
  static Mask Of(GrayImage labels);

  Mask(Mask&&) = default;
  Mask& operator=(Mask&&) = default;

  const LabelMask& view() const { return view_; }

 private:
  Mask() = default;

  GrayImage owned_;
  LabelMask view_;
};

// A gray PNG of the labels. Errors: those of EncodePng().
absl::StatusOr<std::string> EncodeMask(const LabelMask& mask);
// The most bytes that EncodeMask() allocates.
int64_t EncodeMaskBytes(int width, int height);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_MASK_MESSAGE_H_
