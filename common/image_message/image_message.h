// Image messages of requests and answers, to and from pixels.
//
// Wherever a service takes a sightline.common.v1.Image, it goes through here:
// one place knows the limits, the error paths and the memory it takes.
// Everything is thread-safe.
#ifndef SIGHTLINE_COMMON_IMAGE_MESSAGE_IMAGE_MESSAGE_H_
#define SIGHTLINE_COMMON_IMAGE_MESSAGE_IMAGE_MESSAGE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/decode.h"
#include "common/image/image.h"
#include "sightline/common/v1/conveyor.pb.h"
#include "sightline/common/v1/image.pb.h"

namespace sightline {

// Where an image's bytes are: in a request's message, or in an item of a
// stream. Refers to them; they must outlive it.
struct ImageSource {
  // A whole file; used when there are no decoded pixels.
  absl::string_view encoded;
  // 0-based page of a multi-page TIFF.
  int page = 0;
  // Decoded pixels; at most one of the two.
  const common::v1::GrayPixels* gray = nullptr;
  const common::v1::RgbPixels* rgb = nullptr;
  // Where `encoded` is below the path that errors name; empty for a field that
  // is the file itself, such as Marker.image.
  absl::string_view member = "encoded";

  static ImageSource Of(const common::v1::Image& image);
  bool is_raw() const { return gray != nullptr || rgb != nullptr; }
};

// What is known of an image before it is decoded.
struct ImageHeader {
  ImageInfo info;
  // True for pixels that come decoded.
  bool is_raw = false;
  // Upper bounds of the bytes that DecodeGrayMessage() and DecodeRgbMessage()
  // allocate.
  int64_t decode_bytes = 0;
  int64_t decode_rgb_bytes = 0;
};

// Looks at the header and checks the limits. `path`: the message's place in
// the request, such as "scan", for the error. Errors: those of SniffImage()
// and CheckLimits(), fields prefixed; InvalidArgument IMAGE_EMPTY when the
// message holds none; InvalidArgument IMAGE_SIZE_MISMATCH when raw pixels are
// not width * height bytes. Raw pixels are held to the same limits as files.
absl::StatusOr<ImageHeader> InspectImage(const ImageSource& image,
                                         absl::string_view path,
                                         int min_long_side,
                                         const ImageLimits& limits);

// Decodes an inspected image to gray. Errors: those of DecodeGray().
absl::StatusOr<Decoded<GrayImage>> DecodeGrayMessage(const ImageSource& image,
                                                     absl::string_view path,
                                                     int min_long_side,
                                                     const ImageLimits& limits);

// The same in colour, at full size; gray images give equal channels.
absl::StatusOr<Decoded<RgbImage>> DecodeRgbMessage(const ImageSource& image,
                                                   absl::string_view path,
                                                   const ImageLimits& limits);

// Whether `header` announces one page, for services that take no more. Errors:
// InvalidArgument ITEM_PARTS_INVALID.
absl::Status CheckOnePage(const common::v1::ItemHeader& header);

// Checks `output`. Errors: InvalidArgument OUTPUT_INVALID (an unknown format,
// a quality out of 0..100), `path` being the message's place in the request.
absl::Status CheckOutput(const common::v1::ImageOutput& output,
                         absl::string_view path);

// Writes `image` as `output` says. Errors: those of the encoders.
absl::StatusOr<common::v1::EncodedImage> EncodeMessage(
    const GrayImage& image, const common::v1::ImageOutput& output);
absl::StatusOr<common::v1::EncodedImage> EncodeMessage(
    const RgbImage& image, const common::v1::ImageOutput& output);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_MESSAGE_IMAGE_MESSAGE_H_
