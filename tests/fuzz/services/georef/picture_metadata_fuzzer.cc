// Reads bytes as a JPEG file, as an EXIF block and as an XMP packet. Whatever
// comes in, nothing crashes, a refusal has its reason, and what is missing has
// its doubt.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/metadata/picture_metadata.h"

namespace sightline::georef {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void DemandSound(const absl::Status& status,
                 const std::vector<MetadataValue>& values) {
  Demand(status.ok() || DetailsOf(status).has_value(),
         "a refusal has a reason");
  for (const MetadataValue& value : values) {
    Demand(value.value.has_value() || value.doubt != Doubt::kNone,
           "what is missing is doubted");
    Demand(!value.value.has_value() ||
               (std::isfinite(*value.value) && value.resolution > 0),
           "values are finite and have a resolution");
  }
}

}  // namespace
}  // namespace sightline::georef

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sightline::georef;
  const Bytes bytes(data, size);
  const auto picture = ReadPictureMetadata(bytes);
  if (picture.ok()) {
    DemandSound(picture.status(), *picture);
  } else {
    DemandSound(picture.status(), {});
  }
  std::vector<MetadataValue> values;
  const absl::Status exif = ReadExifGps(bytes, 0, values);
  ReadXmpDrone({reinterpret_cast<const char*>(data), size}, values);
  DemandSound(exif, values);
  return 0;
}
