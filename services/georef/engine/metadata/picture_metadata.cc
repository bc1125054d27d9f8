#include "services/georef/engine/metadata/picture_metadata.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/georef/engine/metadata/reasons.h"

namespace sightline::georef {
namespace {

constexpr uint8_t kStartOfImage = 0xD8;
constexpr uint8_t kEndOfImage = 0xD9;
constexpr uint8_t kStartOfScan = 0xDA;
constexpr uint8_t kApplication1 = 0xE1;
// Each with the zero that ends it.
constexpr absl::string_view kExifPrefix("Exif\0\0", 6);
constexpr absl::string_view kXmpPrefix("http://ns.adobe.com/xap/1.0/\0", 29);

absl::Status Truncated(size_t offset) {
  return Error(absl::StatusCode::kDataLoss, kPictureMetadataTruncated)
      .Message(absl::StrCat("the picture ends at byte ", offset,
                            ", before its pixels begin"))
      .With("offset", absl::StrCat(offset));
}

absl::Status NotJpeg(size_t offset) {
  return Error(absl::StatusCode::kInvalidArgument, kPictureNotJpeg)
      .Message(absl::StrCat("byte ", offset,
                            " is no marker of a JPEG file; only JPEG carries "
                            "metadata that is read"))
      .With("offset", absl::StrCat(offset));
}

absl::string_view TextOf(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A marker without a length: TEM and the restart markers.
bool StandsAlone(uint8_t marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
}

absl::Status ReadSegment(Bytes payload, size_t offset,
                         std::vector<MetadataValue>& values) {
  const absl::string_view text = TextOf(payload);
  if (absl::StartsWith(text, kExifPrefix)) {
    return ReadExifGps(payload.subspan(kExifPrefix.size()),
                       offset + kExifPrefix.size(), values);
  }
  if (absl::StartsWith(text, kXmpPrefix)) {
    ReadXmpDrone(text.substr(kXmpPrefix.size()), values);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<MetadataValue>> ReadPictureMetadata(Bytes jpeg) {
  if (jpeg.size() < 2 || jpeg[0] != 0xFF || jpeg[1] != kStartOfImage) {
    return NotJpeg(0);
  }
  std::vector<MetadataValue> values;
  size_t at = 2;
  while (true) {
    if (at >= jpeg.size()) return Truncated(jpeg.size());
    if (jpeg[at] != 0xFF) return NotJpeg(at);
    // Any number of fill bytes may stand before a marker.
    while (at < jpeg.size() && jpeg[at] == 0xFF) ++at;
    if (at >= jpeg.size()) return Truncated(jpeg.size());
    const uint8_t marker = jpeg[at++];
    if (marker == kStartOfScan || marker == kEndOfImage) break;
    if (StandsAlone(marker)) continue;
    if (jpeg.size() - at < 2) return Truncated(jpeg.size());
    const size_t size = BigEndian(jpeg.subspan(at, 2));
    if (size < 2) return NotJpeg(at);
    if (size > jpeg.size() - at) return Truncated(jpeg.size());
    if (marker == kApplication1) {
      const absl::Status read =
          ReadSegment(jpeg.subspan(at + 2, size - 2), at + 2, values);
      if (!read.ok()) return read;
    }
    at += size;
  }
  DoubtContradictions(absl::MakeSpan(values));
  return values;
}

}  // namespace sightline::georef
