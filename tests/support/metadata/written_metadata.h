// Writes metadata as an aircraft, a recorder or a drone would: what tests and
// the seeds of fuzzers read back.
#ifndef SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_METADATA_H_
#define SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_METADATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/georef/engine/metadata/byte_order.h"

namespace sightline::georef {

using ByteString = std::vector<uint8_t>;

// "71C2" to bytes.
ByteString FromHex(const std::string& digits);

struct LocalSetItem {
  uint32_t tag;
  ByteString bytes;
};

// A tag in seven bits a byte.
ByteString BerTag(uint32_t tag);

// A local set of `items`, the checksum after them. `long_length`: its length
// takes five bytes.
ByteString WriteLocalSet(const std::vector<LocalSetItem>& items,
                         bool long_length = false);

// Key, length and checksum around `items` that are written already, rightly
// or not.
ByteString WrapLocalSet(const ByteString& items, bool long_length = false);

// A set with the example values of MISB ST 0601.
ByteString ExampleLocalSet();

// A rational of EXIF.
struct ExifRational {
  uint32_t over;
  uint32_t under;
};

// One entry of the GPS directory: rationals, or text, or a single byte.
struct GpsEntry {
  uint16_t tag;
  std::vector<ExifRational> rationals;
  std::string text;
  int byte = -1;
};

// A TIFF block whose first directory has only the GPS directory.
ByteString WriteExif(const std::vector<GpsEntry>& entries, bool is_little);

// A JPEG file up to its scan. `exif`, `xmp`: left out if empty.
ByteString WriteJpegHead(const ByteString& exif, const std::string& xmp);

// 37 deg 30' 15.5" S, 126 deg 45' 7.25" E, 120.5 m above the sea, looking 90
// deg from true north, 2024-02-29 12:34:56.5.
std::vector<GpsEntry> ExampleGps();

// What a drone writes.
std::string ExampleXmp();

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_METADATA_H_
