// Reads the text that is burned into a frame, where a profile says it stands.
//
// Overlays are drawn by a machine with one font, so reading is comparing: every
// character cell with every picture of the font, by normalised correlation, and
// then the runner-up against the winner in the pixels where they differ. What
// is not clearly one character is none.
//
// A reader prepares the profile's pictures once and reads any number of frames.
// Frames of another size are read when they are the profile's frame scaled by
// 0.5 to 2, both ways alike.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "services/georef/engine/overlay/overlay_reading.h"

namespace sightline::georef {

// Pixels that somebody else owns: rows of 8-bit gray or red, green, blue.
struct OverlayFrame {
  const uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  int64_t stride_bytes = 0;
  int channels = 0;  // 1 or 3

  template <int kChannels>
  static OverlayFrame Of(const Raster<kChannels>& image) {
    return {image.data(), image.width(), image.height(), image.stride_bytes(),
            kChannels};
  }
};

// When a character counts as read. Measured by overlay_bench.
struct OverlayThresholds {
  // Correlation of the cell with the winning picture, at least.
  double correlation = 0.60;
  // Where the cell lies between runner-up (0) and winner (1) in the pixels
  // that tell them apart, at least.
  double separation = 0.70;
  // A cell is blank below this correlation with every picture...
  double blank_correlation = 0.45;
  // ... or when its contrast is below this share of the field's characters.
  double blank_contrast = 0.30;
  // Contrast of a character against the mean of its field's, at least and,
  // inverted, at most.
  double even_contrast = 0.55;
};

class OverlayReader {
 public:
  // Errors: FailedPrecondition OVERLAY_PROFILE_UNCALIBRATED.
  static absl::StatusOr<OverlayReader> Create(
      OverlayProfile profile, OverlayThresholds thresholds = {});

  OverlayReader(OverlayReader&&) noexcept;
  OverlayReader& operator=(OverlayReader&&) noexcept;
  ~OverlayReader();

  // Reads all fields; one that cannot be read is a FieldProblem, no error.
  // Some 0.5 MB of working memory. Errors: InvalidArgument
  // OVERLAY_FRAME_INVALID (no pixels, a side above 65,535, a stride shorter
  // than a row), OVERLAY_FRAME_SIZE (not the profile's frame, scaled).
  // Thread-safe; the same bits on any machine.
  absl::StatusOr<OverlayReading> Read(const OverlayFrame& frame) const;

  const OverlayProfile& profile() const;

 private:
  struct Impl;
  explicit OverlayReader(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READER_H_
