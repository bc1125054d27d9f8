// Why a source of metadata could not be read (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_REASONS_H_

namespace sightline::georef {

// The bytes end before the local set that they begin does.
inline constexpr char kKlvTruncated[] = "KLV_TRUNCATED";
// The key is not that of a MISB ST 0601 local set.
inline constexpr char kKlvKeyUnknown[] = "KLV_KEY_UNKNOWN";
// A BER length is none, or reaches beyond the set.
inline constexpr char kKlvLengthInvalid[] = "KLV_LENGTH_INVALID";
// A BER-OID tag is none.
inline constexpr char kKlvTagInvalid[] = "KLV_TAG_INVALID";
// The set does not end in a checksum, or in a wrong one.
inline constexpr char kKlvChecksumInvalid[] = "KLV_CHECKSUM_INVALID";
// The bytes are no MPEG transport stream.
inline constexpr char kTransportStreamInvalid[] = "TRANSPORT_STREAM_INVALID";
// The transport stream announces no stream of KLV.
inline constexpr char kTransportStreamWithoutKlv[] =
    "TRANSPORT_STREAM_WITHOUT_KLV";
// The picture whose metadata was asked for is no JPEG.
inline constexpr char kPictureNotJpeg[] = "PICTURE_NOT_JPEG";
// The picture ends before its metadata does.
inline constexpr char kPictureMetadataTruncated[] =
    "PICTURE_METADATA_TRUNCATED";
// The EXIF block of a picture contradicts itself.
inline constexpr char kExifInvalid[] = "EXIF_INVALID";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_REASONS_H_
