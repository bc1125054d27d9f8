// Reads bytes as the profile of an overlay. Whatever comes in, nothing crashes,
// a refusal has its reason, and what was read is written so that it is read
// back.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "common/status/error.h"
#include "services/georef/engine/overlay/overlay_calibration.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "services/georef/engine/overlay/overlay_reader.h"

namespace sightline::georef {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void Try(absl::string_view json) {
  const auto profile = ParseOverlayProfile(json);
  if (!profile.ok()) {
    Demand(DetailsOf(profile.status()).has_value(), "a refusal has a reason");
    return;
  }
  const std::string written = WriteOverlayProfile(*profile);
  const auto again = ParseOverlayProfile(written);
  Demand(again.ok() && WriteOverlayProfile(*again) == written,
         "a profile is read back");
  Demand(ParseOverlaySamples(json, *profile).status().code() !=
             absl::StatusCode::kInternal,
         "samples are refused with a reason");
  if (profile->frame_width > 256 || profile->frame_height > 256) return;
  const auto reader = OverlayReader::Create(*profile);
  if (!reader.ok()) return;
  RgbImage frame(profile->frame_width, profile->frame_height);
  for (int64_t i = 0; i < frame.size_bytes(); ++i) {
    frame.data()[i] = static_cast<uint8_t>(i * 37);
  }
  Demand(reader->Read(OverlayFrame::Of(frame)).ok(), "any profile reads");
}

}  // namespace
}  // namespace sightline::georef

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::georef::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
