// Reads what a camera or a drone wrote into a JPEG file about where it was and
// where it looked: the GPS directory of EXIF, and the attributes of the
// namespace drone-dji of XMP.
//
// Only the segments before the pixels are looked at; a file as large as may be
// costs what its metadata does.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_PICTURE_METADATA_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_PICTURE_METADATA_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/metadata/byte_order.h"
#include "services/georef/engine/metadata/metadata_value.h"

namespace sightline::georef {

// Values of EXIF and XMP in the order of the file; none for a picture without.
// Values that one attribute gives differently are doubted. Errors carry
// "offset": InvalidArgument (PICTURE_NOT_JPEG; EXIF_INVALID: the EXIF block's
// directories are not where it says), DataLoss (PICTURE_METADATA_TRUNCATED).
// Thread-safe.
absl::StatusOr<std::vector<MetadataValue>> ReadPictureMetadata(Bytes jpeg);

// Appends the values of the GPS directory of an EXIF block that begins with its
// TIFF header (EXIF 2.32, section 4.6.6). `offset`: where the block lies in its
// file, for errors. Errors: InvalidArgument (EXIF_INVALID). Thread-safe.
absl::Status ReadExifGps(Bytes tiff, size_t offset,
                         std::vector<MetadataValue>& values);

// Appends the values of the drone's attributes in an XMP packet, written as
// name="number" or as <name>number</name>. Reads no other XML: the prefix has
// to be drone-dji, and entities are not resolved. Thread-safe.
void ReadXmpDrone(absl::string_view packet, std::vector<MetadataValue>& values);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_PICTURE_METADATA_H_
