// Streams of frames with an overlay, calibrated as a person would and read as
// the service does, with a tally of what came out.
#ifndef SIGHTLINE_BENCH_GEOREF_OVERLAY_STREAMS_H_
#define SIGHTLINE_BENCH_GEOREF_OVERLAY_STREAMS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/georef/engine/overlay/overlay_reader.h"
#include "tests/support/overlay/overlay_scene.h"

namespace sightline::bench {

// What became of the values of some frames.
struct ValueTally {
  int64_t values = 0;
  int64_t right = 0;
  int64_t wrong = 0;

  void operator+=(const ValueTally& other) {
    values += other.values;
    right += other.right;
    wrong += other.wrong;
  }
  int64_t missing() const { return values - right - wrong; }
  double right_share() const {
    return values == 0 ? 0 : static_cast<double>(right) / values;
  }
};

// Counts `reading` against what was drawn; prints what is wrong to stderr.
void Count(const georef::OverlayReading& reading,
           const std::map<std::string, std::string>& drawn,
           const std::string& where, ValueTally& tally);

// `picture` through a JPEG file of that quality.
absl::StatusOr<RgbImage> ThroughJpeg(const RgbImage& picture, int quality);

// How a stream looks: of its background and its file.
struct StreamLook {
  const char* name;
  double level;
  double waves;
  double noise;
  int jpeg_quality;
};
absl::Span<const StreamLook> StreamLooks();

testing::SceneOptions OptionsOf(const StreamLook& look, uint64_t seed,
                                testing::Backing backing);

// Calibrates with one frame each of twelve other flights, whose texts are all
// confirmed.
absl::StatusOr<georef::OverlayProfile> Calibrated(
    const testing::DrawnFont& font, testing::Backing backing);

// A frame that cannot be read as it should: what happened to it, and its
// pixels.
struct SpoiltFrame {
  std::string how;
  testing::SceneFrame frame;
};

// Frames with overlays hidden in part, cut, moved, of another font or absent.
void ForSpoiltFrames(const testing::DrawnFont& font,
                     const testing::DrawnFont& other_font,
                     testing::Backing backing, int frames,
                     absl::FunctionRef<void(const SpoiltFrame& spoilt)> use);

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_GEOREF_OVERLAY_STREAMS_H_
